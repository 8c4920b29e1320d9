using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Definitions;

public sealed class KeyReferenceTests
{
    public static TheoryData<string> Systems => [.. ShippedSystems.All.Select(system => system.Name)];

    [Theory]
    [MemberData(nameof(Systems))]
    public void EveryKeySaysWhatItIsFor(string system)
    {
        IReadOnlyList<DefinitionKey> keys = KeyReference.Of(ShippedSystems.All.First(one => one.Name == system), ShippedSystems.All);
        Assert.Equal([], keys.Where(key => key.Words.Length == 0).Select(key => key.Path));
        Assert.Equal(keys.Count, keys.Select(key => key.Path).Distinct().Count());
        Assert.True(keys.Count > 50);
    }

    [Fact]
    public void NothingIsSaidOfAKeyThatIsNotThere() => Assert.Equal([], KeyReference.Unused(ShippedSystems.All));

    // The other way round: whatever the shipped definitions set is a key of the reference.
    [Fact]
    public void EveryKeyOfTheShippedDefinitionsIsThere()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(TestData.Repository, "pipelines"), "*.yaml"))
        {
            string text = File.ReadAllText(file);
            if (text.Contains("\nmeasurement:", StringComparison.Ordinal))
            {
                continue;
            }

            SystemEntry system = ShippedSystems.All.First(one => text.Contains($"\nsystem: {one.Name}\n", StringComparison.Ordinal));
            HashSet<string> keys = [.. KeyReference.Of(system, ShippedSystems.All).Select(key => key.Path)];
            string section = "";
            foreach (string line in text.Split('\n').TakeWhile(line => !line.StartsWith("presets:", StringComparison.Ordinal)))
            {
                string key = line.Split(':')[0].Trim();
                if (line.Length == 0 || line.TrimStart().StartsWith('#') || !line.Contains(':', StringComparison.Ordinal))
                {
                    continue;
                }

                section = line[0] == ' ' ? section : key;
                string path = line[0] == ' ' ? $"{section}.{key}" : key;
                if (!line.StartsWith("    ", StringComparison.Ordinal))
                {
                    Assert.True(keys.Any(known => known == path || known.StartsWith(path + ".", StringComparison.Ordinal)), $"{Path.GetFileName(file)}: {path}");
                }
            }
        }
    }

    [Fact]
    public void ThePageIsWhatTheCodeSays() =>
        Assert.Equal(KeyReference.Markdown(ShippedSystems.All).TrimEnd(), File.ReadAllText(Path.Combine(TestData.Repository, "docs", "keys.md")).ReplaceLineEndings("\n").TrimEnd());
}
