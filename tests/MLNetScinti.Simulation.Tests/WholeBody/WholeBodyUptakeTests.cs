using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;
using Xunit;

namespace MLNetScinti.Simulation.Tests.WholeBody;

/// <summary>A body of the reference, scanned with so many counts that noise does not matter.</summary>
public sealed class ReferenceScan
{
    public ReferenceScan()
    {
        Patient = new WholeBodyPatient { Seed = 1, Number = 1, Class = WholeBodyClass.Normal, Counts = 3e8 };
        Study = new WholeBodySimulator().Simulate(Patient);
    }

    public WholeBodyPatient Patient { get; }

    public WholeBodyStudy Study { get; }

    /// <summary>Mean counts of a view where a pixel's place satisfies: down from the crown and from the body's axis, in parts of its length.</summary>
    public double Mean(WholeBodyView view, Func<double, double, bool> place)
    {
        PlanarImage image = Study.Of(view);
        double sum = 0, length = Patient.Height * 10;
        int count = 0;
        for (int row = 0; row < image.Rows; row++)
        {
            double y = (((row + .5) * image.RowSpacing) - Patient.Posture.Crown) / length;
            for (int column = 0; column < image.Columns; column++)
            {
                if (place(y, Math.Abs(column - 127.5) * image.ColumnSpacing / length))
                {
                    sum += image[row, column];
                    count++;
                }
            }
        }

        return sum / count;
    }

    public double SoftTissue(WholeBodyView view) => Mean(view, (y, x) => y is > .55 and < .62 && Math.Abs(x - .028) < .006);

    public double Mean(WholeBodyView view, string region, string? without = null)
    {
        bool[] mask = Study.Truth.MaskOf(view, region), other = without is null ? new bool[mask.Length] : Study.Truth.MaskOf(view, without);
        float[] pixels = Study.Of(view).Pixels;
        return Enumerable.Range(0, mask.Length).Where(i => mask[i] && !other[i]).Average(i => (double)pixels[i]);
    }
}

public sealed class WholeBodyUptakeTests(ReferenceScan scan) : IClassFixture<ReferenceScan>
{
    [Fact]
    public void TheFemurIsToTheAdductorsAsMeasured()
    {
        // Klemenz 1999: medians of 1.84 to 1.93 of 160 patients.
        double ratio = scan.Mean(WholeBodyView.Anterior, "FemoralShaft L") / scan.SoftTissue(WholeBodyView.Anterior);
        Assert.InRange(ratio, 1.84 - .06, 1.93 + .06);
    }

    // Anterior means relative to the thigh's soft tissue, of a real scan where it is not abnormal; joints and shoulders of that man were.
    [Theory]
    [InlineData("LumbarSpine", 2.9, .4)]
    [InlineData("Sacrum", 2.3, .5)]
    [InlineData("SternalBody", 4.4, .6)]
    [InlineData("Manubrium", 5.5, .9)]
    [InlineData("Ribs L", 2.3, .4)]
    [InlineData("HumeralHead L", 2.8, .4)]
    [InlineData("HumeralShaft L", 1.6, .25)]
    [InlineData("Ilium L", 2.0, .4)]
    [InlineData("Hip L", 2.6, .3)]
    [InlineData("PubisIschium L", 2.7, .4)]
    [InlineData("FemoralShaft L", 1.9, .15)]
    [InlineData("Knee L", 1.75, .25)]
    [InlineData("TibialShaft L", 1.6, .2)]
    [InlineData("Ankle L", 1.9, .3)]
    [InlineData("Foot L", .8, .25)]
    [InlineData("Mandible", 3.3, .6)]
    [InlineData("Face", 4.5, .7)]
    [InlineData("Cranium", 1.8, .4)]
    [InlineData("Bladder", 7, 1)]
    public void ARegionStandsOutAsOnARealScan(string region, double expected, double tolerance)
    {
        string? without = region == "Sacrum" ? "Bladder" : null;
        Assert.InRange(scan.Mean(WholeBodyView.Anterior, region, without) / scan.SoftTissue(WholeBodyView.Anterior), expected - tolerance, expected + tolerance);
    }

