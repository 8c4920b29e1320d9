using MathNet.Numerics.LinearAlgebra;

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>A parameter of a time-activity fit.</summary>
/// <param name="Name">Its name: "A0", "lambda".</param>
/// <param name="Value">Its value.</param>
/// <param name="Unit">MBq or 1/h.</param>
/// <param name="StandardUncertainty">From the scatter of the points, or from their uncertainties; null where neither tells it.</param>
/// <param name="NotIdentified">Why the points do not tell this parameter, in one sentence; null where they do.</param>
public sealed record FitParameter(string Name, double Value, string Unit, double? StandardUncertainty, string? NotIdentified)
{
    /// <summary>Whether the points tell it.</summary>
    public bool IsIdentified => NotIdentified is null;
}

/// <summary>One exponential of a time-activity curve: amplitude x exp(-rate t).</summary>
/// <param name="Amplitude">MBq; negative for uptake.</param>
/// <param name="Rate">1/h.</param>
public readonly record struct ExponentialTerm(double Amplitude, double Rate);

/// <summary>A time-activity curve brought to a function of time, and the integral of that function.</summary>
public sealed record TimeActivityFit
{
    /// <summary>The name of the method with all that decides its result.</summary>
    public required string Method { get; init; }

    /// <summary>What was fitted.</summary>
    public required TimeActivityCurve Curve { get; init; }

    /// <summary>The parameters; empty for methods without any (trapezoids).</summary>
    public IReadOnlyList<FitParameter> Parameters { get; init; } = [];

    /// <summary>Covariance of the free parameters in their order, where the points tell it.</summary>
    public Matrix<double>? Covariance { get; init; }

    /// <summary>The fitted exponentials; empty for methods without any.</summary>
    public IReadOnlyList<ExponentialTerm> Exponentials { get; init; } = [];

    /// <summary>Time-integrated activity from administration to infinity, MBq h.</summary>
    public required double TimeIntegratedActivity { get; init; }

    /// <summary>
    /// Its standard uncertainty, MBq h, from the scatter of the points about the curve (covariance scaled by the sum of squares for each degree of freedom), or,
    /// where the points were weighted with their own uncertainties, from those; null where neither tells it.
    /// </summary>
    public double? StandardUncertainty { get; init; }

    /// <summary>Its standard uncertainty, MBq h, as it follows from the uncertainties of the points alone; null where they have none.</summary>
    public double? PropagatedUncertainty { get; init; }

    /// <summary>The standard uncertainty of a rule that stands for what was not measured (one image for a whole time course), MBq h; 0 for fits.</summary>
    public double RuleUncertainty { get; init; }

    /// <summary>Activity minus curve at the points, MBq; for log-linear fits the difference of the logarithms.</summary>
    public IReadOnlyList<double> Residuals { get; init; } = [];

    /// <summary>Sum of the squared differences in MBq, unweighted.</summary>
    public double SumOfSquares { get; init; }

    /// <summary>1 - sum of squares / sum of squares about the mean; NaN for one point.</summary>
    public double Determination { get; init; } = double.NaN;

    /// <summary>Akaike's criterion for small samples; null where the points are too few for it (points - parameters - 2 must be positive).</summary>
    public double? CorrectedAkaike { get; init; }

    /// <summary>The slowest exponential's half-life, h; null for methods without any.</summary>
    public double? EffectiveHalfLife => Exponentials.Count == 0 ? null : Math.Log(2) / Exponentials.Min(term => term.Rate);

    /// <summary>The share of the integral behind the last point; null where the method has no curve there.</summary>
    public double? ExtrapolatedShare { get; init; }

    /// <summary>What has to be said with the result.</summary>
    public IReadOnlyList<DosimetryFlag> Flags { get; init; } = [];

    /// <summary>Whether something has to be said.</summary>
    public bool Has(DosimetryIssue issue) => Flags.Any(flag => flag.Issue == issue);

    /// <summary>The fitted activity at a time, MBq.</summary>
    /// <exception cref="InvalidOperationException">The method has no function of time.</exception>
    public double ActivityAt(double hours) => Exponentials.Count == 0
        ? throw new InvalidOperationException($"The method '{Method}' integrates and has no function of time.")
        : Exponentials.Sum(term => term.Amplitude * Math.Exp(-term.Rate * hours));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Method}: {TimeIntegratedActivity:0.####} MBq h")
        + (StandardUncertainty is { } u ? FormattableString.Invariant($" +- {u:0.####}") : "");
}
