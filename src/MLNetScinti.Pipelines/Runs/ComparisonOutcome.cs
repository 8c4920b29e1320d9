using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a finished comparison leaves.</summary>
/// <param name="Report">The report's content.</param>
/// <param name="Folder">The folder with metrics and report.</param>
/// <param name="LeftOut">The files that gave no case.</param>
public sealed record ComparisonOutcome(ComparisonReport Report, string Folder, IReadOnlyList<LeftOutStudy> LeftOut)
{
    /// <summary>The HTML report.</summary>
    public string HtmlFile => Path.Combine(Folder, "report.html");

    /// <summary>The figures as JSON.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.json");
}
