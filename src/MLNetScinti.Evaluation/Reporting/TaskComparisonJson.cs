using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// A comparison of models of several classes, labels or masks as JSON, in the manner of <see cref="ComparisonJson"/>. The schema comes
/// from the same records and is kept in Schemas/task-comparison.schema.json.
/// </summary>
public static class TaskComparisonJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.task-comparison/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<TaskComparisonDocument>("What a comparison of models of several classes, labels or masks by MLNetScinti found (metrics.json of a comparison)", "Two runs of one seed give files that are equal apart from the object 'run'.");

    /// <summary>The comparison as JSON text.</summary>
    public static string Text(TaskComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportJson.Text(TaskComparisonDocument.Of(report));
    }
}

/// <summary>metrics.json of a comparison of other tasks than two classes.</summary>
internal sealed record TaskComparisonDocument
{
    [AllowedValues(TaskComparisonJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    public required string Verdict { get; init; }

    public required IReadOnlyList<string> Cautions { get; init; }

    public required bool AnySupported { get; init; }

    public required string Protocol { get; init; }

    public required SetPart Test { get; init; }

    [Range(0d, 1d), Description("Coverage of the intervals.")]
    public required double Level { get; init; }

    public required IReadOnlyList<JudgedModelPart> Models { get; init; }

    [Description("Of several classes or labels: every pair with every main figure, by the paired bootstrap by patient.")]
    public IReadOnlyList<FigurePairPart>? Pairs { get; init; }

    [Description("Of masks: every pair with every label and measure.")]
    public MaskComparisonPart? Masks { get; init; }

    public required DataPart Data { get; init; }

    public required ReproducePart Reproduce { get; init; }

    [Description("What may differ between two runs of one seed.")]
    public required RunPart Run { get; init; }

    public static TaskComparisonDocument Of(TaskComparisonReport report) => new()
    {
        Format = TaskComparisonJson.Format,
        Title = report.Title,
        ResearchUseOnly = true,
        Verdict = report.Verdict,
        Cautions = report.Cautions,
        AnySupported = report.Figures?.Pairs.Any(pair => pair.IsSupported && pair.Key == report.Figures.Main.Key) ?? report.Masks!.Pairs.Any(pair => pair.IsSupported && pair.Key == MaskMeasure.Dice.Key),
        Protocol = report.Protocol,
        Test = SetPart.Of(report.Any.Test),
        Level = report.Any.Options.Level,
        Models = [.. report.Models.Select(JudgedModelPart.Of)],
        Pairs = report.Figures is { } figures ? [.. figures.Pairs.Select(FigurePairPart.Of)] : null,
        Masks = report.Masks is { } masks ? MaskComparisonPart.Of(masks) : null,
        Data = DataPart.Of(report.Data),
        Reproduce = ReproducePart.Of(report.Run),
        Run = RunPart.Of(report.Run),
    };
}

internal sealed record JudgedModelPart
{
    public required string Model { get; init; }

    public required string Description { get; init; }

    public required string Training { get; init; }

    public string? Report { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    [Description("The model's figures for groups of cases, such as those of one camera; left out where there are none.")]
    public IReadOnlyList<SubgroupPart>? Subgroups { get; init; }

    public static JudgedModelPart Of(JudgedModel model) => new()
    {
        Model = model.Name,
        Description = model.Description,
        Training = model.Training,
        Report = model.ReportLink,
        Metrics = FigurePart.Of(model.Evaluation.Figures),
        Subgroups = model.Evaluation.Subgroups.Count == 0 ? null : SubgroupPart.Of(model.Evaluation.Subgroups),
    };
}

internal sealed record FigurePairPart
{
    public required string First { get; init; }

    public required string Second { get; init; }

    public required string Figure { get; init; }

    public double? Difference { get; init; }

    [Description("Not corrected for the number of pairs.")]
    public IntervalPart? Interval { get; init; }

    public double? P { get; init; }

    [Description("Corrected after Holm for the pairs of the figure, but for a contrast that was named beforehand.")]
    public double? HolmP { get; init; }

    public required bool Primary { get; init; }

    public required bool Supported { get; init; }

    public static FigurePairPart Of(FigurePair pair) => new()
    {
        First = pair.First,
        Second = pair.Second,
        Figure = pair.Key,
        Difference = Finite.Of(pair.Difference),
        Interval = IntervalPart.Of(pair.Interval),
        P = Finite.Of(pair.P),
        HolmP = Finite.Of(pair.AdjustedP),
        Primary = pair.IsPrimary,
        Supported = pair.IsSupported,
    };
}
