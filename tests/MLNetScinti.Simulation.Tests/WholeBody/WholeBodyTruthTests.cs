using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;
using Xunit;

namespace MLNetScinti.Simulation.Tests.WholeBody;

public sealed class WholeBodyTruthTests : IDisposable
{
    private static readonly WholeBodySimulator s_simulator = new() { Technetium = new PlanarAcquisition { Columns = 128, Rows = 512, Pixel = 4.52 } };
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-whole-body-truth").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static WholeBodyPatient With(params FindingPlan[] findings) => new() { Seed = 1, Number = 1, Class = WholeBodyClass.Metastatic, Counts = 1e8, Findings = findings };

    [Fact]
    public void TheSkeletonHasItsRegionsInBothViews()
    {
        WholeBodyTruth truth = s_simulator.TruthOf(With());
        string[] skeleton = [.. truth.Regions.Where(name => !new[] { "Kidney", "Bladder", "Thyroid", "SalivaryGlands", "Nose", "Stomach", "Bowel", "Liver", "Lung" }.Contains(name.Split(' ')[0]))];
        Assert.True(skeleton.Length >= 26);
        Assert.Equal(BodyRegions.Names, truth.Regions);
        foreach (string region in truth.Regions)
        {
            bool[] anterior = truth.MaskOf(WholeBodyView.Anterior, region), posterior = truth.MaskOf(WholeBodyView.Posterior, region);
            Assert.Contains(true, anterior);
            // Seen from behind everything is the other way round.
            for (int i = 0; i < anterior.Length; i++)
            {
                Assert.Equal(anterior[i], posterior[(i / 128 * 128) + 127 - (i % 128)]);
            }
        }

        // From the front the patient's left is on the right.
        double Middle(string region) => truth.MaskOf(WholeBodyView.Anterior, region).Index().Where(one => one.Item).Average(one => one.Index % 128);
        Assert.True(Middle("Kidney L") > 64 && Middle("Kidney R") < 64);
    }

    [Fact]
    public void ALesionIsHotWhereItsMaskIsAndAsLargeAsItsBoneSays()
    {
        WholeBodyPatient ill = With(new FindingPlan(FindingKind.Metastasis, BodyRegion.FemoralShaft, BodySide.Left, 30, 8) { Place = .5 }), healthy = With();
        WholeBodyStudy study = s_simulator.Simulate(ill), other = s_simulator.Simulate(healthy);
        WholeBodyFinding lesion = Assert.Single(study.Truth.Findings);
        Assert.Equal((FindingKind.Metastasis, BodyRegion.FemoralShaft, SkeletalBone.Femur, BodySide.Left), (lesion.Kind, lesion.Region, lesion.Bone, lesion.Side));
        BoneInvolvement femur = study.Truth.Involvement().Single(bone => bone.Bone == SkeletalBone.Femur && bone.Side == BodySide.Left);
        Assert.Equal(lesion.Millilitres, femur.LesionMillilitres, 6);
        Assert.Equal(lesion.Millilitres / femur.Millilitres, femur.Part, 6);
        Assert.All(study.Truth.Involvement().Where(bone => bone != femur), bone => Assert.Equal(0, bone.LesionMillilitres));
        // A sphere of 30 mm around the shaft holds the shaft over that length: 8 to 14 ml.
        Assert.InRange(lesion.Millilitres, 7, 14.2);
        foreach (WholeBodyView view in Enum.GetValues<WholeBodyView>())
        {
            bool[] mask = study.Truth.MaskOf(view, lesion);
            double Inside(WholeBodyStudy scan) => mask.Index().Where(one => one.Item).Average(one => (double)scan.Of(view).Pixels[one.Index]);
            Assert.True(Inside(study) > 2 * Inside(other));
            // Elsewhere both scans are alike: the duration does not know of lesions.
            double far = study.Of(view).Pixels.Take(128 * 150).Sum(value => (double)value), same = other.Of(view).Pixels.Take(128 * 150).Sum(value => (double)value);
            Assert.InRange(far / same, .985, 1.015);
        }
    }

    [Fact]
    public void ALesionStaysInItsBone()
    {
        FindingPlan[] plans = [.. Enumerable.Range(0, 12).Select(i => new FindingPlan(FindingKind.Metastasis, i % 2 == 0 ? BodyRegion.Ribs : BodyRegion.ThoracicSpine, i % 2 == 0 ? BodySide.Right : null, 25, 4) { Place = i / 12.0 })];
        WholeBodyTruth truth = s_simulator.TruthOf(With(plans));
        Assert.Equal(12, truth.Findings.Count);
        Assert.All(truth.Findings, lesion => Assert.Equal(lesion.Region == BodyRegion.Ribs ? SkeletalBone.Ribs : SkeletalBone.Spine, lesion.Bone));
        Assert.Equal(truth.Findings.Where(lesion => lesion.Bone == SkeletalBone.Ribs).Sum(lesion => lesion.Millilitres), truth.Involvement().Single(bone => bone.Bone == SkeletalBone.Ribs).LesionMillilitres, 6);
        Assert.All(truth.Findings, lesion => Assert.StartsWith(lesion.Region == BodyRegion.Ribs ? "right rib " : "T", lesion.Part, StringComparison.Ordinal));
    }

