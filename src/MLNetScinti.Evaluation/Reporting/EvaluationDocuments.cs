using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>An evaluation in metrics.json; the key "task" says of which kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "task")]
[JsonDerivedType(typeof(BinaryDocument), "binary")]
[JsonDerivedType(typeof(MulticlassDocument), "multiclass")]
[JsonDerivedType(typeof(MultiLabelDocument), "multilabel")]
[JsonDerivedType(typeof(SegmentationDocument), "segmentation")]
[JsonDerivedType(typeof(RegressionDocument), "regression")]
internal abstract record EvaluationDocument
{
    [JsonPropertyOrder(-2)]
    public required string Model { get; init; }

    [Range(0d, 1d), Description("Coverage of the intervals, which hold for other patients only: not for another training."), JsonPropertyOrder(-1)]
    public required double Level { get; init; }

    public static EvaluationDocument Of(IEvaluation evaluation) => evaluation switch
    {
        BinaryEvaluation binary => BinaryDocument.Of(binary),
        MulticlassEvaluation classes => MulticlassDocument.Of(classes),
        MultiLabelEvaluation labels => MultiLabelDocument.Of(labels),
        SegmentationEvaluation masks => SegmentationDocument.Of(masks),
        RegressionEvaluation quantities => RegressionDocument.Of(quantities),
        _ => throw new ArgumentException($"An evaluation of type {evaluation.GetType().Name} has no form in metrics.json.", nameof(evaluation)),
    };
}

/// <summary>Two classes.</summary>
internal sealed record BinaryDocument : EvaluationDocument
{
    public required ClassNamesPart Classes { get; init; }

    public required BinarySetPart Test { get; init; }

    public BinarySetPart? Validation { get; init; }

    public required OperatingPointPart OperatingPoint { get; init; }

    public OperatingPointPart? PaperProtocol { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Ranking { get; init; }

    [Description("Fitted on the validation set; no other figure is computed with it.")]
    public TemperaturePart? TemperatureScaling { get; init; }

    [Description("What the probabilities are worth as risks; left out where a class is absent.")]
    public RiskPart? Risk { get; init; }

    [Description("What ML.NET's own evaluator says, under its names.")]
    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<RocPointPart> Roc { get; init; }

    public required IReadOnlyList<PrecisionRecallPart> PrecisionRecall { get; init; }

    public required IReadOnlyList<ReliabilityPart> Reliability { get; init; }

    public required IReadOnlyList<BinaryCasePart> Cases { get; init; }

    [Description("Each patient as one case, positive where any of its cases is; left out where each has one.")]
    public ByPatientPart? ByPatient { get; init; }

    public static BinaryDocument Of(BinaryEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Classes = new() { Positive = evaluation.Options.Words.Positive, Negative = evaluation.Options.Words.Negative },
        Test = BinarySetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? BinarySetPart.Of(validation) : null,
        OperatingPoint = OperatingPointPart.Of(evaluation.OperatingPoint),
        PaperProtocol = evaluation.PaperProtocol is { } paper ? OperatingPointPart.Of(paper) : null,
        Ranking = FigurePart.Of(evaluation.Ranking),
        TemperatureScaling = evaluation.Calibration is { } calibration ? TemperaturePart.Of(calibration) : null,
        Risk = evaluation.Risk is { } risk ? RiskPart.Of(risk) : null,
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Roc = RocPointPart.Of(evaluation.Roc),
        PrecisionRecall = [.. (evaluation.PrecisionRecall?.Points ?? []).Select(point => new PrecisionRecallPart { Threshold = (float)point.Threshold, Precision = point.Precision, Recall = point.Recall })],
        Reliability = ReliabilityPart.Of(evaluation.Reliability),
        Cases = [.. evaluation.Test.Cases.Select(one => new BinaryCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Positive = one.Label,
            Score = one.Score,
            Probability = one.Probability,
            CalledPositive = evaluation.OperatingPoint.Threshold.IsPositive(one),
        })],
        ByPatient = evaluation.ByPatient is { } patients ? ByPatientPart.Of(patients, patients.Table) : null,
    };
}

/// <summary>Several classes, one of which is true.</summary>
internal sealed record MulticlassDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    [Description("The classes' names, in the order of the confusion table.")]
    public required IReadOnlyList<string> Classes { get; init; }

    [Description("Rows are the truth, columns what was called.")]
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    [Description("Each class against the rest.")]
    public required IReadOnlyList<ClassPart> ByClass { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    [Description("Of the probability of the most probable class.")]
    public required IReadOnlyList<ReliabilityPart> Reliability { get; init; }

    public required IReadOnlyList<MulticlassCasePart> Cases { get; init; }

    [Description("Each patient as one case; left out where each has one, or cases of several classes.")]
    public ByPatientPart? ByPatient { get; init; }

    public static MulticlassDocument Of(MulticlassEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Classes = evaluation.Names,
        Confusion = [.. evaluation.Names.Select((_, truth) => evaluation.Names.Select((_, called) => evaluation.Table[truth, called]).ToArray())],
        Metrics = FigurePart.Of(evaluation.Figures),
        ByClass = [.. evaluation.Classes.Select(one => new ClassPart { Name = one.Name, Cases = one.Cases, Metrics = FigurePart.Of(one.Entries), Roc = RocPointPart.Of(one.Roc) })],
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Reliability = ReliabilityPart.Of(evaluation.Reliability),
        Cases = [.. evaluation.Test.Cases.Select(one => new MulticlassCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Label = evaluation.Names[one.Label],
            Called = evaluation.Names[one.Called],
            Probabilities = one.Probabilities,
        })],
        ByPatient = evaluation.ByPatient is { } patients ? ByPatientPart.Of(patients, patients.Table) : null,
    };
}

