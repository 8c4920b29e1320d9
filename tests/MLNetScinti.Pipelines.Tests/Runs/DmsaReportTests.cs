using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Runs;

public sealed class DmsaReportTests
{
    /// <summary>Sensitivity and specificity of twenty kidneys each determine the counts; these must give back every printed figure.</summary>
    [Fact]
    public void The_published_rows_agree_with_themselves()
    {
        Assert.Equal(5, PublishedDmsaResults.ByPipeline.Count);
        Assert.All(PublishedDmsaResults.ByPipeline.Values, row =>
        {
            Assert.Equal((20, 20), (row.Counts!.Value.Positives, row.Counts.Value.Negatives));
            IReadOnlyDictionary<string, double> derived = row.FiguresOfCounts();
            Assert.All(row.Figures.Where(figure => figure.Key != "areaUnderRoc"), figure => Assert.Equal(figure.Value, derived[figure.Key], 0.00051));
        });
    }
}
