using Microsoft.Data.Analysis;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class EvaluationTablesTests
{
    [Fact]
    public void Figures_are_rows_and_the_undefined_are_null_with_a_reason()
    {
        BinaryEvaluation evaluation = BinaryEvaluation.Of(new TestScores(Fixture.Counts(0, 0, 1, 5)), DecisionThreshold.Fixed(0.5f));
        DataFrame table = EvaluationTables.Figures(evaluation);
        Assert.Equal(15, table.Rows.Count);
        Assert.Equal("areaUnderRoc", table["Key"][0]);
        Assert.Null(table["Value"][0]);
        Assert.Equal("the test set holds no positive case", table["Undefined"][0]);
        Assert.Equal("specificity", table["Key"][2]);
        Assert.Equal(5 / 6.0, table["Value"][2]);
        Assert.Equal("Wilson, cases clustered in patients", table["Method"][2]);
        Assert.Equal(6, table["Cases"][2]);
        Assert.Null(table["Undefined"][2]);
    }

    [Fact]
    public void Cases_are_rows_in_their_order()
    {
        BinaryEvaluation evaluation = SampleReport.Make().Binary();
        DataFrame table = EvaluationTables.Cases(evaluation);
        Assert.Equal(40, table.Rows.Count);
        Assert.Equal(evaluation.Test.Cases[7].CaseId, table["Case"][7]);
        Assert.Equal(evaluation.Test.Cases[7].Label, table["Positive"][7]);
        Assert.Equal((double)evaluation.Test.Cases[7].Probability, table["Probability"][7]);
        Assert.Equal(evaluation.Test.Cases[7].Facts.Number("Age"), table["Age"][7]);
        Assert.Equal(evaluation.Test.Cases[7].Facts.Text("Side"), table["Side"][7]);
        Assert.Null(table["Defects"][0]);
    }
}
