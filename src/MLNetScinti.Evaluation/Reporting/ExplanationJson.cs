using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What speaks for a model's answers about some studies, drawn into a picture for each case.</summary>
/// <param name="List">What the model says of them.</param>
/// <param name="Pictures">For each case, by its pseudonym, its picture.</param>
public sealed record ExplainedStudies(WorkList List, IReadOnlyDictionary<string, ExplainedPicture> Pictures);

/// <summary>The picture of a case with what speaks for the model's answer.</summary>
/// <param name="File">The PNG file.</param>
/// <param name="Score">The network's logit, of which the maps' elements are parts.</param>
/// <param name="Planes">Its planes, in the picture's order.</param>
public sealed record ExplainedPicture(string File, double Score, IReadOnlyList<ExplainedPlane> Planes);

/// <summary>A plane of a picture.</summary>
/// <param name="Name">What it is.</param>
/// <param name="WidthMillimetres">Its width.</param>
/// <param name="HeightMillimetres">Its height.</param>
/// <param name="Edges">The letters of its left, right, upper and lower edge (L, R, A, P, H, F); empty where directions are not known.</param>
/// <param name="Hottest">Where its map is highest, and how high; null where it has no map or nothing in it speaks for the class.</param>
public sealed record ExplainedPlane(string Name, double WidthMillimetres, double HeightMillimetres, string Edges, HottestPlace? Hottest);

/// <summary>The highest place of a map.</summary>
/// <param name="FromLeftMillimetres">How far from the plane's left edge its middle is.</param>
/// <param name="FromTopMillimetres">How far from the upper edge.</param>
/// <param name="Value">The map's value there.</param>
public sealed record HottestPlace(double FromLeftMillimetres, double FromTopMillimetres, double Value);

/// <summary>Explained studies as JSON. The schema comes from the same records and is kept in Schemas/explanation.schema.json.</summary>
public static class ExplanationJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.explanation/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema { get; } = ReportJson.Schema<ExplanationDocument>("What speaks for the answers of a model by MLNetScinti (explanations.json)", "The same model and the same studies give the same file. Pseudonyms stand for patients, cases and files.");

    /// <summary>The studies as JSON text.</summary>
    public static string Text(ExplainedStudies studies)
    {
        ArgumentNullException.ThrowIfNull(studies);
        return ReportJson.Text(ExplanationDocument.Of(studies));
    }

    /// <summary>Writes the JSON; the file appears whole or not at all.</summary>
    public static void Write(ExplainedStudies studies, string path) => AtomicFile.Write(path, Text(studies));
}

/// <summary>explanations.json.</summary>
internal sealed record ExplanationDocument
{
    [AllowedValues(ExplanationJson.Format)]
    public required string Format { get; init; }

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

    public required IReadOnlyList<string> Limits { get; init; }

    public required IReadOnlyList<ExplainedCasePart> Cases { get; init; }

    [Description("Studies that were read and not scored, since they cannot mean the same as those the model was trained on.")]
    public required IReadOnlyList<WorkListSkippedPart> Refused { get; init; }

    [Description("Files that gave no case.")]
    public required IReadOnlyList<WorkListSkippedPart> LeftOut { get; init; }

    public static ExplanationDocument Of(ExplainedStudies studies)
    {
        WorkList list = studies.List;
        return new()
        {
            Format = ExplanationJson.Format,
            ResearchUseOnly = true,
            Model = list.Model,
            RunKey = list.RunKey,
            Question = list.Question,
            Origin = list.Origin,
            TrainedOnSimulated = list.TrainedOnSimulated,
            Meaning = list.Meaning,
            Limits = list.Limits,
            Cases = [.. list.Cases.Select(one => ExplainedCasePart.Of(one, studies.Pictures[one.CaseId]))],
            Refused = [.. list.Refused.Select(WorkListSkippedPart.Of)],
            LeftOut = [.. list.LeftOut.Select(WorkListSkippedPart.Of)],
        };
    }
}

internal sealed record ExplainedCasePart
{
    [Description("What the model says of it, as a work list has it.")]
    public required WorkListCasePart Answer { get; init; }

    [Description("The picture: a PNG file beside this one.")]
    public required string Picture { get; init; }

    [Description("The network's output before its activation; the elements of the maps are parts of it.")]
    public required double Score { get; init; }

    [Description("The planes of the picture's lower line, from left to right.")]
    public required IReadOnlyList<ExplainedPlanePart> Planes { get; init; }

    public static ExplainedCasePart Of(WorkListCase one, ExplainedPicture picture) => new()
    {
        Answer = WorkListCasePart.Of(one),
        Picture = picture.File,
        Score = picture.Score,
        Planes = [.. picture.Planes.Select(plane => new ExplainedPlanePart
        {
            Name = plane.Name,
            WidthMillimetres = plane.WidthMillimetres,
            HeightMillimetres = plane.HeightMillimetres,
            Edges = plane.Edges,
            Hottest = plane.Hottest is { } hottest ? new HottestPart { FromLeftMillimetres = hottest.FromLeftMillimetres, FromTopMillimetres = hottest.FromTopMillimetres, Value = hottest.Value } : null,
        })],
    };
}

internal sealed record ExplainedPlanePart
{
    public required string Name { get; init; }

    public required double WidthMillimetres { get; init; }

    public required double HeightMillimetres { get; init; }

    [Description("The letters of the left, right, upper and lower edge: L, R, A, P, H or F; empty where directions are not known.")]
    public required string Edges { get; init; }

    [Description("Where what speaks for the positive class is highest; absent where nothing does.")]
    public HottestPart? Hottest { get; init; }
}

internal sealed record HottestPart
{
    public required double FromLeftMillimetres { get; init; }

    public required double FromTopMillimetres { get; init; }

    [Description("The map's value there.")]
    public required double Value { get; init; }
}
