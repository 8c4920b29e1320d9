using MathNet.Numerics.LinearAlgebra;

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>A sum of exponentials as a function of time.</summary>
public enum ExponentialShape
{
    /// <summary>A0 exp(-lambda t).</summary>
    Mono,

    /// <summary>A1 exp(-l1 t) + A2 exp(-l2 t), both positive; l1 is the slower.</summary>
    Bi,

    /// <summary>A (exp(-l1 t) - exp(-l2 t)): uptake from zero with l2, clearance with l1.</summary>
    Uptake,
}

/// <summary>
/// Least squares of the activities themselves, weighted or not. Guarded at physical decay: where the slowest rate falls below that of the
/// nuclide, it is put there and the rest is fitted again.
/// </summary>
/// <param name="Shape">The function of time.</param>
/// <param name="Weights">How much each point counts.</param>
public sealed record LeastSquares(ExponentialShape Shape, FitWeights Weights = FitWeights.None) : TimeActivityMethod
{
    /// <summary>What is done with data that rise first, where the shape falls.</summary>
    public RisingData OnRising { get; init; } = RisingData.Refuse;

    /// <summary>The weights, where they are given: one for each point in the order of time.</summary>
    public IReadOnlyList<double> GivenWeights { get; init; } = [];

    /// <inheritdoc/>
    public override string Name => Shape switch
    {
        ExponentialShape.Mono => "mono",
        ExponentialShape.Bi => "bi-exponential",
        _ => "uptake",
    } + FitWeighting.Suffix(Weights);

    /// <inheritdoc/>
    public override string Description => $"{Name}: " + Shape switch
    {
        ExponentialShape.Mono => "A0 exp(-lambda t)",
        ExponentialShape.Bi => "A1 exp(-l1 t) + A2 exp(-l2 t)",
        _ => "A (exp(-l1 t) - exp(-l2 t))",
    } + $" by least squares, {FitWeighting.Words(Weights)}, not slower than physical decay";

    /// <inheritdoc/>
    public override int LeastPoints => Parameters;

    private int Parameters => Shape switch
    {
        ExponentialShape.Mono => 2,
        ExponentialShape.Bi => 4,
        _ => 3,
    };

    private string[] Names => Shape switch
    {
        ExponentialShape.Mono => ["A0", "lambda"],
        ExponentialShape.Bi => ["A1", "A2", "l1", "l2"],
        _ => ["A", "l1", "l2"],
    };

    /// <summary>1 - squares / squares about the mean; NaN where all activities are alike.</summary>
    internal static double Determination(double[] activities, double squares)
    {
        double mean = activities.Average(), about = activities.Sum(activity => (activity - mean) * (activity - mean));
        return about > 0 ? 1 - (squares / about) : double.NaN;
    }

    internal override TimeActivityMethod Tolerant => this with { OnRising = RisingData.Flag };

