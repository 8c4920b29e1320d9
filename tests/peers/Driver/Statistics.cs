using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Peers;

/// <summary>Areas under ROC curves with their intervals.</summary>
internal static class Statistics
{
    /// <summary>DeLong's comparison of two models. The input holds the labels, then the scores of each.</summary>
    public static void Compare(string input, string output, int cases)
    {
        double[] all = RawFile.Read<double>(input);
        bool[] labels = Array.ConvertAll(all[..cases], label => label > 0);
        double[] first = all[cases..(2 * cases)], second = all[(2 * cases)..];
        AucComparison comparison = DeLong.Compare(first, second, labels);
        RawFile.Write<double>(output, [comparison.First.Area, comparison.Second.Area, comparison.First.Variance, comparison.Second.Variance, comparison.Covariance]);
        Turns.Serve(0, () => _ = DeLong.Compare(first, second, labels));
    }

    /// <summary>The bootstrap interval of one area, patients drawn with both kidneys. The input holds labels, then scores, two of each a patient.</summary>
    public static void Resample(string input, string output, int cases, int replicates)
    {
        double[] all = RawFile.Read<double>(input);
        bool[] labels = Array.ConvertAll(all[..cases], label => label > 0);
        double[] scores = all[cases..];
        int[] patients = [.. Enumerable.Range(0, cases).Select(kidney => kidney / 2)];
        ConfidenceInterval interval = Interval();
        RawFile.Write<double>(output, [interval.Lower, interval.Upper]);
        Turns.Serve(0, () => _ = Interval());

        ConfidenceInterval Interval()
        {
            WeightedRanking ranking = new(scores, labels);
            return new PatientBootstrap(patients, replicates).Intervals([ranking.Area])[0] ?? throw new InvalidOperationException("There is no interval.");
        }
    }
}
