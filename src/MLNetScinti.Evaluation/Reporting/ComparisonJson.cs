using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// A comparison as JSON, in the manner of <see cref="MetricsJson"/>: whatever may differ between two runs of one seed is under the
/// one key "run". The schema comes from the same records and is kept in Schemas/comparison.schema.json.
/// </summary>
public static class ComparisonJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.comparison/2";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<ComparisonDocument>("What a comparison of models by MLNetScinti found (comparison.json)", "Two runs of one seed give files that are equal apart from the object 'run'.");

    /// <summary>The comparison as JSON text.</summary>
    public static string Text(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportJson.Text(ComparisonDocument.Of(report));
    }

    /// <summary>Writes the comparison's JSON; the file appears whole or not at all.</summary>
    public static void Write(IComparisonReport report, string path) => AtomicFile.Write(path, report switch
    {
        ComparisonReport binary => Text(binary),
        TaskComparisonReport other => TaskComparisonJson.Text(other),
        _ => throw new ArgumentException("A comparison of this kind has no form in JSON.", nameof(report)),
    });
}

/// <summary>comparison.json.</summary>
internal sealed record ComparisonDocument
{
    [AllowedValues(ComparisonJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    public required VerdictPart Verdict { get; init; }

    public required string Protocol { get; init; }

    public required ClassNamesPart Classes { get; init; }

    public required BinarySetPart Test { get; init; }

    [Range(0d, 1d), Description("Coverage of the intervals.")]
    public required double Level { get; init; }

    public required IReadOnlyList<ComparedModelPart> Models { get; init; }

    public required IReadOnlyList<ModelPairPart> Pairs { get; init; }

    public required DataPart Data { get; init; }

    public required ReproducePart Reproduce { get; init; }

    [Description("What may differ between two runs of one seed.")]
    public required RunPart Run { get; init; }

    public static ComparisonDocument Of(ComparisonReport report)
    {
        BinaryEvaluation any = report.Comparison.Models[0];
        return new()
        {
            Format = ComparisonJson.Format,
            Title = report.Title,
            ResearchUseOnly = true,
            Verdict = new()
            {
                Ranking = report.Comparison.Verdict,
                ByPatient = report.Comparison.VerdictByPatient,
                Caution = report.Comparison.Caution,
                Baselines = [.. report.AgainstBaselines()],
                Primary = report.Comparison.PrimaryVerdict is { Length: > 0 } primary ? primary : null,
                AnySupported = report.Comparison.Pairs.Any(pair => pair.IsSupported),
            },
            Protocol = report.Protocol,
            Classes = new() { Positive = any.Options.Words.Positive, Negative = any.Options.Words.Negative },
            Test = BinarySetPart.Of(any.Test),
            Level = report.Comparison.Level,
            Models = [.. report.Models.Select(ComparedModelPart.Of)],
            Pairs = ModelPairPart.Of(report.Comparison),
            Data = DataPart.Of(report.Data),
            Reproduce = ReproducePart.Of(report.Run),
            Run = RunPart.Of(report.Run),
        };
    }
}

internal sealed record VerdictPart
{
    public required string Ranking { get; init; }

    public required string ByPatient { get; init; }

    public required string Caution { get; init; }

    public required IReadOnlyList<string> Baselines { get; init; }

    public required bool AnySupported { get; init; }

    [Description("What the test says of the contrast that was named beforehand; left out where none was.")]
    public string? Primary { get; init; }
}

internal sealed record ComparedModelPart
{
    public required string Model { get; init; }

    public required string Description { get; init; }

    public required string Training { get; init; }

    public required bool Baseline { get; init; }

    public string? Report { get; init; }

    public required OperatingPointPart OperatingPoint { get; init; }

    public OperatingPointPart? PaperProtocol { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Ranking { get; init; }

    [Description("The model's figures for groups of cases, such as those of one camera; left out where there are none.")]
    public IReadOnlyList<SubgroupPart>? Subgroups { get; init; }

    public PublishedPart? Published { get; init; }

    public ModelPart? Card { get; init; }

    public ReproducePart? Reproduce { get; init; }

    public static ComparedModelPart Of(ComparedModel model) => new()
    {
        Model = model.Name,
        Description = model.Description,
        Training = model.Training,
        Baseline = model.IsBaseline,
        Report = model.ReportLink,
        OperatingPoint = OperatingPointPart.Of(model.Evaluation.OperatingPoint),
        PaperProtocol = model.Evaluation.PaperProtocol is { } paper ? OperatingPointPart.Of(paper) : null,
        Ranking = FigurePart.Of(model.Evaluation.Ranking),
        Subgroups = model.Evaluation.Subgroups.Count == 0 ? null : SubgroupPart.Of(model.Evaluation.Subgroups),
        Published = model.Published is { } published ? PublishedPart.Of(published) : null,
        Card = model.Card is { } card ? ModelPart.Of(card) : null,
        Reproduce = model.Run is { } run ? ReproducePart.Of(run) : null,
    };
}

internal sealed record PublishedPart
{
    public required string Source { get; init; }

    public required string Name { get; init; }

    public required ThresholdProtocol Protocol { get; init; }

    public required bool Optimistic { get; init; }

    public ConfusionPart? Confusion { get; init; }

    public bool? ConfusionIsPrinted { get; init; }

    public required IReadOnlyDictionary<string, double> Figures { get; init; }

    public static PublishedPart Of(PublishedResult published) => new()
    {
        Source = published.Source,
        Name = published.Name,
        Protocol = published.Protocol,
        Optimistic = published.Protocol == ThresholdProtocol.Paper,
        Confusion = published.Counts is { } counts ? ConfusionPart.Of(counts) : null,
        ConfusionIsPrinted = published.Counts is null ? null : published.CountsArePrinted,
        Figures = new OrderedDictionary<string, double>(published.Figures.OrderBy(pair => pair.Key, StringComparer.Ordinal), StringComparer.Ordinal),
    };
}

/// <summary>Other models on the same cases, in metrics.json.</summary>
internal sealed record ModelComparisonPart
{
    public required string Verdict { get; init; }

    public required string VerdictByPatient { get; init; }

    public required IReadOnlyList<RankedModelPart> Models { get; init; }

    public required IReadOnlyList<ModelPairPart> Pairs { get; init; }

    public static ModelComparisonPart Of(ModelComparison comparison) => new()
    {
        Verdict = comparison.Verdict,
        VerdictByPatient = comparison.VerdictByPatient,
        Models = [.. comparison.Models.Select(model => new RankedModelPart { Model = model.Model, OperatingPoint = OperatingPointPart.Of(model.OperatingPoint), Ranking = FigurePart.Of(model.Ranking) })],
        Pairs = ModelPairPart.Of(comparison),
    };
}

internal sealed record RankedModelPart
{
    public required string Model { get; init; }

    public required OperatingPointPart OperatingPoint { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Ranking { get; init; }
}

internal sealed record ModelPairPart
{
    public required string First { get; init; }

    public required string Second { get; init; }

    public required double Difference { get; init; }

    public required IntervalPart Interval { get; init; }

    public required IntervalPart IntervalByPatient { get; init; }

    public double? DeLongP { get; init; }

    public double? HolmP { get; init; }

    public double? DeLongByPatientP { get; init; }

    public double? HolmByPatientP { get; init; }

    [Range(0d, 1d)]
    public required double McNemarP { get; init; }

    public required int OnlyFirstCorrect { get; init; }

    public required int OnlySecondCorrect { get; init; }

    [Description("Shares of cases called right, each model at its own threshold; cases of one patient are taken for independent.")]
    public required IReadOnlyList<PairedSharePart> Shares { get; init; }

    [Description("Whether it is the contrast that was named beforehand: its p values are then not corrected.")]
    public required bool Primary { get; init; }

    public required bool Supported { get; init; }

    public required bool SupportedByPatient { get; init; }

    public static IReadOnlyList<ModelPairPart> Of(ModelComparison comparison) => [.. comparison.Pairs.Select(pair => new ModelPairPart
    {
        First = pair.First,
        Second = pair.Second,
        Difference = pair.Areas.Difference,
        Interval = IntervalPart.Of(pair.Areas.Interval(comparison.Level))!,
        IntervalByPatient = IntervalPart.Of(pair.IntervalByPatient(comparison.Level))!,
        DeLongP = Finite.Of(pair.Areas.P),
        HolmP = Finite.Of(pair.AdjustedP),
        DeLongByPatientP = Finite.Of(pair.AreasByPatient.P),
        HolmByPatientP = Finite.Of(pair.AdjustedPByPatient),
        McNemarP = pair.Errors.ExactP,
        OnlyFirstCorrect = pair.Errors.OnlyFirstCorrect,
        OnlySecondCorrect = pair.Errors.OnlySecondCorrect,
        Shares = [.. pair.Shares.Where(share => share.Proportions.Cases > 0).Select(share => PairedSharePart.Of(share, comparison.Level))],
        Primary = pair.IsPrimary,
        Supported = pair.IsSupported,
        SupportedByPatient = pair.IsSupported,
    })];
}

internal sealed record PairedSharePart
{
    public required string Share { get; init; }

    public required int Both { get; init; }

    public required int OnlyFirst { get; init; }

    public required int OnlySecond { get; init; }

    public required int Neither { get; init; }

    public required double Difference { get; init; }

    public required IntervalPart Tango { get; init; }

    public required IntervalPart Newcombe { get; init; }

    [Range(0d, 1d)]
    public required double McNemarP { get; init; }

    [Range(0d, 1d)]
    public required double MidP { get; init; }

    public static PairedSharePart Of(PairedShare share, double level) => new()
    {
        Share = share.Key,
        Both = share.Proportions.Both,
        OnlyFirst = share.Proportions.OnlyFirst,
        OnlySecond = share.Proportions.OnlySecond,
        Neither = share.Proportions.Neither,
        Difference = share.Proportions.Difference,
        Tango = IntervalPart.Of(share.Proportions.Tango(level))!,
        Newcombe = IntervalPart.Of(share.Proportions.Newcombe(level))!,
        McNemarP = share.Proportions.Test.ExactP,
        MidP = share.Proportions.Test.MidP,
    };
}

/// <summary>Other models that drew masks of the same cases, in metrics.json.</summary>
internal sealed record MaskComparisonPart
{
    public required string Verdict { get; init; }

    public required IReadOnlyList<string> Models { get; init; }

    public required IReadOnlyList<MaskPairPart> Pairs { get; init; }

    public static MaskComparisonPart Of(SegmentationComparison comparison) => new()
    {
        Verdict = comparison.Verdict,
        Models = [.. comparison.Models.Select(model => model.Model)],
        Pairs = [.. comparison.Pairs.Select(pair => new MaskPairPart
        {
            First = pair.First,
            Second = pair.Second,
            Label = pair.Label,
            Measure = pair.Key,
            Patients = pair.Patients,
            MeanDifference = Finite.Of(pair.Mean),
            MedianDifference = Finite.Of(pair.Median),
            WilcoxonP = Finite.Of(pair.Wilcoxon?.P),
            WilcoxonDistribution = pair.Wilcoxon?.Distribution,
            Primary = pair.IsPrimary,
            HolmP = Finite.Of(pair.AdjustedP),
            TTestP = Finite.Of(pair.TTest?.P),
            Supported = pair.IsSupported,
        })],
    };
}

internal sealed record MaskPairPart
{
    public required string First { get; init; }

    public required string Second { get; init; }

    public required string Label { get; init; }

    public required string Measure { get; init; }

    public required int Patients { get; init; }

    public double? MeanDifference { get; init; }

    public double? MedianDifference { get; init; }

    public double? WilcoxonP { get; init; }

    [Description("The distribution that the p value comes from: with ties or zeros the exact one is conditional on them.")]
    public string? WilcoxonDistribution { get; init; }

    public required bool Primary { get; init; }

    public double? HolmP { get; init; }

    public double? TTestP { get; init; }

    public required bool Supported { get; init; }
}
