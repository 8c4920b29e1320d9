using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pacs.Tests;

/// <summary>A node's file: what is in it, and what a wrong one is answered with.</summary>
public sealed class PacsDefinitionTests : IDisposable
{
    private const string Sound = """
        archive:
          url: http://127.0.0.1:8042/dicom-web
        feed:
          kind: orthanc
          url: http://127.0.0.1:8042
        rules:
          - name: kidneys
            modality: [CT]
            model: ../model
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pacs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ASoundFileIsRead()
    {
        PacsDefinition read = Read(Sound);
        Assert.Equal(("http://127.0.0.1:8042/dicom-web", FeedKind.Orthanc, 1), (read.Archive.Place, read.Feed, read.Rules.Count));
        Assert.Equal(Path.Combine(_folder, "pacs.sqlite"), read.Queue);
        Assert.Equal(Path.GetFullPath(Path.Combine(_folder, "..", "model")), Path.GetFullPath(read.Rules[0].Model));
    }

    [Theory]
    [InlineData("kind: orthanc", "kind: dicom", "feed.kind")]
    [InlineData("modality: [CT]", "modality: [MR]", "modality")]
    [InlineData("modality: [CT]", "modality: [CT]\n    nuclide: [Tc-98]", "nuclide")]
    [InlineData("modality: [CT]", "modality: [CT]\n    view: [above]", "view")]
    [InlineData("modality: [CT]", "modalities: [CT]", "modalities")]
    [InlineData("dicom-web", "dicom-web\n  credentials-variable: SCINTI_NOT_SET", "credentials-variable")]
    [InlineData("url: http://127.0.0.1:8042/dicom-web", "url: http://name:password@archive/dicom-web", "archive.url")]
    [InlineData("url: http://127.0.0.1:8042/dicom-web", "url: ftp://archive/dicom-web", "archive.url")]
    [InlineData("dicom-web", "dicom-web\n  authorities: nobody.pem", "archive.authorities")]
    [InlineData("dicom-web", "dicom-web\n  largest-study: much", "archive.largest-study")]
    [InlineData("  url: http://127.0.0.1:8042\nrules", "  url: http://127.0.0.1:8042\nqueue: { file: a, postgres-variable: B }\nrules", "queue.file")]
    public void AWrongFileIsAnsweredWithItsKey(string from, string to, string key)
    {
        DefinitionException problem = Assert.Throws<DefinitionException>(() => Read(Sound.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(key, problem.Message, StringComparison.Ordinal);
        Assert.Contains("node.yaml", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretsThatOthersCanReadAreNotTaken()
    {
        string secret = Path.Combine(_folder, "secret");
        File.WriteAllText(secret, "basic scinti:geheim\n");
        string text = Sound.Replace("dicom-web", "dicom-web\n  credentials-file: secret", StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("chmod 600", Assert.Throws<DefinitionException>(() => Read(text)).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Equal("Basic c2NpbnRpOmdlaGVpbQ==", Read(text).Archive.Credentials!.ToString());
        // Not over a network that others listen to.
        DefinitionException problem = Assert.Throws<DefinitionException>(() => Read(text.Replace("127.0.0.1:8042/dicom-web", "archive/dicom-web", StringComparison.Ordinal)));
        Assert.Contains("in the clear", problem.Message, StringComparison.Ordinal);
        File.WriteAllText(secret, "scinti:geheim\n");
        problem = Assert.Throws<DefinitionException>(() => Read(text));
        Assert.DoesNotContain("geheim", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARuleIsAboutWhatMeetsAllOfIt()
    {
        string images = Path.Combine(_folder, "images");
        Directory.CreateDirectory(images);
        _ = Planar.Write(Path.Combine(images, "a.dcm"));
        IReadOnlyList<Study> studies = StudyIndex.Build(images).Studies;
        RoutingRule rule = new("a", "m") { Modalities = ["NM"], Nuclides = ["Lu-177"] };
        Assert.True(rule.IsAbout(studies));
        Assert.True(new RoutingRule("b", "m").IsAbout(studies));
        Assert.False((rule with { Nuclides = ["Tc-99m"] }).IsAbout(studies));
        Assert.False((rule with { Modalities = ["CT"] }).IsAbout(studies));
        Assert.False((rule with { Views = [DetectorView.Anterior] }).IsAbout(studies));
        Assert.False((rule with { BodyParts = ["SKULL"] }).IsAbout(studies));
        Assert.False((rule with { Descriptions = ["no such*"] }).IsAbout(studies));
        Assert.True((rule with { Descriptions = ["*"] }).IsAbout(studies));
    }

    /// <summary>The file that comes with the program can be read, and names each key that there is.</summary>
    [Fact]
    public void TheFileThatComesWithItIsSound()
    {
        string file = Path.Combine(TestData.Repository, "pipelines", "pacs", "node.yaml");
        PacsDefinition read = PacsDefinition.Read(file);
        Assert.Equal(FeedKind.Orthanc, read.Feed);
        Assert.NotEmpty(read.Rules);
    }

    private PacsDefinition Read(string text)
    {
        string file = Path.Combine(_folder, "node.yaml");
        File.WriteAllText(file, text);
        return PacsDefinition.Read(file);
    }
}
