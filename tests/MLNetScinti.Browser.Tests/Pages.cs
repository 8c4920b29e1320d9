using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Tests;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>The pages that are opened, written to a folder that goes when the tests are done.</summary>
public sealed class Pages : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pages-").FullName;
    private readonly Lock _lock = new();

    /// <summary>
    /// The report of one model, with what it looked at; one with one class only, where most is undefined; one with other models
    /// beside it; the comparison of six models; and the report of each other task.
    /// </summary>
    public static TheoryData<string> Names { get; } = ["report", "one-class", "with-comparison", "comparison", "multiclass", "multilabel", "segmentation", "regression", "worklist"];

    /// <summary>The address of a page.</summary>
    public string Address(string name) => new Uri(File(name)).AbsoluteUri;

    /// <summary>The file of a page, written when it is first asked for.</summary>
    public string File(string name)
    {
        string path = Path.Combine(_folder, $"{name}.html");
        lock (_lock)
        {
            if (!System.IO.File.Exists(path))
            {
                Write(name, path);
            }
        }

        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Write(string name, string path)
    {
        switch (name)
        {
            case "report":
                HtmlReport.Write(Explained(SampleReport.Make()), path);
                break;
            case "one-class":
                EvaluationReport sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });
                TestScores normal = new(sample.Binary().Test.Cases.Where(one => !one.Label));
                HtmlReport.Write(sample with { Evaluation = BinaryEvaluation.Of(normal, DecisionThreshold.Fixed(0.5f), sample.Evaluation.Options), History = null }, path);
                break;
            case "with-comparison":
                ComparisonReport compared = SampleComparison.Make();
                HtmlReport.Write(SampleReport.Make() with { Evaluation = compared.Models[0].Evaluation, Comparison = compared.Comparison, Pictures = [] }, path);
                break;
            case "comparison":
                ComparisonHtml.Write(SampleComparison.Make(), path);
                break;
            case "multiclass":
                HtmlReport.Write(SampleTasks.Report(SampleTasks.Multiclass()), path);
                break;
            case "multilabel":
                HtmlReport.Write(SampleTasks.Report(SampleTasks.MultiLabel()), path);
                break;
            case "segmentation":
                SegmentationEvaluation masks = SampleTasks.Segmentation();
                HtmlReport.Write(SampleTasks.Report(masks) with { MaskComparison = SegmentationComparison.Of([masks, SampleTasks.Segmentation("other", 1.5)]) }, path);
                break;
            case "regression":
                HtmlReport.Write(SampleTasks.Report(SampleTasks.Regression()), path);
                break;
            case "worklist":
                WorkListHtml.Write(SampleWorkList.Make(), path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "No such page.");
        }
    }

    private static EvaluationReport Explained(EvaluationReport report)
    {
        ScoredCase[] abnormal = [.. report.Binary().Test.Cases.Where(one => one.Label)];
        PointedCase[] pointed = [.. abnormal.Select((one, i) => new PointedCase(one.CaseId, one.PatientId, i % 3 > 0, 0.3, 4) { Facts = one.Facts })];
        CasePicture[] pictures = [.. report.Pictures.Take(2)];
        return report with
        {
            Explanation = new()
            {
                Methods = ["Class activation maps: the last layer's filters, weighted by their part in the result."],
                Agreements = [ExplanationAgreement.Of("Class activation", 10, pointed, report.Evaluation.Options), ExplanationAgreement.Of("Occlusion", 10, [], report.Evaluation.Options)],
                Cases = [.. abnormal.Take(3).Select((one, i) => new ExplainedCase(one.CaseId, "abnormal", i > 0 ? "abnormal" : "normal", one.Probability, pictures, ["Hottest 4 mm from the largest defect."]))],
            },
        };
    }
}
