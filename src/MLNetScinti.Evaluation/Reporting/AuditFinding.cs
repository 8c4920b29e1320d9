using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What an audit found: whether something else than what is to be learned gives the answers away, and what it could not have seen.</summary>
[TypeFormatterSource(typeof(AuditFinding))]
public sealed record AuditFinding
{
    /// <summary>The audit's word, such as "shortcut".</summary>
    public required string Audit { get; init; }

    /// <summary>What it asks, in a sentence.</summary>
    public required string Question { get; init; }

    /// <summary>Whether it raises an alarm.</summary>
    public required bool IsFound { get; init; }

    /// <summary>The verdict in plain words, a sentence each, the first one first.</summary>
    public required IReadOnlyList<string> Sentences { get; init; }

    /// <summary>What was found, with its interval by patient.</summary>
    public required MetricEntry Effect { get; init; }

    /// <summary>How often chance alone gives as large an effect; null where nothing could be drawn.</summary>
    public double? P { get; init; }

    /// <summary>Below which <see cref="P"/> raises the alarm; null where the interval does.</summary>
    public double? Alarm { get; init; }

    /// <summary>The effect that is found half the time with these patients; null where it is not known.</summary>
    public double? FoundHalfTheTime { get; init; }

    /// <summary>What <see cref="FoundHalfTheTime"/> amounts to, in words; empty where that is not known.</summary>
    public string FoundHalfTheTimeWords { get; init; } = "";

    /// <summary>Further figures.</summary>
    public IReadOnlyList<MetricEntry> Figures { get; init; } = [];
}

/// <summary>Audits of a pipeline that stand alone: the same content goes to JSON and to the HTML page.</summary>
public sealed record AuditReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>What was found.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>What came in.</summary>
    public required DataCard Data { get; init; }

    /// <summary>How to do it again.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>What things are called, and the level of intervals.</summary>
    public required EvaluationOptions Options { get; init; }
}

/// <summary>Audits as JSON: audit.json.</summary>
public static class AuditJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.audit/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<AuditDocument>("What audits of MLNetScinti found (audit.json)", "Two audits of one seed give files that are equal apart from the object 'run'.");

    /// <summary>The audits as JSON text.</summary>
    public static string Text(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportJson.Text(new AuditDocument
        {
            Format = Format,
            Title = report.Title,
            ResearchUseOnly = true,
            Data = DataPart.Of(report.Data),
            Audits = [.. report.Findings.Select(AuditPart.Of)],
            Reproduce = ReproducePart.Of(report.Run),
            Run = RunPart.Of(report.Run),
        });
    }

    /// <summary>Writes the JSON; the file appears whole or not at all.</summary>
    public static void Write(AuditReport report, string path) => AtomicFile.Write(path, Text(report));
}

/// <summary>audit.json.</summary>
internal sealed record AuditDocument
{
    [AllowedValues(AuditJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    public required DataPart Data { get; init; }

    public required IReadOnlyList<AuditPart> Audits { get; init; }

    public required ReproducePart Reproduce { get; init; }

    [Description("What may differ between two audits of one seed.")]
    public required RunPart Run { get; init; }
}

/// <summary>An audit in audit.json and metrics.json.</summary>
internal sealed record AuditPart
{
    public required string Audit { get; init; }

    public required string Question { get; init; }

    [Description("Whether the audit raises an alarm.")]
    public required bool Found { get; init; }

    public required IReadOnlyList<string> Verdict { get; init; }

    public required FigurePart Effect { get; init; }

    [Description("What the effect is.")]
    public required string EffectMeaning { get; init; }

    [Range(0d, 1d), Description("How often chance alone gives as large an effect; left out where nothing was drawn.")]
    public double? P { get; init; }

    [Range(0d, 1d), Description("At most this p raises the alarm; left out where the interval does.")]
    public double? Alarm { get; init; }

    [Description("The effect that would be found half the time with as many patients.")]
    public double? FoundHalfTheTime { get; init; }

    public string? FoundHalfTheTimeWords { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Figures { get; init; }

    public static AuditPart Of(AuditFinding finding) => new()
    {
        Audit = finding.Audit,
        Question = finding.Question,
        Found = finding.IsFound,
        Verdict = finding.Sentences,
        Effect = FigurePart.Of(finding.Effect.Metric),
        EffectMeaning = finding.Effect.Meaning,
        P = Finite.Of(finding.P),
        Alarm = Finite.Of(finding.Alarm),
        FoundHalfTheTime = Finite.Of(finding.FoundHalfTheTime),
        FoundHalfTheTimeWords = finding.FoundHalfTheTimeWords.Length > 0 ? finding.FoundHalfTheTimeWords : null,
        Figures = FigurePart.Of(finding.Figures),
    };
}
