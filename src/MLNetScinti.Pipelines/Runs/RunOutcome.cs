using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a finished run leaves.</summary>
/// <param name="Report">The report's content.</param>
/// <param name="Folder">The folder with the model, metrics and report.</param>
/// <param name="LeftOut">The files that gave no case.</param>
/// <param name="FusedDifference">The largest difference in probability between the fused ONNX model and the pipeline, over the test cases.</param>
public sealed record RunOutcome(EvaluationReport Report, string Folder, IReadOnlyList<LeftOutStudy> LeftOut, double FusedDifference)
{
    /// <summary>The HTML report.</summary>
    public string HtmlFile => Path.Combine(Folder, "report.html");

    /// <summary>The figures as JSON.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.json");

    /// <summary>The fused ONNX model.</summary>
    public string OnnxFile => Path.Combine(Folder, "model.onnx");

    /// <summary>The same model in ML.NET's format.</summary>
    public string ModelFile => Path.Combine(Folder, "model.zip");
}
