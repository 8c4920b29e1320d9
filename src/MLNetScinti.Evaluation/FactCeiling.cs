using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// What no model of some kind can pass in a case, however good it is, as a fact of the case says it; and the fact that makes cases hard for
/// such models, by whose larger half both are compared. The system declares it.
/// </summary>
/// <param name="Name">What it is, as a sentence begins with it.</param>
/// <param name="Fact">The fact that holds it, as Dice coefficients.</param>
/// <param name="Hardness">The fact by which the harder half is chosen.</param>
/// <param name="HarderHalf">What that half is called, such as "the half with most motion".</param>
public sealed record FactCeiling(string Name, string Fact, string Hardness, string HarderHalf);

/// <summary>A ceiling over the cases that have it, and a model's Dice coefficients beside it. Cases of which the facts are not known are left out of all of them.</summary>
/// <param name="Ceiling">What it is.</param>
/// <param name="Overall">Its mean over the cases.</param>
/// <param name="Model">The model's mean over the same cases.</param>
/// <param name="Harder">Its mean over the harder half.</param>
/// <param name="ModelInHarder">The model's mean over the harder half.</param>
/// <param name="AboveInHarder">By how much the model is above the ceiling in the harder half: the mean of the differences, case by case.</param>
public sealed record CeilingFigures(FactCeiling Ceiling, Metric Overall, Metric Model, Metric Harder, Metric ModelInHarder, Metric AboveInHarder)
{
    /// <summary>All of it in two sentences.</summary>
    public string Sentence => $"{Ceiling.Name}: Dice {Text(Overall)} in {FigureText.Of(Overall.Cases, "case", "cases")}; the model {Text(Model)}. "
        + (Harder.Cases > 0 ? $"In {Ceiling.HarderHalf}, {FigureText.Of(Harder.Cases, "case", "cases")}: {Text(Harder)}; the model {Text(ModelInHarder)}, a difference of {Text(AboveInHarder)}." : $"{FigureText.Capital(Ceiling.HarderHalf)} is not known.");

    /// <summary>Both, and both in the harder half; null where no case has the fact or a Dice coefficient.</summary>
    /// <param name="ceiling">What it is.</param>
    /// <param name="cases">The cases with the model's Dice coefficients, not a number where one is undefined.</param>
    /// <param name="options">Level, replicates and seed.</param>
    internal static CeilingFigures? Of(FactCeiling ceiling, IEnumerable<(EvaluatedCase Case, double Dice)> cases, EvaluationOptions options)
    {
        (string Patient, double Limit, double Dice, double? Hardness)[] known = [.. cases
            .Where(one => one.Case.Facts.Number(ceiling.Fact) is { } limit && double.IsFinite(limit) && double.IsFinite(one.Dice))
            .Select(one => (one.Case.PatientId, one.Case.Facts.Number(ceiling.Fact)!.Value, one.Dice, one.Case.Facts.Number(ceiling.Hardness)))];
        if (known.Length == 0)
        {
            return null;
        }

        // The harder half has the odd case; cases as hard as its easiest belong to it.
        double[] hardness = [.. known.Select(one => one.Hardness).OfType<double>().OrderDescending()];
        double from = hardness.Length < 2 ? double.PositiveInfinity : hardness[(hardness.Length - 1) / 2];
        var harder = known.Where(one => one.Hardness >= from).ToArray();
        // Not the model's: a ceiling holds whether it was trained or not.
        Metric Marked(Metric metric) => metric with { Mark = options.Mark };
        Metric Mean((string Patient, double Limit, double Dice, double? Hardness)[] of, Func<(string Patient, double Limit, double Dice, double? Hardness), double> value)
        {
            if (of.Length == 0)
            {
                return Metric.Undefined("there are fewer than two cases of which it is known");
            }

            string[] patients = [.. of.Select(one => one.Patient).Distinct(StringComparer.Ordinal)];
            double[] values = [.. of.Select(value)];
            PatientBootstrap bootstrap = new([.. of.Select(one => Array.IndexOf(patients, one.Patient))], options.BootstrapReplicates, options.Seed);
            ConfidenceInterval? interval = bootstrap.Intervals([weights => CaseMeans.Of(values, weights)], options.Level)[0];
            return Metric.Of(values.Average(), of.Length, patients.Length, interval is { HasWidth: true } ? interval : null);
        }

        return new(ceiling, Mean(known, one => one.Limit), Marked(Mean(known, one => one.Dice)), Mean(harder, one => one.Limit), Marked(Mean(harder, one => one.Dice)), Marked(Mean(harder, one => one.Dice - one.Limit)));
    }

    private static string Text(Metric metric) => metric.TryGetValue(out double value)
        ? $"{FigureText.Number(value)}{(metric.Interval is { } interval ? $" ({FigureText.Number(interval.Lower)} to {FigureText.Number(interval.Upper)})" : "")}{(metric.Mark.Length > 0 ? $" [{metric.Mark}]" : "")}"
        : $"undefined ({metric.UndefinedReason})";
}
