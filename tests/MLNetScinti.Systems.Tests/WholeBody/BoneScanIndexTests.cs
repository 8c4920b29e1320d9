using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation.WholeBody;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.WholeBody.BoneScanIndex;
using MLNetScinti.Systems.WholeBody.Input;
using MLNetScinti.Systems.WholeBody.Simulation;
using MLNetScinti.Testing;
using Xunit;
using TestData = MLNetScinti.Testing.TestData;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>The bone scan index: its masses, its atlas, how that is laid over bodies that are not the atlas, and a model from training to report.</summary>
public sealed class BoneScanIndexTests
{
    private static readonly Lazy<SkeletonAtlas> s_atlas = new(SkeletonAtlas.Measure);
    private static readonly Lazy<AtlasRegistration> s_registration = new(() => new AtlasRegistration(s_atlas.Value));

    private static WholeBodyPatient Patient(int number, BodyPosture posture, double height = 170, double weight = 75) =>
        new() { Seed = 3, Number = number, Class = WholeBodyClass.Normal, Posture = posture, Height = height, Weight = weight };

    [Fact]
    public void MassesAreThoseOfTheTableAndSumToTheWholeSkeleton()
    {
        Assert.Equal(100, SkeletalMass.Shares.Sum(share => share.Percent), 1e-9);
        Assert.Equal(26, SkeletalMass.Shares.Count);
        Assert.Equal(16.6 / 100.1 * 100, SkeletalMass.Shares.Single(share => share.Bone == SkeletalBone.Skull).Percent, 1e-9);
        Assert.Equal(8.9 / 100.1 * 100, SkeletalMass.Shares.Single(share => share is { Bone: SkeletalBone.Femur, Side: BodySide.Left }).Percent, 1e-9);
        double index = SkeletalMass.IndexOf([new BoneInvolvement(SkeletalBone.Pelvis, null, 700, 350), new BoneInvolvement(SkeletalBone.Femur, BodySide.Right, 400, 40), new BoneInvolvement(SkeletalBone.Skull, null, 900, 0)]);
        Assert.Equal(((.5 * 7.5) + (.1 * 8.9)) / 100.1 * 100, index, 1e-9);
    }

    [Fact]
    public void TheAtlasHoldsTheWholeSkeletonInBothViewsAndIsReadAsItWasWritten()
    {
        SkeletonAtlas atlas = s_atlas.Value;
        double[] bones = new double[SkeletalMass.Shares.Count];
        for (int i = 0; i < atlas.Rows * atlas.Columns; i++)
        {
            SkeletonAtlas.BonesBehind behind = atlas.BonesAt(i);
            for (int k = 0; k < behind.Bones.Length; k++)
            {
                bones[behind.Bones[k]] += behind.Points[k];
            }
        }

        // What lies behind all pixels is the bone.
        Assert.All(SkeletalMass.Shares.Index(), share => Assert.Equal(share.Item.Percent, bones[share.Index], .01 * share.Item.Percent));
        HashSet<string>[] seen = [.. atlas.Regions.Select(labels => labels.Where(HealthyUptake.IsBone).Select(label => SkeletonAtlas.RegionNames[label - 1]).ToHashSet(StringComparer.Ordinal))];
        Assert.All(seen, names => Assert.True(names.Count >= 26));
        // From the front the sternum hides the spine, from behind the spine the sternum.
        Assert.Contains("SternalBody", seen[0]);
        Assert.True(atlas.Regions[1].Count(label => label == BodyRegions.LabelOf("ThoracicSpine")) > atlas.Regions[0].Count(label => label == BodyRegions.LabelOf("ThoracicSpine")));

        using MemoryStream first = new(), second = new();
        atlas.Save(first);
        first.Position = 0;
        SkeletonAtlas.Load(first).Save(second);
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Throws<InvalidDataException>(() => SkeletonAtlas.Load(new MemoryStream(first.ToArray()[..5000])));
        Assert.Throws<InvalidDataException>(() => SkeletonAtlas.Load(new MemoryStream([1, 2, 3, 4])));
    }

