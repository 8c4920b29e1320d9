using System.Globalization;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// Several models of several classes, or of several labels, judged on the same test cases: the task's main figures side by side, and
/// their differences by the paired bootstrap by patient (the same patients are drawn for all models).
/// </summary>
[TypeFormatterSource(typeof(FigureComparison))]
public sealed class FigureComparison
{
    private FigureComparison(IReadOnlyList<IEvaluation> models, IReadOnlyList<FigurePair> pairs, PrimaryContrast? primary) => (Models, Pairs, Primary) = (models, pairs, primary);

    /// <summary>The contrast that was named beforehand; null where none was.</summary>
    public PrimaryContrast? Primary { get; }

    /// <summary>What the test says of the contrast that was named beforehand, in words; empty where none was.</summary>
    public string PrimaryVerdict => Pairs.FirstOrDefault(pair => pair.IsPrimary && pair.Key == Main.Key) is not { } pair ? ""
        : $"The primary contrast, named beforehand: {(pair.IsSupported ? $"by {pair.Name}, {(pair.Difference > 0 ? pair.First : pair.Second)} is better than {(pair.Difference > 0 ? pair.Second : pair.First)}" : $"this test cannot tell {pair.First} from {pair.Second} by {pair.Name}")} (difference {(double.IsNaN(pair.Difference) ? "undefined" : pair.Difference.ToString("F3", CultureInfo.InvariantCulture))}, p {(double.IsNaN(pair.P) ? "undefined" : pair.P.ToString("F3", CultureInfo.InvariantCulture))}, not corrected).";

    /// <summary>The models, the best by the first of the figures first.</summary>
    public IReadOnlyList<IEvaluation> Models { get; }

    /// <summary>
    /// Every pair of models with every figure; p values are corrected after Holm for the pairs of one figure. The first figure is the one
    /// that the verdict rests on: it is the same for every comparison of a task, so nobody chose it after looking.
    /// </summary>
    public IReadOnlyList<FigurePair> Pairs { get; }

    /// <summary>Coverage of the intervals: the first model's.</summary>
    public double Level => Models[0].Options.Level;

    /// <summary>The figure that the verdict rests on.</summary>
    public MetricEntry Main => MainFigures.Of(Models[0])[0];

    /// <summary>Whether the test supports a ranking by the first figure, in words.</summary>
    public string Verdict
    {
        get
        {
            FigurePair[] own = [.. Pairs.Where(pair => pair.Key == Main.Key)], supported = [.. own.Where(pair => pair.IsSupported)];
            string how = own.Length == 1 ? "paired bootstrap by patient" : $"paired bootstrap by patient, {PrimaryContrast.Holm(Primary, own.Length)}";
            string cases = $"{Models[0].Test.Cases.Count.ToString("N0", CultureInfo.InvariantCulture)} {Models[0].Options.Words.Cases} of {Models[0].Test.PatientIds.Count.ToString("N0", CultureInfo.InvariantCulture)} patients";
            return !Main.Metric.IsDefined ? $"The models cannot be ranked: {Main.Name} is undefined ({Main.Metric.UndefinedReason})."
                : own.All(pair => double.IsNaN(pair.P)) ? $"The models cannot be ranked by {Main.Name}: too many draws of patients leave it undefined in this test of {cases}."
                : supported.Length == 0
                    ? $"The largest figure ({Main.Name}) is that of {Models[0].Model}, but this test of {cases} does not support any ranking of the {Models.Count} models: no difference is beyond chance ({how}). Do not rank them."
                    : $"By {Main.Name}, this test of {cases} supports {supported.Length} of {own.Length} {(own.Length == 1 ? "difference" : "differences")}: {string.Join("; ", supported.Select(pair => $"{pair.First} over {pair.Second}"))} ({how}).{(supported.Length < own.Length ? " The rest of the order is not supported: do not rank by it." : "")}";
        }
    }

