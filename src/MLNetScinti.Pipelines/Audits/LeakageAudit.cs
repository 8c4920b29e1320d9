using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>What a pipeline's figures would be by another protocol.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Rows">Test rows.</param>
/// <param name="Patients">Patients behind them.</param>
/// <param name="Right">The share of the rows called right, with its interval by patient.</param>
/// <param name="AsIfIndependent">The interval that the protocol's own reckoning gives, in which each row is a patient.</param>
public sealed record ProtocolFigures(SplitProtocol Protocol, int Rows, int Patients, Metric Right, ConfidenceInterval AsIfIndependent);

/// <summary>What splitting images, or testing copies, does to the figures of a pipeline.</summary>
/// <param name="ByPatient">The protocol whose figures mean what they say.</param>
/// <param name="ByImage">Images split after they were copied.</param>
/// <param name="WithCopies">Patients split, copies tested too.</param>
public sealed record LeakageVerdict(ProtocolFigures ByPatient, ProtocolFigures ByImage, ProtocolFigures WithCopies)
{
    /// <summary>How much more of what is tested is called right where images are split, with its interval (Zou and Donner's square-and-add).</summary>
    public Metric Gain
    {
        get
        {
            double gain = ByImage.Right.Value - ByPatient.Right.Value;
            ConfidenceInterval image = ByImage.Right.Interval ?? ByImage.AsIfIndependent, patient = ByPatient.Right.Interval ?? ByPatient.AsIfIndependent;
            double lower = gain - Math.Sqrt(Square(ByImage.Right.Value - image.Lower) + Square(patient.Upper - ByPatient.Right.Value));
            double upper = gain + Math.Sqrt(Square(image.Upper - ByImage.Right.Value) + Square(ByPatient.Right.Value - patient.Lower));
            return Metric.Of(gain, ByPatient.Rows + ByImage.Rows, ByPatient.Patients, new ConfidenceInterval(lower, upper, "square-and-add of the intervals by patient", image.Level));

            static double Square(double value) => value * value;
        }
    }

    /// <summary>Whether splitting images flatters: the interval of the gain lies above 0.</summary>
    public bool IsFound => Gain.Interval!.Lower > 0;

    /// <summary>The gain that would be found half the time: what half the interval's width cannot hide.</summary>
    public double SeenHalfTheTime => Gain.Value - Gain.Interval!.Lower;

    /// <summary>The verdict in plain words, a sentence each.</summary>
    public IReadOnlyList<string> Sentences
    {
        get
        {
            Metric gain = Gain;
            string between = Text($"{gain.Value:+0.000;-0.000;0.000} ({gain.Interval!.Level:P0} interval {gain.Interval.Lower:0.000} to {gain.Interval.Upper:0.000})");
            return
            [
                Text($"By patient {ByPatient.Right.Value:0.000} of {ByPatient.Rows} test images of {ByPatient.Patients} patients are called right; by image, after copying, {ByImage.Right.Value:0.000} of {ByImage.Rows}."),
                IsFound
                    ? $"Splitting images flatters this pipeline: {between}. Figures from such a split do not hold for other patients."
                    : $"That splitting images flatters this pipeline could not be shown: {between}. A gain of {Text($"{SeenHalfTheTime:0.000}")} would be found half the time; a smaller one may be there.",
                Text($"Testing copies too makes {WithCopies.Rows} rows of {WithCopies.Patients} patients: reckoned as if each were a patient's, the interval is {WithCopies.AsIfIndependent.Lower:0.000} to {WithCopies.AsIfIndependent.Upper:0.000}{(WithCopies.Right.Interval is { } honest ? Text($", by patient {honest.Lower:0.000} to {honest.Upper:0.000}") : "")}."),
            ];
        }
    }

