using System.Text;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Definitions;

/// <summary>YAML that was made to hold or to end the process is refused before anything is built of it.</summary>
public sealed class BoundedYamlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Bombs => new()
    {
        { "a: " + Repeat("[", 100_000), "levels of keys and lists" },
        { "a: " + Repeat("{a: ", 100_000), "levels of keys and lists" },
        { Repeat("? ", 100_000), "levels of keys and lists" },
        { "a: " + Repeat("- ", 100_000), "" },
        { "a: &d\n  b: *d\n", "within the value that it stands for" },
        { "a: &d [*d]\n", "within the value that it stands for" },
        { "a: *nothing\n", "has no anchor before it" },
        { Billion() + "z: *a9\n", "with aliases written out" },
        { Billion() + "? *a9\n: 1\n", "with aliases written out" },
        { "a: &a [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\nb: [[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]\n", "levels of keys and lists" },
        { "a: [" + Repeat("x,", 400_000) + "x]\n", "keys and values" },
        { "a: " + new string('x', 2_000_000), "at most 1 MiB" },
        { "a: \"\\UFFFFFFFF\"", "this is not YAML" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void WhatIsNoDefinitionIsRefusedInALine(string text, string expected)
    {
        string message = Refused(text);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.File("pipeline.yaml") + ":", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 500);
    }

    [Fact]
    public void AnAliasIsItsValueWrittenOutAndNotShared()
    {
        // The preset changes one of two sections that the file wrote once.
        string text = DefinitionFile.Least + """

            evaluation: &same { confidence: 0.9 }
            augmentation:
              zoom: &part 0.25
              rotate-degrees: *part
            presets:
              other:
                evaluation: *same
            """;
        PipelineDefinition read = PipelineReader.Read(_folder.Write("pipeline.yaml", text), ShippedSystems.All, "other");
        Assert.Equal((0.9, 0.25, 0.25), (read.Evaluation.Confidence, read.Augmentation.Zoom, read.Augmentation.RotateDegrees));
    }

    [Theory]
    [InlineData("folder: studies", "folder: \"a\\0b\"", ": data.folder: expected a text of one line without control characters, found 'a b'.")]
    [InlineData("folder: studies", "folder: \"\\e]0;title\\a\"", ": data.folder: expected a text of one line without control characters")]
    [InlineData("train: 6", "train: 2147483647", ":6: split.train: expected a whole number from 1 to 1000000, found '2147483647'.")]
    [InlineData("validation: 2", "validation: 1e30", ":7: split.validation: expected a whole number from 1 to 1000000, found '1e30'.")]
    [InlineData("seed: 5", "seed: 99999999999999999999", ":2: seed: expected a whole number of at least 0, found '99999999999999999999'.")]
    [InlineData("seed: 5", "\"\\e[2J\": 5", "there is no such key here")]
    [InlineData("name: small", "name: [1, *x]", "has no anchor")]
    public void ValuesThatNothingCanDoWithAreRefusedInTheirPlace(string from, string to, string expected)
    {
        Assert.Contains(from, DefinitionFile.Least, StringComparison.Ordinal);
        string text = DefinitionFile.Least.Replace(from, to, StringComparison.Ordinal);
        string message = Refused(from == "seed: 5" && to.StartsWith('"') ? text + "\nseed: 5\n" : text);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    /// <summary>Whatever key a number stands behind, a number that nothing can do with is refused with its line and its key.</summary>
    [Fact]
    public void EveryNumberHasARange()
    {
        string[] lines = DefinitionFile.Full
            .Replace("  lanes: 1", "  lanes: 1\n  epsilon: 0.1\n  weight-decay: 0.1\n  momentum: 0.1", StringComparison.Ordinal)
            .Replace("  width: 0.5", "  width: 0.5\n  downsample: 2", StringComparison.Ordinal)
            .Split('\n');
        int tried = 0;
        for (int i = 0; i < lines.Length && lines[i].TrimEnd() != "presets:"; i++)
        {
            if (System.Text.RegularExpressions.Regex.Match(lines[i], @"^(?<key>\s*[a-z0-9-]+): [0-9.]+\s*$") is not { Success: true } number)
            {
                continue;
            }

            foreach (string value in (string[])["1e30", "1e300", "1e999", "-1e30", "2147483648", "-2147483649", "9223372036854775808", "NaN", "Infinity", "-1"])
            {
                string[] changed = [.. lines];
                changed[i] = $"{number.Groups["key"].Value}: {value}";
                string message = Refused(string.Join('\n', changed));
                Assert.Contains($"pipeline.yaml:{i + 1}: ", message, StringComparison.Ordinal);
                Assert.Contains($"{number.Groups["key"].Value.Trim()}: expected a", message, StringComparison.Ordinal);
                tried++;
            }
        }

        Assert.InRange(tried, 150, int.MaxValue);
    }

    [Fact]
    public void AKeyAsLongAsAFileIsShownShort()
    {
        string message = Refused(DefinitionFile.Least + $"\n{new string('k', 1000)}: 1\ndescription: x\n");
        Assert.Contains("there is no such key here", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 1000);
    }

    [Fact]
    public void WhatHasNoEndIsNotReadToItsEnd()
    {
        if (File.Exists("/dev/zero"))
        {
            Assert.Contains("expected a file, found a pipe, a socket or a device", Assert.Throws<DefinitionException>(() => PipelineReader.Read("/dev/zero", ShippedSystems.All)).Message, StringComparison.Ordinal);
        }
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private static string Billion()
    {
        StringBuilder text = new("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++)
        {
            text.Append($"a{i}: &a{i} [{Repeat($"*a{i - 1},", 9)}*a{i - 1}]\n");
        }

        return text.ToString();
    }

    private string Refused(string text) => Assert.Throws<DefinitionException>(() => PipelineReader.Read(_folder.Write("pipeline.yaml", text), ShippedSystems.All)).Message;
}
