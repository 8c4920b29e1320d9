using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>A model of both kidneys in CT, hardly trained, and the six simulated patients that it was made from.</summary>
public sealed class KidneyModel : IDisposable
{
    public KidneyModel()
    {
        string definition = Path.Combine(TestData.Repository, "pipelines", "kidney-dose.yaml");
        (int code, string output, string error) = Scinti.Run(Root, "run", definition, "--preset", "smoke", "--set", $"data.folder={Data}", "--output", Folder, "--threads", "2");
        Assert.True(code == 0, error + output);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public string Data => Path.Combine(Root, "data");

    public string Folder => Path.Combine(Root, "model");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
