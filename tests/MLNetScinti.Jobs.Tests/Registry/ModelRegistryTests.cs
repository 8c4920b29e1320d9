using System.Text.Json.Nodes;
using MLNetScinti.Cli.Tests;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Registry;

/// <summary>Which model is in use, who said so, and that nothing else than what was added ever is.</summary>
public sealed class ModelRegistryTests(TrainedModels trained) : IClassFixture<TrainedModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.File("registry");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void VersionsComeInUseGoAndComeBackAndTheLogSaysWhy()
    {
        ModelRegistry registry = Open();
        Assert.Equal("v1", registry.Add(trained.Bundle(1), null, "first").Version.Version);
        Assert.False(registry.Add(trained.Bundle(1), null, "again").IsNew);
        registry.Promote("demo", "agreed");
        registry.Add(trained.Bundle(2), null, "retrained");
        registry.Add(trained.Bundle(3), null, "retrained");
        Assert.Equal("v3", registry.Find("demo:candidate").Version);
        Assert.Equal("v1", registry.Find("demo").Version);
        registry.Promote("demo:v2", "gate passed", new Dictionary<string, string>(StringComparer.Ordinal) { ["plan"] = "ab" });
        registry.Promote("demo", "gate passed");
        Assert.Equal(["v1 retired", "v2 retired", "v3 champion"], Stages(registry));
        Assert.False(registry.Promote("demo:v3", "again").IsNew);

        Assert.Equal(("v2", "v3"), registry.Rollback("demo", "too many alarms") is var back ? (back.Version.Version, back.Before!.Version) : default);
        Assert.Equal(["v1 retired", "v2 champion", "v3 withdrawn"], Stages(registry));
        Assert.Equal("v1", registry.Rollback("demo", "and further").Version.Version);
        Assert.Contains("no version of demo was in use before v1", Assert.Throws<RegistryException>(() => registry.Rollback("demo", "nowhere")).Message, StringComparison.Ordinal);
        Assert.Equal("v3", registry.Rollback("demo", "named", to: "v3").Version.Version);
        Assert.Equal("v1", registry.Rollback("demo", "back").Version.Version);

        AuditEntry[] log = [.. registry.Log()];
        Assert.Equal(["add v1", "promote v1", "add v2", "add v3", "promote v2", "promote v3", "rollback v2", "rollback v1", "rollback v3", "rollback v1"], log.Select(entry => $"{entry.Act.What} {entry.Act.Subject}"));
        Assert.All(log, entry => Assert.Equal(("grete", "scinti test"), (entry.Act.Who, entry.Act.Program)));
        Assert.Equal(["bundle", "metrics", "model", "plan", "report"], log[4].Act.Hashes.Keys);
        Assert.Equal("too many alarms", log[6].Act.Why);
        Assert.Null(registry.VerifyLog(new AuditHead(log[3].Entry, log[3].Hash)).Fault);
        Assert.Empty(registry.Verify().Faults);
    }

    [Fact]
    public void WhatComesOutIsWhatWentInAndCanBeScoredWith()
    {
        ModelRegistry registry = Open();
        registry.Add(trained.Bundle(1), "other-name", "first");
        string folder = _folder.File("out");
        registry.Export("other-name", folder);
        Assert.Equal(Directory.GetFiles(trained.Bundle(1)).Select(Path.GetFileName).Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal(File.ReadAllBytes(Path.Combine(trained.Bundle(1), Path.GetFileName(file))), File.ReadAllBytes(file)));
        using ModelBundle bundle = ModelBundle.Load(folder);
        Assert.Equal("demo", bundle.Card.Name);
        Assert.Throws<RegistryException>(() => registry.Export("other-name", folder));
    }

    [Fact]
    public void AFileThatIsNotWhatWasWrittenIsRefusedByName()
    {
        ModelRegistry registry = Open();
        ModelVersion first = registry.Add(trained.Bundle(1), null, "first").Version;
        registry.Promote("demo", "agreed");
        registry.Add(trained.Bundle(2), null, "second");
        registry.Promote("demo", "agreed");
        foreach (string name in (string[])["card.json", "split.json", "report.html"])
        {
            OciDescriptor file = Assert.Single(registry.Files(first), file => file.Note(OciLayout.TitleKey) == name);
            string blob = Path.Combine(Root, "blobs", "sha256", file.Digest[7..]);
            byte[] whole = File.ReadAllBytes(blob), other = [.. whole];
            other[^3] ^= 4;
            // split.json is both versions' file, the others are the first one's own.
            Action[] uses = [() => registry.Rollback("demo", "back"), () => registry.Promote("demo:v1", "again"), () => registry.Export("demo:v1", _folder.File("out", name))];
            foreach (Action damage in (Action[])[() => File.WriteAllBytes(blob, other), () => File.WriteAllBytes(blob, whole[1..]), () => File.Delete(blob)])
            {
                damage();
                Assert.All(uses, use => Assert.True(Assert.Throws<RegistryException>(use) is { IsTampered: true } problem && problem.Message.Contains(name, StringComparison.Ordinal)));
                Assert.Contains(registry.Verify().Faults, fault => fault.StartsWith("demo:v1", StringComparison.Ordinal) && fault.Contains(name, StringComparison.Ordinal));
                Assert.False(File.Exists(_folder.File("out", name, name)));
            }

            // Adding the same again makes it whole.
            registry.Add(trained.Bundle(1), null, "mended");
            Assert.Empty(registry.Verify().Faults);
        }

        string manifest = Path.Combine(Root, "blobs", "sha256", first.Digest[7..]);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"size\":", "\"size\": ", StringComparison.Ordinal));
        Assert.Contains("manifest of demo:v1", Assert.Throws<RegistryException>(() => registry.Rollback("demo", "back")).Message, StringComparison.Ordinal);
        Assert.Equal("v2", registry.Find("demo").Version);
    }

    [Fact]
    public async Task ManyWritersAtOnceLoseNothing()
    {
        string[] bundles = [.. Enumerable.Range(1, 4).Select(number => trained.Bundle(number))];
        await Task.WhenAll(bundles.Select((bundle, writer) => Task.Run(() =>
        {
            ModelRegistry registry = Open();
            registry.Add(bundle, null, "added");
            for (int i = 0; i < 6; i++)
            {
                registry.Record(new AuditAct("note", "", $"writer {writer}, {i}", "demo"));
                registry.List();
            }

            registry.Promote(registry.List().Single(version => registry.Card(version).IntendedUse.Contains($"number {writer + 1}.", StringComparison.Ordinal)).Reference, "promoted");
        })));
        ModelRegistry all = Open();
        Assert.Equal(["v1", "v2", "v3", "v4"], all.List().Select(version => version.Version));
        Assert.Single(all.List(), version => version.Stage == ModelReference.Champion);
        AuditVerdict verdict = all.VerifyLog();
        Assert.Equal((32, null), (verdict.Head.Entries, verdict.Fault));
        Assert.Equal(24, all.Log().Where(entry => entry.Act.What == "note").Select(entry => entry.Act.Why).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(all.Verify().Faults);
    }

    [Fact]
    public void TheIndexInSqliteIsMadeAnewFromTheLayout()
    {
        ModelRegistry registry = Open();
        registry.Add(trained.Bundle(1), null, "first");
        registry.Add(trained.Bundle(2, "second-name"), null, "first");
        registry.Promote("demo", "agreed");
        IReadOnlyList<ModelVersion> listed = registry.List();
        Assert.Equal(["demo:v1 champion binary-classification", "second-name:v1 candidate binary-classification"], listed.Select(version => $"{version.Reference} {version.Stage} {version.Task}"));
        string database = Path.Combine(Root, "index.sqlite");
        foreach (Action spoil in (Action[])[() => File.Delete(database), () => File.WriteAllText(database, new string('x', 5000)), () => File.WriteAllBytes(database, File.ReadAllBytes(database)[..5000]), () => File.WriteAllText(database, "")])
        {
            spoil();
            Assert.Equal(listed, registry.List());
            Assert.True(new FileInfo(database).Length > 5000);
        }
    }

    [Fact]
    public void AChangeThatACrashBrokeOffHoldsOrDoesNot()
    {
        ModelRegistry registry = Open();
        registry.Add(trained.Bundle(1), null, "first");
        registry.Promote("demo", "agreed");
        // Between the index and the log.
        string[] lines = File.ReadAllLines(registry.LogFile);
        File.WriteAllText(registry.LogFile, lines[0] + "\n" + lines[1][..50]);
        Assert.Contains("entry 2", registry.VerifyLog().Fault!.Sentence, StringComparison.Ordinal);
        registry.Add(trained.Bundle(2), null, "second");
        Assert.Equal((3, null), registry.VerifyLog() is var verdict ? (verdict.Head.Entries, verdict.Fault) : default);

        // Who takes the end away is found out: two entries are more than a crash leaves out.
        File.WriteAllLines(registry.LogFile, lines[..1]);
        Assert.Equal((AuditFaultKind.Removed, 2), registry.VerifyLog().Fault is { } cut ? (cut.Kind, cut.Entry) : default);
        registry.Add(trained.Bundle(3), null, "third");
        Assert.Equal((AuditFaultKind.Removed, 2), registry.VerifyLog().Fault is { } still ? (still.Kind, still.Entry) : default);
        Assert.True(Assert.Throws<RegistryException>(() => registry.Rollback("demo", "back")).IsTampered);
    }

    [Fact]
    public void ATagThatAnotherHandMovedIsToldFromTheLog()
    {
        ModelRegistry registry = Open();
        registry.Add(trained.Bundle(1), null, "first");
        registry.Promote("demo", "agreed");
        string second = registry.Add(trained.Bundle(2), null, "second").Version.Digest, index = Path.Combine(Root, "index.json");
        JsonNode root = JsonNode.Parse(File.ReadAllText(index))!;
        JsonNode champion = Assert.Single(root["manifests"]!.AsArray(), tagged => tagged!["annotations"]![OciLayout.TagKey]!.GetValue<string>() == "demo:champion")!;
        champion["digest"] = second;
        File.WriteAllText(index, root.ToJsonString());
        Assert.Equal(["demo: in use is v2, and the audit log says v1."], registry.Verify().Faults);
    }

    [Theory]
    [InlineData("Demo")]
    [InlineData("demo/../x")]
    [InlineData("demo:V1")]
    [InlineData("demo..x")]
    [InlineData("-demo")]
    [InlineData("")]
    [InlineData("demo\n")]
    [InlineData("dëmo")]
    public void NamesThatOtherRegistriesWouldNotTakeAreRefused(string name) => Assert.Throws<RegistryException>(() => ModelReference.Of(name));

    [Fact]
    public void AFolderOfSomethingElseIsLeftAlone()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Combine(Root, "thesis.txt"), "mine");
        Assert.Contains("thesis.txt", Assert.Throws<RegistryException>(() => Open().Add(trained.Bundle(1), null, "first")).Message, StringComparison.Ordinal);
        Assert.Equal(["thesis.txt"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
    }

    [PeerFact("skopeo")]
    public void SkopeoReadsTheLayoutAndRefusesATamperedFile()
    {
        ModelRegistry registry = Open();
        ModelVersion version = registry.Add(trained.Bundle(1), null, "first").Version;
        registry.Promote("demo", "agreed");
        string copy = _folder.File("copy");
        Assert.Equal((0, ""), Peer.Run("skopeo", "--insecure-policy", "copy", "--quiet", $"oci:{Root}:demo:champion", $"oci:{copy}:x") is var (code, _, error) ? (code, error) : default);
        Assert.Contains(version.Digest, File.ReadAllText(Path.Combine(copy, "index.json")), StringComparison.Ordinal);
        foreach (OciDescriptor file in registry.Files(version))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Root, "blobs", "sha256", file.Digest[7..])), File.ReadAllBytes(Path.Combine(copy, "blobs", "sha256", file.Digest[7..])));
        }

        string blob = Path.Combine(Root, "blobs", "sha256", registry.Files(version)[1].Digest[7..]);
        byte[] bytes = File.ReadAllBytes(blob);
        bytes[7] ^= 1;
        File.WriteAllBytes(blob, bytes);
        Assert.NotEqual(0, Peer.Run("skopeo", "--insecure-policy", "copy", "--quiet", $"oci:{Root}:demo:champion", $"oci:{_folder.File("again")}:x").ExitCode);
        Assert.Single(registry.Verify().Faults);
    }

    [Fact]
    public void TheCommandsAnswerWithOneLineAndACode()
    {
        string bundle = trained.Bundle(1);
        (int Code, string Output, string Error) Run(params string[] arguments) => Scinti.Run(_folder.Path, [.. arguments, "--registry", "registry"]);
        Assert.Equal(2, Run("model", "list").Code);
        Assert.Contains("demo:v1", Run("model", "add", bundle).Output, StringComparison.Ordinal);
        Assert.Equal(2, Run("model", "promote", "demo").Code);
        Assert.Contains("demo:v1 is in use now", Run("model", "promote", "demo", "--why", "first of its kind").Output, StringComparison.Ordinal);
        Assert.Contains("first of its kind", Run("model", "show", "demo:champion").Output, StringComparison.Ordinal);
        Assert.Equal((2, 1), Run("model", "rollback", "demo", "--why", "x") is var back ? (back.Code, back.Error.Count(letter => letter == '\n')) : default);
        (int code, string output, _) = Run("audit", "verify");
        Assert.Equal(0, code);
        string head = output.Split("Head: ")[1].Split(' ')[0];
        Assert.Equal(0, Run("audit", "verify", "--head", head).Code);
        Assert.Equal(9, Run("audit", "verify", "--head", head[..^1] + (head[^1] == '0' ? '1' : '0')).Code);
        Assert.Contains("promote", Run("audit", "list", "--last", "1").Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("model", "verify").Code);
        File.AppendAllText(Directory.GetFiles(Path.Combine(Root, "blobs", "sha256"))[0], "x");
        Assert.Equal(9, Run("model", "verify").Code);
    }

    private ModelRegistry Open() => new(Root, "scinti test", "grete");

    private static IEnumerable<string> Stages(ModelRegistry registry) => registry.List().Select(version => $"{version.Version} {version.Stage}");
}
