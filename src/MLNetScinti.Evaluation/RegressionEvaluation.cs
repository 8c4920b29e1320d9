using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of predicted quantities (activity, volume, dose) against true ones: errors, explained variance, and the agreement
/// after Bland and Altman.
/// </summary>
[TypeFormatterSource(typeof(RegressionEvaluation))]
public sealed class RegressionEvaluation : IEvaluation
{
    internal const string MeanAbsoluteErrorKey = "meanAbsoluteError", RootMeanSquaredErrorKey = "rootMeanSquaredError", RSquaredKey = "rSquared", BiasKey = "bias", LowerLimitKey = "lowerLimit", UpperLimitKey = "upperLimit";

    private RegressionEvaluation(EvaluationOptions options, string quantity, string unit, TestScores<QuantifiedCase> test, ICaseSet? validation) =>
        (Options, Quantity, Unit, Test, Validation) = (options, quantity, unit, test, validation);

    /// <inheritdoc/>
    public string Task => "regression";

    /// <inheritdoc/>
    public EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    public string Model => Options.Model;

    /// <summary>What is predicted, such as "Absorbed dose".</summary>
    public string Quantity { get; }

    /// <summary>Its unit, such as "Gy"; empty where it has none.</summary>
    public string Unit { get; }

    /// <summary>The cases judged.</summary>
    public TestScores<QuantifiedCase> Test { get; }

    ICaseSet IEvaluation.Test => Test;

    /// <inheritdoc/>
    public ICaseSet? Validation { get; }

    /// <inheritdoc/>
    public IReadOnlyList<MetricEntry> Figures { get; private init; } = [];

    /// <summary>The mean error without its sign.</summary>
    public Metric MeanAbsoluteError => Figures.Named(MeanAbsoluteErrorKey);

    /// <summary>The root of the mean squared error.</summary>
    public Metric RootMeanSquaredError => Figures.Named(RootMeanSquaredErrorKey);

    /// <summary>The share of the variance of the true values that is explained.</summary>
    public Metric RSquared => Figures.Named(RSquaredKey);

    /// <summary>The mean of predicted minus true.</summary>
    public Metric Bias => Figures.Named(BiasKey);

    /// <summary>The agreement after Bland and Altman; null where there are fewer than two cases.</summary>
    public BlandAltman? Agreement { get; private init; }

    /// <inheritdoc/>
    public IReadOnlyList<Subgroup> Subgroups { get; private init; } = [];

    /// <summary>What ML.NET's own evaluator says.</summary>
    public required MLNetMetrics Stock { get; init; }

    IReadOnlyList<MLNetMetrics> IEvaluation.Stock => [Stock];

    /// <summary>Judges predicted quantities.</summary>
    /// <param name="quantity">What is predicted, such as "Absorbed dose".</param>
    /// <param name="unit">Its unit; empty where it has none.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <param name="validation">The validation cases, of whatever kind, where something was fitted on them.</param>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="ArgumentException">A value is not finite; the message names the case.</exception>
    public static RegressionEvaluation Of(string quantity, string unit, TestScores<QuantifiedCase> test, EvaluationOptions? options = null, ICaseSet? validation = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(quantity);
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(test);
        if (test.Cases.FirstOrDefault(one => !double.IsFinite(one.Truth) || !double.IsFinite(one.Predicted)) is { } odd)
        {
            throw new ArgumentException($"{test.Name} set: case '{odd.CaseId}' has the true value {odd.Truth} and the predicted value {odd.Predicted}, expected finite numbers.", nameof(test));
        }

        if (validation is not null)
        {
            LeakedPatientException.ThrowIfShared(validation, test);
        }

        options ??= new();
        return new(options, quantity, unit, test, validation)
        {
            Figures = Make(unit, test, options).Marked(options.Mark),
            Agreement = test.Count < 2 ? null : BlandAltman.Of([.. test.Cases.Select(one => one.Error)], options.Level),
            Subgroups = Subgroup.Of(test, options, (_, members) => (null, Make(unit, new TestScores<QuantifiedCase>(members.Select(i => test.Cases[i])), options with { BootstrapReplicates = 0 }).Only(BiasKey, MeanAbsoluteErrorKey, RootMeanSquaredErrorKey).Marked(options.Mark))),
            Stock = MLNetMetrics.OfQuantities(test).Marked(options.Mark),
        };
    }

