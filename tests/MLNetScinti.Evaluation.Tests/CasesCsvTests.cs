using MLNetScinti.Evaluation.Reporting;
using nietras.SeparatedValues;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class CasesCsvTests
{
    [Fact]
    public void Every_task_writes_its_cases_and_they_read_back()
    {
        BinaryEvaluation binary = SampleReport.Make().Binary();
        List<Dictionary<string, string>> rows = Read(binary);
        Assert.Equal(binary.Validation!.Count + binary.Test.Count, rows.Count);
        Dictionary<string, string> row = rows.Single(one => one["CaseId"] == binary.Test.Cases[7].CaseId);
        Assert.Equal(("test", binary.Test.Cases[7].PatientId, binary.Test.Cases[7].Label ? "abnormal" : "normal"), (row["Set"], row["PatientID"], row["Label"]));
        Assert.Equal(binary.Test.Cases[7].Score, float.Parse(row["Score"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(binary.Test.Cases[7].Facts.Text("Side"), row["Fact:Side"]);
        IEvaluation[] others = [SampleTasks.Multiclass(), SampleTasks.Segmentation(), SampleTasks.Regression()];
        Assert.All(others, evaluation => Assert.Equal(evaluation.Test.Cases.Select(one => one.CaseId), Read(evaluation).Select(one => one["CaseId"])));
        Assert.Equal(120, Read(SampleTasks.MultiLabel()).Count);
        Assert.Equal("", Read(SampleTasks.Segmentation()).First(one => one["Dice:right"] == "0")["Hausdorff95Mm:right"]);
    }

    [Fact]
    public void What_a_table_could_stumble_over_is_quoted()
    {
        ScoredCase one = new("a,\"b\"", "p\nq", true, 0, 0.5f) { Facts = Facts.Of(("x,y", "1;2\n\"3\"")) };
        Dictionary<string, string> row = Assert.Single(Read(BinaryEvaluation.Of(new TestScores([one]), DecisionThreshold.Fixed(0.5f), new() { BootstrapReplicates = 0 })));
        // Line breaks become blanks: a line of the table is a line of the file.
        Assert.Equal((one.CaseId, "p q", "1;2 \"3\""), (row["CaseId"], row["PatientID"], row["Fact:x,y"]));
    }

    private static List<Dictionary<string, string>> Read(IEvaluation evaluation)
    {
        string path = Path.GetTempFileName();
        try
        {
            CasesCsv.Write(evaluation, path);
            List<Dictionary<string, string>> rows = [];
            using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true }).FromFile(path);
            foreach (SepReader.Row row in reader)
            {
                Dictionary<string, string> own = new(StringComparer.Ordinal);
                foreach (string name in reader.Header.ColNames)
                {
                    own.Add(name, row[name].ToString());
                }

                rows.Add(own);
            }

            return rows;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