    [Fact]
    public void APlaceOfThePoseIsTakenBackToWhereItCameFrom() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(-1000, 1000), BodyPose.Count).ToArbitrary(),
        draws =>
        {
            double[] numbers = [.. draws.Select((draw, i) => draw / 1000.0 * BodyPose.Spreads[i])];
            BodyPose pose = new(new PoseStart(100, 1700, 5, 1), (ArmPosition.Tried[0], ArmPosition.Tried[6]), numbers);
            foreach ((double u, double v) in ((double, double)[])[(0, .05), (.05, .2), (-.03, .44), (.045, .7), (-.045, .9)])
            {
                (double x, double y) = pose.Place(u, v);
                (double straightX, double straightY) = pose.Straight(x, y);
                (double foundU, double foundV, double area) = pose.Trunk(straightX, straightY);
                if (Math.Abs(foundU - u) > .004 || Math.Abs(foundV - v) > .004 || !(area > 0))
                {
                    return false;
                }
            }

            return true;
        }));

    public static TheoryData<string, BodyPosture, double, double> Bodies => new()
    {
        { "small and light", new BodyPosture { Width = .95 }, 152, 48 },
        { "tall and heavy, tilted", new BodyPosture { Width = 1.05, Tilt = 4, Shift = 12 }, 190, 105 },
        { "arms raised", new BodyPosture { UpperArm = (160, 155), Forearm = (185, 175), Crown = 330 }, 168, 70 },
        { "scoliosis", new BodyPosture { Scoliosis = .024 }, 165, 60 },
        { "no left forearm", new BodyPosture { MissingLimb = MissingLimb.LeftArm }, 172, 77 },
        { "one leg", new BodyPosture { MissingLimb = MissingLimb.RightLeg }, 172, 77 },
        { "arms on the belly", new BodyPosture { Forearm = (-85, -90), ArmsOnBelly = true }, 172, 77 },
        { "other proportions", new BodyPosture { Stretch = [0, .008, .012, .016, .01, .012, .006, 0] }, 176, 84 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void TheAtlasLiesOverBodiesThatAreNotIt(string what, BodyPosture posture, double height, double weight)
    {
        WholeBodyStudy study = new WholeBodySimulator().Simulate(Patient(1, posture, height, weight));
        AlignedViews views = AlignedViews.Of(WholeBodyScan.Of(study.Anterior, study.Posterior))!;
        (BodyPose pose, double difference) = s_registration.Value.Fit(views);
        RegisteredAtlas laid = new(s_atlas.Value, pose, views);
        Assert.True(difference < .012, $"{what}: {difference}");
        byte[] truth = study.Truth.RegionLabels(WholeBodyView.Anterior);
        int[] bones = [.. Enumerable.Range(0, truth.Length).Where(i => HealthyUptake.IsBone(truth[i]))];
        double same = bones.Count(i => laid.Regions[0][i] == truth[i]) / (double)bones.Length;
        Assert.True(same > .75, $"{what}: {same}");
    }

    [Fact]
    public void AHotspotIsFoundWhereItIsAndPairedBetweenTheViews()
    {
        WholeBodyPatient patient = Patient(2, new BodyPosture()) with
        {
            Counts = 3e6,
            Class = WholeBodyClass.Metastatic,
        };
        WholeBodyStudy study = new WholeBodySimulator().Simulate(patient);
        AlignedViews views = AlignedViews.Of(WholeBodyScan.Of(study.Anterior, study.Posterior))!;
        // A spot on the left femur, in both views.
        (int row, int column) = (560, 173);
        for (int view = 0; view < 2; view++)
        {
            for (int dy = -9; dy <= 9; dy++)
            {
                for (int dx = -9; dx <= 9; dx++)
                {
                    views.Counts[view]![((row + dy) * views.Columns) + column + dx] += (float)(60 * Math.Exp(-((dx * dx) + (dy * dy)) / 24.0));
                }
            }
        }

        (BodyPose pose, _) = s_registration.Value.Fit(views);
        HealthyUptake healthy = new(views, new RegisteredAtlas(s_atlas.Value, pose, views));
        IReadOnlyList<HotspotPair> pairs = HotspotFinder.Find(views, healthy);
        HotspotPair spot = Assert.Single(pairs, pair => pair.Pixels.Contains((row * views.Columns) + column));
        Assert.True(spot is { Anterior: not null, Posterior: not null });
        Assert.InRange(Math.Abs((spot.Main.Peak / views.Columns) - row) + Math.Abs((spot.Main.Peak % views.Columns) - column), 0, 3);
    }

    /// <summary>The order of files, which often is that of names, would tell whose scan is whose.</summary>
    [Fact]
    public void MeasuredScansStandInTheOrderOfTheirPseudonyms()
    {
        using TemporaryFolder folder = new();
        BoneScanReport.Write(folder.File("report"), [.. ((string[])["P-3", "P-1", "P-2"]).Select((name, index) => (name, new BoneScanResult(index, [], [], []).WithoutImages()))], DataOrigin.Real);
        Assert.Equal(["P-1", "P-2", "P-3"], File.ReadAllLines(Path.Combine(folder.File("report"), BoneScanReport.ScansName)).Skip(1).Select(line => line[..3]));
        foreach (string name in new[] { BoneScanReport.JsonName, BoneScanReport.HtmlName })
        {
            string written = File.ReadAllText(Path.Combine(folder.File("report"), name));
            Assert.True(written.IndexOf("P-1", StringComparison.Ordinal) <= written.IndexOf("P-3", StringComparison.Ordinal), name);
        }
    }

    [Fact]
    public void AModelIsTrainedTestedKeptAndReportedTheSameEachTime()
    {
        using TemporaryFolder folder = new();
        BoneScanIndexDefinition definition = new("index", "", folder.File("data"), Cohort(10, 5), Cohort(4, 6), folder.File("first")) { Smoke = true };
        BoneScanIndexEvaluation first = new BoneScanIndexRun(definition, 2, new SilentObserver()).Run(default);
        Assert.Equal(4, first.Scans.Count + first.LeftOut);
        Assert.All(first.Scans, pair => Assert.InRange(pair.Measured, 0, 100));
        foreach (string name in new[] { BoneScanReport.ScansName, BoneScanReport.LesionsName, BoneScanReport.JsonName, BoneScanReport.HtmlName })
        {
            Assert.True(File.Exists(Path.Combine(definition.Output, name)), name);
        }

        // Simulated patients alone, and marked as not trained.
        Assert.Contains("Not trained", File.ReadAllText(Path.Combine(definition.Output, BoneScanReport.HtmlName)), StringComparison.Ordinal);

        BoneScanIndexEvaluation second = new BoneScanIndexRun(definition with { Output = folder.File("second") }, 1, new SilentObserver()).Run(default);
        Assert.Equal(first.Scans, second.Scans);

        BoneScanIndexModel kept = BoneScanIndexModel.Load(Path.Combine(definition.Output, BoneScanIndexRun.ModelName));
        string scan = Path.Combine(definition.Folder, "test", first.Scans[^1].Patient + ".dcm");
        WholeBodyScan read = WholeBodyScan.Of([new DicomImageReader().Read(scan)]);
        BoneScanResult result = kept.Measure(read);
        Assert.Equal(first.Scans[^1].Measured, result.Index, 1e-6);
        Assert.Equal(result.Index, result.Lesions.Sum(spot => spot.Points), 1e-6);
        Assert.Equal(result.Index, result.Bones.Sum(bone => bone.Points), 1e-6);
        Assert.All(result.Hotspots.Where(spot => !spot.IsLesion), spot => Assert.Equal(0, spot.Points));
        Assert.Equal(Enumerable.Range(1, result.Hotspots.Count), result.Hotspots.Select(spot => spot.Number));

        if (TestData.Root is not null && File.Exists(TestData.Path("bone-scan/NM1_UNC.dcm")))
        {
            // The real scan has one view: it is measured, that is said, and outline and regions are drawn.
            BoneScanResult real = kept.Measure(WholeBodyScan.Of([new DicomImageReader().Read(TestData.Path("bone-scan/NM1_UNC.dcm"))]));
            Assert.Contains(real.Warnings, warning => warning.Contains("no posterior view", StringComparison.Ordinal));
            PngImage picture = BoneScanPicture.Draw(real);
            Assert.True(picture.Width >= 512 && picture.Height > 1400);
        }
    }

    [DataFact("bone-scan/NM1_UNC.dcm")]
    public void TheAtlasLiesOverTheRealScan()
    {
        AlignedViews views = AlignedViews.Of(WholeBodyScan.Of([new DicomImageReader().Read(TestData.Path("bone-scan/NM1_UNC.dcm"))]))!;
        (BodyPose pose, _) = s_registration.Value.Fit(views);
        Assert.InRange(pose.Length, 1600, 1800);
        // Head, spine and knees are where they are seen: counts of bone are above those beside it.
        float[] smooth = views.Smooth(0, 4)!;
        double At(double u, double v)
        {
            (double x, double y) = pose.Place(u, v);
            return smooth[((int)Math.Round((y / views.PixelY) - .5) * views.Columns) + (int)Math.Round((x / views.PixelX) + ((views.Columns - 1) / 2.0))];
        }

        Assert.True(At(0, .36) > 1.3 * At(.075, .36), "lumbar spine");
        Assert.True(At(.043, .705) > 1.3 * At(.043, .64) || At(-.043, .705) > 1.3 * At(-.043, .64), "knees");
        Assert.True(At(.058, .585) > 1.15 * At(.03, .585), "femur");
    }

    [Theory]
    [InlineData("test: { patients: 6, seed: 1 }", "another seed")]
    [InlineData("test: { patients: 6, seed: 2 }\n  tset: 1", "tset")]
    public void ADefinitionThatCannotBeIsRefusedInOneLine(string test, string said)
    {
        using TemporaryFolder folder = new();
        string file = folder.File("index.yaml");
        File.WriteAllText(file, $"name: index\nmeasurement: bone-scan-index\ndata:\n  folder: scans\n  train: {{ patients: 16, seed: 1 }}\n  {test}\n");
        DefinitionException problem = Assert.Throws<DefinitionException>(() => BoneScanIndexDefinition.Read(file));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void TheShippedDefinitionIsReadAndOthersAreNone()
    {
        string folder = Path.Combine(TestData.Repository, "pipelines");
        BoneScanIndexDefinition shipped = BoneScanIndexDefinition.Read(Path.Combine(folder, "bone-scan-index.yaml"))!, smoke = BoneScanIndexDefinition.Read(Path.Combine(folder, "bone-scan-index.yaml"), "smoke")!;
        Assert.Equal((200, false, true), (shipped.Test.Patients, shipped.Smoke, smoke.Smoke));
        Assert.Equal("burden", ((WholeBodySimulation)shipped.Test.Settings!).Cohort);
        Assert.Null(BoneScanIndexDefinition.Read(Path.Combine(folder, "dscint.yaml")));
    }

    private static SimulationDefinition Cohort(int patients, ulong seed) => new(patients, seed) { Settings = new WholeBodySimulation("burden") };
}
