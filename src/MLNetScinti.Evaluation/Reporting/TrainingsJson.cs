using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// Several trainings of one definition as JSON, in the manner of <see cref="MetricsJson"/>: whatever may differ between two runs of
/// one seed is under the one key "run". The schema comes from the same records and is kept in Schemas/trainings.schema.json.
/// </summary>
public static class TrainingsJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.trainings/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<TrainingsDocument>("What several trainings of one definition by MLNetScinti found (metrics.json of a run with seeds or folds)", "Two runs of one seed give files that are equal apart from the object 'run'.");

    /// <summary>The report as JSON text.</summary>
    public static string Text(TrainingsReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ReportJson.Text(TrainingsDocument.Of(report));
    }

    /// <summary>Writes the report's JSON; the file appears whole or not at all.</summary>
    public static void Write(TrainingsReport report, string path) => AtomicFile.Write(path, Text(report));
}

/// <summary>metrics.json of several trainings.</summary>
internal sealed record TrainingsDocument
{
    [AllowedValues(TrainingsJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    [Description("In what the trainings differ: seeds (the same patients) or folds (each patient is tested once).")]
    public required TrainingsKind Kind { get; init; }

    public required IReadOnlyList<string> Found { get; init; }

    public required string Ensemble { get; init; }

    [Range(0d, 1d), Description("Coverage of the intervals.")]
    public required double Level { get; init; }

    [Description("How far the main figures differ from one training to the next.")]
    public required IReadOnlyDictionary<string, SpreadPart> Spread { get; init; }

    public required IReadOnlyList<TrainingPart> Trainings { get; init; }

    [Description("Of folds: every case, judged by the model that was not fitted on its patient. Of seeds: the mean of the models' answers.")]
    public EvaluationDocument? Together { get; init; }

    public required ModelPart Model { get; init; }

    public required DataPart Data { get; init; }

    public required ReproducePart Reproduce { get; init; }

    [Description("What may differ between two runs of one seed.")]
    public required RunPart Run { get; init; }

    public static TrainingsDocument Of(TrainingsReport report) => new()
    {
        Format = TrainingsJson.Format,
        Title = report.Title,
        ResearchUseOnly = true,
        Kind = report.Kind,
        Found = report.Found(),
        Ensemble = report.Ensemble,
        Level = report.Any.Options.Level,
        Spread = new OrderedDictionary<string, SpreadPart>(report.Spread.Select(spread => KeyValuePair.Create(spread.Key, SpreadPart.Of(spread))), StringComparer.Ordinal),
        Trainings = [.. report.Trainings.Select(TrainingPart.Of)],
        Together = report.Together is { } together ? EvaluationDocument.Of(together) : null,
        Model = ModelPart.Of(report.Model),
        Data = DataPart.Of(report.Data),
        Reproduce = ReproducePart.Of(report.Run),
        Run = RunPart.Of(report.Run),
    };
}

internal sealed record SpreadPart
{
    [Description("Trainings for which the figure is defined.")]
    public required int Trainings { get; init; }

    public double? Mean { get; init; }

    [Description("With one less than the number of trainings in the denominator.")]
    public double? StandardDeviation { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public static SpreadPart Of(FigureSpread spread) => new()
    {
        Trainings = spread.Trainings,
        Mean = Finite.Of(spread.Mean),
        StandardDeviation = Finite.Of(spread.StandardDeviation),
        Minimum = Finite.Of(spread.Minimum),
        Maximum = Finite.Of(spread.Maximum),
    };
}

internal sealed record TrainingPart
{
    public required string Name { get; init; }

    public required long Seed { get; init; }

    public required SetPart Test { get; init; }

    [Description("The main figures of the training; its own metrics.json has them all.")]
    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    [Description("Where the training's own report is, relative to this file's folder.")]
    public string? Report { get; init; }

    public static TrainingPart Of(ReportedTraining training) => new()
    {
        Name = training.Name,
        Seed = (long)training.Seed,
        Test = SetPart.Of(training.Evaluation.Test),
        Metrics = FigurePart.Of(MainFigures.Of(training.Evaluation)),
        Report = training.ReportLink.Length > 0 ? training.ReportLink : null,
    };
}
