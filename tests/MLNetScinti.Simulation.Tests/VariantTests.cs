using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

/// <summary>Every variant does to truth and image what its name says. All of one patient, so that nothing else differs.</summary>
public sealed class VariantTests
{
    private static readonly DmsaStudy s_plain = Small.Simulator.Simulate(Small.Plain, threads: 2);

    private static KidneyAnatomy Left => Small.Plain.Anatomy.Left;

    [Fact]
    public void AScarredPoleLacksActivityThereAndNowhereElse()
    {
        KidneyAnatomy scarred = Left with { Defects = [At(0.97, 0, DefectShape.Pole, 20, 12, 0.1)] };
        DmsaStudy study = Small.Simulator.Simulate(Small.With(scarred), threads: 2);
        Point3 upper = Left.FromOwnFrame(new(Left.Lean(0.85), 0, 0.85 * Left.Length / 2));
        Point3 lower = Left.FromOwnFrame(new(Left.Lean(-0.85), 0, -0.85 * Left.Length / 2));
        Assert.True(Ratio(study.Activity, s_plain.Activity, upper, 6) < 0.5);
        Assert.True(Ratio(study.Image, s_plain.Image, upper, 6) < 0.75);
        Assert.Equal(1, Ratio(study.Activity, s_plain.Activity, lower, 8), 0.001);
        Assert.Equal(1, Ratio(study.Image, s_plain.Image, lower, 8), 0.08);
        Assert.True(study.LeftActivity < s_plain.LeftActivity);
        Assert.Equal(s_plain.RightActivity, study.RightActivity, 1e-9);
    }

    [Theory]
    [InlineData(DefectShape.Wedge)]
    [InlineData(DefectShape.Rounded)]
    public void ALateralDefectLacksActivityThereAndNowhereElse(DefectShape shape)
    {
        CorticalDefect defect = At(0, -1, shape, 14, 13, 0);
        DmsaStudy study = Small.Simulator.Simulate(Small.With(Left with { Defects = [defect] }), threads: 2);
        Point3 inside = Left.FromOwnFrame(defect.Centre - (5 * defect.Normal));
        Assert.True(Ratio(study.Activity, s_plain.Activity, inside, 5) < 0.5);
        Assert.True(Ratio(study.Image, s_plain.Image, inside, 5) < 0.8);
        Point3 pole = Left.FromOwnFrame(new(Left.Lean(0.8), 0, 0.8 * Left.Length / 2));
        Assert.Equal(1, Ratio(study.Activity, s_plain.Activity, pole, 5), 0.001);
    }

    [Fact]
    public void AWedgePointsToTheHilum()
    {
        CorticalDefect wedge = At(0, -1, DefectShape.Wedge, 14, 13, 0);
        CorticalDefect rounded = wedge with { Shape = DefectShape.Rounded };
        int WidthAt(CorticalDefect defect, double depth) => Enumerable.Range(-200, 401)
            .Count(i => defect.Contains(defect.Centre - (depth * defect.Normal) + new Point3(0, 0, i / 10.0)));
        // Straight sides against round ones.
        Assert.Equal(0.5, (double)WidthAt(wedge, 6.5) / WidthAt(wedge, 0), 0.03);
        Assert.Equal(0.866, (double)WidthAt(rounded, 6.5) / WidthAt(rounded, 0), 0.03);
    }

    [Fact]
    public void TheMissingMillilitresAreMissingInThePhantom()
    {
        DmsaCohort cohort = new(new DmsaCohortOptions { Patients = 4, AbnormalKidneys = 1, Seed = 9, Prevalence = DmsaPrevalence.None });
        foreach (DmsaPatient patient in cohort)
        {
            DmsaPhantom phantom = new(patient, Small.Simulator.Acquisition);
            foreach ((KidneyAnatomy kidney, double activity) in new[] { (patient.Anatomy.Left, phantom.LeftActivity), (patient.Anatomy.Right, phantom.RightActivity) })
            {
                double intact = Sum(kidney, _ => 1);
                double whole = patient.AtScan(kidney.Uptake);
                double missing = (whole - activity) / whole * intact;
                // Rims of neighbours may overlap: the sum is an upper bound, and nearly met.
                double said = kidney.Defects.Sum(defect => defect.MissingMillilitres);
                Assert.InRange(missing, (0.8 * said) - 0.1, (1.06 * said) + 0.1);
            }
        }
    }