/// <summary>Several labels, each of which may apply.</summary>
internal sealed record MultiLabelDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    [Description("Each label as an evaluation of two classes.")]
    public required IReadOnlyList<BinaryDocument> Labels { get; init; }

    [Description("Each combination of labels as a class of its own.")]
    public required ConfusionTablePart Combinations { get; init; }

    [Description("Each patient as one case; left out where each has one, or cases of other labels.")]
    public ByPatientPart? ByPatient { get; init; }

    public static MultiLabelDocument Of(MultiLabelEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Metrics = FigurePart.Of(evaluation.Figures),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Labels = [.. evaluation.Labels.Select(BinaryDocument.Of)],
        Combinations = ConfusionTablePart.Of(evaluation.Combinations),
        ByPatient = evaluation.ByPatient is { } patients ? ByPatientPart.Of(patients, patients.Combinations) : null,
    };
}

/// <summary>Masks.</summary>
internal sealed record SegmentationDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public CeilingPart? Ceiling { get; init; }

    public required IReadOnlyList<MaskLabelPart> Labels { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<MaskCasePart> Cases { get; init; }

    public static SegmentationDocument Of(SegmentationEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Metrics = FigurePart.Of(evaluation.Figures),
        Ceiling = evaluation.Ceiling is { } ceiling ? CeilingPart.Of(ceiling) : null,
        Labels = [.. evaluation.Labels.Zip(evaluation.Stock, (label, stock) => new MaskLabelPart { Name = label.Name, Voxels = VoxelsPart.Of(label.Voxels), Metrics = FigurePart.Of(label.Metrics), Mlnet = FigurePart.Of(stock.Metrics) })],
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Cases = [.. evaluation.Test.Cases.SelectMany(one => one.Labels.Select((measures, k) => new MaskCasePart
        {
            Case = one.CaseId,
            Patient = one.PatientId,
            Label = evaluation.Names[k],
            Voxels = VoxelsPart.Of(measures.Voxels),
            Dice = measures.Dice.TryGetValue(out double dice) ? dice : null,
            Hausdorff95Mm = measures.Hausdorff95.TryGetValue(out double distance) ? distance : null,
            TrueVolume = measures.TrueVolume,
            PredictedVolume = measures.PredictedVolume,
        }))],
    };
}

/// <summary>What models of some kind cannot pass, and this one beside it: means of Dice coefficients.</summary>
internal sealed record CeilingPart
{
    public required string Name { get; init; }

    public required string HarderHalf { get; init; }

    public required FigurePart Overall { get; init; }

    public required FigurePart Model { get; init; }

    public required FigurePart Harder { get; init; }

    public required FigurePart ModelInHarder { get; init; }

    public required FigurePart AboveInHarder { get; init; }

    public static CeilingPart Of(CeilingFigures figures) => new()
    {
        Name = figures.Ceiling.Name,
        HarderHalf = figures.Ceiling.HarderHalf,
        Overall = FigurePart.Of(figures.Overall),
        Model = FigurePart.Of(figures.Model),
        Harder = FigurePart.Of(figures.Harder),
        ModelInHarder = FigurePart.Of(figures.ModelInHarder),
        AboveInHarder = FigurePart.Of(figures.AboveInHarder),
    };
}

/// <summary>Quantities.</summary>
internal sealed record RegressionDocument : EvaluationDocument
{
    public required SetPart Test { get; init; }

    public SetPart? Validation { get; init; }

    public required string Quantity { get; init; }

    public required string Unit { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    public required IReadOnlyDictionary<string, FigurePart> Mlnet { get; init; }

    public required IReadOnlyList<SubgroupPart> Subgroups { get; init; }

    public required IReadOnlyList<QuantityCasePart> Cases { get; init; }

    public static RegressionDocument Of(RegressionEvaluation evaluation) => new()
    {
        Model = evaluation.Model,
        Level = evaluation.Options.Level,
        Test = SetPart.Of(evaluation.Test),
        Validation = evaluation.Validation is { } validation ? SetPart.Of(validation) : null,
        Quantity = evaluation.Quantity,
        Unit = evaluation.Unit,
        Metrics = FigurePart.Of(evaluation.Figures),
        Mlnet = FigurePart.Of(evaluation.Stock.Metrics),
        Subgroups = SubgroupPart.Of(evaluation.Subgroups),
        Cases = [.. evaluation.Test.Cases.Select(one => new QuantityCasePart { Case = one.CaseId, Patient = one.PatientId, Truth = one.Truth, Predicted = one.Predicted })],
    };
}
