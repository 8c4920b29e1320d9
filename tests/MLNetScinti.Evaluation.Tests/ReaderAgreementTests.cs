using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ReaderAgreementTests
{
    private static readonly JsonElement s_oracles = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "reader-agreement.json"))).RootElement;

    /// <summary>The example of Fleiss 1971, fourteen readers and five classes.</summary>
    [Fact]
    public void FleissIsThatOfThePublishedExample()
    {
        JsonElement oracle = s_oracles.GetProperty("agreement").GetProperty("fleiss_14_raters");
        double[][] table = [.. oracle.GetProperty("table").EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetDouble()).ToArray())];
        MustBe(oracle, FleissKappa.Of(table));
    }

    [Fact]
    public void ThreeReadersAgreeAsComputedElsewhere()
    {
        JsonElement oracle = s_oracles.GetProperty("agreement").GetProperty("three_readers");
        ReaderAgreement readers = new(Readings(oracle), 4);
        MustBe(oracle.GetProperty("fleiss"), readers.Fleiss());
        foreach (PairwiseKappa pair in readers.Pairs())
        {
            Assert.Equal(oracle.GetProperty("cohen_pairs").GetProperty($"{pair.First}-{pair.Second}").GetDouble(), pair.Kappa, 12);
        }

        Assert.Equal(oracle.GetProperty("light_kappa_mean_of_pairs").GetDouble(), readers.Light(), 12);
        Assert.Equal(oracle.GetProperty("krippendorff_nominal").GetDouble(), readers.Krippendorff(), 12);
        Assert.Equal(oracle.GetProperty("krippendorff_interval").GetDouble(), readers.Krippendorff(AlphaScale.Interval), 12);
        Assert.Equal(oracle.GetProperty("percent_all_agree").GetDouble(), readers.AllAgree(), 12);
        Assert.Equal(oracle.GetProperty("majority").EnumerateArray().Select(value => value.GetInt32()), readers.Majority().Select(value => value ?? -1));
    }

    [Fact]
    public void MissingReadingsAreLeftOutOfAlpha()
    {
        JsonElement oracle = s_oracles.GetProperty("agreement").GetProperty("three_readers");
        int[][] readings = Readings(oracle);
        foreach (int item in new[] { 3, 7, 20 })
        {
            readings[2][item] = -1;
        }

        ReaderAgreement readers = new(readings, 4);
        Assert.Equal(oracle.GetProperty("krippendorff_nominal_with_missing").GetProperty("value").GetDouble(), readers.Krippendorff(), 12);
        Assert.Equal(27, readers.Cases - 3);
        Assert.True(double.IsFinite(readers.Fleiss().Kappa));
    }

    [Theory]
    [InlineData("S1_25d")]
    [InlineData("S1_3d")]
    [InlineData("fleiss1969_example")]
    public void TheErrorOfCohensKappaIsThatOfFleissCohenAndEveritt(string name)
    {
        JsonElement oracle = s_oracles.GetProperty("cohen_kappa_se").GetProperty(name);
        JsonElement[] rows = [.. oracle.GetProperty("table").EnumerateArray()];
        int[,] table = new int[rows.Length, rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
            {
                table[i, j] = (int)rows[i][j].GetDouble();
            }
        }

        PairwiseKappa pair = PairwiseKappa.Of(0, 1, table);
        Assert.Equal(oracle.GetProperty("kappa").GetDouble(), pair.Kappa, 12);
        Assert.Equal(oracle.GetProperty("se").GetDouble(), pair.Error, 10);
        Assert.Equal(oracle.GetProperty("ci")[0].GetDouble(), pair.Interval().Lower, 4);
        Assert.Equal(oracle.GetProperty("ci")[1].GetDouble(), pair.Interval().Upper, 4);
    }

    /// <summary>Readers who say the same agree fully; the order of readers and cases does not matter.</summary>
    [Fact]
    public void AgreementHasItsProperties() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int readers = random.Next(2, 6), cases = random.Next(4, 40), classes = random.Next(2, 5);
            int[] truth = [.. Enumerable.Range(0, cases).Select(at => at < classes ? at : random.Next(classes))];
            ReaderAgreement same = new([.. Enumerable.Repeat(truth, readers)], classes);
            int[][] readings = [.. Enumerable.Range(0, readers).Select(_ => truth.Select(one => random.Next(3) == 0 ? random.Next(classes) : one).ToArray())];
            int[] order = [.. Enumerable.Range(0, cases)];
            random.Shuffle(order);
            ReaderAgreement some = new(readings, classes), turned = new([.. readings.Reverse().Select(reader => order.Select(at => reader[at]).ToArray())], classes);
            return Near(1, same.Fleiss().Kappa) && Near(1, same.Light()) && Near(1, same.Krippendorff()) && same.AllAgree() == 1
                && Near(some.Fleiss().Kappa, turned.Fleiss().Kappa) && Near(some.Krippendorff(), turned.Krippendorff()) && Near(some.Light(), turned.Light());
        }));

    [Fact]
    public void WhatIsNoReadingIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new ReaderAgreement([[0, 1]], 2));
        Assert.Throws<ArgumentException>(() => new ReaderAgreement([[0, 1], [0]], 2));
        Assert.Throws<ArgumentException>(() => new ReaderAgreement([[0, 1], [0, 2]], 2));
        Assert.Equal([0, null, 1], new ReaderAgreement([[0, 0, 1], [0, 1, -1], [1, -1, -1]], 2).Majority());
    }

    private static bool Near(double expected, double found) => (double.IsNaN(expected) && double.IsNaN(found)) || Math.Abs(expected - found) < 1e-12;

    private static int[][] Readings(JsonElement oracle) =>
        [.. oracle.GetProperty("readers").EnumerateArray().Select(reader => reader.EnumerateArray().Select(value => value.GetInt32()).ToArray())];

    private static void MustBe(JsonElement oracle, FleissKappa found)
    {
        Assert.Equal(oracle.GetProperty("kappa").GetDouble(), found.Kappa, 12);
        Assert.Equal(oracle.GetProperty("P_bar").GetDouble(), found.Observed, 12);
        Assert.Equal(oracle.GetProperty("Pe").GetDouble(), found.Expected, 12);
        Assert.Equal(oracle.GetProperty("se0_1979").GetDouble(), found.ChanceError, 10);
        Assert.Equal(oracle.GetProperty("z").GetDouble(), found.Z, 6);
        Assert.Equal(oracle.GetProperty("per_category").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 10)), found.PerClass.Select(value => Math.Round(value, 10)));
    }
}
