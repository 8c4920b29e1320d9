using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class SimulatorTests
{
    [Fact]
    public void TheSameScanAtAnyNumberOfThreads()
    {
        DmsaPatient patient = Small.Cohort(1, 1)[0];
        DmsaStudy one = Small.Simulator.Simulate(patient, threads: 1);
        DmsaStudy two = Small.Simulator.Simulate(patient, threads: 2);
        Assert.Equal(one.Image.Voxels, two.Image.Voxels);
        Assert.Equal(one.Counts, two.Counts);
        Assert.Equal(one.Image.Geometry, two.Image.Geometry);
    }

    [Fact]
    public void WithoutAttenuationTheCountsGiveTheActivityBack()
    {
        DmsaSimulator simulator = new()
        {
            Acquisition = Small.Simulator.Acquisition with { Attenuation = 0, Collimator = null },
            Iterations = 4,
            PostFilterFwhm = 0,
        };
        DmsaPatient patient = Small.Cohort(2, 0)[1];
        DmsaStudy study = simulator.Simulate(patient, threads: 2);
        double countsPerMegabecquerel = simulator.Acquisition.Sensitivity * simulator.Acquisition.SecondsPerView * simulator.Acquisition.Views;
        foreach (BodySide side in Enum.GetValues<BodySide>())
        {
            KidneyAnatomy kidney = patient.Anatomy.Of(side);
            double reach = (kidney.Length / 2) + 6;
            double seen = Small.SumAround(study.Image, kidney.Centre, reach) / countsPerMegabecquerel;
            double truth = Small.SumAround(study.Activity, kidney.Centre, reach);
            Assert.Equal(truth, seen, 0.05 * truth);
            double known = side == BodySide.Left ? study.LeftActivity : study.RightActivity;
            Assert.InRange(truth / known, 0.97, 1.15);
            Assert.Equal(patient.AtScan(kidney.Uptake), known, 0.001 * known);
        }
    }

    [Fact]
    public void WithAttenuationAboutHalfOfTheCountsAreLeft()
    {
        DmsaPatient patient = Small.Cohort(2, 0)[1];
        DmsaStudy study = Small.Simulator.Simulate(patient, threads: 2);
        SpectAcquisition scan = Small.Simulator.Acquisition;
        KidneyAnatomy kidney = patient.Anatomy.Left;
        double seen = Small.SumAround(study.Image, kidney.Centre, (kidney.Length / 2) + 12);
        Assert.InRange(seen / (study.LeftActivity * scan.Sensitivity * scan.SecondsPerView * scan.Views), 0.3, 0.75);
        // Counts of a view and kidney of a child: thousands, not millions.
        Assert.InRange(study.Counts / scan.Views / 75 * 30 / 2, 1_500, 20_000);
    }

    [Fact]
    public void DefectsAreMissingWhereTheTruthSaysSo()
    {
        DmsaStudy ill = Small.Simulator.Simulate(Small.Cohort(6, 1)[3], threads: 2);
        Assert.NotEmpty(ill.Patient.Anatomy.Left.Defects);
        double inDefect = 0, elsewhere = 0, imageInDefect = 0, imageElsewhere = 0;
        int defectVoxels = 0, otherVoxels = 0;
        for (int i = 0; i < ill.Image.Voxels.Length; i++)
        {
            float label = ill.Defects.Voxels[i];
            Assert.True(label == 0 || ill.Kidneys.Voxels[i] == (label < 10 ? 1 : 2));
            if (ill.Kidneys.Voxels[i] == 0)
            {
                continue;
            }

            if (label > 0)
            {
                defectVoxels++;
                inDefect += ill.Activity.Voxels[i];
                imageInDefect += ill.Image.Voxels[i];
            }
            else
            {
                otherVoxels++;
                elsewhere += ill.Activity.Voxels[i];
                imageElsewhere += ill.Image.Voxels[i];
            }
        }

        Assert.True(defectVoxels > 5);
        Assert.True(inDefect / defectVoxels < 0.8 * elsewhere / otherVoxels);
        Assert.True(imageInDefect / defectVoxels < 0.95 * imageElsewhere / otherVoxels);
        Assert.True(ill.LeftActivity < 0.995 * ill.Patient.AtScan(ill.Patient.Anatomy.Left.Uptake));
    }

    [Fact]
    public void AnOddMatrixIsRefused() => Assert.Throws<ArgumentException>(() =>
        new DmsaSimulator { Acquisition = new SpectAcquisition { Bins = 63, Views = 8 } }.Simulate(Small.Cohort(1, 0)[0]));
}