    private static IReadOnlyList<MetricEntry> Make(string unit, TestScores<QuantifiedCase> test, EvaluationOptions options)
    {
        double[] truth = [.. test.Cases.Select(one => one.Truth)], predicted = [.. test.Cases.Select(one => one.Predicted)];
        string with = unit.Length > 0 ? $" ({unit})" : "";
        (string Key, string Name, string Meaning, string Undefined)[] figures =
        [
            (MeanAbsoluteErrorKey, $"Mean absolute error{with}", "The mean error without its sign.", "there is no case"),
            (RootMeanSquaredErrorKey, $"Root mean squared error{with}", "The same, large errors weighing more.", "there is no case"),
            (RSquaredKey, "R squared", "The share of the variance of the true values that is explained: 1 is perfect, below 0 is worse than their mean.", "the true values are all alike"),
            ("correlation", "Pearson correlation", "How well predicted and true values lie on a line, whichever.", "the true or the predicted values are all alike"),
            ("concordance", "Concordance correlation", "How well they lie on the line of identity (Biometrics 1989;45:255-268): 1 is perfect.", "the true and the predicted values are all alike"),
            ("meanRelativeError", "Mean relative error", "The mean of predicted minus true, over true.", "a true value is 0, or there is no case"),
            (BiasKey, $"Bias{with}", "The mean of predicted minus true: above 0 predictions are too large.", "there is no case"),
            ("differenceDeviation", $"Standard deviation of differences{with}", "How far the differences scatter around the bias.", "there are fewer than two cases"),
            (LowerLimitKey, $"Lower limit of agreement{with}", "95 % of the differences of new cases are expected between the two limits, if they are distributed normally.", "there are fewer than two cases"),
            (UpperLimitKey, $"Upper limit of agreement{with}", "The upper one.", "there are fewer than two cases"),
        ];
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(figures.Length, (weights, into) => Compute(truth, predicted, weights, into), options.Level);
        double[] values = new double[figures.Length];
        Compute(truth, predicted, [.. Enumerable.Repeat(1, test.Count)], values);
        BlandAltman? agreement = test.Count < 2 ? null : BlandAltman.Of([.. test.Cases.Select(one => one.Error)], options.Level);
        return [.. figures.Select((figure, i) => new MetricEntry(figure.Key, figure.Name, figure.Meaning, double.IsFinite(values[i])
            ? Judge(values[i], resampled[i] is { HasWidth: true } own ? own : null, ClosedForm(figure.Key))
            : Metric.Undefined(figure.Undefined, test.Count, test.PatientCount)) { HasOpenScale = figure.Key is not (RSquaredKey or "correlation" or "concordance") })];

        Metric Judge(double value, ConfidenceInterval? drawn, ConfidenceInterval? closed) =>
            Metric.Of(value, test.Count, test.PatientCount, drawn ?? closed) with { FurtherIntervals = drawn is not null && closed is not null ? [closed] : [] };

        ConfidenceInterval? ClosedForm(string key) => key switch
        {
            BiasKey => agreement?.BiasInterval,
            LowerLimitKey => agreement?.LowerInterval,
            UpperLimitKey => agreement?.UpperInterval,
            _ => null,
        };
    }

    private static void Compute(double[] truth, double[] predicted, int[] weights, double[] into)
    {
        double n = 0, absolute = 0, squares = 0, sumT = 0, sumP = 0, relative = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double error = predicted[i] - truth[i];
            n += weights[i];
            absolute += weights[i] * Math.Abs(error);
            squares += weights[i] * error * error;
            sumT += weights[i] * truth[i];
            sumP += weights[i] * predicted[i];
            relative += weights[i] == 0 ? 0 : weights[i] * error / truth[i];
        }

        double meanT = sumT / n, meanP = sumP / n, varT = 0, varP = 0, covariance = 0, spread = 0, bias = meanP - meanT;
        for (int i = 0; i < weights.Length; i++)
        {
            double t = truth[i] - meanT, p = predicted[i] - meanP;
            varT += weights[i] * t * t;
            varP += weights[i] * p * p;
            covariance += weights[i] * t * p;
            spread += weights[i] * (p - t) * (p - t);
        }

        double deviation = n > 1 ? Math.Sqrt(spread / (n - 1)) : double.NaN;
        into[0] = absolute / n;
        into[1] = Math.Sqrt(squares / n);
        into[2] = 1 - (squares / varT);
        into[3] = covariance / Math.Sqrt(varT * varP);
        into[4] = 2 * covariance / (varT + varP + (n * bias * bias));
        into[5] = relative / n;
        into[6] = bias;
        into[7] = deviation;
        into[8] = bias - (BlandAltman.Width * deviation);
        into[9] = bias + (BlandAltman.Width * deviation);
    }
}

/// <summary>One case of which a quantity was predicted.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Truth">The true value.</param>
/// <param name="Predicted">The predicted value, in the same unit.</param>
public sealed record QuantifiedCase(string CaseId, string PatientId, double Truth, double Predicted) : EvaluatedCase(CaseId, PatientId)
{
    /// <summary>Predicted minus true.</summary>
    public double Error => Predicted - Truth;
}
