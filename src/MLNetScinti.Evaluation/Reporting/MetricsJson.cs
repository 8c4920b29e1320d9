using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The report as JSON: stable order of keys, numbers that read back to the same bits, an undefined figure as
/// <c>{"undefined": reason}</c>. Whatever may differ between two runs of one seed is under the one key "run". The schema comes from the
/// same records and is kept in Schemas/metrics.schema.json.
/// </summary>
public static class MetricsJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.metrics/2";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<MetricsDocument>("What an evaluation of MLNetScinti found (metrics.json)", "Two runs of one seed give files that are equal apart from the object 'run'.");

    /// <summary>The report as JSON text.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportJson.Text(MetricsDocument.Of(report));
    }

    /// <summary>Writes the report's JSON; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    /// <summary>The text without what may differ between two runs of one seed: equal for equal results.</summary>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static string WithoutRun(string text)
    {
        JsonObject json = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("A metrics file holds one JSON object.");
        json.Remove("run");
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

/// <summary>metrics.json.</summary>
internal sealed record MetricsDocument
{
    [AllowedValues(MetricsJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    public required ModelPart Model { get; init; }

    public required DataPart Data { get; init; }

    public required EvaluationDocument Evaluation { get; init; }

    [Description("What the validation set chose or fitted; left out where there is none.")]
    public IReadOnlyList<string>? ValidationUse { get; init; }

    public ModelComparisonPart? Comparison { get; init; }

    public MaskComparisonPart? MaskComparison { get; init; }

    [Description("Quantities in the true and in the predicted masks, part by part; left out where there are none.")]
    public IReadOnlyList<PairedAgreementPart>? Agreements { get; init; }

    public ExplanationPart? Explanation { get; init; }

    [Description("A model of hand-made measures on the same cases; left out where none was asked for.")]
    public BaselinePart? Baseline { get; init; }

    [Description("Images that were made and trained on beside patients'; left out where there are none.")]
    public GenerationPart? Generation { get; init; }

    [Description("What else may give the answers away; left out where no audit was asked for.")]
    public IReadOnlyList<AuditPart>? Audits { get; init; }

    public HistoryPart? History { get; init; }

    public required ReproducePart Reproduce { get; init; }

    [Description("What may differ between two runs of one seed.")]
    public required RunPart Run { get; init; }

    public static MetricsDocument Of(EvaluationReport report) => new()
    {
        Format = MetricsJson.Format,
        Title = report.Title,
        ResearchUseOnly = true,
        Model = ModelPart.Of(report.Model),
        Data = DataPart.Of(report.Data),
        Evaluation = EvaluationDocument.Of(report.Evaluation),
        ValidationUse = ValidationText.Uses(report) is { Count: > 0 } uses ? uses : null,
        Comparison = report.Comparison is { } comparison ? ModelComparisonPart.Of(comparison) : null,
        MaskComparison = report.MaskComparison is { } masks ? MaskComparisonPart.Of(masks) : null,
        Agreements = PairedAgreementPart.AllOf(report) is { Count: > 0 } agreements ? [.. agreements.Select(PairedAgreementPart.Of)] : null,
        Explanation = report.Explanation is { } explanation ? ExplanationPart.Of(explanation) : null,
        Baseline = report.Baseline is { } baseline ? BaselinePart.Of(baseline, report.Evaluation.Model) : null,
        Generation = report.Generation is { } generation ? GenerationPart.Of(generation) : null,
        Audits = report.Audits.Count > 0 ? [.. report.Audits.Select(AuditPart.Of)] : null,
        History = report.History is { } history ? HistoryPart.Of(history) : null,
        Reproduce = ReproducePart.Of(report.Run),
        Run = RunPart.Of(report.Run),
    };
}

internal sealed record HistoryPart
{
    public int? BestEpoch { get; init; }

    public required IReadOnlyList<EpochPart> Epochs { get; init; }

    public static HistoryPart Of(TrainingHistory history) => new()
    {
        BestEpoch = history.BestEpoch,
        Epochs = [.. history.Epochs.Select(epoch => new EpochPart
        {
            Epoch = epoch.Epoch,
            TrainingLoss = Finite.Of(epoch.TrainingLoss),
            ValidationLoss = Finite.Of(epoch.ValidationLoss),
            ValidationAccuracy = Finite.Of(epoch.ValidationAccuracy),
        })],
    };
}

internal sealed record EpochPart
{
    public required int Epoch { get; init; }

    public double? TrainingLoss { get; init; }

    public double? ValidationLoss { get; init; }

    public double? ValidationAccuracy { get; init; }
}

/// <summary>What the model looked at: the figures and which cases are pictured; the pictures are on the page.</summary>
internal sealed record ExplanationPart
{
    public required IReadOnlyList<string> Methods { get; init; }

    public required IReadOnlyList<AgreementPart> Agreements { get; init; }

    [Description("Pseudonyms of the cases whose maps are on the page.")]
    public required IReadOnlyList<string> Pictured { get; init; }

    public static ExplanationPart Of(ExplanationSection section) => new()
    {
        Methods = section.Methods,
        Agreements = [.. section.Agreements.Select(AgreementPart.Of)],
        Pictured = [.. section.Cases.Select(one => one.CaseId)],
    };
}

internal sealed record AgreementPart
{
    public required string Name { get; init; }

    public required double ToleranceMm { get; init; }

    public required FigurePart HitRate { get; init; }

    public required FigurePart Chance { get; init; }

    public required FigurePart P { get; init; }

    public required int EmptyMaps { get; init; }

    public required IReadOnlyList<AgreementGroupPart> Groups { get; init; }

    public required IReadOnlyList<PointedCasePart> Cases { get; init; }

    public static AgreementPart Of(ExplanationAgreement agreement) => new()
    {
        Name = agreement.Name,
        ToleranceMm = agreement.Tolerance,
        HitRate = FigurePart.Of(agreement.HitRate),
        Chance = FigurePart.Of(agreement.Chance),
        P = FigurePart.Of(agreement.P),
        EmptyMaps = agreement.Empty,
        Groups = [.. agreement.Groups.Select(group => new AgreementGroupPart { Name = group.Name, HitRate = FigurePart.Of(group.HitRate), Chance = FigurePart.Of(group.Chance) })],
        Cases = [.. agreement.Cases.Select(one => new PointedCasePart
        {
            Case = one.CaseId,
            Hit = one.Hit,
            Chance = Math.Round(one.Chance, 6),
            DistanceMm = one.Distance is { } distance ? Math.Round(distance, 3) : null,
        })],
    };
}

internal sealed record AgreementGroupPart
{
    public required string Name { get; init; }

    public required FigurePart HitRate { get; init; }

    public required FigurePart Chance { get; init; }
}

internal sealed record PointedCasePart
{
    [Description("A pseudonym.")]
    public required string Case { get; init; }

    public required bool Hit { get; init; }

    [Range(0d, 1d)]
    public required double Chance { get; init; }

    [Description("From the hottest place to the nearest true finding; left out where the map is empty.")]
    public double? DistanceMm { get; init; }
}
