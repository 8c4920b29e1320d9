using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class TemperatureScalingTests
{
    [Fact]
    public void Logits_blown_up_threefold_are_brought_back()
    {
        ValidationScores validation = new(Cases(4000, 3));
        TemperatureScaling scaling = TemperatureScaling.Fit(validation);
        Assert.InRange(scaling.Temperature, 2.6, 3.4);
        Assert.True(scaling.LossAfter < scaling.LossBefore);
        Assert.False(scaling.IsAtLimit);

        // Fitted once, nothing is left to do.
        Assert.Equal(1, TemperatureScaling.Fit(scaling.Apply(validation)).Temperature, 1e-4);
    }

    [Fact]
    public void The_order_of_cases_stays()
    {
        TestScores test = new(Cases(200, 3));
        TestScores scaled = TemperatureScaling.Fit(new(Cases(300, 3))).Apply(test);
        Assert.Equal(
            test.Cases.OrderBy(one => one.Score).Select(one => one.CaseId),
            scaled.Cases.OrderBy(one => one.Score).Select(one => one.CaseId));
    }

    [Fact]
    public void Perfect_separation_runs_into_the_limit_and_says_so()
    {
        ScoredCase[] cases = [.. Enumerable.Range(0, 10).Select(i => new ScoredCase($"C{i}", $"P{i}", i >= 5, i - 4.5f, i / 10f))];
        Assert.True(TemperatureScaling.Fit(new(cases)).IsAtLimit);
    }

    [Fact]
    public void One_class_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => TemperatureScaling.Fit(new(Cases(50, 1).Where(one => one.Label))));

    [PeerFact("python:scipy")]
    public void Scipys_minimiser_finds_the_same()
    {
        ScoredCase[] cases = Cases(100, 2);
        string scores = string.Join(",", cases.Select(one => one.Score.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        string labels = string.Join(",", cases.Select(one => one.Label ? 1 : 0));
        double[][] lines = PythonPeer.Numbers($"""
            import numpy as np
            from scipy.optimize import minimize_scalar
            s = np.array([{scores}], dtype=np.float32).astype(float); y = np.array([{labels}])
            f = lambda a: np.mean(np.logaddexp(0, -a * s * (2 * y - 1)))
            r = minimize_scalar(f, bounds=(.01, 100), method="bounded", options=dict(xatol=1e-12))
            print(1 / r.x, r.fun)
            """);
        TemperatureScaling scaling = TemperatureScaling.Fit(new(cases));
        Assert.Equal(lines[0][0], scaling.Temperature, 1e-5);
        Assert.Equal(lines[0][1], scaling.LossAfter, 1e-12);
    }

    private static ScoredCase[] Cases(int count, double factor)
    {
        CounterRandom random = new(11, 0, 0, "temperature");
        List<ScoredCase> cases = [];
        for (int i = 0; i < count; i++)
        {
            double logit = random.NextNormal(0, 1.5);
            bool label = random.NextBoolean(1 / (1 + Math.Exp(-logit)));
            cases.Add(new($"C{i}", $"P{i}", label, (float)(factor * logit), (float)(1 / (1 + Math.Exp(-factor * logit)))));
        }

        return [.. cases];
    }
}
