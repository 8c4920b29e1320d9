using Microsoft.ML;
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
        Assert.Equal((9, 4), (disk.Count, disk.Positives));
        for (int index = 8; index >= 0; index--)
        {
            Assert.Equal((s_rows[index].Label, s_rows[index].Name), (disk.Label(index), disk.Name(index)));
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
    public void TheFileIsGoneWithTheStore()
    {
        string[] Files() => Directory.GetFiles(Path.GetTempPath(), "scinti-features-*");
        string[] before = Files();
        FeatureStore store = Read(0);
        string mine = Assert.Single(Files().Except(before, StringComparer.Ordinal), file => new FileInfo(file).Length == 9 * (30 + 120) * sizeof(float));
        store.Dispose();
        Assert.False(File.Exists(mine));
    }

    [Fact]
    public void AViewWithoutNamesCountsItsRows()
    {
        using FeatureStore store = FeatureStore.Read(View, ["Mip"], "Label", "CaseId", 1 << 20, CancellationToken.None);
        Assert.Equal("row 3", store.Name(3));
    }

    [Fact]
    public void AWrongLabelColumnIsNamed()
    {
        Assert.Contains("'Truth'", Assert.Throws<ColumnException>(() => FeatureStore.Read(View, ["Mip"], "Truth", "Name", 0, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Contains("'Name' is expected to hold Boolean", Assert.Throws<ColumnException>(() => FeatureStore.Read(View, ["Mip"], "Name", "Name", 0, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACursorNeedsNoNamesOfCasesButPatients()
    {
        using FeatureCursor cursor = new(View, ["Mip", "Image"], "Label", "CaseId", "Name");
        List<(string, string, bool)> cases = [];
        while (cursor.MoveNext())
        {
            cases.Add((cursor.Case, cursor.Patient, cursor.Label));
        }

        Assert.Equal(s_rows.Select((row, index) => ($"row {index}", row.Name, row.Label)), cases);
        Assert.Contains("'PatientID'", Assert.Throws<ColumnException>(() => new FeatureCursor(View, ["Mip"], "Label", "Name", "PatientID")).Message, StringComparison.Ordinal);
    }

    private static FeatureStore Read(long budget) => FeatureStore.Read(View, ["Mip", "Image"], "Label", "Name", budget, CancellationToken.None);
}
