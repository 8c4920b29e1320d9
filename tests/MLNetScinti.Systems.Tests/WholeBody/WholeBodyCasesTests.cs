using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.WholeBody;
using MLNetScinti.Systems.WholeBody.Networks;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>How views become cases: by their millimetres, with counts kept, missing ones marked.</summary>
public sealed class WholeBodyCasesTests
{
    [Theory]
    [InlineData(1024)]
    [InlineData(512)]
    [InlineData(256)]
    public void CountsComeToOneMatrixAndAreKept(int rows)
    {
        // Twice as fine across as along, and off the middle by nothing: the square in the middle stays there.
        float[] pixels = new float[400 * 200];
        for (int row = 180; row < 220; row++)
        {
            pixels.AsSpan((row * 200) + 80, 40).Fill(3);
        }

        PlanarImage view = new(200, 400, 2.2, 4.4, pixels);
        CaseImage image = new ScanView(view, new ImageHeader { File = "f", Kind = ImageKind.WholeBody, Modality = "NM", Columns = 200, Rows = 400, Frames = [], Patient = Nobody, Identity = null!, ColumnSpacing = 2.2, RowSpacing = 4.4 }, false).On(rows, rows / 4);
        Assert.Equal(new ImageShape(rows, rows / 4), image.Shape);
        float[] values = image.Values.ToArray();
        Assert.Equal(pixels.Sum(), values.Sum(), 0.5);
        double row0 = 0, column0 = 0;
        for (int i = 0; i < values.Length; i++)
        {
            row0 += values[i] * ((i / image.Shape.Columns) + 0.5);
            column0 += values[i] * ((i % image.Shape.Columns) + 0.5);
        }

        Assert.Equal(rows / 2.0, row0 / values.Sum(), 3);
        Assert.Equal(rows / 8.0, column0 / values.Sum(), 3);
        Assert.Equal(2.26 * 1024 / rows, image.Geometry!.RowSpacing, 12);
    }

    [Fact]
    public void AViewThatIsNotThereIsLeftOutOrMirroredAndMarked()
    {
        using TemporaryFolder folder = new();
        PlanarImage one = new(16, 64, 36, 36, [.. Enumerable.Range(0, 64 * 16).Select(i => (float)(i % 16))]);
        NuclearMedicineWriter.WriteWholeBody(folder.File("a.dcm"), one, one, new NuclearMedicineStudy { PatientId = "a" });
        StudyImages study = Study(folder.File("a.dcm"));
        WholeBodySystem system = new() { Rows = 256, MirrorsMissingViews = true };
        Case[] cases = [.. system.CasesOf(study, null)];
        Assert.Equal([("A", "anterior", "measured"), ("P", "posterior", "measured")], cases.Select(made => (made.Part, made.Facts.Text("View"), made.Facts.Text("ViewOrigin"))));

        StudyImages half = study with { Images = [AnteriorAlone(study.Images[0])] };
        Case[] mirrored = [.. system.CasesOf(half, null)];
        Assert.Equal(["measured", "mirrored"], mirrored.Select(made => made.Facts.Text("ViewOrigin")));
        Assert.All(mirrored, made => Assert.Contains(made.Warnings, warning => warning.Contains("mirror image stands for it", StringComparison.Ordinal)));
        float[] front = mirrored[0].Images[0].Values.ToArray(), back = mirrored[1].Images[0].Values.ToArray();
        for (int row = 0; row < 256; row++)
        {
            back.AsSpan(row * 64, 64).Reverse();
        }

        Assert.All(front.Zip(back), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.Single((system with { MirrorsMissingViews = false }).CasesOf(half, null));
        Assert.Equal("OneView", Assert.Throws<LeaveOutException>(() => new WholeBodySystem { Rows = 256, Views = WholeBodyViews.Both }.CasesOf(half, null)).Reason);
        Assert.Equal("OneView", Assert.Throws<LeaveOutException>(() => new WholeBodySystem { Rows = 256, Views = WholeBodyViews.Posterior }.CasesOf(half, null)).Reason);
        Assert.Equal("mirrored", Assert.Single((system with { Views = WholeBodyViews.Both }).CasesOf(half, null)).Facts.Text("ViewOrigin"));
    }

    [DataFact("bone-scan/NM1_UNC.dcm")]
    public void TheRealScanIsTheAnteriorViewWithItsCounts()
    {
        StudyImages study = Study(TestData.Path("bone-scan/NM1_UNC.dcm"));
        Case made = Assert.Single(new WholeBodySystem().CasesOf(study, null));
        // The file has one frame and does not say from where it looks: the image does.
        Assert.Equal(("A", "anterior", "measured"), (made.Part, made.Facts.Text("View"), made.Facts.Text("ViewOrigin")));
        Assert.InRange(made.Facts.Number("ViewConfidence")!.Value, 0.99, 1);
        Assert.InRange(made.Images[0].Values.ToArray().Sum(value => (double)value) / made.Facts.Number("Counts")!.Value, 0.9, 1.0001);
    }

    [Theory]
    [InlineData(WholeBodyClasses.Dspic, ClassHead.Softmax, "metastasis+arthritis", true)]
    [InlineData(WholeBodyClasses.Dspic, ClassHead.Sigmoid, "metastasis+arthritis", true)]
    [InlineData(WholeBodyClasses.Dspic, ClassHead.Softmax, "thyroid", false)]
    [InlineData(WholeBodyClasses.Dscint, ClassHead.Softmax, "thyroid", true)]
    [InlineData(WholeBodyClasses.Dscint, ClassHead.Softmax, "metastasis+arthritis", false)]
    public void AScanOfAClassThatIsNotAskedForIsLeftOut(WholeBodyClasses classes, ClassHead head, string label, bool holds)
    {
        WholeBodySystem system = new() { Classes = classes, Head = head };
        Target read = system.Labels.Task.Parse(label);
        if (holds)
        {
            Assert.Equal(label, system.Task.Describe(system.TargetOf(read)));
        }
        else
        {
            Assert.Equal("OtherClass", Assert.Throws<LeaveOutException>(() => system.TargetOf(read)).Reason);
        }
    }

    private static PatientFacts Nobody => new("P-0", false, PatientSex.Unknown, null, null, null);

    private static StudyImages Study(string path)
    {
        ScintigraphyImage image = new DicomImageReader().Read(path);
        return new StudyImages(Path.GetFileName(path), image.Header.Patient.Pseudonym, "S", [image]);
    }

    private static ScintigraphyImage AnteriorAlone(ScintigraphyImage image) =>
        new(image.Header with { Frames = [.. image.Header.Frames.Where(frame => frame.View == DetectorView.Anterior)] }, image.Values, 0);
}