    private protected override TimeActivityFit FitPoints(TimeActivityCurve curve)
    {
        List<DosimetryFlag> flags = [];
        if (Shape != ExponentialShape.Uptake)
        {
            CheckRise(curve, Name, OnRising, flags);
        }

        double[] hours = curve.Hours(), activities = curve.Activities(), weights = FitWeighting.Of(Weights, curve, GivenWeights, ofLogarithms: false);
        if (activities.All(activity => activity == 0))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "The activity is 0 at every time: there is nothing to fit.");
        }

        (ExponentialLeastSquares.Solution solution, double? free) = Solve(hours, activities, weights, curve.Nuclide.DecayConstant);
        if (free is { } rate)
        {
            flags.Add(Clamped(rate, curve.Nuclide));
        }

        if (Shape == ExponentialShape.Bi && solution.Amplitudes.Any(amplitude => amplitude < 0))
        {
            const string sentence = "One of the two exponentials came out negative: the data rise between the images, which falling exponentials do not describe.";
            if (OnRising == RisingData.Refuse)
            {
                throw new DosimetryException(DosimetryIssue.RisesFirst, sentence + " Take the uptake form or one exponential.");
            }

            flags.Add(new(DosimetryIssue.RisesFirst, sentence));
        }

        int points = hours.Length, parameters = Parameters - (free is null ? 0 : 1);
        double[][] signs = ExponentialLeastSquares.SignsOf(Shape);
        double[] residuals = [.. hours.Select((hour, i) => activities[i] - ExponentialLeastSquares.Value(hour, signs, solution.Amplitudes, solution.Rates))];
        double? scale = Weights == FitWeights.PointUncertainty ? 1 : points > parameters ? solution.SumOfSquares / (points - parameters) : null;
        if (points == parameters)
        {
            flags.Add(new(DosimetryIssue.NothingLeftToJudge, "As many parameters as points: the fit goes through all of them, and its scatter says nothing."));
        }

        ExponentialTerm[] terms = Terms(signs, solution);
        double integral = terms.Sum(term => term.Amplitude / term.Rate);
        (Matrix<double>? covariance, double? u, IReadOnlyList<FitParameter> told) = Judge(hours, weights, signs, solution, free is not null, scale);
        foreach (FitParameter parameter in told.Where(one => !one.IsIdentified && free is null))
        {
            flags.Add(new(DosimetryIssue.NotIdentified, $"{parameter.Name} is not identified: {parameter.NotIdentified}"));
        }

        double share = terms.Sum(term => term.Amplitude / term.Rate * Math.Exp(-term.Rate * hours[^1])) / integral;
        CheckTail(share, flags);
        double squares = residuals.Sum(residual => residual * residual);
        // The variance counts as a parameter (Burnham and Anderson 2002).
        int counted = parameters + 1;
        return new TimeActivityFit
        {
            Method = Description,
            Curve = curve,
            Parameters = told,
            Covariance = covariance,
            Exponentials = terms,
            TimeIntegratedActivity = integral,
            StandardUncertainty = u,
            Residuals = residuals,
            SumOfSquares = squares,
            Determination = Determination(activities, squares),
            CorrectedAkaike = points - counted - 1 > 0 && solution.SumOfSquares > 0
                ? (points * Math.Log(solution.SumOfSquares / points)) + (2 * counted) + (2.0 * counted * (counted + 1) / (points - counted - 1)) : null,
            ExtrapolatedShare = share,
            Flags = flags,
        };
    }

    internal override CurveIntegral Integrate(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, Nuclide nuclide)
    {
        Span<double> weights = stackalloc double[hours.Length];
        FitWeighting.Fill(Weights, activities, weights);
        return Described(hours, activities, weights, nuclide);
    }

    internal override CurveIntegral IntegrateAs(TimeActivityCurve curve, ReadOnlySpan<double> hours, ReadOnlySpan<double> activities)
    {
        Span<double> weights = stackalloc double[hours.Length];
        FitWeighting.Fill(Weights, curve, GivenWeights, ofLogarithms: false, activities, weights);
        return Described(hours, activities, weights, curve.Nuclide);
    }

    internal override void CheckForVoxels() => FitWeighting.CheckForVoxels(Weights, Name);

    private CurveIntegral Described(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> weights, Nuclide nuclide)
    {
        if (Shape != ExponentialShape.Uptake && OnRising == RisingData.Refuse && TimeActivityCurve.Rises(activities).First)
        {
            return CurveIntegral.Refused;
        }

        bool isAny = false;
        for (int i = 0; i < hours.Length; i++)
        {
            isAny |= activities[i] > 0;
            if (!(weights[i] > 0) || !double.IsFinite(weights[i]))
            {
                return CurveIntegral.Refused;
            }
        }

        return isAny ? Integral(hours, activities, weights, nuclide) : CurveIntegral.Refused;
    }

    private CurveIntegral Integral(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> weights, Nuclide nuclide)
    {
        (ExponentialLeastSquares.Solution solution, double? free) = Solve(hours, activities, weights, nuclide.DecayConstant);
        double integral = Terms(ExponentialLeastSquares.SignsOf(Shape), solution).Sum(term => term.Amplitude / term.Rate);
        bool isRefused = !(integral > 0) || (Shape == ExponentialShape.Bi && OnRising == RisingData.Refuse && solution.Amplitudes.Any(amplitude => amplitude < 0));
        return isRefused ? CurveIntegral.Refused : new(integral, solution.Rates.Min(), free is null ? IntegralOutcome.Fitted : IntegralOutcome.Clamped);
    }

    // The rate that was found before it was put at physical decay, or null.
    private (ExponentialLeastSquares.Solution Solution, double? Free) Solve(
        ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> weights, double physical)
    {
        double[][] signs = ExponentialLeastSquares.SignsOf(Shape);
        ExponentialLeastSquares.Solution solution = Ordered(ExponentialLeastSquares.Solve(hours, activities, weights, signs, physical / 1000));
        double slowest = solution.Rates[0];
        return slowest < physical
            ? (Ordered(ExponentialLeastSquares.Solve(hours, activities, weights, signs, physical, physical)), slowest)
            : (solution, null);
    }

    // The slower rate first; the uptake form changes its sign with the order.
    private ExponentialLeastSquares.Solution Ordered(ExponentialLeastSquares.Solution found) => found.Rates.Length < 2 || found.Rates[0] <= found.Rates[1] ? found
        : found with
        {
            Rates = [found.Rates[1], found.Rates[0]],
            Amplitudes = Shape == ExponentialShape.Bi ? [found.Amplitudes[1], found.Amplitudes[0]] : [-found.Amplitudes[0]],
        };

    private static ExponentialTerm[] Terms(double[][] signs, ExponentialLeastSquares.Solution solution) =>
        [.. solution.Rates.Select((rate, k) => new ExponentialTerm(solution.Amplitudes.Select((amplitude, j) => amplitude * signs[j][k]).Sum(), rate))];

    private (Matrix<double>? Covariance, double? IntegralUncertainty, IReadOnlyList<FitParameter> Parameters) Judge(
        double[] hours, double[] weights, double[][] signs, ExponentialLeastSquares.Solution solution, bool isClamped, double? scale)
    {
        int amplitudes = solution.Amplitudes.Length, all = amplitudes + solution.Rates.Length;
        Matrix<double> derivatives = Matrix<double>.Build.Dense(hours.Length, all);
        double[] row = new double[all];
        for (int i = 0; i < hours.Length; i++)
        {
            ExponentialLeastSquares.Derivatives(hours[i], signs, solution.Amplitudes, solution.Rates, row);
            for (int j = 0; j < all; j++)
            {
                derivatives[i, j] = row[j] * Math.Sqrt(weights[i]) / (j < amplitudes ? 1 : solution.Rates[j - amplitudes]);
            }
        }

        int[] free = [.. Enumerable.Range(0, all).Where(j => !(isClamped && j == amplitudes))];
        Matrix<double>? covariance = scale is { } s ? Inverse(derivatives, free, s) : null;
        double? integralU = null;
        if (covariance is not null)
        {
            double[] slopes = [.. free.Select(j => j < amplitudes
                ? solution.Rates.Select((rate, k) => signs[j][k] / rate).Sum()
                : -solution.Amplitudes.Select((amplitude, a) => amplitude * signs[a][j - amplitudes]).Sum() / Math.Pow(solution.Rates[j - amplitudes], 2))];
            Vector<double> slope = Vector<double>.Build.Dense(slopes);
            integralU = Math.Sqrt(Math.Max(0, slope * covariance * slope));
        }

        string[] names = Names;
        List<FitParameter> told = [];
        for (int j = 0; j < all; j++)
        {
            double value = j < amplitudes ? solution.Amplitudes[j] : solution.Rates[j - amplitudes];
            int place = Array.IndexOf(free, j);
            double? u = place >= 0 && covariance is not null ? Math.Sqrt(Math.Max(0, covariance[place, place])) : null;
            string? why = place < 0 ? "it is the rate of physical decay, not of the points."
                : Alone(derivatives.Column(j), hours) is { } hour ? FormattableString.Invariant($"it rests on the one point at {hour:0.##} h.")
                : scale is not null && covariance is null ? "the points cannot tell it from the others."
                : u > Math.Abs(value) ? "its uncertainty is larger than itself."
                : null;
            told.Add(new FitParameter(names[j], value, j < amplitudes ? "MBq" : "1/h", u, why));
        }

        return (covariance, integralU, told);
    }

    // The time of the only point that a parameter acts on, where all others together have less than a thousandth of its square.
    private static double? Alone(Vector<double> column, double[] hours)
    {
        double all = column * column;
        int most = column.AbsoluteMaximumIndex();
        return hours.Length > 1 && column[most] * column[most] >= 0.999 * all ? hours[most] : null;
    }

    private static Matrix<double>? Inverse(Matrix<double> derivatives, int[] free, double scale)
    {
        Matrix<double> columns = Matrix<double>.Build.Dense(derivatives.RowCount, free.Length, (i, j) => derivatives[i, free[j]]);
        double[] lengths = [.. columns.EnumerateColumns().Select(column => column.L2Norm())];
        if (lengths.Any(length => !(length > 1e-150)))
        {
            return null;
        }

        Matrix<double> unit = Matrix<double>.Build.Dense(columns.RowCount, free.Length, (i, j) => columns[i, j] / lengths[j]);
        Matrix<double> normal = unit.TransposeThisAndMultiply(unit);
        if (!(Math.Abs(normal.Determinant()) > 1e-14))
        {
            return null;
        }

        Matrix<double> inverse = normal.Inverse();
        return Matrix<double>.Build.Dense(free.Length, free.Length, (i, j) => scale * inverse[i, j] / lengths[i] / lengths[j]);
    }
}

/// <summary>The choice between shapes of time-activity curves.</summary>
public static class ShapeSelection
{
    /// <summary>
    /// The fit of the lowest corrected Akaike criterion among least-squares fits of the same points with the same weights.
    /// </summary>
    /// <exception cref="DosimetryException">The points are too few for the criterion of one of them, or the weights differ: then nothing chooses, and a shape has to be named.</exception>
    public static TimeActivityFit ByCorrectedAkaike(TimeActivityCurve curve, params IReadOnlyList<LeastSquares> methods)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count == 0 || methods.Any(method => method.Weights != methods[0].Weights))
        {
            throw new DosimetryException(DosimetryIssue.DifferentMethods, "Akaike's criterion compares fits of the same weights: give one or more methods that have them.");
        }

        TimeActivityFit[] fits = [.. methods.Select(method => method.Fit(curve))];
        return Array.Find(fits, fit => fit.CorrectedAkaike is null) is { } without
            ? throw new DosimetryException(DosimetryIssue.TooFewPoints,
                $"{curve.Points.Count} points are too few for the corrected Akaike criterion of '{without.Method}': name the shape instead of having it chosen.")
            : fits.MinBy(fit => fit.CorrectedAkaike!.Value)!;
    }
}
