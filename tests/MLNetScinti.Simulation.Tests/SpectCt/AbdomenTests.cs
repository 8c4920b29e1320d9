using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;
using Xunit;

namespace MLNetScinti.Simulation.Tests.SpectCt;

public sealed class AbdomenTests
{
    private static readonly SpectCtPatient[] s_many = [.. new SpectCtCohort(SpectCtCohortOptions.LowDoseCt with { Patients = 240, Seed = 7, Parameters = SpectCtParameters.Published with { BodyMassIndex = 30 } })];

    // 197 tumour-free kidneys of KiTS19: volume, and extents on principal axes, in which a kidney's bend counts.
    [Theory]
    [InlineData(Sex.Male, BodySide.Right, 230, 120)]
    [InlineData(Sex.Female, BodySide.Right, 182, 112)]
    [InlineData(Sex.Male, BodySide.Left, 242, 124)]
    [InlineData(Sex.Female, BodySide.Left, 188, 116)]
    public void KidneysAreAsLargeAsPublished(Sex sex, BodySide side, double millilitres, double length)
    {
        KidneyAnatomy[] kidneys = [.. s_many.Where(patient => patient.Sex == sex && patient.Anatomy.Dilated.Count == 0).Select(patient => patient.Anatomy.Of(side)!)];
        double[] volumes = [.. kidneys.Select(AbdomenGenerator.TissueMillilitres)];
        Assert.True(kidneys.Length > 80);
        Assert.InRange(volumes.Average() / millilitres, 0.93, 1.07);
        Assert.InRange(Deviation(volumes), 35, 62);
        Assert.InRange(kidneys.Average(kidney => kidney.Length) / length, 0.95, 1.05);
        Assert.InRange(kidneys.Average(kidney => kidney.Length * kidney.Width * kidney.Thickness / 1000) * AbdomenGenerator.VolumeShare / volumes.Average(), 0.9, 1.12);
    }

    [Fact]
    public void KidneysLieAsPublished()
    {
        KidneyAnatomy[] left = [.. s_many.Select(patient => patient.Anatomy.Left!)], right = [.. s_many.Select(patient => patient.Anatomy.Right!)];
        double[] apart = [.. left.Zip(right, (l, r) => l.Centre.X - r.Centre.X)], lower = [.. left.Zip(right, (l, r) => r.Centre.Z - l.Centre.Z)], front = [.. left.Zip(right, (l, r) => l.Centre.Y - r.Centre.Y)];
        Assert.InRange(apart.Average(), 143 - 5, 143 + 5);
        Assert.InRange(Deviation(apart), 15, 22);
        Assert.InRange(lower.Average(), -11 - 5, -11 + 5);
        Assert.InRange(lower.Count(value => value < 0) / (double)lower.Length, 0.58, 0.78);
        Assert.InRange(front.Average(), 2, 8);
        double Pole(KidneyAnatomy l, KidneyAnatomy r, double end) => l.FromOwnFrame(new(0, 0, end * l.Length / 2)).X - r.FromOwnFrame(new(0, 0, end * r.Length / 2)).X;
        Assert.InRange(left.Zip(right, (l, r) => Pole(l, r, 1)).Average(), 122 - 7, 122 + 7);
        Assert.InRange(left.Zip(right, (l, r) => Pole(l, r, -1)).Average(), 165 - 7, 165 + 7);
        Assert.InRange(right.Average(Tilt), 29 - 4, 29 + 4);
        Assert.InRange(left.Average(Tilt), 26 - 4, 26 + 4);

        static double Tilt(KidneyAnatomy kidney) => Math.Acos(kidney.Upward.Z) * 180 / Math.PI;
    }

    [Fact]
    public void TheSidesOfAPatientAreAlike()
    {
        (double Left, double Right)[] pairs = [.. s_many.Where(patient => patient.Anatomy.Dilated.Count == 0).Select(patient => (AbdomenGenerator.TissueMillilitres(patient.Anatomy.Left!), AbdomenGenerator.TissueMillilitres(patient.Anatomy.Right!)))];
        double[] differences = [.. pairs.Select(pair => 200 * (pair.Left - pair.Right) / (pair.Left + pair.Right))];
        Assert.InRange(differences.Average(), 2.5 - 2.2, 2.5 + 2.2);
        Assert.InRange(Deviation(differences), 8, 12.5);
        double left = pairs.Average(pair => pair.Left), right = pairs.Average(pair => pair.Right);
        double correlation = pairs.Average(pair => (pair.Left - left) * (pair.Right - right)) / (Deviation([.. pairs.Select(pair => pair.Left)]) * Deviation([.. pairs.Select(pair => pair.Right)]));
        Assert.InRange(correlation, 0.82, 0.96);
    }