    [Fact]
    public void ADilatedKidneyHasAnEmptyCentreAndAThinCortex()
    {
        KidneyAnatomy dilated = Left with { SinusScale = 1.8, Variants = KidneyVariant.Hydronephrosis };
        DmsaStudy study = Small.Simulator.Simulate(Small.With(dilated), threads: 2);
        Point3 centre = Left.FromOwnFrame(new(0.25 * Left.Width / 2, 0, 0));
        Point3 lateral = Left.FromOwnFrame(new(-0.8 * Left.Width / 2, 0, 0));
        double before = Small.SumAround(s_plain.Image, centre, 6) / Small.SumAround(s_plain.Image, lateral, 6);
        double after = Small.SumAround(study.Image, centre, 6) / Small.SumAround(study.Image, lateral, 6);
        Assert.True(after < 0.75 * before, $"{after} after {before}");
        Assert.Equal(s_plain.LeftActivity, study.LeftActivity, 0.001 * s_plain.LeftActivity);
        int Tissue(KidneyAnatomy kidney) => Enumerable.Range(0, 400).Count(i => kidney.IsTissueAt(new(0, i / 400.0 * kidney.Thickness / 2, 0)));
        Assert.True(Tissue(dilated) < 0.5 * Tissue(Left));
        Assert.True(Tissue(dilated) > 40);
        Assert.False(dilated.IsAbnormal);
    }

    [Fact]
    public void ADuplexKidneyIsLongerAndHasABridgeOfCortex()
    {
        DmsaPatient patient = Drawn(new() { DuplexPatients = 1, DuplexBothSides = 1 });
        foreach (BodySide side in Enum.GetValues<BodySide>())
        {
            KidneyAnatomy duplex = patient.Anatomy.Of(side);
            KidneyAnatomy single = Small.Plain.Anatomy.Of(side);
            Assert.InRange(duplex.Length / single.Length, 1.04, 1.25);
            Assert.Equal(single.Width, duplex.Width);
            double medial = 0.5 * duplex.Width / 2;
            double At(double height) => duplex.IntactUptakeAt(new(medial + duplex.Lean(height), 0, height * duplex.Length / 2));
            Assert.Equal(1, At(duplex.Bridge!.Value));
            Assert.Equal(duplex.Pelvis, At(duplex.Bridge.Value + 0.25));
            Assert.Equal(duplex.Pelvis, At(duplex.Bridge.Value - 0.3));
            Assert.Equal(single.Pelvis, single.IntactUptakeAt(new(medial, 0, 0)));
        }
    }

    [Fact]
    public void AMalrotatedKidneyTurnsItsHilumForward()
    {
        DmsaPatient patient = Drawn(new() { MalrotatedPatients = 1 });
        KidneyAnatomy turned = new[] { patient.Anatomy.Left, patient.Anatomy.Right }.Single(kidney => kidney.Variants.HasFlag(KidneyVariant.Malrotated));
        KidneyAnatomy usual = Small.Plain.Anatomy.Of(turned.Side);
        // The angle from inward (across the body) to forward.
        double Turn(KidneyAnatomy kidney) => Math.Atan2(-kidney.Medial.Y, Math.Abs(kidney.Medial.X));
        Assert.InRange(Turn(usual), 0, 1);
        Assert.True(Turn(turned) > 1.1);
        Assert.Equal(usual.Length, turned.Length);
    }

