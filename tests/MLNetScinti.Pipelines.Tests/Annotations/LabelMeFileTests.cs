using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Annotations;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Annotations;

/// <summary>LabelMe's two forms, and masks that are outlines and masks again.</summary>
public sealed class LabelMeFileTests
{
    private const string Xml = """
        <annotation><filename>scan.jpg</filename><folder>users</folder><source><submittedBy>somebody</submittedBy></source>
        <object><name>M-rib</name><deleted>0</deleted><attributes>left, seventh</attributes>
          <polygon><username>x</username><pt><x>1</x><y>1</y></pt><pt><x>4</x><y>1</y></pt><pt><x>4</x><y>3</y></pt><pt><x>1</x><y>3</y></pt></polygon></object>
        <object><name>A</name><deleted>1</deleted><polygon><pt><x>0</x><y>0</y></pt><pt><x>1</x><y>0</y></pt><pt><x>1</x><y>1</y></pt></polygon></object>
        <imagesize><nrows>6</nrows><ncols>8</ncols></imagesize></annotation>
        """;

    private const string Json = """
        {"version":"5.4.1","flags":{"normal":false,"arthritis":true},"shapes":[
          {"label":"M rib","points":[[1,1],[4,3]],"group_id":null,"description":"left","shape_type":"rectangle","flags":{}},
          {"label":"A","points":[[5,0],[8,0],[8,2.6]],"shape_type":"polygon","flags":{}},
          {"label":"A","points":[[5,0],[8,0]],"shape_type":"line","flags":{}}],
         "imagePath":"scan.png","imageData":null,"imageHeight":6,"imageWidth":8}
        """;

    [Fact]
    public void BothFormsAreReadAndTheSameRegionIsTheSameMask()
    {
        LabelMeFile xml = Read(Xml), json = Read("\uFEFF" + Json);
        Assert.Equal(new ImageShape(6, 8), xml.Shape);
        AnnotatedRegion rib = Assert.Single(xml.Regions);
        Assert.Equal(("M-rib", "left, seventh", "scan.jpg"), (rib.Label, rib.Remark, xml.Picture));
        Assert.Equal(xml.Mask(_ => true), json.Mask(region => region.Label == "M rib"));
        Assert.Equal(6, xml.Mask(_ => true).Count(inside => inside));
        Assert.Equal(["arthritis"], json.Flags);
        Assert.Contains("line", Assert.Single(json.Notes), StringComparison.Ordinal);
        Assert.Equal(json.Regions.Select(region => region.Points), Read(json.ToJson()).Regions.Select(region => region.Points));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("P5 1 1", "another format")]
    [InlineData("{\"shapes\": 3}", "'shapes'")]
    [InlineData("{\"shapes\": [", "damaged")]
    [InlineData("{\"shapes\": [], \"imageHeight\": 4}", "imageWidth")]
    [InlineData("{\"shapes\": [], \"imageHeight\": 4, \"imageWidth\": 1e9}", "imageWidth")]
    [InlineData("{\"shapes\": [{\"label\":\"A\",\"points\":[[0,0],[1,1]],\"shape_type\":\"polygon\"}], \"imageHeight\": 4, \"imageWidth\": 4}", "three corners")]
    [InlineData("{\"shapes\": [{\"label\":\"A\",\"points\":[[0,0],[1,1e30],[2,2]],\"shape_type\":\"polygon\"}], \"imageHeight\": 4, \"imageWidth\": 4}", "nowhere near")]
    [InlineData("{\"shapes\": [{\"label\":\" \",\"points\":[[0,0],[1,1]],\"shape_type\":\"rectangle\"}], \"imageHeight\": 4, \"imageWidth\": 4}", "no label")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><annotation>&x;</annotation>", "damaged")]
    [InlineData("{\"shapes\": [{\"label\":\"A\\ud800\",\"points\":[[0,0],[1,1]],\"shape_type\":\"rectangle\"}], \"imageHeight\": 4, \"imageWidth\": 4}", "damaged")]
    [InlineData("{\"shapes\": [], \"flags\": {\"a\\udc00\": true}, \"imageHeight\": 4, \"imageWidth\": 4}", "damaged")]
    [InlineData("<html></html>", "'annotation'")]
    [InlineData("<annotation><object><name>A</name><polygon><pt><x>1</x></pt></polygon></object></annotation>", "'y'")]
    public void AFileThatCannotBeUsedSaysWhy(string text, string word) =>
        Assert.Contains(word, Assert.Throws<AnnotationException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void BytesThatAreNoTextAreDamage()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("{\"shapes\": [{\"label\":\"Schl\u00FCsselbein\",\"points\":[[0,0],[1,1]],\"shape_type\":\"rectangle\"}], \"imageHeight\": 4, \"imageWidth\": 4}");
        using MemoryStream stream = new(bytes);
        Assert.Contains("damaged", Assert.Throws<AnnotationException>(() => LabelMeFile.Read(stream)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutlinesOfAMaskGiveThatMaskAgain() => Prop.ForAll<int>(Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static void Holds(int seed)
    {
        CounterRandom random = new(unchecked((ulong)seed), 0, 0, "mask");
        ImageShape shape = new(3 + (int)(random.NextDouble() * 14), 3 + (int)(random.NextDouble() * 14));
        double part = random.NextDouble();
        byte[] labels = new byte[shape.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = random.NextDouble() < part ? (byte)(1 + (int)(random.NextDouble() * 2)) : (byte)0;
        }

        LabelMeFile file = new() { Rows = shape.Rows, Columns = shape.Columns, Regions = AnnotationExport.RegionsOf(labels, shape, ["one", "two"]) };
        LabelMeFile read = Read(file.ToJson());
        Assert.Equal(labels.Select(label => label == 1), read.Mask(region => region.Label == "one"));
        Assert.Equal(labels.Select(label => label == 2), read.Mask(region => region.Label == "two"));
    }

    [DataFact("bone-scan/NM1_UNC.dcm")]
    public void TheRealScanIsExportedWithItsWindowAndRegionsAndReadAgain()
    {
        ScintigraphyImage image = new DicomImageReader().Read(Testing.TestData.Path("bone-scan/NM1_UNC.dcm"));
        ImageShape shape = new(image.Header.Rows, image.Header.Columns);
        byte[] hot = [.. image.Frame(0).ToArray().Select(value => value > image.Maximum / 4 ? (byte)1 : (byte)0)];
        using TemporaryFolder folder = new();
        IReadOnlyList<AnnotationExport.ExportedPicture> pictures = AnnotationExport.Of(image, regions: frame => frame == 0 ? AnnotationExport.RegionsOf(hot, shape, ["hot"]) : []);
        Assert.Equal(image.Header.Frames.Count, pictures.Count);
        foreach (AnnotationExport.ExportedPicture picture in pictures)
        {
            picture.Write(folder.Path);
        }

        LabelMeFile read = LabelMeFile.Read(Path.Combine(folder.Path, pictures[0].Name + ".json"));
        Assert.Equal(hot.Select(label => label == 1), read.Mask(_ => true));
        Assert.Equal(pictures[0].Annotations.Window, read.Window);
        Assert.True(read.Window!.High > read.Window.Low && read.Window.High < image.Maximum);
        Assert.Equal((image.Header.RowSpacing, image.Header.ColumnSpacing), read.Spacing);
        Assert.True(File.Exists(Path.Combine(folder.Path, read.Picture)));
    }

    private static LabelMeFile Read(string text)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text));
        return LabelMeFile.Read(stream);
    }
}