    [Fact]
    public void FrontAndBackDifferAsInManyScans()
    {
        // Boxes of BS-80K, both views on scales of their own: what is common to all ratios is left out.
        (double Top, double Bottom, double Middle, double Width, double Ratio)[] boxes =
        [
            (0, .129, 0, .086, 1.27), (.129, .377, 0, .038, .75), (.152, .377, .043, .087, .91), (.377, .517, 0, .161, .91), (.308, .360, .112, .051, .84), (.672, .737, .043, .086, 1.29), (.924, 1, .043, .087, 1.2),
        ];
        double[] found = [.. boxes.Select(box => Math.Log(Box(WholeBodyView.Anterior, box) / Box(WholeBodyView.Posterior, box)))];
        double common = found.Zip(boxes, (log, box) => log - Math.Log(box.Ratio)).Average();
        for (int i = 0; i < boxes.Length; i++)
        {
            Assert.InRange(Math.Exp(found[i] - common) / boxes[i].Ratio, 1 / 1.3, 1.3);
        }

        double Box(WholeBodyView view, (double Top, double Bottom, double Middle, double Width, double Ratio) box) =>
            scan.Mean(view, (y, x) => y >= box.Top && y < box.Bottom && Math.Abs(x - box.Middle) < box.Width / 2);
    }

    [Theory]
    [InlineData(-.1, .14, .11, .03)]
    [InlineData(.14, .35, .34, .04)]
    [InlineData(.35, .51, .26, .05)]
    [InlineData(.51, .66, .12, .03)]
    [InlineData(.66, .74, .05, .015)]
    [InlineData(.74, .90, .07, .02)]
    [InlineData(.90, 1.1, .04, .015)]
    public void EachPartOfTheBodyHasItsShareOfTheCounts(double top, double bottom, double share, double tolerance)
    {
        PlanarImage image = scan.Study.Anterior;
        double sum = 0, all = 0;
        for (int row = 0; row < image.Rows; row++)
        {
            double y = (((row + .5) * image.RowSpacing) - scan.Patient.Posture.Crown) / (scan.Patient.Height * 10), line = 0;
            for (int column = 0; column < image.Columns; column++)
            {
                line += image[row, column];
            }

            all += line;
            sum += y >= top && y < bottom ? line : 0;
        }

        Assert.InRange(sum / all, share - tolerance, share + tolerance);
    }

    [Theory]
    [InlineData(SkeletalBone.Skull, null, 700, 1000)]
    [InlineData(SkeletalBone.Spine, null, 500, 1000)]
    [InlineData(SkeletalBone.Ribs, null, 500, 850)]
    [InlineData(SkeletalBone.Pelvis, null, 500, 900)]
    [InlineData(SkeletalBone.Femur, BodySide.Left, 330, 520)]
    [InlineData(SkeletalBone.Humerus, BodySide.Right, 130, 260)]
    public void BonesAreAsLargeAsBonesAre(SkeletalBone bone, BodySide? side, double least, double most) =>
        Assert.InRange(scan.Study.Truth.Involvement().Single(one => one.Bone == bone && one.Side == side).Millilitres, least, most);

    [Fact]
    public void MenTakeUpMoreAndLessWithAge()
    {
        double Mean(Sex sex) => Enumerable.Range(40, 40).Average(age => WholeBodyGenerator.Skeleton(age, sex));
        // HMDP: 24 % of the dose in women, 27 % in men.
        Assert.InRange(Mean(Sex.Female) / Mean(Sex.Male), .82, .96);
        Assert.True(WholeBodyGenerator.Skeleton(30, Sex.Male) > WholeBodyGenerator.Skeleton(60, Sex.Male));
        Assert.True(WholeBodyGenerator.Skeleton(75, Sex.Female) > WholeBodyGenerator.Skeleton(25, Sex.Female));
    }
}
