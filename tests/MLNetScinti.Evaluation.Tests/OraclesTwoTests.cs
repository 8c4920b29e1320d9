using System.Text.Json;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Calibration, prior shift, predictive values and paired proportions, as computed elsewhere (Fixtures/oracles-2.json), to the digits given there.</summary>
public sealed class OraclesTwoTests : IDisposable
{
    private readonly JsonDocument _file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "oracles-2.json")));

    public void Dispose() => _file.Dispose();

    [Fact]
    public void CalibrationIsThatOfLogisticRegression()
    {
        JsonElement oracle = _file.RootElement.GetProperty("calibration");
        double[] logits = Numbers(oracle.GetProperty("logits"));
        bool[] labels = [.. Numbers(oracle.GetProperty("labels")).Select(label => label == 1)];
        CalibrationLine line = CalibrationLine.Of(logits, labels);
        double[] both = Numbers(oracle.GetProperty("intercept_and_slope"));
        Assert.Equal(oracle.GetProperty("calibration_in_the_large_slope_fixed_1").GetDouble(), line.InTheLarge, 1e-7);
        Assert.Equal(both[0], line.Intercept, 1e-7);
        Assert.Equal(both[1], line.Slope, 1e-7);
        Assert.Equal(oracle.GetProperty("mean_p").GetDouble(), line.Expected, 1e-12);
        Assert.Equal(oracle.GetProperty("observed").GetDouble(), line.Observed, 1e-12);
        Assert.Equal(oracle.GetProperty("O_over_E").GetDouble(), line.ObservedToExpected, 1e-12);

        int[] twice = [.. Enumerable.Repeat(2, logits.Length)];
        Assert.Equal(line.Slope, CalibrationLine.Of(logits, labels, twice).Slope, 1e-9);
    }

    [Fact]
    public void WhatHasNoLineSaysSo()
    {
        CalibrationLine one = CalibrationLine.Of([1, 2], [true, true]);
        Assert.True(double.IsNaN(one.Slope) && double.IsNaN(one.InTheLarge));
        Assert.Equal(1, one.Observed);
        Assert.True(double.IsNaN(CalibrationLine.Of([-3, -1, 1, 3], [false, false, true, true]).Slope));
        Assert.Throws<ArgumentException>(() => CalibrationLine.Of([1, double.PositiveInfinity], [true, false]));
    }

    [Fact]
    public void ProbabilitiesMoveWithThePrevalence()
    {
        JsonElement oracle = _file.RootElement.GetProperty("calibration").GetProperty("prior_shift");
        double from = oracle.GetProperty("pi_from").GetDouble(), to = oracle.GetProperty("pi_to").GetDouble();
        foreach ((double before, double after) in Numbers(oracle.GetProperty("p")).Zip(Numbers(oracle.GetProperty("p_new"))))
        {
            Assert.Equal(after, Prevalence.Shift(before, from, to), 1e-12);
            Assert.Equal(before, Prevalence.Shift(Prevalence.Shift(before, from, to), to, from), 1e-12);
        }

        Assert.Equal((0, 1), (Prevalence.Shift(0, from, to), Prevalence.Shift(1, from, to)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prevalence.Shift(0.5, 0, to));
    }

    [Fact]
    public void PredictiveValuesAreBayess()
    {
        JsonElement oracle = _file.RootElement.GetProperty("calibration").GetProperty("ppv_at_prevalence");
        double sensitivity = oracle.GetProperty("sens").GetDouble(), specificity = oracle.GetProperty("spec").GetDouble();
        foreach (JsonElement row in oracle.GetProperty("rows").EnumerateArray())
        {
            double prevalence = row.GetProperty("pi").GetDouble();
            Assert.Equal(row.GetProperty("ppv").GetDouble(), Prevalence.PositivePredictiveValue(sensitivity, specificity, prevalence), 1e-9);
            Assert.Equal(row.GetProperty("npv").GetDouble(), Prevalence.NegativePredictiveValue(sensitivity, specificity, prevalence), 1e-9);
        }
    }

    [Fact]
    public void PairedProportionsHaveTheirIntervals()
    {
        JsonElement oracle = _file.RootElement.GetProperty("paired_proportions"), table = oracle.GetProperty("table"), second = oracle.GetProperty("second");
        PairedProportions pair = new(table.GetProperty("both_right").GetInt32(), table.GetProperty("only_first").GetInt32(), table.GetProperty("only_second").GetInt32(), table.GetProperty("both_wrong").GetInt32());
        Assert.Equal(oracle.GetProperty("difference").GetDouble(), pair.Difference, 1e-12);
        Same(Numbers(oracle.GetProperty("tango_95")), pair.Tango());
        Same(Numbers(oracle.GetProperty("newcombe_method10_95"))[1..], pair.Newcombe());
        Assert.Equal(oracle.GetProperty("mcnemar_exact").GetDouble(), pair.Test.ExactP, 1e-12);
        Assert.Equal(oracle.GetProperty("mcnemar_midp").GetDouble(), pair.Test.MidP, 1e-12);

        PairedProportions other = new(second.GetProperty("a").GetInt32(), second.GetProperty("b").GetInt32(), second.GetProperty("c").GetInt32(), second.GetProperty("d").GetInt32());
        Same(Numbers(second.GetProperty("tango_95")), other.Tango());
        Same(Numbers(second.GetProperty("newcombe"))[1..], other.Newcombe());

        static void Same(double[] expected, ConfidenceInterval found)
        {
            Assert.Equal(expected[0], found.Lower, 1e-9);
            Assert.Equal(expected[1], found.Upper, 1e-9);
        }
    }

    /// <summary>By hand: at one half, ten cases of which four are called and three of these are positive are worth 3/10 - 1/10.</summary>
    [Fact]
    public void ADecisionCurveWeighsAlarmsByTheOdds()
    {
        double[] p = [.9, .8, .7, .6, .4, .3, .3, .2, .1, .1];
        bool[] labels = [true, true, false, true, false, true, false, false, false, false];
        IReadOnlyList<DecisionCurvePoint> curve = DecisionCurvePoint.Curve(p, labels, [.2, .5]);
        Assert.Equal(0.2, curve[1].Model, 1e-12);
        Assert.Equal(0.4 - 0.6, curve[1].All, 1e-12);
        Assert.Equal(0.4 - (0.25 * 0.4), curve[0].Model, 1e-12);

        DecisionCurvePoint rare = DecisionCurvePoint.Curve(p, labels, [.2], prevalence: .1)[0];
        Assert.Equal(.1 - (.25 * .9 * 4 / 6), rare.Model, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => DecisionCurvePoint.Curve(p, labels, [1]));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];
}
