using FellowOakDicom;
using MLNetScinti.Dicom.Doses;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>RT Doses: gray come back, and the form is the one that was chosen.</summary>
public sealed class DoseTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("scinti-dose", "1.0");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(32, 1e-8)]
    [InlineData(16, 1e-5)]
    public void GrayComeBackAtTheirPlace(int bits, double within)
    {
        SourceSeries source = Source();
        foreach (((Point3 row, Point3 column), int i) in CtSeries.Rotations().Select((axes, i) => (axes, i)))
        {
            ImageGeometry geometry = CtSeries.Geometry(new ImageShape(4, 6, 5), row, column, i, -2 * i, 0, 4.4, 4.4, 3.3);
            // Sections may be stacked either way.
            geometry = i % 2 == 0 ? geometry : geometry with { SectionDirection = -1 * geometry.SectionDirection };
            Volume dose = Dose(geometry);
            WrittenDose written = DoseWriter.Write(_folder.File("dose.dcm"), source, dose, s_algorithm, new() { Bits = bits, Comment = "kernel of the test" });
            RadiationDose read = DoseReader.Read(_folder.File("dose.dcm"), Phantoms.Options);
            Assert.Equal((DoseForm.PlanOverview, "kernel of the test", written.InstanceUid, source.SpaceUid), (read.Form!.Value, read.Comment, read.InstanceUid, read.SpaceUid));
            Assert.Empty(read.Warnings);
            for (int at = 0; at < dose.Voxels.Length; at++)
            {
                (int section, int y, int x) = (at / 30, at / 5 % 6, at % 5);
                (double c, double r, double s) = read.Gray.Geometry.IndexOf(geometry.PositionOf(x, y, section));
                Assert.True(Math.Abs(c - Math.Round(c)) + Math.Abs(r - Math.Round(r)) + Math.Abs(s - Math.Round(s)) < 1e-4);
                float gray = read.Gray[(int)Math.Round(s), (int)Math.Round(r), (int)Math.Round(c)];
                Assert.True(Math.Abs(gray - dose.Voxels[at]) <= Math.Max(written.GrayPerUnit * 0.51, 1e-6 * gray));
            }

            Assert.InRange(written.GrayPerUnit / 12.5, 0, within * 2);
        }
    }

    [Fact]
    public void APlanIsNamedOrThereIsNone()
    {
        SourceSeries source = Source();
        Volume dose = Dose(source.Geometry);
        WrittenDose Write(DoseForm form, params string[] plans) => DoseWriter.Write(_folder.File("dose.dcm"), source, dose, s_algorithm, new() { Form = form, PlanUids = plans });
        Write(DoseForm.Plan, "1.2.3");
        RadiationDose read = DoseReader.Read(_folder.File("dose.dcm"), Phantoms.Options);
        Assert.Equal((DoseForm.Plan, "1.2.3"), (read.Form!.Value, Assert.Single(read.PlanUids)));
        Write(DoseForm.MultiPlan, "1.2.3", "1.2.4");
        Assert.Contains("names one plan", Assert.Throws<ArgumentException>(() => Write(DoseForm.Plan)).Message, StringComparison.Ordinal);
        Assert.Contains("two plans or more", Assert.Throws<ArgumentException>(() => Write(DoseForm.MultiPlan, "1.2.3")).Message, StringComparison.Ordinal);
        Assert.Contains("names no plan", Assert.Throws<ArgumentException>(() => Write(DoseForm.PlanOverview, "1.2.3")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Write(DoseForm.Plan, "my plan"));
        Assert.NotEqual(Write(DoseForm.Plan, "1.2.3").InstanceUid, Write(DoseForm.Plan, "1.2.4").InstanceUid);
    }

    [Fact]
    public void HistogramsOfRegionsComeBack()
    {
        SourceSeries source = Source();
        Volume dose = Dose(source.Geometry);
        DoseHistograms given = new("1.2.826.1", [new DoseHistogram(1, 0.05, [12.5, 12.5, 7.25, 1e-3, 0]) { Least = 0.07, Most = 0.161, Mean = 0.1123456789 }, new DoseHistogram(7, 0.5, [.. Enumerable.Range(0, 1900).Select(i => 250.123456789 - (i / 8.0))])]);
        WrittenDose written = DoseWriter.Write(_folder.File("dose.dcm"), source, dose, s_algorithm, new() { Histograms = given });
        RadiationDose read = DoseReader.Read(_folder.File("dose.dcm"), Phantoms.Options);
        Assert.Equal("1.2.826.1", read.Histograms!.StructureSetUid);
        Assert.Empty(read.Warnings);
        foreach ((DoseHistogram one, DoseHistogram other) in given.Regions.Zip(read.Histograms.Regions))
        {
            Assert.Equal((one.RegionNumber, one.BinGray, one.Least, one.Most, one.Mean), (other.RegionNumber, other.BinGray, other.Least, other.Most, other.Mean));
            Assert.All(one.Millilitres.Zip(other.Millilitres), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        }

        // What is in a file decides its identity.
        Assert.NotEqual(written.InstanceUid, DoseWriter.Write(_folder.File("other.dcm"), source, dose, s_algorithm, new() { Histograms = given with { Regions = [given.Regions[0] with { Millilitres = [12.5, 12.5, 7.25, 0, 0] }] } }).InstanceUid);
        Assert.Equal(written.InstanceUid, DoseWriter.Write(_folder.File("other.dcm"), source, dose, s_algorithm, new() { Histograms = given }).InstanceUid);

        // Of others' files what is no cumulative histogram is told and left out.
        DicomDataset changed = DicomFile.Open(_folder.File("dose.dcm"), FileReadOption.ReadAll).Dataset;
        changed.GetSequence(DicomTag.DVHSequence).Items[0].AddOrUpdate(DicomTag.DVHType, "DIFFERENTIAL");
        changed.GetSequence(DicomTag.DVHSequence).Items[1].AddOrUpdate(DicomTag.DVHData, "1", "5", "1", "6");
        new DicomFile(changed).Save(_folder.File("changed.dcm"));
        read = DoseReader.Read(_folder.File("changed.dcm"), Phantoms.Options);
        Assert.Null(read.Histograms);
        Assert.Contains("no cumulative one", Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my set", 0.1, new[] { 1.0 })]
    [InlineData("1.2.3", 0.0, new[] { 1.0 })]
    [InlineData("1.2.3", 0.1, new double[0])]
    [InlineData("1.2.3", 0.1, new[] { 1.0, 2.0 })]
    [InlineData("1.2.3", 0.1, new[] { 1.0, -0.5 })]
    [InlineData("1.2.3", 0.1, new[] { double.PositiveInfinity, 1.0 })]
    public void WhatIsNoHistogramIsRefused(string set, double bin, double[] volumes)
    {
        SourceSeries source = Source();
        Assert.Throws<ArgumentException>(() => DoseWriter.Write(_folder.File("no.dcm"), source, Dose(source.Geometry), s_algorithm, new() { Histograms = new(set, [new(1, bin, volumes)]) }));
        Assert.False(File.Exists(_folder.File("no.dcm")));
    }

    [Fact]
    public void WhatIsNoDoseIsRefused()
    {
        SourceSeries source = Source();
        foreach (float odd in (float[])[-0.1f, float.NaN, float.PositiveInfinity])
        {
            Volume dose = Dose(source.Geometry);
            dose[0, 0, 0] = odd;
            Assert.Contains("expected finite doses", Assert.Throws<ArgumentException>(() => DoseWriter.Write(_folder.File("no.dcm"), source, dose, s_algorithm)).Message, StringComparison.Ordinal);
        }

        ImageGeometry sheared = CtSeries.Geometry(new ImageShape(4, 6, 5), new(1, 0, 0), new(0, 1, 0), 0, 0, 1);
        Assert.Contains("resample it first", Assert.Throws<ArgumentException>(() => DoseWriter.Write(_folder.File("no.dcm"), source, Dose(sheared), s_algorithm)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DoseWriter.Write(_folder.File("no.dcm"), source, Dose(source.Geometry), s_algorithm, new() { Bits = 8 }));
        Assert.False(File.Exists(_folder.File("no.dcm")));

        DoseWriter.Write(_folder.File("zero.dcm"), source, new Volume(source.Geometry), s_algorithm);
        Assert.All(DoseReader.Read(_folder.File("zero.dcm"), Phantoms.Options).Gray.Voxels, gray => Assert.Equal(0, gray));
        DicomDataset relative = DicomFile.Open(_folder.File("zero.dcm")).Dataset;
        relative.AddOrUpdate(DicomTag.DoseUnits, "RELATIVE");
        new DicomFile(relative).Save(_folder.File("relative.dcm"));
        Assert.Contains("expected physical dose in Gy", Assert.Throws<DicomReadException>(() => DoseReader.Read(_folder.File("relative.dcm"), Phantoms.Options)).Sentence, StringComparison.Ordinal);
        Assert.Contains("expected an RT Dose", Assert.Throws<DicomReadException>(() => DoseReader.Read(Directory.EnumerateFiles(_folder.File("ct")).First(), Phantoms.Options)).Sentence, StringComparison.Ordinal);
    }

    [DataFact("rtdose/rtdose.dcm")]
    public void ADoseThatIsRelativeIsNoneInGray() => Assert.Contains("found the type PHYSICAL in RELATIVE",
        Assert.Throws<DicomReadException>(() => DoseReader.Read(TestData.Path("rtdose/rtdose.dcm"), Phantoms.Options)).Sentence, StringComparison.Ordinal);

    [PeerFact("python:pydicom", "python:numpy")]
    public void PydicomFindsTheSameGray()
    {
        SourceSeries source = Source();
        Volume dose = Dose(source.Geometry);
        foreach (int bits in (int[])[16, 32])
        {
            WrittenDose written = DoseWriter.Write(_folder.File("dose.dcm"), source, dose, s_algorithm, new() { Bits = bits });
            (int code, string output, string error) = Peer.Run(Peer.Python, "-c", "import sys, pydicom, numpy; d = pydicom.dcmread(sys.argv[1]); [print(repr(float(v) * float(d.DoseGridScaling))) for v in numpy.frombuffer(d.PixelData, '<u%d' % (d.BitsAllocated // 8))]", _folder.File("dose.dcm"));
            Assert.True(code == 0, error);
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(dose.Voxels.Length, lines.Length);
            Assert.All(lines.Zip(dose.Voxels), pair => Assert.True(Math.Abs(double.Parse(pair.First, System.Globalization.CultureInfo.InvariantCulture) - pair.Second) <= 0.51 * written.GrayPerUnit));
        }
    }

    [PeerFact("dciodvfy", "dcmdump")]
    public void TheValidatorFindsNoErrorsInTheTwinOf16Bits()
    {
        SourceSeries source = Source();
        Volume dose = Dose(source.Geometry);
        DoseWriter.Write(_folder.File("overview.dcm"), source, dose, s_algorithm, new() { Bits = 16 });
        DoseWriter.Write(_folder.File("plan.dcm"), source, dose, s_algorithm, new() { Bits = 16, Form = DoseForm.Plan, PlanUids = ["1.2.3"], Comment = "k", IsCorrectedForDensity = true });
        DoseWriter.Write(_folder.File("plans.dcm"), source, dose, s_algorithm, new() { Bits = 16, Form = DoseForm.MultiPlan, PlanUids = ["1.2.3", "1.2.4"] });
        DoseWriter.Write(_folder.File("histograms.dcm"), source, dose, s_algorithm, new() { Bits = 16, Histograms = new("1.2.3", [new DoseHistogram(1, 0.05, [12.5, 7.25, 0]) { Least = 0.01, Most = 0.1, Mean = 0.05 }]) });
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.dcm"))
        {
            (_, string output, string error) = Peer.Run("dciodvfy", file);
            Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))));
            Assert.Contains("RTDose", output + error, StringComparison.Ordinal);
        }

        DoseWriter.Write(_folder.File("overview32.dcm"), source, dose, s_algorithm);
        (int code, string dump, string problem) = Peer.Run("dcmdump", _folder.File("overview32.dcm"));
        Assert.Equal((0, ""), (code, problem));
        Assert.Contains("PLAN_OVERVIEW", dump, StringComparison.Ordinal);
    }

    private static Volume Dose(ImageGeometry geometry)
    {
        CounterRandom random = new(7, 0, 0, "dose");
        float[] gray = [.. Enumerable.Range(0, geometry.Shape.Length).Select(_ => (float)random.NextDouble(0, 12))];
        gray[3] = 12.5f;
        return new Volume(geometry, gray);
    }

    private SourceSeries Source() => CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(4, 6, 5), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
}