    [Fact]
    public void AColdLesionIsColdAndASuperscanLeavesTheKidneysFaint()
    {
        WholeBodyPatient plain = With(), cold = With(new FindingPlan(FindingKind.Metastasis, BodyRegion.Sacrum, null, 40, .3) { Place = .5 });
        WholeBodyStudy without = s_simulator.Simulate(plain), with = s_simulator.Simulate(cold), super = s_simulator.Simulate(plain with { IsSuperscan = true });
        bool[] mask = with.Truth.MaskOf(WholeBodyView.Posterior, with.Truth.Findings[0]);
        double Inside(WholeBodyStudy scan, bool[] where) => where.Index().Where(one => one.Item).Average(one => (double)scan.Posterior.Pixels[one.Index]);
        Assert.True(Inside(with, mask) < .8 * Inside(without, mask));
        bool[] spine = without.Truth.MaskOf(WholeBodyView.Posterior, "LumbarSpine"), kidney = without.Truth.MaskOf(WholeBodyView.Posterior, "Kidney L");
        Assert.True(Inside(super, spine) / Inside(super, kidney) > 3 * Inside(without, spine) / Inside(without, kidney));
    }

    [Fact]
    public void UnusualBodiesAreWhatTheyAreCalled()
    {
        WholeBodyPatient plain = With();
        double Hands(BodyPosture posture)
        {
            WholeBodyTruth truth = s_simulator.TruthOf(plain with { Posture = posture });
            return truth.MaskOf(WholeBodyView.Anterior, "Hand L").Index().Where(one => one.Item).Average(one => (double)(one.Index / 128));
        }

        Assert.True(Hands(new BodyPosture { UpperArm = (165, 165), Forearm = (180, 180), Crown = 330 }) < Hands(new BodyPosture { Crown = 330 }) - 100);
        Assert.DoesNotContain("Hand L", s_simulator.TruthOf(plain with { Posture = new BodyPosture { MissingLimb = MissingLimb.LeftArm } }).Regions);
        Assert.DoesNotContain("TibialShaft R", s_simulator.TruthOf(plain with { Posture = new BodyPosture { MissingLimb = MissingLimb.RightLeg } }).Regions);
        WholeBodyTruth bent = s_simulator.TruthOf(plain with { Posture = new BodyPosture { Scoliosis = .025 } });
        double[] columns = [.. bent.MaskOf(WholeBodyView.Anterior, "ThoracicSpine").Index().Where(one => one.Item).GroupBy(one => one.Index / 128).Select(row => row.Average(one => one.Index % 128.0))];
        Assert.True(columns.Max() - columns.Min() > .025 * 1700 / 4.52);
    }

    [Fact]
    public void TablesAndMapsSayWhatTheTruthIs()
    {
        WholeBodyCohort cohort = new(WholeBodyCohortOptions.Dspic with { Patients = 3, Seed = 12, Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Metastatic] = 1 } });
        string folder = Path.Combine(_folder, "truth"), table = WholeBodyTruthWriter.Write(cohort, folder, s_simulator, threads: 1);
        string[] rows = [.. File.ReadAllLines(table).Skip(1)];
        Assert.Equal(cohort.Sum(patient => s_simulator.TruthOf(patient).Findings.Count), rows.Length);
        using FileStream map = File.OpenRead(Path.Combine(folder, cohort[0].Id + "-regions.nii.gz"));
        NiftiLabels labels = NiftiLabels.Decode(map);
        WholeBodyTruth truth = s_simulator.TruthOf(cohort[0]);
        Assert.Equal((byte[])[.. truth.RegionLabels(WholeBodyView.Anterior), .. truth.RegionLabels(WholeBodyView.Posterior)], labels.Labels);
        // What is foremost is among what lies there.
        bool[] sternum = truth.MaskOf(WholeBodyView.Anterior, "SternalBody");
        byte[] seen = truth.RegionLabels(WholeBodyView.Anterior);
        Assert.True(sternum.Index().Count(one => one.Item && seen[one.Index] == BodyRegions.LabelOf("SternalBody")) > .8 * sternum.Count(inside => inside));
        WholeBodyTruthWriter.Write(cohort, folder, s_simulator, threads: 2);
        File.WriteAllText(Path.Combine(folder, "mine.txt"), "mine");
        Assert.Throws<InvalidDataException>(() => WholeBodyTruthWriter.Write(cohort, folder, s_simulator));
    }
}