    [Fact]
    public void ASmallKidneyTakesUpLess()
    {
        DmsaPatient patient = Drawn(new() { SmallKidneyPatients = 1 });
        PatientAnatomy body = patient.Anatomy;
        KidneyAnatomy small = new[] { body.Left, body.Right }.Single(kidney => kidney.Variants.HasFlag(KidneyVariant.Small));
        double share = small.Uptake / (body.Left.Uptake + body.Right.Uptake);
        Assert.InRange(small.Length / Small.Plain.Anatomy.Of(small.Side).Length, 0.7, 0.87);
        Assert.InRange(share, 0.2, 0.45);
        // The other one makes up for it.
        PatientAnatomy plain = Small.Plain.Anatomy;
        Assert.Equal(plain.Left.Uptake + plain.Right.Uptake, body.Left.Uptake + body.Right.Uptake, 1e-9);
    }

    [Fact]
    public void ALowLiverLiesInFrontOfTheRightKidney()
    {
        DmsaPatient patient = Drawn(new() { LowLiver = 1 });
        Ellipsoid low = patient.Anatomy.Liver;
        Ellipsoid usual = Small.Plain.Anatomy.Liver;
        double middle = patient.Anatomy.Right.Centre.Z;
        Assert.True(low.Centre.Z - low.HalfAxes.Z <= middle);
        Assert.True(usual.Centre.Z - usual.HalfAxes.Z > middle);
        DmsaStudy study = Small.Simulator.Simulate(patient, threads: 2);
        Point3 before = low.Centre with { Z = low.Centre.Z - (0.7 * low.HalfAxes.Z) };
        Assert.True(Ratio(study.Image, s_plain.Image, before, 8) > 1.3);
    }

    [Fact]
    public void AMovementSpreadsTheKidneyAlongItsDirection()
    {
        // Three sections to the head for the second half: the image becomes the mean of both positions.
        const int sections = 3;
        Point3 shift = new(0, 0, sections * Small.Simulator.Acquisition.Pixel);
        DmsaStudy moved = Small.Simulator.Simulate(Small.Plain with { Motion = new PatientMotion(shift, 0.5, 1) }, threads: 2);
        double fromMean = 0, fromPlain = 0;
        ImageGeometry geometry = moved.Image.Geometry;
        for (int s = sections; s < geometry.Sections; s++)
        {
            for (int r = 0; r < geometry.Rows; r++)
            {
                for (int c = 0; c < geometry.Columns; c++)
                {
                    double mean = (s_plain.Image[s, r, c] + s_plain.Image[s - sections, r, c]) / 2;
                    fromMean += Math.Pow(moved.Image[s, r, c] - mean, 2);
                    fromPlain += Math.Pow(moved.Image[s, r, c] - s_plain.Image[s, r, c], 2);
                }
            }
        }

        Assert.True(fromMean < 0.15 * fromPlain, $"{fromMean} against {fromPlain}");
        Assert.Equal(s_plain.Counts, moved.Counts, 0.02 * s_plain.Counts);
        // The truth stays where it was.
        Assert.Equal(s_plain.Activity.Voxels, moved.Activity.Voxels);
        Assert.Equal(s_plain.Kidneys.Voxels, moved.Kidneys.Voxels);
    }

    [Fact]
    public void AShortAcquisitionHasFewerCountsAndMoreNoise()
    {
        DmsaPatient shorter = Small.Plain with { Cycles = 2 };
        double third = Small.Simulator.Simulate(shorter, threads: 2).Counts / s_plain.Counts;
        Assert.Equal(1.0 / 3, third, 0.01);
        // A third of the counts, 1.7 times the noise; what the reconstruction makes of it is near that.
        Assert.InRange(Noise(shorter) / Noise(Small.Plain), 1.35, 2.1);
        Assert.Equal(1.0 / 3, shorter.AcquiredPart, 1e-12);
        Assert.Equal(
            Small.Simulator.Acquisition.SecondsPerView / 3,
            DmsaCohortWriter.DescribeStudy(Small.Simulator.Simulate(shorter, threads: 2), Small.Simulator, "x").FrameSeconds, 1e-9);
    }

