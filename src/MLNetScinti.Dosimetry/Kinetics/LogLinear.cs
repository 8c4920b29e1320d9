using MathNet.Numerics.LinearAlgebra;

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>
/// One exponential through the logarithms of the activities, by linear regression: A0 exp(-lambda t), integral A0 / lambda. Guarded at
/// physical decay: where the regression falls more slowly, lambda is that of the nuclide and A0 the (weighted) geometric mean of A exp(lambda t).
/// </summary>
/// <param name="Weights">How much each point counts.</param>
public sealed record LogLinear(FitWeights Weights = FitWeights.None) : TimeActivityMethod
{
    /// <summary>What is done with data that rise first.</summary>
    public RisingData OnRising { get; init; } = RisingData.Refuse;

    /// <summary>The weights, where they are given: one for each point in the order of time.</summary>
    public IReadOnlyList<double> GivenWeights { get; init; } = [];

    /// <inheritdoc/>
    public override string Name => "log-linear" + FitWeighting.Suffix(Weights);

    /// <inheritdoc/>
    public override string Description => $"{Name}: A0 exp(-lambda t) by regression of ln A, {FitWeighting.Words(Weights)}, not slower than physical decay";

    /// <inheritdoc/>
    public override int LeastPoints => 2;

    internal override TimeActivityMethod Tolerant => this with { OnRising = RisingData.Flag };

    private protected override TimeActivityFit FitPoints(TimeActivityCurve curve)
    {
        List<DosimetryFlag> flags = [];
        CheckRise(curve, Name, OnRising, flags);
        if (curve.Points.FirstOrDefault(point => point.Megabecquerel <= 0) is { } none)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"The activity at {none.Hours} h is 0, which has no logarithm: take a fit of the activities themselves ('mono') or leave the point out.");
        }

        double[] hours = curve.Hours(), activities = curve.Activities(), weights = FitWeighting.Of(Weights, curve, GivenWeights, ofLogarithms: true);
        Line line = Regress(hours, activities, weights, curve.Nuclide.DecayConstant);
        if (line.IsClamped)
        {
            flags.Add(Clamped(line.FreeRate, curve.Nuclide));
        }

        int points = hours.Length, free = line.IsClamped ? 1 : 2;
        double[] residuals = [.. activities.Select((activity, i) => Math.Log(activity) - line.Intercept + (line.Rate * hours[i]))];
        double amplitude = Math.Exp(line.Intercept), integral = amplitude / line.Rate;
        double weightedSquares = residuals.Select((r, i) => weights[i] * r * r).Sum();
        double? scale = Weights == FitWeights.PointUncertainty ? 1 : points > free ? weightedSquares / (points - free) : null;
        if (points == free)
        {
            flags.Add(new(DosimetryIssue.NothingLeftToJudge, "As many parameters as points: the fit goes through all of them, and its scatter says nothing."));
        }

        // d ln(integral) = d ln A0 - d lambda / lambda.
        double? u = scale is { } s ? integral * Math.Sqrt(s * (line.InterceptVariance + (line.IsClamped ? 0
            : (line.RateVariance / (line.Rate * line.Rate)) - (2 * line.Covariance / line.Rate)))) : null;
        double? amplitudeU = scale is { } a ? amplitude * Math.Sqrt(a * line.InterceptVariance) : null, rateU = scale is { } l && !line.IsClamped ? Math.Sqrt(l * line.RateVariance) : null;
        double share = Math.Exp(-line.Rate * hours[^1]);
        CheckTail(share, flags);
        double squares = activities.Select((activity, i) => Math.Pow(activity - (amplitude * Math.Exp(-line.Rate * hours[i])), 2)).Sum();
        return new TimeActivityFit
        {
            Method = Description,
            Curve = curve,
            Parameters =
            [
                new FitParameter("A0", amplitude, "MBq", amplitudeU, null),
                new FitParameter("lambda", line.Rate, "1/h", rateU, line.IsClamped ? "it is the rate of physical decay, not of the points."
                    : rateU > line.Rate ? "its uncertainty is larger than itself." : null),
            ],
            Covariance = scale is { } c && !line.IsClamped ? Matrix<double>.Build.DenseOfArray(new[,]
            {
                { c * line.InterceptVariance * amplitude * amplitude, c * line.Covariance * amplitude },
                { c * line.Covariance * amplitude, c * line.RateVariance },
            }) : null,
            Exponentials = [new ExponentialTerm(amplitude, line.Rate)],
            TimeIntegratedActivity = integral,
            StandardUncertainty = u,
            Residuals = residuals,
            SumOfSquares = squares,
            Determination = LeastSquares.Determination(activities, squares),
            ExtrapolatedShare = share,
            Flags = flags,
        };
    }

    internal override CurveIntegral Integrate(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, Nuclide nuclide)
    {
        if (!IsDescribed(activities))
        {
            return CurveIntegral.Refused;
        }

        Span<double> weights = stackalloc double[hours.Length];
        FitWeighting.Fill(Weights, activities, weights);
        return Integral(Regress(hours, activities, weights, nuclide.DecayConstant));
    }

    internal override CurveIntegral IntegrateAs(TimeActivityCurve curve, ReadOnlySpan<double> hours, ReadOnlySpan<double> activities)
    {
        if (!IsDescribed(activities))
        {
            return CurveIntegral.Refused;
        }

        Span<double> weights = stackalloc double[hours.Length];
        FitWeighting.Fill(Weights, curve, GivenWeights, ofLogarithms: true, activities, weights);
        return Integral(Regress(hours, activities, weights, curve.Nuclide.DecayConstant));
    }

    internal override void CheckForVoxels() => FitWeighting.CheckForVoxels(Weights, Name);

    private bool IsDescribed(ReadOnlySpan<double> activities)
    {
        if (OnRising == RisingData.Refuse && TimeActivityCurve.Rises(activities).First)
        {
            return false;
        }

        foreach (double activity in activities)
        {
            if (!(activity > 0))
            {
                return false;
            }
        }

        return true;
    }

    private static CurveIntegral Integral(Line line) =>
        new(Math.Exp(line.Intercept) / line.Rate, line.Rate, line.IsClamped ? IntegralOutcome.Clamped : IntegralOutcome.Fitted);

    // Variances are those of unit weight: the residuals' scale comes to them.
    private readonly record struct Line(double Intercept, double Rate, double FreeRate, bool IsClamped, double InterceptVariance, double RateVariance, double Covariance);

    private static Line Regress(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, ReadOnlySpan<double> weights, double slowest)
    {
        double sum = 0, meanTime = 0, meanLog = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            sum += weights[i];
            meanTime += weights[i] * hours[i];
            meanLog += weights[i] * Math.Log(activities[i]);
        }

        meanTime /= sum;
        meanLog /= sum;
        double times = 0, products = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            double from = hours[i] - meanTime;
            times += weights[i] * from * from;
            products += weights[i] * from * (Math.Log(activities[i]) - meanLog);
        }

        double free = -products / times;
        return free < slowest
            ? new(meanLog + (slowest * meanTime), slowest, free, true, 1 / sum, 0, 0)
            : new(meanLog + (free * meanTime), free, free, false, (1 / sum) + (meanTime * meanTime / times), 1 / times, meanTime / times);
    }
}
