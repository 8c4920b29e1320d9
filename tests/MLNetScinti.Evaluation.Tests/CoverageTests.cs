using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>
/// Whether intervals and tests keep what they promise, on simulated studies of forty patients with two kidneys each. Draws are
/// seeded, so the counts are the same in every run.
/// </summary>
public sealed class CoverageTests
{
    private const int Studies = 1000;

    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(2.5, 0.0)]
    public void DeLongs_interval_covers_the_true_area_as_often_as_it_says(double distance, double within)
    {
        double truth = TrueArea(distance);
        int covered = Enumerable.Range(0, Studies).Count(study => Covers(Estimate(study, distance, within, clustered: false).Interval(), truth));
        Assert.InRange(covered / (double)Studies, 0.93, 0.985);
    }

    [Fact]
    public void With_kidneys_that_resemble_each_other_only_the_interval_by_patient_keeps_its_promise()
    {
        // Both kidneys of a patient have the same label and share nine tenths of their variance.
        double truth = TrueArea(1);
        int plain = Enumerable.Range(0, Studies).Count(study => Covers(Estimate(study, 1, 0.9, clustered: false).Interval(), truth));
        int byPatient = Enumerable.Range(0, Studies).Count(study => Covers(Estimate(study, 1, 0.9, clustered: true).Interval(), truth));
        Assert.InRange(plain / (double)Studies, 0.6, 0.9);
        Assert.InRange(byPatient / (double)Studies, 0.92, 0.985);
    }

    [Fact]
    public void Paired_test_of_equal_models_rejects_one_in_twenty()
    {
        int rejected = Enumerable.Range(0, Studies).Count(study =>
        {
            CounterRandom random = new(17, 0, (ulong)study, "equal models");
            double[] first = new double[80], second = new double[80];
            bool[] labels = new bool[80];
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = i % 2 == 0;
                double shared = random.NextNormal() + (labels[i] ? 1.2 : 0);
                first[i] = shared + (0.7 * random.NextNormal());
                second[i] = shared + (0.7 * random.NextNormal());
            }

            return DeLong.Compare(first, second, labels).P < 0.05;
        });
        Assert.InRange(rejected / (double)Studies, 0.03, 0.07);
    }

    [Fact]
    public void With_kidneys_that_resemble_each_other_only_the_paired_test_by_patient_rejects_one_in_twenty()
    {
        int plain = 0, byPatient = 0;
        for (int study = 0; study < Studies; study++)
        {
            CounterRandom random = new(29, 0, (ulong)study, "equal models, alike kidneys");
            double[] first = new double[80], second = new double[80];
            bool[] labels = new bool[80];
            int[] patients = new int[80];
            for (int patient = 0; patient < 40; patient++)
            {
                // What a model makes of a patient, it makes of both kidneys.
                double ofFirst = random.NextNormal(), ofSecond = random.NextNormal();
                for (int i = 2 * patient; i < (2 * patient) + 2; i++)
                {
                    labels[i] = patient % 2 == 0;
                    patients[i] = patient;
                    first[i] = (labels[i] ? 1 : 0) + ofFirst + (0.3 * random.NextNormal());
                    second[i] = (labels[i] ? 1 : 0) + ofSecond + (0.3 * random.NextNormal());
                }
            }

            plain += DeLong.Compare(first, second, labels).P < 0.05 ? 1 : 0;
            byPatient += DeLong.CompareClustered(first, second, labels, patients).P < 0.05 ? 1 : 0;
        }

        Assert.InRange(plain / (double)Studies, 0.1, 0.3);
        Assert.InRange(byPatient / (double)Studies, 0.03, 0.08);
    }

    [Fact]
    public void Bootstrap_by_patient_covers_where_kidneys_resemble_each_other()
    {
        double truth = TrueArea(1);
        const int Fewer = 200;
        int covered = Enumerable.Range(0, Fewer).Count(study =>
        {
            (double[] scores, bool[] labels, int[] patients) = Study(study, 1, 0.9);
            ConfidenceInterval? interval = new PatientBootstrap(patients, 200, (ulong)study).Intervals([new WeightedRanking(scores, labels).Area])[0];
            return Covers(interval!, truth);
        });
        Assert.InRange(covered / (double)Fewer, 0.87, 0.99);
    }

    private static bool Covers(ConfidenceInterval interval, double truth) => interval.Lower <= truth && truth <= interval.Upper;

    private static AucEstimate Estimate(int study, double distance, double within, bool clustered)
    {
        (double[] scores, bool[] labels, int[] patients) = Study(study, distance, within);
        return clustered ? DeLong.EstimateClustered(scores, labels, patients) : DeLong.Estimate(scores, labels);
    }

    private static (double[] Scores, bool[] Labels, int[] Patients) Study(int study, double distance, double within)
    {
        CounterRandom random = new(23, 0, (ulong)study, "coverage");
        double[] scores = new double[80];
        bool[] labels = new bool[80];
        int[] patients = new int[80];
        for (int patient = 0; patient < 40; patient++)
        {
            double shared = random.NextNormal();
            for (int side = 0; side < 2; side++)
            {
                int i = (2 * patient) + side;
                labels[i] = patient % 2 == 0;
                patients[i] = patient;
                scores[i] = (labels[i] ? distance : 0) + (Math.Sqrt(within) * shared) + (Math.Sqrt(1 - within) * random.NextNormal());
            }
        }

        return (scores, labels, patients);
    }

    // Two normal distributions of variance 1, so far apart.
    private static double TrueArea(double distance) => Gaussian.Cumulative(distance / Math.Sqrt(2));
}
