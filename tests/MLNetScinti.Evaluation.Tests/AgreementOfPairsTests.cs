using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Tests of paired differences that say whether they are small enough, and boxes of them.</summary>
public sealed class AgreementOfPairsTests
{
    /// <summary>The exact distribution, counted sign by sign: with ties, and with zeros left out or ranked.</summary>
    [Theory]
    [InlineData(ZeroDifferences.Drop)]
    [InlineData(ZeroDifferences.RankThenDrop)]
    public void TheExactWilcoxonTestIsThatOfAllSignsAlsoWithTiesAndZeros(ZeroDifferences zeros) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed =>
        {
            Random random = new(seed);
            double[] differences = [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => (double)random.Next(-4, 5)), 3];
            double[] used = zeros == ZeroDifferences.Drop ? [.. differences.Where(d => d != 0)] : differences;
            double[] ranks = [.. used.Select(d => 1 + used.Count(other => Math.Abs(other) < Math.Abs(d)) + ((used.Count(other => Math.Abs(other) == Math.Abs(d)) - 1) / 2.0))];
            double[] signed = [.. ranks.Where((_, i) => used[i] != 0)];
            double plus = ranks.Where((_, i) => used[i] > 0).Sum();
            double[] sums = [.. Enumerable.Range(0, 1 << signed.Length).Select(signs => signed.Where((_, i) => (signs >> i & 1) == 1).Sum())];
            double expected = Math.Min(1, 2.0 * Math.Min(sums.Count(sum => sum <= plus), sums.Count(sum => sum >= plus)) / sums.Length);
            WilcoxonSignedRank test = WilcoxonSignedRank.Of(differences, zeros: zeros, exact: true);
            return test.IsExact && Math.Abs(test.P - expected) < 1e-12;
        }));

    [Fact]
    public void WhereHalfRanksGoToEachSideOrThereAreTooManyTheNormalDistributionIsTaken()
    {
        Assert.False(WilcoxonSignedRank.Of([1, -2, 0, 4], zeros: ZeroDifferences.Split, exact: true).IsExact);
        WilcoxonSignedRank many = WilcoxonSignedRank.Of([.. Enumerable.Range(1, 1200).Select(i => i % 2 == 0 ? (double)i : -i)], exact: true);
        Assert.False(many.IsExact);
        Assert.InRange(many.P, 0.9, 1);
    }

    /// <summary>Two one-sided tests against scipy's t tests.</summary>
    [PeerFact("python:scipy")]
    public void EquivalenceAndNonInferiorityAreTwoOneSidedTTests()
    {
        double[] differences = [1.2, -0.4, 2.5, 0.3, -1.1, 3.9, 0.8, -2.2, 1.6];
        double[][] expected = PythonPeer.Numbers($"""
            from scipy import stats
            d = [{string.Join(", ", differences.Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]
            print(stats.ttest_1samp(d, -2.5, alternative='greater').pvalue, stats.ttest_1samp(d, 2.5, alternative='less').pvalue)
            import numpy as np
            print(*stats.t.interval(.9, len(d) - 1, np.mean(d), stats.sem(d)))
            print(stats.ttest_1samp(d, -1, alternative='greater').pvalue)
            """.Replace("            ", "", StringComparison.Ordinal));
        Equivalence test = Equivalence.Of(differences, -2.5, 2.5);
        Assert.Equal(expected[0][0], test.LowerP, 1e-10);
        Assert.Equal(expected[0][1], test.UpperP, 1e-10);
        Assert.Equal(Math.Max(expected[0][0], expected[0][1]), test.P, 1e-10);
        Assert.Equal(expected[1][0], test.Interval.Lower, 1e-8);
        Assert.Equal(expected[1][1], test.Interval.Upper, 1e-8);
        Assert.Equal(0.9, test.Interval.Level, 1e-12);
        Assert.Equal(expected[2][0], Equivalence.NonInferiorityP(differences, 1), 1e-10);
    }

    /// <summary>Both say the same: the tests reject where the interval lies within the margins.</summary>
    [Fact]
    public void EquivalenceIsThatOfItsInterval() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed =>
        {
            Random random = new(seed);
            double shift = (10 * random.NextDouble()) - 5;
            double[] differences = [.. Enumerable.Range(0, random.Next(2, 30)).Select(_ => shift + (8 * random.NextDouble()) - 4)];
            Equivalence test = Equivalence.Of(differences, -5, 5);
            return test.IsEquivalent == (test.Interval.Lower > -5 && test.Interval.Upper < 5);
        }));

    [Fact]
    public void EqualDifferencesLeaveNothingToDoubtAndMarginsMustBeInOrder()
    {
        Assert.Equal(0, Equivalence.Of([1, 1, 1], -5, 5).P);
        Assert.Equal(1, Equivalence.Of([7, 7, 7], -5, 5).P);
        Assert.Throws<ArgumentException>(() => Equivalence.Of([1, 2], 5, -5));
        Assert.Throws<ArgumentException>(() => Equivalence.NonInferiorityP([1, 2], 0));
        Assert.Throws<ArgumentException>(() => Equivalence.Of([1], -5, 5));
    }

    [Fact]
    public void ABoxHasWhiskersWithinOneAndAHalfBoxesAndOutliersBeyond()
    {
        TukeyBox box = TukeyBox.Of([4, 100, 1, 3, 2, 5, -50]);
        Assert.Equal((1.5, 3, 4.5), (box.FirstQuartile, box.Median, box.ThirdQuartile));
        Assert.Equal((1, 5), (box.LowerWhisker, box.UpperWhisker));
        Assert.Equal([-50, 100], box.Outliers);
        Assert.Empty(TukeyBox.Of([7]).Outliers);
        Assert.Throws<ArgumentException>(() => TukeyBox.Of([]));
        Assert.Throws<ArgumentException>(() => TukeyBox.Of([1, double.NaN]));
    }

    /// <summary>Copies of a patient's cases make no result surer, and a reference of 0 is left out and counted.</summary>
    [Fact]
    public void CasesOfAPatientCountOnceAndWhatHasNoPercentIsCounted()
    {
        PairedQuantity[] once = [.. Enumerable.Range(0, 12).Select(i => new PairedQuantity($"c{i}", $"p{i}", "left", 40 + i, 41.2 + i + ((i % 3) * 0.4)))];
        PairedQuantity[] thrice = [.. once.SelectMany(one => Enumerable.Range(0, 3).Select(copy => one with { CaseId = $"{one.CaseId}-{copy}" }))];
        PartAgreement single = PairedAgreement.Of("Activity", "Bq/ml", once).Parts.Single();
        PartAgreement copied = PairedAgreement.Of("Activity", "Bq/ml", [.. thrice, new("none", "p99", "left", 0, 3)]).Parts.Single();
        Assert.Equal((36, 1, 12), (copied.Pairs.Count, copied.Missing, copied.Patients));
        Assert.Equal(single.TTest!.P, copied.TTest!.P, 1e-12);
        Assert.Equal(single.Exact!.P, copied.Exact!.P, 1e-12);
        Assert.Equal(single.Equivalence!.P, copied.Equivalence!.P, 1e-12);
        Assert.Equal(single.Percent!.UpperInterval.Upper, copied.Percent!.UpperInterval.Upper, 1e-12);
        Assert.Contains("equivalent within 5 %", single.Verdict, StringComparison.Ordinal);
        Assert.Null(PairedAgreement.Of("Activity", "", [once[0]]).Parts[0].Percent);
    }
}
