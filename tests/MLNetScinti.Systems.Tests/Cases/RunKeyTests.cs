using MLNetScinti.Networks.Native;
using MLNetScinti.Pipelines;
using Xunit;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>What decides a result is bound by name.</summary>
public sealed class RunKeyTests
{
    private static readonly Dictionary<string, string> s_definition = new(StringComparer.Ordinal)
    {
        ["seed"] = "1",
        ["augmentation"] = "zoom 0.1",
        ["training.epochs"] = "24",
        ["network"] = "architecture " + new string('x', 100),
    };

    [Fact]
    public void TheSameThingsHaveTheSameKeyAndWhatIsWrittenIsReadBack()
    {
        using TemporaryFolder folder = new();
        RunKey key = Key();
        File.WriteAllText(folder.File("run-key.json"), key.ToJson());
        RunKey read = Assert.IsType<RunKey>(RunKey.Read(folder.File("run-key.json")));
        Assert.Equal(key.Hash, read.Hash);
        Assert.Equal(key.Hash, Key().Hash);
        Assert.Equal(key.HashWithoutCode, read.HashWithoutCode);
        Assert.Empty(key.DifferencesFrom(read));
        Assert.Empty(key.MustGoOnFrom(read, "training.checkpoint", acceptCode: false));

        File.WriteAllText(folder.File("other.json"), "no key");
        Assert.Null(RunKey.Read(folder.File("other.json")));
        Assert.Null(RunKey.Read(folder.File("nowhere.json")));
    }

    [Fact]
    public void TheKeyBindsDefinitionCasesCodeAndNatives()
    {
        string[] parts = [.. Key().Parts.Keys];
        Assert.Superset(
            new HashSet<string>(["seed", "augmentation", "cases", "natives", "processor", "code: MLNetScinti.Pipelines", "code: MLNetScinti.Networks", "code: MLNetScinti.Imaging", "code: MLNetScinti.Dicom", "code: MLNetScinti.Evaluation", "code: MLNetScinti.Systems.Tests"], StringComparer.Ordinal),
            new HashSet<string>(parts, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("seed", "2", "another seed (1 then, 2 now)")]
    [InlineData("augmentation", "zoom 0.2", "another augmentation (zoom 0.1 then, zoom 0.2 now)")]
    [InlineData("training.epochs", null, "another training.epochs (24 then, nothing now)")]
    [InlineData("network", "another", "another network")]
    [InlineData("training.momentum", "0.9", "another training.momentum (nothing then, 0.9 now)")]
    public void WhatDiffersIsNamedAndNeverAccepted(string part, string? value, string words)
    {
        Dictionary<string, string> definition = new(s_definition, StringComparer.Ordinal);
        _ = value is null ? definition.Remove(part) : (definition[part] = value) is not null;
        RunKey now = Key(definition), begun = Key();
        Assert.Equal([part], now.DifferencesFrom(begun));
        Assert.NotEqual(begun.Hash, now.Hash);
        Assert.NotEqual(begun.HashWithoutCode, now.HashWithoutCode);
        foreach (bool accept in (bool[])[false, true])
        {
            string message = Assert.Throws<RunKeyException>(() => now.MustGoOnFrom(begun, "the training", accept)).Message;
            Assert.StartsWith("the training was begun with", message, StringComparison.Ordinal);
            Assert.Contains(words, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void OtherCasesAndOtherNativesAreNeverAccepted()
    {
        RunKey begun = Key();
        string cases = Assert.Throws<RunKeyException>(() => RunKey.Of(s_definition, "other", Reproducibility.Processor, typeof(RunKeyTests).Assembly).MustGoOnFrom(begun, "it", acceptCode: true)).Message;
        Assert.Contains("other cases (images, labels or patients differ)", cases, StringComparison.Ordinal);
        string natives = Assert.Throws<RunKeyException>(() => Changed("natives", "libtorch 2.9").MustGoOnFrom(begun, "it", acceptCode: true)).Message;
        Assert.Contains("another natives", natives, StringComparison.Ordinal);
    }

    [Fact]
    public void TheNativesAreNamedByTheirOwnVersions()
    {
        string natives = Key().Parts["natives"];
        Assert.Matches(@"^libtorch 2\.[0-9]+\.[0-9]+", natives);
        Assert.Contains($"TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3)}", natives, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherProcessorGoesOnOnlyWithPortableArithmetic()
    {
        string message = Assert.Throws<RunKeyException>(() => Key().MustGoOnFrom(Changed("processor", "GenuineIntel, SSE"), "it", acceptCode: true)).Message;
        Assert.Contains($"another processor (GenuineIntel, SSE then, {ProcessorKind.Name} now)", message, StringComparison.Ordinal);
        Assert.Equal("any", Key(reproducibility: Reproducibility.Portable).Parts["processor"]);
    }

    [Fact]
    public void OtherCodeIsAcceptedWhenAskedForAndNamed()
    {
        RunKey begun = Key(), now = Changed("code: MLNetScinti.Networks", "another build");
        string message = Assert.Throws<RunKeyException>(() => now.MustGoOnFrom(begun, "the training", acceptCode: false)).Message;
        Assert.Contains("MLNetScinti.Networks", message, StringComparison.Ordinal);
        Assert.Contains("--accept-code", message, StringComparison.Ordinal);
        Assert.Equal(["code: MLNetScinti.Networks"], now.MustGoOnFrom(begun, "the training", acceptCode: true));
        Assert.Equal(begun.HashWithoutCode, now.HashWithoutCode);
        Assert.NotEqual(begun.Hash, now.Hash);
    }

    private static RunKey Key(IReadOnlyDictionary<string, string>? definition = null, Reproducibility reproducibility = Reproducibility.Processor) => RunKey.Of(definition ?? s_definition, "cases", reproducibility, typeof(RunKeyTests).Assembly);

    private static RunKey Changed(string part, string value)
    {
        using TemporaryFolder folder = new();
        string json = Key().ToJson(), before = Key().Parts[part];
        File.WriteAllText(folder.File("key.json"), json.Replace($"\"{part}\": {System.Text.Json.JsonSerializer.Serialize(before)}", $"\"{part}\": \"{value}\"", StringComparison.Ordinal));
        RunKey changed = RunKey.Read(folder.File("key.json"))!;
        Assert.Equal(value, changed.Parts[part]);
        return changed;
    }
}