    /// <summary>What else was tested, and why it is not the verdict; a sentence.</summary>
    public string Caution => $"The verdict rests on one figure. The {MainFigures.Of(Models[0]).Count - 1} others were tested too, each corrected for its own pairs and not for the number of figures: among several figures one may differ by chance, so what they say beside the verdict is a hint.";

    /// <summary>Compares models that were evaluated on the same cases with the same classes.</summary>
    /// <param name="evaluations">The models.</param>
    /// <param name="primary">The contrast that was named beforehand; null for none.</param>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, several tasks, other classes, other cases or other labels, or the contrast names another model.</exception>
    public static FigureComparison Of(IReadOnlyList<IEvaluation> evaluations, PrimaryContrast? primary = null)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        if (evaluations.Count < 2)
        {
            throw new ArgumentException($"A comparison needs at least two models, there are {evaluations.Count}.", nameof(evaluations));
        }

        if (evaluations.GroupBy(one => one.Model, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two models are called '{twice.Key}'; give each its own name.", nameof(evaluations));
        }

        PrimaryContrast.MustBeAmong(primary, evaluations.Select(one => one.Model));
        Resampled reference = Resampled.Of(evaluations[0]);
        Resampled[] models = [.. evaluations.Select(one => Resampled.Of(one).AlignedTo(reference))
            .OrderByDescending(one => MainFigures.Of(one.Evaluation)[0].Metric.TryGetValue(out double value) ? value : double.NegativeInfinity).ThenBy(one => one.Evaluation.Model, StringComparer.Ordinal)];
        IReadOnlyList<MetricEntry> figures = MainFigures.Of(evaluations[0]);
        EvaluationOptions options = evaluations[0].Options;
        PatientBootstrap bootstrap = new(reference.PatientOfCase, options.BootstrapReplicates, options.Seed);
        double[][] draws = bootstrap.Replicates(models.Length * figures.Count, (weights, values) =>
        {
            for (int m = 0; m < models.Length; m++)
            {
                models[m].Compute(weights, values.AsSpan(m * figures.Count, figures.Count));
            }
        });
        List<FigurePair> pairs = [];
        for (int f = 0; f < figures.Count; f++)
        {
            List<FigurePair> own = [];
            for (int i = 0; i < models.Length; i++)
            {
                for (int j = i + 1; j < models.Length; j++)
                {
                    int first = (i * figures.Count) + f, second = (j * figures.Count) + f;
                    double[] differences = [.. draws.Select(values => values[first] - values[second])];
                    Metric a = MainFigures.Of(models[i].Evaluation)[f].Metric, b = MainFigures.Of(models[j].Evaluation)[f].Metric;
                    bool defined = a.IsDefined && b.IsDefined;
                    own.Add(new(models[i].Evaluation.Model, models[j].Evaluation.Model, figures[f].Key, figures[f].Name, defined ? a.Value - b.Value : double.NaN,
                        defined ? bootstrap.Interval(differences, options.Level) : null, defined ? PatientBootstrap.TwoSidedP(differences) : double.NaN, double.NaN)
                    {
                        IsPrimary = primary?.IsOf(models[i].Evaluation.Model, models[j].Evaluation.Model) == true,
                    });
                }
            }

            double[] adjusted = PrimaryContrast.Adjust([.. own.Select(pair => pair.P)], n => own[n].IsPrimary);
            pairs.AddRange(own.Select((pair, n) => pair with { AdjustedP = adjusted[n] }));
        }

        return new([.. models.Select(one => one.Evaluation)], pairs, primary);
    }

    /// <summary>An evaluation's main figures as functions of how often each case was drawn.</summary>
    private sealed record Resampled(IEvaluation Evaluation, IReadOnlyList<string> Names, int[] PatientOfCase, Action<int[], double[]> All, int Count, IReadOnlyList<int> Places, Func<int, string> Truth)
    {
        // For each of the model's cases its place in the reference's order, which weights come in; null for the same.
        private int[]? Order { get; init; }

