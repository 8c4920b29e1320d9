using System.Text;
using System.Text.RegularExpressions;
using MLNetScinti.Pipelines;
using Xunit;

namespace MLNetScinti.Cli.Tests;

public sealed partial class SecretsTests
{
    /// <summary>Work lists with pictures and maps, a registry of models, its log, and what the commands on them print.</summary>
    [Fact]
    public void NothingThatAWorkListOrARegistrySaysIdentifiesAnybody()
    {
        string written = Path.Combine(crafted.Root, "kept"), registry = Path.Combine(written, "registry");
        string[][] commands =
        [
            ["score", crafted.Output("one"), "studies", "--report", Path.Combine(written, "worklist"), "--prevalence", "0.3"],
            ["model", "add", crafted.Output("one"), "--name", "kidneys", "--registry", registry],
            ["model", "promote", "kidneys:v1", "--why", "first", "--registry", registry],
            ["model", "add", crafted.Output("one"), "--name", "kidneys", "--why", "again", "--registry", registry],
            ["model", "list", "--registry", registry],
            ["model", "show", "kidneys:v1", "--registry", registry],
            ["model", "verify", "--registry", registry],
            ["model", "export", "kidneys:v1", Path.Combine(written, "exported"), "--registry", registry],
            ["audit", "list", "--registry", registry],
            ["audit", "verify", "--registry", registry],
        ];
        foreach (string[] command in commands)
        {
            (int code, string output, string error) = crafted.Run("one", command);
            Assert.True(code is 0 or 4, $"{string.Join(' ', command)}: {code}: {error}");
            Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(output)));
            Assert.Empty(crafted.Found(Encoding.UTF8.GetBytes(string.Join('\n', error.Split('\n').Where(line => !line.TrimStart().StartsWith("left out: ", StringComparison.Ordinal))))));
        }

        Nothing(written, atLeast: 20);
        Nothing(crafted.Home("one"), atLeast: 0);
        Nothing(crafted.Temporary("one"), atLeast: 0);

        // Neither do patients stand in the order of their files' names.
        string page = File.ReadAllText(Path.Combine(written, "worklist", "worklist.csv"));
        string[] patients = [.. Regex.Matches(page, "P-[0-9A-Z]{12}", RegexOptions.None, TimeSpan.FromSeconds(20)).Select(match => match.Value).Distinct(StringComparer.Ordinal)];
        Assert.Equal(12, patients.Length);
        Assert.NotEqual(crafted.Identities.Select(one => Pseudonym(one.Id)), patients);
        using ModelBundle exported = ModelBundle.Load(Path.Combine(written, "exported"));
        Assert.NotNull(exported);
    }
}
