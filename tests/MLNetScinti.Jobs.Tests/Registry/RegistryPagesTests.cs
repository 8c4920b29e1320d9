using MLNetScinti.Jobs.Registry;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Registry;

/// <summary>A registry a part at a time.</summary>
public sealed class RegistryPagesTests(TrainedModels models) : IClassFixture<TrainedModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_say_what_the_whole_says_and_see_every_change()
    {
        RegistryPages pages = new(_folder.File("registry"));
        Assert.False(pages.Exists);
        ModelRegistry registry = new(_folder.File("registry"), "test", "somebody");
        for (int i = 1; i <= 4; i++)
        {
            _ = registry.Add(models.Bundle(i), null, "added");
            Assert.Equal(i, Assert.Single(pages.Models(null, 10)).Newest);
        }

        _ = registry.Add(models.Bundle(5), "another", "added");
        Assert.Equal(["another", "demo"], pages.Models(null, 10).Select(model => model.Model));
        Assert.Equal(["another"], pages.Models(null, 1).Select(model => model.Model));
        Assert.Equal(new ModelSummary("demo", 4, 4, null, "v4"), Assert.Single(pages.Models("another", 10)));
        Assert.Equal(["v4", "v3"], pages.Versions("demo", null, 2).Select(version => version.Version));
        Assert.Equal(registry.List("demo").Reverse(), pages.Versions("demo", null, 10));
        Assert.Equal(["v2", "v1"], pages.Versions("demo", 3, 10).Select(version => version.Version));

        _ = registry.Promote("demo:v2", "why");
        Assert.Equal(new ModelSummary("demo", 4, 4, "v2", "v4"), Assert.Single(pages.Models("another", 10)));
        _ = registry.Promote("demo:v3", "why");
        Assert.Equal(["candidate", "champion", "retired", "superseded"], pages.Versions("demo", null, 10).Select(version => version.Stage));
        File.Delete(Path.Combine(registry.Folder, "index.sqlite"));
        Assert.Equal("v3", Assert.Single(pages.Models("another", 10)).Champion);
    }

    [Fact]
    public void A_file_of_a_version_is_the_one_that_was_added_or_none()
    {
        ModelRegistry registry = new(_folder.File("registry"), "test", "somebody");
        ModelVersion version = registry.Add(models.Bundle(1), null, "added").Version;
        string report = registry.FileOf(version, "report.html")!;
        Assert.Equal("<html>report 1</html>", File.ReadAllText(report));
        Assert.Null(registry.FileOf(version, "../../index.json"));
        File.AppendAllText(report, "!");
        Assert.True(Assert.Throws<RegistryException>(() => registry.FileOf(version, "report.html")).IsTampered);
    }
}
