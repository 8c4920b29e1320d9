using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Simulation.WholeBody;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.WholeBody.Input;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>Whatever a camera makes of the two views: each is known for what it is, or left out, and nothing is silently guessed.</summary>
public sealed class WholeBodyScanTests
{
    private static readonly Lazy<WholeBodyStudy[]> s_bone = new(() => Studies(WholeBodyClass.Normal, WholeBodyClass.Metastatic));
    private static readonly Lazy<WholeBodyStudy[]> s_iodine = new(() => Studies(WholeBodyClass.Thyroid));
    private static readonly DicomImageReader s_reader = new();

    private static WholeBodyStudy[] Studies(params WholeBodyClass[] classes) =>
        [.. new WholeBodyCohort(WholeBodyCohortOptions.Dscint with { Patients = 2, Seed = 31, Classes = classes.ToDictionary(one => one, _ => 1.0) }).Select(patient => new WholeBodySimulator().Simulate(patient))];

    private static NuclearMedicineStudy Said(WholeBodyStudy study) => WholeBodyCohortWriter.DescribeStudy(study.Patient, "views");

    /// <summary>The scan that is read from views written under names that may be wrong.</summary>
    private static WholeBodyScan Read(NuclearMedicineStudy said, ScanReading? reading, params (DetectorView Named, PlanarImage Image)[] views)
    {
        using TemporaryFolder folder = new();
        NuclearMedicineWriter.WriteWholeBody(folder.File("scan.dcm"), views, said);
        return WholeBodyScan.Of([s_reader.Read(folder.File("scan.dcm"))], reading);
    }

    private static PlanarImage Changed(PlanarImage image, Func<float, float> change) =>
        new(image.Columns, image.Rows, image.ColumnSpacing, image.RowSpacing, Array.ConvertAll(image.Pixels, value => change(value)));

    private static void AssertShows(PlanarImage expected, PlanarImage found) =>
        // More where there is more: values may be scaled.
        Assert.True(expected.Pixels.Zip(found.Pixels, (a, b) => (double)a * b).Sum() / Math.Sqrt(expected.Pixels.Sum(a => (double)a * a) * found.Pixels.Sum(b => (double)b * b)) > .999);