        public static Resampled Of(IEvaluation evaluation)
        {
            string[] keys = [.. MainFigures.Of(evaluation).Select(entry => entry.Key)];
            switch (evaluation)
            {
                case MulticlassEvaluation classes:
                    MulticlassScores scores = new(classes.Names, classes.Test, classes.Options.CalibrationBins);
                    return new(evaluation, classes.Names, classes.Test.PatientOfCase, scores.Compute, scores.Count, [.. keys.Select(MulticlassScores.IndexOf)], i => classes.Names[classes.Test.Cases[i].Label]);
                case MultiLabelEvaluation labels:
                    MultiLabelScores several = new(labels.Names, labels.Test, labels.Called);
                    return new(evaluation, labels.Names, labels.Test.PatientOfCase, several.Compute, MultiLabelScores.Keys.Count, [.. keys.Select(key => MultiLabelScores.Keys.ToList().IndexOf(key))], i => string.Concat(labels.Test.Cases[i].Labels.Select(label => label ? '1' : '0')));
                default:
                    throw new ArgumentException($"Models of {evaluation.Task} are not compared by figures.", nameof(evaluation));
            }
        }

        public Resampled AlignedTo(Resampled reference)
        {
            if (Evaluation.Task != reference.Evaluation.Task || !Names.SequenceEqual(reference.Names, StringComparer.Ordinal))
            {
                throw new ArgumentException($"'{Evaluation.Model}' tells {string.Join(", ", Names)} apart, '{reference.Evaluation.Model}' {string.Join(", ", reference.Names)}: models are compared on the same classes.", nameof(reference));
            }

            IReadOnlyList<EvaluatedCase> own = Evaluation.Test.Cases, others = reference.Evaluation.Test.Cases;
            if (own.Count != others.Count)
            {
                throw new ArgumentException($"'{Evaluation.Model}' was judged on {own.Count} cases, '{reference.Evaluation.Model}' on {others.Count}: models are compared on the same cases.", nameof(reference));
            }

            Dictionary<string, int> places = others.Select((one, i) => (one.CaseId, i)).ToDictionary(one => one.CaseId, one => one.i, StringComparer.Ordinal);
            int[] order = [.. own.Select((one, i) =>
                !places.TryGetValue(one.CaseId, out int place) ? throw new ArgumentException($"Case '{one.CaseId}' was judged by '{Evaluation.Model}' but not by '{reference.Evaluation.Model}'.", nameof(reference))
                : Truth(i) != reference.Truth(place) ? throw new ArgumentException($"Case '{one.CaseId}' has another label for '{Evaluation.Model}' than for '{reference.Evaluation.Model}'.", nameof(reference))
                : place)];
            return this with { Order = order };
        }

        public void Compute(int[] weights, Span<double> values)
        {
            double[] all = new double[Count];
            All(Order is null ? weights : Array.ConvertAll(Order, place => weights[place]), all);
            for (int f = 0; f < values.Length; f++)
            {
                values[f] = all[Places[f]];
            }
        }
    }
}

/// <summary>Two models and one figure.</summary>
/// <param name="First">The first model's name.</param>
/// <param name="Second">The second model's name.</param>
/// <param name="Key">The figure's key.</param>
/// <param name="Name">The figure's name.</param>
/// <param name="Difference">First minus second; not a number where one of them is undefined.</param>
/// <param name="Interval">The interval of the difference, not corrected for the number of pairs; null where there is none.</param>
/// <param name="P">Two-sided p value of the same draws; not a number where there is no interval.</param>
/// <param name="AdjustedP">The p value after Holm's correction for the pairs of this figure.</param>
public sealed record FigurePair(string First, string Second, string Key, string Name, double Difference, ConfidenceInterval? Interval, double P, double AdjustedP)
{
    /// <summary>Whether it is the contrast that was named beforehand: its p value is then not corrected.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Whether the models differ beyond what chance explains, at one in twenty, after the correction.</summary>
    public bool IsSupported => AdjustedP < 0.05;
}