    [Fact]
    public void WhatWentBesideTheVeinIsMissing()
    {
        DmsaStudy study = Small.Simulator.Simulate(Small.Plain with { LostInjection = 0.4 }, threads: 2);
        Assert.Equal(0.6, study.Counts / s_plain.Counts, 0.01);
        Assert.Equal(0.6, study.LeftActivity / s_plain.LeftActivity, 1e-6);
        Assert.Equal(s_plain.Patient.InjectedMegabecquerels, study.Patient.InjectedMegabecquerels);
    }

    /// <summary>The plain patient with everybody's variant.</summary>
    private static DmsaPatient Drawn(DmsaPrevalence prevalence) => new DmsaCohort(new DmsaCohortOptions
    {
        Patients = 2,
        AbnormalKidneys = 0,
        Seed = 5,
        Prevalence = DmsaPrevalence.None with
        {
            DuplexPatients = prevalence.DuplexPatients == 1 ? 1 : 0,
            DuplexBothSides = prevalence.DuplexBothSides,
            MalrotatedPatients = prevalence.MalrotatedPatients == 1 ? 1 : 0,
            SmallKidneyPatients = prevalence.SmallKidneyPatients == 1 ? 1 : 0,
            LowLiver = prevalence.LowLiver == 1 ? 1 : 0,
        },
    })[1];

    /// <summary>A defect at a height from -1 to 1, on the medial (1) or lateral (-1) side, or at the pole (0).</summary>
    private static CorticalDefect At(double height, double side, DefectShape shape, double radius, double depth, double retained)
    {
        Point3 centre = side == 0
            ? new(Left.Lean(Math.Sign(height)), 0, Math.Sign(height) * Left.Length / 2)
            : new(Left.Lean(height) + (side * Left.Width / 2), 0, height * Left.Length / 2);
        Point3 normal = side == 0 ? new(0, 0, Math.Sign(height)) : new(side, 0, 0);
        return new(side == 0 ? DefectLocation.UpperPole : DefectLocation.Middle, centre, normal, radius, depth, retained, 2) { Shape = shape };
    }

    private static double Ratio(Volume image, Volume plain, Point3 centre, double radius) =>
        Small.SumAround(image, centre, radius) / Small.SumAround(plain, centre, radius);

    private static double Sum(KidneyAnatomy kidney, Func<Point3, double> weight)
    {
        const double step = 1.5;
        double reach = kidney.BoundingRadius;
        double sum = 0;
        for (double x = -reach; x <= reach; x += step)
        {
            for (double y = -reach; y <= reach; y += step)
            {
                for (double z = -reach; z <= reach; z += step)
                {
                    Point3 at = new(x, y, z);
                    sum += kidney.IntactUptakeAt(at) * weight(at);
                }
            }
        }

        return sum * step * step * step / 1000;
    }

    /// <summary>The relative difference between two scans of one patient within the kidney.</summary>
    private static double Noise(DmsaPatient patient)
    {
        Volume one = Small.Simulator.Simulate(patient with { Number = 101 }, threads: 2).Image;
        Volume two = Small.Simulator.Simulate(patient with { Number = 102 }, threads: 2).Image;
        double squares = 0, sum = 0;
        for (int i = 0; i < one.Voxels.Length; i++)
        {
            if (s_plain.Kidneys.Voxels[i] == 1)
            {
                squares += Math.Pow(one.Voxels[i] - two.Voxels[i], 2);
                sum += Math.Pow((one.Voxels[i] + two.Voxels[i]) / 2, 2);
            }
        }

        return Math.Sqrt(squares / sum);
    }
}