    public static TheoryData<bool, bool, bool> Ways => new() { { false, false, false }, { true, false, false }, { false, true, false }, { true, true, false }, { false, false, true }, { true, false, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void BothViewsAreKnownSwappedOrInvertedOrBoth(bool swapped, bool inverted, bool iodine)
    {
        foreach (WholeBodyStudy study in (iodine ? s_iodine : s_bone).Value)
        {
            PlanarImage Stored(PlanarImage image)
            {
                float most = image.Pixels.Max();
                return inverted ? Changed(image, value => most - value) : image;
            }

            (PlanarImage first, PlanarImage second) = swapped ? (study.Posterior, study.Anterior) : (study.Anterior, study.Posterior);
            WholeBodyScan scan = Read(Said(study), null, (DetectorView.Anterior, Stored(first)), (DetectorView.Posterior, Stored(second)));
            AssertShows(study.Anterior, scan.Anterior!.Image);
            AssertShows(study.Posterior, scan.Posterior!.Image);
            Assert.All(scan.Views, view => Assert.True(view is { Confidence: > .95, IsMirrored: false } && view.WasInverted == inverted));
            Assert.Equal(swapped, scan.Warnings.Any(warning => warning.Contains("contradict", StringComparison.Ordinal)));
            Assert.Equal(inverted, scan.Warnings.Any(warning => warning.Contains("inverted", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void AFileEachIsTheSameScan()
    {
        using TemporaryFolder folder = new();
        WholeBodyStudy study = s_bone.Value[0];
        NuclearMedicineWriter.WriteWholeBody(folder.File("b.dcm"), [(DetectorView.Anterior, study.Anterior)], Said(study));
        NuclearMedicineWriter.WriteWholeBody(folder.File("a.dcm"), [(DetectorView.Posterior, study.Posterior)], Said(study) with { InstanceNumber = 2 });
        WholeBodyScan scan = WholeBodyScan.Of([s_reader.Read(folder.File("a.dcm")), s_reader.Read(folder.File("b.dcm"))]);
        Assert.Equal(study.Anterior.Pixels, scan.Anterior!.Image.Pixels);
        Assert.Equal(study.Posterior.Pixels, scan.Posterior!.Image.Pixels);
        Assert.Empty(scan.Warnings);
    }

    [Fact]
    public void AViewAloneIsBelievedByItsImageAndMirroredOnlyWhenAsked()
    {
        WholeBodyStudy study = s_bone.Value[1];
        WholeBodyScan alone = Read(Said(study), null, (DetectorView.Posterior, study.Posterior));
        Assert.Null(alone.Anterior);
        Assert.Equal(study.Posterior.Pixels, alone.Posterior!.Image.Pixels);
        Assert.Empty(alone.Warnings);

        WholeBodyScan mirrored = Read(Said(study), new ScanReading { MirrorsMissingView = true }, (DetectorView.Posterior, study.Posterior));
        Assert.True(mirrored.Anterior is { IsMirrored: true, View: DetectorView.Anterior });
        Assert.Contains(mirrored.Warnings, warning => warning.Contains("mirror", StringComparison.Ordinal));
        for (int i = 0; i < study.Posterior.Pixels.Length; i++)
        {
            Assert.Equal(study.Posterior.Pixels[i], mirrored.Anterior!.Image.Pixels[(i / 256 * 256) + 255 - (i % 256)]);
        }

        // A name that the image contradicts: it is told from the image, or left out, and never taken for what it is called.
        try
        {
            WholeBodyScan wrong = Read(Said(study), null, (DetectorView.Posterior, study.Anterior));
            Assert.Null(wrong.Posterior);
            Assert.Contains(wrong.Warnings, warning => warning.Contains("contradict", StringComparison.Ordinal));
        }
        catch (LeaveOutException problem)
        {
            Assert.Equal("ViewUnknown", problem.Reason);
        }
    }

    [Fact]
    public void OtherMatricesMarginsAndCutBodiesAreRead()
    {
        WholeBodyStudy study = s_bone.Value[0];
        PlanarImage Of(PlanarImage image, int rows, int columns, int up, int left, float margin, double spacing)
        {
            float[] pixels = new float[rows * columns];
            Array.Fill(pixels, margin);
            for (int row = 0; row < 1024; row++)
            {
                for (int column = 0; column < 256; column++)
                {
                    if (row + up >= 0 && row + up < rows && column + left >= 0 && column + left < columns)
                    {
                        pixels[((row + up) * columns) + column + left] = image[row, column];
                    }
                }
            }

            return new PlanarImage(columns, rows, spacing, spacing, pixels);
        }

        int crown = (int)(study.Patient.Posture.Crown / 2.26);
        foreach ((string what, Func<PlanarImage, PlanarImage> change) in new (string, Func<PlanarImage, PlanarImage>)[]
        {
            ("a wider matrix", image => Of(image, 1200, 512, 90, 128, 0, 2.26)), ("a margin", image => Of(image, 1100, 300, 40, 20, 500, 2.26)), ("the head cut off", image => Of(image, 1024, 256, -crown - 60, 0, 0, 2.26)),
            ("the feet cut off", image => Of(image, 640, 256, 0, 0, 0, 2.26)), ("narrow", image => Of(image, 1024, 208, 0, -24, 0, 2.26)), ("pixels of another size", image => Of(image, 1024, 256, 0, 0, 0, 2.4)),
        })
        {
            WholeBodyScan scan = Read(Said(study), null, (DetectorView.Posterior, change(study.Anterior)), (DetectorView.Anterior, change(study.Posterior)));
            Assert.True(scan.Anterior!.Confidence > .95, what);
            // Named the wrong way round: found all the same.
            Assert.Equal(change(study.Anterior).Pixels.Where(value => value < 500).Max(), scan.Anterior.Image.Pixels.Where(value => value < 500).Max());
            Assert.Contains(scan.Warnings, warning => warning.Contains("contradict", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void WhatIsNoScanIsLeftOutWithItsReason()
    {
        PlanarImage blank = new(256, 1024, 2.26, 2.26, new float[256 * 1024]);
        Assert.Equal("NoView", Assert.Throws<LeaveOutException>(() => Read(Said(s_bone.Value[0]), null, (DetectorView.Anterior, blank))).Reason);
        CounterRandom random = new(1, 0, 0, "noise");
        float[] noise = new float[256 * 1024];
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = random.NextPoisson(5);
        }

        // An image that says nothing is what its header says.
        WholeBodyScan read = Read(Said(s_bone.Value[0]), null, (DetectorView.Posterior, new PlanarImage(256, 1024, 2.26, 2.26, noise)));
        Assert.NotNull(read.Posterior);
        Assert.Null(read.Anterior);
    }

    [Fact]
    public void TheBodyIsWhereItIs()
    {
        foreach (WholeBodyStudy study in s_bone.Value.Concat(s_iodine.Value))
        {
            BodyOutline outline = BodyOutline.Find(study.Posterior)!;
            bool[] truth = study.Truth.BodyMask(WholeBodyView.Posterior);
            int both = truth.Index().Count(one => one.Item && outline.Mask[one.Index]);
            Assert.True(2.0 * both / (truth.Count(inside => inside) + outline.Mask.Count(inside => inside)) > .9);
        }
    }

    [Fact]
    public void PatternsThatAreMeasuredAgainAreLikeThoseThatAreShipped()
    {
        WholeBodyStudy[] scans = [.. s_bone.Value, .. s_iodine.Value];
        ViewTemplate again = ViewTemplate.Fit([.. scans.Select(scan => (scan.Anterior, scan.Posterior, scan.Patient.Tracer == WholeBodyTracer.Iodine131, scan.Patient.Posture.Crown / 2.26, scan.Patient.Height * 10 / 2.26))]);
        double[][] Columns(ViewTemplate template) => [.. template.ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',').Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).Where(row => row[0] == 0 && row[1] >= 0)];
        double[][] shipped = Columns(ViewTemplate.Shipped), fitted = Columns(again);
        foreach (int column in new[] { 3, 4 })
        {
            double[] a = [.. shipped.Select(row => row[column])], b = [.. fitted.Select(row => row[column])];
            Assert.True(a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y)) > .9);
        }
    }

    [DataTheory("bone-scan/NM1_UNC.dcm", "bone-scan/NM1_RLE", "bone-scan/NM1_JPLL")]
    [InlineData("NM1_UNC.dcm")]
    [InlineData("NM1_RLE")]
    [InlineData("NM1_JPLL")]
    public void TheRealScanIsAnAnteriorView(string file)
    {
        ScintigraphyImage image = s_reader.Read(TestData.Path("bone-scan/" + file));
        WholeBodyScan scan = WholeBodyScan.Of([image]);
        // The file does not say from where it looks: face, sternum and bladder do.
        Assert.Null(scan.Posterior);
        Assert.True(scan.Anterior!.Confidence > .99);
        Assert.True(scan.Anterior.Reading!.Likeness > .8);
        Assert.InRange(scan.Anterior.Outline!.Top, 75, 100);
        Assert.InRange(scan.Anterior.Outline.Bottom, 835, 870);
        Assert.InRange(scan.Anterior.Reading.Length, 700, 810);

        PlanarImage whole = scan.Anterior.Image;
        WholeBodyScan inverted = Read(new NuclearMedicineStudy { PatientId = "nm1" }, null, (DetectorView.Anterior, Changed(whole, value => 20000 - value)));
        Assert.True(inverted.Anterior is { WasInverted: true });
        AssertShows(whole, inverted.Anterior!.Image);
    }
}