    [Fact]
    public void CystsAreAsCommonAsInThoseOfThatAge()
    {
        SpectCtParameters plain = SpectCtParameters.Published with { HighlyCystic = 0 };
        double Share(double age, double male) => Enumerable.Range(1, 250).Count(patient => AbdomenGenerator.Draw(9, (ulong)patient, plain with { Age = age, AgeSpread = 0.01, Male = male }).Anatomy.Cysts.Count > 0) / 250.0;
        // MRI of 1061 adults: 14 and 7 % in the third decade, 55 and 43 % from 70 on; binomial bounds of 250.
        Assert.InRange(Share(25, 1), 0.14 - 0.07, 0.14 + 0.07);
        Assert.InRange(Share(75, 0), 0.43 - 0.1, 0.43 + 0.1);
        RenalCyst[] cysts = [.. Enumerable.Range(1, 200).SelectMany(patient => AbdomenGenerator.Draw(9, (ulong)patient, plain with { Age = 75, Male = 1 }).Anatomy.Cysts)];
        Assert.InRange(2 * cysts.Average(cyst => cyst.Radius), 15 - 2.5, 15 + 2.5);
        Assert.InRange(cysts.Count(cyst => cyst.Hounsfield is >= -10 and <= 20) / (double)cysts.Length, 0.82, 0.96);
    }

    [Fact]
    public void CystsLeaveTheRestOfThePatientAsItIs()
    {
        AbdomenAnatomy with = AbdomenGenerator.Draw(3, 5, SpectCtParameters.Published with { Cysts = 3 }).Anatomy, without = AbdomenGenerator.Draw(3, 5, SpectCtParameters.Published with { Cysts = 0, HighlyCystic = 0 }).Anatomy;
        Assert.NotEmpty(with.Cysts);
        Assert.Empty(without.Cysts);
        Assert.Equal(without.Left, with.Left);
        Assert.Equal(without.HalfWidth, with.HalfWidth);
    }

    [Fact]
    public void OneKidneyAndJoinedKidneysAreDrawnWhereAskedFor()
    {
        SpectCtCohortOptions all = SpectCtCohortOptions.LowDoseCt with { Patients = 20, Exclusions = false };
        SpectCtPatient[] single = [.. new SpectCtCohort(all with { Parameters = SpectCtParameters.Published with { Solitary = 1 } })];
        Assert.All(single, patient => Assert.True((patient.Anatomy.Left is null) != (patient.Anatomy.Right is null)));
        Assert.InRange(single.Count(patient => patient.Anatomy.Left is null), 3, 17);

        SpectCtPatient joined = new SpectCtCohort(all with { Parameters = SpectCtParameters.Published with { Horseshoe = 1 } })[0];
        ImageGeometry grid = ImageGeometry.Axial(100, 80, 100, 3, 3) with { Origin = new(-148.5, -100, -200) };
        ReadOnlySpan<byte> labels = new TissueMap(joined.Anatomy, grid).Labels;
        // Tissue of both sides meets in the middle.
        bool meets = false;
        for (int i = 0; i + 1 < labels.Length; i++)
        {
            meets |= labels[i] == (byte)Tissue.RightCortex && labels[i + 1] == (byte)Tissue.LeftCortex;
        }

        Assert.True(meets);
    }

    [Fact]
    public void EveryKidneyLiesWithinItsOwnBodyBetweenBones()
    {
        foreach (SpectCtPatient patient in s_many.Take(4))
        {
            ImageGeometry grid = ImageGeometry.Axial(128, 128, 60, 4, 6) with { Origin = new(-254, -254, patient.ScanMiddle - 177) };
            ReadOnlySpan<byte> labels = new TissueMap(patient.Anatomy, grid).Labels;
            foreach (BodySide side in new[] { BodySide.Left, BodySide.Right })
            {
                int kidney = 0, wrong = 0;
                for (int i = 0; i < labels.Length; i++)
                {
                    bool own = Tissues.IsKidney((Tissue)labels[i]) && Tissues.SideOf((Tissue)labels[i]) == side;
                    kidney += own ? 1 : 0;
                    wrong += own && (grid.Origin.X + (i % 128 * 4) > 0) != (side == BodySide.Left) ? 1 : 0;
                }

                double drawn = kidney * grid.VoxelVolume / 1000, whole = AbdomenGenerator.TissueMillilitres(patient.Anatomy.Of(side)!) - patient.Anatomy.Cysts.Where(cyst => cyst.Side == side).Sum(cyst => cyst.Millilitres);
                Assert.Equal(0, wrong);
                // Bones, skin and air keep what is theirs; little of a kidney lies there.
                Assert.True(drawn > 0.88 * whole, $"{patient.Id} {side}: {drawn:0} of {whole:0} ml");
            }
        }
    }

    internal static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
