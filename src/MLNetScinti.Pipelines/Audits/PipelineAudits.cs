using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>Audits of a pipeline's cases by a control, together.</summary>
[Flags]
public enum AuditKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>What splitting images instead of patients does.</summary>
    Leakage = 1,

    /// <summary>Whether the class goes with how images were taken.</summary>
    Shortcut = 2,

    /// <summary>Whether copies can be told from images, and the class by that.</summary>
    AugmentationSignature = 4,

    /// <summary>Whether the class goes with views that are missing or mirrored.</summary>
    MissingView = 8,
}

/// <summary>
/// The audits of a pipeline by their words: which of them make sense for it, and what they find in its cases. They look at all cases whose
/// truth is known, whoever trains and tests: nothing is fitted that is used afterwards.
/// </summary>
public static class PipelineAudits
{
    /// <summary>The words that definitions and commands use, in the order of the kinds.</summary>
    public static IReadOnlyList<string> Words { get; } = [LeakageAudit.Word, ShortcutAudit.Word, AugmentationSignatureAudit.Word, MissingViewAudit.Word];

    /// <summary>The kind of a word.</summary>
    public static AuditKinds Of(string word) => (AuditKinds)(1 << Words.ToList().IndexOf(word));

    /// <summary>The words of kinds.</summary>
    public static IReadOnlyList<string> WordsOf(AuditKinds kinds) => [.. Words.Where(word => kinds.HasFlag(Of(word)))];

    /// <summary>Why an audit makes no sense for a pipeline, in a sentence; empty where it does.</summary>
    public static string WhyNot(AuditKinds kind, SystemDefinition system, AugmentationDefinition augmentation, SplitProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(augmentation);
        return system.Task is SegmentationTask ? $"the system {system.Name} draws masks: there are no classes that could be given away."
            : protocol != SplitProtocol.Patients ? $"an audit looks at cases as they were read: expected split.protocol {SplitProtocols.Words[0]}, found {protocol.Word()}."
            : kind == AuditKinds.Leakage && augmentation.Copies is null ? "this audit compares splits before and after training cases are copied: expected augmentation.copies, found nothing."
            : kind == AuditKinds.MissingView && system.Cases.Images.Any(image => image.Shape.IsVolume) ? $"cases of the system {system.Name} are volumes, and have no views that could be missing."
            : "";
    }

    /// <summary>Reads a pipeline's cases, simulated first where they are not there, and audits them.</summary>
    /// <exception cref="DefinitionException">One of the audits makes no sense for the pipeline.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static AuditReport Run(AuditKinds kinds, PipelineDefinition definition, RunSettings settings, IRunObserver observer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        foreach (string word in WordsOf(kinds))
        {
            if (WhyNot(Of(word), definition.System, definition.Augmentation, definition.Split.Protocol) is { Length: > 0 } sentence)
            {
                throw new DefinitionException($"{definition.Source}: {word}: {sentence}");
            }
        }

        StageClock clock = new();
        if (definition.Data.Simulation is { } simulation)
        {
            clock.Time("data", () => definition.System.Simulator!.Ensure(definition.Data.Folder, simulation, settings.Threads, observer, cancellation));
        }

        observer.Stage($"Reading {definition.Data.Folder}");
        using CaseView cases = RunCases.Load(definition, definition.Data.Folder, settings.Threads, cancellation);
        string fingerprint = clock.Time("reading", cases.Fingerprint);
        foreach (LeftOutStudy study in cases.LeftOut)
        {
            observer.LeftOut(study);
        }

        IReadOnlyList<AuditFinding> findings = clock.Time("audits", () => Run(kinds, definition, cases, settings.Threads, observer, cancellation));
        return new AuditReport
        {
            Title = $"{definition.Name}: {string.Join(", ", WordsOf(kinds))}",
            Findings = findings,
            Data = RunCards.Data(definition, cases, []),
            Run = RunCards.Run(definition, settings, clock.Started, clock.Durations) with
            {
                Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["definition"] = definition.Hash(), ["cases"] = fingerprint },
            },
            Options = RunCases.Options(definition, cases, definition.Name),
        };
    }

    /// <summary>Audits cases that are read already.</summary>
    internal static IReadOnlyList<AuditFinding> Run(AuditKinds kinds, PipelineDefinition definition, CaseView cases, int threads, IRunObserver observer, CancellationToken cancellation)
    {
        AuditOptions options = new() { Seed = definition.Seed, Level = definition.Evaluation.Confidence, Threads = threads };
        List<AuditFinding> findings = [];
        foreach (string word in WordsOf(kinds))
        {
            observer.Stage($"Audit {word}");
            TrainingCopies? copies = RunCases.CopiesOf(definition.Augmentation);
            findings.Add(Of(word) switch
            {
                AuditKinds.Leakage => LeakageControl.Run(cases, copies!, options, cancellation),
                AuditKinds.Shortcut => ShortcutAudit.Run(cases, options, cancellation),
                AuditKinds.AugmentationSignature => AugmentationSignatureAudit.Run(cases, copies, options, cancellation),
                _ => MissingViewAudit.Run(cases, options, cancellation),
            });
        }

        return findings;
    }
}