    /// <summary>The same as reports have it.</summary>
    public AuditFinding Finding => new()
    {
        Audit = LeakageAudit.Word,
        Question = "How much do figures gain where images are split after they were copied, and not patients?",
        IsFound = IsFound,
        Sentences = [Sentences[1], Sentences[0], Sentences[2]],
        Effect = new MetricEntry("gain", "Gain", "share of what is tested that is called right with images split, less that with patients split", Gain) { HasOpenScale = true },
        FoundHalfTheTime = SeenHalfTheTime,
        FoundHalfTheTimeWords = Text($"a gain of {SeenHalfTheTime:0.000}"),
        Figures =
        [
            .. new[] { ByPatient, ByImage, WithCopies }.Select(one => new MetricEntry($"right.{one.Protocol.Word()}", $"Right, {one.Protocol.Word()}", "share of the test rows that are called right", one.Right with { FurtherIntervals = [one.AsIfIndependent] })),
        ],
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Trains a pipeline three times: with patients split; with images split after they were copied, as some papers do; and with patients
/// split and copies tested. What the second shows more than the first is not skill but memory.
/// </summary>
public sealed class LeakageAudit
{
    /// <summary>The audit's word.</summary>
    public const string Word = "leakage";

    private const int Replicates = 2000;

    private readonly PipelineDefinition _definition;
    private readonly RunSettings _settings;
    private readonly IRunObserver _observer;
    private EvaluationReport? _first;

    /// <summary>Prepares the audit.</summary>
    /// <param name="definition">The pipeline; it says how training cases are copied.</param>
    /// <param name="settings">How; the audit's folder is its output.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <exception cref="DefinitionException">The pipeline copies no training cases, or draws masks.</exception>
    public LeakageAudit(PipelineDefinition definition, RunSettings settings, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        if (definition.Augmentation.Copies is null || definition.System.Task is SegmentationTask)
        {
            throw new DefinitionException($"{definition.Source}: augmentation.copies: this audit compares splits before and after training cases are copied: expected how they are, found nothing.");
        }

        (_definition, _settings, _observer) = (definition, settings, observer);
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The audit was interrupted; started again, it goes on.</exception>
    public LeakageVerdict Run(CancellationToken cancellationToken = default)
    {
        ProtocolFigures[] figures = [.. Enum.GetValues<SplitProtocol>().Select(protocol => Train(protocol, cancellationToken))];
        return new LeakageVerdict(figures[0], figures[1], figures[2]);
    }

    /// <summary>The audit as a report.</summary>
    /// <param name="verdict">What <see cref="Run"/> gave.</param>
    public AuditReport Report(LeakageVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        EvaluationReport first = _first ?? throw new InvalidOperationException("The audit has not run.");
        string mark = _definition.Evaluation.Smoke ? $"{EvaluationDefinition.NotTrained.ToUpperInvariant()}: this only shows that everything runs. " : "";
        return new AuditReport
        {
            Title = $"{mark}{_definition.Name}: {Word}",
            Findings = [verdict.Finding],
            Data = first.Data,
            Run = first.Run with { Command = _settings.Command },
            Options = first.Evaluation.Options,
        };
    }

    private ProtocolFigures Train(SplitProtocol protocol, CancellationToken cancellationToken)
    {
        _observer.Stage($"Protocol {protocol.Word()}");
        string folder = Path.Combine(_settings.Output ?? Path.Combine(_definition.Output, "audit-leakage"), protocol.Word());
        PipelineDefinition own = _definition with { Split = _definition.Split with { Protocol = protocol }, Evaluation = _definition.Evaluation with { Audits = AuditKinds.None }, Output = folder };
        RunOutcome outcome = new PipelineRunner(own, _settings with { Output = folder }, _observer).Run(cancellationToken);
        _first ??= outcome.Report;
        return Judge(protocol, outcome.Report.Evaluation, _definition.Seed);
    }

    /// <summary>The share called right of a test set, by its true patients.</summary>
    internal static ProtocolFigures Judge(SplitProtocol protocol, IEvaluation evaluation, ulong seed)
    {
        bool[] right = evaluation switch
        {
            BinaryEvaluation binary => [.. binary.Test.Cases.Select(one => !binary.Misjudged.Any(wrong => wrong.Case.CaseId == one.CaseId))],
            MulticlassEvaluation classes => [.. classes.Test.Cases.Select(one => one.Called == one.Label)],
            MultiLabelEvaluation labels => [.. labels.Right],
            _ => throw new ArgumentException($"An evaluation of type {evaluation.GetType().Name} calls no cases.", nameof(evaluation)),
        };
        string[] patients = [.. evaluation.Test.Cases.Select(one => CopiedCases.PatientOf(one.PatientId))];
        string[] distinct = [.. patients.Distinct(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = distinct.Select((patient, number) => (patient, number)).ToDictionary(pair => pair.patient, pair => pair.number, StringComparer.Ordinal);
        double level = evaluation.Options.Level;
        PatientBootstrap bootstrap = new([.. patients.Select(patient => numbers[patient])], Replicates, seed);
        ConfidenceInterval? interval = bootstrap.Intervals([weights =>
        {
            double all = 0, good = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                all += weights[i];
                good += right[i] ? weights[i] : 0;
            }

            return good / all;
        }], level)[0];
        int count = right.Count(one => one);
        ConfidenceInterval wilson = BinomialInterval.Wilson(count, right.Length, level);
        // Where every draw is alike the patients are too few to say anything by drawing them.
        ConfidenceInterval taken = interval is { } drawn && drawn.Upper > drawn.Lower ? drawn : BinomialInterval.Wilson((int)Math.Round((double)count * distinct.Length / right.Length), distinct.Length, level);
        return new ProtocolFigures(protocol, right.Length, distinct.Length, Metric.Of((double)count / right.Length, right.Length, distinct.Length, taken), wilson);
    }
}
