using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

/// <summary>
/// What the label gives away without a look at any place in a kidney: little, so that whoever reads these cohorts has to find
/// defects. 600 kidneys at the prevalence of the training data, on the coarse matrix of the tests.
/// </summary>
public sealed class GlobalFeaturesTests
{
    [Fact]
    public void NeitherGlobalFeaturesNorTheHeaderTellTheLabel()
    {
        DmsaCohort cohort = new(new DmsaCohortOptions { Patients = 300, Seed = 12 });
        double[][][] features = new double[cohort.Count][][];
        double[][] headers = new double[cohort.Count][];
        Parallel.For(0, cohort.Count, i =>
        {
            DmsaStudy study = Small.Simulator.Simulate(cohort[i], threads: 1);
            features[i] = GlobalFeatures.Of(study);
            headers[i] = GlobalFeatures.OfHeader(study);
        });

        bool[] abnormal = [.. cohort.SelectMany(patient => (bool[])[patient.Anatomy.Left.IsAbnormal, patient.Anatomy.Right.IsAbnormal])];
        int[] patients = [.. Enumerable.Range(0, abnormal.Length).Select(kidney => kidney / 2)];
        double[][] six = [.. features.SelectMany(ofPatient => ofPatient)];
        double[][] header = [.. patients.Select(patient => headers[patient])];
        Assert.Equal(175, abnormal.Count(isAbnormal => isAbnormal));

        double together = GlobalFeatures.CrossValidatedArea(six, abnormal, patients);
        double share = GlobalFeatures.CrossValidatedArea([.. six.Select(kidney => kidney[..1])], abnormal, patients);
        double metadata = GlobalFeatures.CrossValidatedArea(header, abnormal, patients);
        Assert.True(together <= 0.70, $"six features: {together:0.000}");
        Assert.True(share <= 0.62, $"share: {share:0.000}");
        Assert.True(metadata <= 0.60, $"header: {metadata:0.000}");
    }

    [Fact]
    public void SmallKidneysAreAsFrequentWithDefectsAsWithout()
    {
        // The same patients, once with defects everywhere, once without: sizes do not know of them.
        DmsaPatient[] well = [.. Small.Cohort(60, 0)];
        DmsaPatient[] ill = [.. Small.Cohort(60, 1)];
        Assert.Equal(well.Select(patient => patient.Anatomy.Left.Length), ill.Select(patient => patient.Anatomy.Left.Length));
        Assert.Equal(well.Select(patient => patient.Anatomy.Right.Width), ill.Select(patient => patient.Anatomy.Right.Width));
    }

    [Fact]
    public void BothKidneysTogetherHoldWhatTheyWouldWithoutDefects()
    {
        for (int i = 0; i < 4; i++)
        {
            DmsaPhantom well = new(Small.Cohort(4, 0)[i], Small.Simulator.Acquisition);
            DmsaPhantom ill = new(Small.Cohort(4, 1)[i], Small.Simulator.Acquisition);
            double before = well.LeftActivity + well.RightActivity;
            Assert.Equal(before, ill.LeftActivity + ill.RightActivity, 0.02 * before);
        }
    }

    [Fact]
    public void FalseReadingsAreDrawnAndTheTruthStays()
    {
        DmsaCohortOptions options = new() { Patients = 400, Seed = 3 };
        DmsaPatient[] read = [.. new DmsaCohort(options with { FalseReadings = 0.2 })];
        DmsaPatient[] known = [.. new DmsaCohort(options)];
        int wrong = 0;
        for (int i = 0; i < read.Length; i++)
        {
            foreach (BodySide side in Enum.GetValues<BodySide>())
            {
                Assert.Equal(known[i].Anatomy.Of(side).IsAbnormal, read[i].Anatomy.Of(side).IsAbnormal);
                Assert.Equal(known[i].Anatomy.Of(side).IsAbnormal, known[i].IsCalledAbnormal(side));
                wrong += read[i].IsCalledAbnormal(side) != read[i].Anatomy.Of(side).IsAbnormal ? 1 : 0;
            }
        }

        // 800 kidneys: five standard deviations.
        Assert.InRange(wrong / 800.0, 0.2 - (5 * Math.Sqrt(0.16 / 800)), 0.2 + (5 * Math.Sqrt(0.16 / 800)));
        Assert.Throws<ArgumentException>(() => new DmsaCohort(options with { FalseReadings = 1.5 }));
    }
}
