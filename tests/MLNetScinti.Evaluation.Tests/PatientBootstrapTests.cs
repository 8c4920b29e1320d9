using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class PatientBootstrapTests
{
    private static readonly int[] s_pairs = [.. Enumerable.Range(0, 40).Select(i => i / 2)];

    [Fact]
    public void Patients_are_drawn_whole()
    {
        PatientBootstrap bootstrap = new(s_pairs);
        for (int replicate = 0; replicate < 50; replicate++)
        {
            int[] weights = bootstrap.WeightsOf(replicate);
            Assert.Equal(40, weights.Sum());
            for (int i = 0; i < weights.Length; i += 2)
            {
                Assert.Equal(weights[i], weights[i + 1]);
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_seed_does_not()
    {
        Assert.Equal(new PatientBootstrap(s_pairs, seed: 7).WeightsOf(3), new PatientBootstrap(s_pairs, seed: 7).WeightsOf(3));
        Assert.NotEqual(new PatientBootstrap(s_pairs, seed: 7).WeightsOf(3), new PatientBootstrap(s_pairs, seed: 8).WeightsOf(3));
    }

    [Fact]
    public void The_interval_of_a_mean_has_the_width_that_theory_gives()
    {
        // One value per patient: the bootstrap's standard error is the root of the plain variance over n.
        int[] patients = [.. Enumerable.Range(0, 400)];
        double[] values = [.. patients.Select(i => (i * 37 % 400) / 400.0)];
        PatientBootstrap bootstrap = new(patients, 4000, 3);
        ConfidenceInterval interval = bootstrap.Intervals([weights => weights.Select((w, i) => w * values[i]).Sum() / weights.Sum()])[0]!;
        double mean = values.Average(), variance = values.Sum(v => (v - mean) * (v - mean)) / 400;
        double half = 1.96 * Math.Sqrt(variance / 400);
        Assert.Equal(mean - half, interval.Lower, 0.1 * half);
        Assert.Equal(mean + half, interval.Upper, 0.1 * half);
    }

    [Fact]
    public void Undefined_draws_are_counted_and_too_many_leave_no_interval()
    {
        PatientBootstrap bootstrap = new(s_pairs, 1000);
        IReadOnlyList<ConfidenceInterval?> intervals = bootstrap.Intervals(
        [
            weights => weights[0] == 4 ? double.NaN : weights[0],
            weights => weights[0] == 0 ? double.NaN : weights[0],
        ]);
        Assert.Contains("undefined", intervals[0]!.Method, StringComparison.Ordinal);
        Assert.Null(intervals[1]);
    }

    [Fact]
    public void One_patient_has_no_interval() => Assert.Null(new PatientBootstrap([0, 0]).Intervals([_ => 1])[0]);
}
