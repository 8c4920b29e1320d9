using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>Two models that scored the same cases, compared.</summary>
/// <param name="First">The first model's name.</param>
/// <param name="Second">The second model's name.</param>
/// <param name="Areas">DeLong's paired comparison of the areas under the ROC curves.</param>
/// <param name="AreasByPatient">The same, allowing for several cases of one patient.</param>
/// <param name="Errors">McNemar's comparison of what each called wrongly at its own threshold.</param>
/// <param name="AdjustedP">The p value of <paramref name="Areas"/> after Holm's correction for all pairs; not a number where it is undefined.</param>
/// <param name="AdjustedPByPatient">The same for <paramref name="AreasByPatient"/>.</param>
public sealed record ModelPair(string First, string Second, AucComparison Areas, AucComparison AreasByPatient, McNemar Errors, double AdjustedP, double AdjustedPByPatient)
{
    /// <summary>Whether the areas differ beyond what chance explains, at one in twenty, after the correction.</summary>
    public bool IsSupported => AdjustedP < 0.05;

    /// <summary>The same when several cases of one patient are not taken for independent.</summary>
    public bool IsSupportedByPatient => AdjustedPByPatient < 0.05;

    /// <summary>The interval of the difference that allows for several cases of one patient; not corrected for the number of pairs.</summary>
    public ConfidenceInterval IntervalByPatient(double level = 0.95) => AreasByPatient.IsAtBoundary
        ? AreasByPatient.Interval(level)
        : AreasByPatient.Interval(level) with { Method = "Obuchowski, paired" };
}
