using Microsoft.ML;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Tests.Transforms;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Pipelines.Transforms;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Training;

public sealed class FeatureStoreTests
{
    private static readonly MLContext s_ml = new(seed: 1);
    private static readonly ImageRow[] s_rows = ImageRow.Random(9, seed: 6);

    private static IDataView View
    {
        get
        {
            IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
            return s_ml.Transforms.MaximumIntensityProjection("Mip", "Image", MLNetScinti.Imaging.ProjectionAxis.Transverse).Fit(view).Transform(view);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2000)]
    public void OnDiskIsAsInMemory(long budget)
    {
        using FeatureStore memory = Read(1 << 20), disk = Read(budget);
        Assert.False(memory.IsOnDisk);
        Assert.True(disk.IsOnDisk);
        Assert.Equal((9, 4), (disk.Count, disk.Targets.Count(target => target is ClassTarget { Index: 1 })));
        for (int index = 8; index >= 0; index--)
        {
            Assert.Equal((s_rows[index].Label, memory.Key(index)), (disk.Targets[index] is ClassTarget { Index: 1 }, disk.Key(index)));
            for (int feature = 0; feature < 2; feature++)
            {
                float[] a = new float[memory.Shapes[feature].Length], b = new float[memory.Shapes[feature].Length];
                memory.Read(index, feature, a);
                disk.Read(index, feature, b);
                Assert.Equal(a, b);
                if (feature == 1)
                {
                    Assert.Equal(s_rows[index].Image, b);
                }
            }
        }
    }

    [Fact]
    public void NoFileIsToBeFoundWhileTheStoreIsOpen()
    {
        string[] Files() => Directory.GetFiles(Path.GetTempPath(), "scinti-features-*");
        string[] before = Files();
        using FeatureStore store = Read(0);
        Assert.True(store.IsOnDisk);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Empty(Files().Except(before, StringComparer.Ordinal));
        }
    }

    /// <summary>Draws are keyed by what a case holds: equal images draw alike, whatever they are called.</summary>
    [Fact]
    public void TheKeyOfACaseIsItsContent()
    {
        using FeatureStore store = Read(1 << 20);
        Assert.Equal(9, Enumerable.Range(0, 9).Select(store.Key).Distinct().Count());
        ImageRow[] renamed = [.. s_rows];
        IDataView view = s_ml.Data.LoadFromEnumerable(renamed.Select((row, index) => new ImageRow { Image = row.Image, Label = row.Label, Name = $"other {index}" }));
        view = s_ml.Transforms.MaximumIntensityProjection("Mip", "Image", MLNetScinti.Imaging.ProjectionAxis.Transverse).Fit(view).Transform(view);
        using FeatureStore other = FeatureStore.Read(view, ["Mip", "Image"], Options(1 << 20), CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, 9).Select(store.Key), Enumerable.Range(0, 9).Select(other.Key));
    }

    [Fact]
    public void AWrongLabelColumnIsNamed()
    {
        Assert.Contains("'Truth'", Assert.Throws<ColumnException>(() => FeatureStore.Read(View, ["Mip"], Options(0) with { LabelColumnName = "Truth" }, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Contains("'Name' is expected to hold Boolean", Assert.Throws<ColumnException>(() => FeatureStore.Read(View, ["Mip"], Options(0) with { LabelColumnName = "Name" }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private static FeatureStore Read(long budget) => FeatureStore.Read(View, ["Mip", "Image"], Options(budget), CancellationToken.None);

    private static NetworkTrainerOptions Options(long budget)
    {
        NetworkGraphBuilder network = new();
        string pooled = network.GlobalAveragePooling("pool", network.Input("Mip", [1, 5, 6]));
        return new NetworkTrainerOptions { Network = network.Build(network.Dense("dense", pooled, 1)), Task = new BinaryTask("no", "yes"), MemoryBudget = budget };
    }
}
