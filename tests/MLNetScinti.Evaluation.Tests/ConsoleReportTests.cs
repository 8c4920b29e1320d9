using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ConsoleReportTests
{
    [Fact]
    public void The_confusion_table_is_mamls_to_the_letter()
    {
        TestScores test = new(Fixture.Cases(Fixture.First));
        ConfusionCounts counts = ConfusionCounts.Of(test, DecisionThreshold.Fixed(0.5f));
        Assert.Equal(MLNetMetrics.Of(test).ConfusionTable, ConsoleReport.ConfusionTable(counts));
        Assert.Equal(
            "TEST POSITIVE RATIO:\t0.5000 (10.0/(10.0+10.0))\nConfusion table\n          ||======================\nPREDICTED || positive | negative | Recall\nTRUTH     ||======================\n positive ||        7 |        3 | 0.7000\n negative ||        2 |        8 | 0.8000\n          ||======================\nPrecision ||   0.7778 |   0.7273 |\n",
            ConsoleReport.ConfusionTable(counts));
    }

    [Fact]
    public void Large_counts_have_separators_as_in_maml() =>
        Assert.Contains(" positive ||    1,234 |        6 | 0.9952\n", ConsoleReport.ConfusionTable(new(1234, 6, 0, 9)), StringComparison.Ordinal);

    [Fact]
    public void What_is_undefined_is_not_printed_as_zero()
    {
        string table = ConsoleReport.ConfusionTable(new(0, 0, 0, 4));
        Assert.Contains(" positive ||        0 |        0 | undef.\n", table, StringComparison.Ordinal);
        Assert.Contains("Precision ||   undef. |   1.0000 |\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_says_who_was_judged_how_and_how_sure()
    {
        string text = ConsoleReport.Text(SampleReport.Make());
        Assert.Contains("*       Metrics for binary classification model: dmsa-2.5d\n", text, StringComparison.Ordinal);
        Assert.Contains("40 kidneys of 20 patients, 20 abnormal; simulated patients", text, StringComparison.Ordinal);
        Assert.Contains("fitted on validation data (40 kidneys of 20 patients)", text, StringComparison.Ordinal);
        Assert.Contains("OVERALL RESULTS\n---------------------------------------\nArea under the ROC curve:", text, StringComparison.Ordinal);
        Assert.Contains("Obuchowski (cases clustered in patients), logit; n = 40, patients 20", text, StringComparison.Ordinal);
        Assert.Contains("OPTIMISTIC", text, StringComparison.Ordinal);
        Assert.Contains("study-0050: Modality CT, expected NM.", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u00A0', text);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Rows_of_trials_are_in_the_columns_of_their_head()
    {
        BinaryEvaluation evaluation = SampleReport.Make().Binary();
        string row = ConsoleReport.TrialRow(12, evaluation, TimeSpan.FromSeconds(61.25));
        Assert.Equal(ConsoleReport.TrialHeader.Length, row.Length);
        int column = ConsoleReport.TrialHeader.IndexOf("AUC ", StringComparison.Ordinal) + 3;
        Assert.Equal($"{evaluation.AreaUnderRoc.Value:F4}", row[..column].Split(' ')[^1]);
        Assert.Contains("|12   dmsa-2.5d ", row, StringComparison.Ordinal);
        string undefined = ConsoleReport.TrialRow(1, "x", Metric.Undefined("a"), Metric.Undefined("b"), Metric.Undefined("c"), Metric.Undefined("d"));
        Assert.Equal(row.Length, undefined.Length);
    }
}
