using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>A work list as JSON. The schema comes from the same records and is kept in Schemas/worklist.schema.json.</summary>
public static class WorkListJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.worklist/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<WorkListDocument>("What a model by MLNetScinti says of studies (worklist.json)", "The same model and the same studies give the same file. Pseudonyms stand for patients, cases and files.");

    /// <summary>The list as JSON text.</summary>
    public static string Text(WorkList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return ReportJson.Text(WorkListDocument.Of(list));
    }

    /// <summary>Writes the list's JSON; the file appears whole or not at all.</summary>
    public static void Write(WorkList list, string path) => AtomicFile.Write(path, Text(list));
}

/// <summary>worklist.json.</summary>
internal sealed record WorkListDocument
{
    [AllowedValues(WorkListJson.Format)]
    public required string Format { get; init; }

    public required string Title { get; init; }

    [AllowedValues(true)]
    public required bool ResearchUseOnly { get; init; }

    public required string Model { get; init; }

    [Description("The key of the run that made the model; empty where it was made otherwise.")]
    public required string RunKey { get; init; }

    public required string Question { get; init; }

    [Description("Where the studies come from, as their files say.")]
    public required DataOrigin Origin { get; init; }

    [Description("Whether the model was trained on simulated patients.")]
    public required bool TrainedOnSimulated { get; init; }

    public required IReadOnlyList<string> Meaning { get; init; }

    [Description("What the model was trained on, by name; empty where it does not say.")]
    public required IReadOnlyDictionary<string, string> TrainedOn { get; init; }

    public required IReadOnlyList<string> Limits { get; init; }

    public required IReadOnlyList<WorkListCasePart> Cases { get; init; }

    [Description("Studies that were read and not scored, since they cannot mean the same as those the model was trained on.")]
    public required IReadOnlyList<WorkListSkippedPart> Refused { get; init; }

    [Description("Files that gave no case.")]
    public required IReadOnlyList<WorkListSkippedPart> LeftOut { get; init; }

    public static WorkListDocument Of(WorkList list) => new()
    {
        Format = WorkListJson.Format,
        Title = list.Title,
        ResearchUseOnly = true,
        Model = list.Model,
        RunKey = list.RunKey,
        Question = list.Question,
        Origin = list.Origin,
        TrainedOnSimulated = list.TrainedOnSimulated,
        Meaning = list.Meaning,
        TrainedOn = new OrderedDictionary<string, string>(list.TrainedOn, StringComparer.Ordinal),
        Limits = list.Limits,
        Cases = [.. list.Cases.Select(WorkListCasePart.Of)],
        Refused = [.. list.Refused.Select(WorkListSkippedPart.Of)],
        LeftOut = [.. list.LeftOut.Select(WorkListSkippedPart.Of)],
    };
}

internal sealed record WorkListSkippedPart
{
    public required string File { get; init; }

    public required string Reason { get; init; }

    public static WorkListSkippedPart Of(SkippedInput one) => new() { File = one.Name, Reason = one.Reason };
}

internal sealed record WorkListCasePart
{
    public required string Case { get; init; }

    public required string Patient { get; init; }

    public required string File { get; init; }

    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    [Description("What is called, in words.")]
    public required string Decision { get; init; }

    [Description("A line for each class or finding; none of masks.")]
    public required IReadOnlyList<WorkListAnswerPart> Answers { get; init; }

    [Description("Of masks: the volume of each label, ml.")]
    public required IReadOnlyDictionary<string, double> Millilitres { get; init; }

    [Description("In what the study lies outside of what the model was trained on, and warnings of reading.")]
    public required IReadOnlyList<string> Unusual { get; init; }

    public static WorkListCasePart Of(WorkListCase one) => new()
    {
        Case = one.CaseId,
        Patient = one.PatientId,
        File = one.FileId,
        Facts = new OrderedDictionary<string, string>(one.Facts, StringComparer.Ordinal),
        Decision = one.Decision,
        Answers = [.. one.Answers.Select(answer => new WorkListAnswerPart
        {
            Name = answer.Name,
            Probability = answer.Probability,
            Threshold = answer.Threshold,
            Called = answer.IsCalled,
            Prevalence = answer.Prevalence,
            Risk = answer.Risk,
        })],
        Millilitres = new OrderedDictionary<string, double>(one.Volumes, StringComparer.Ordinal),
        Unusual = one.Unusual,
    };
}

internal sealed record WorkListAnswerPart
{
    public required string Name { get; init; }

    [Range(0d, 1d)]
    public required double Probability { get; init; }

    [Description("From which probability on it is called; absent where the most probable class is.")]
    public double? Threshold { get; init; }

    public required bool Called { get; init; }

    [Range(0d, 1d), Description("How common it was said to be where the studies come from.")]
    public double? Prevalence { get; init; }

    [Range(0d, 1d), Description("The calibrated risk at that prevalence.")]
    public double? Risk { get; init; }
}
