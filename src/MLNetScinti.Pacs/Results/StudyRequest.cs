using System.ComponentModel;
using System.Text.Json;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pacs.Results;

/// <summary>What a node asks of the process that answers for one study.</summary>
/// <param name="Studies">The folder of the study's images.</param>
/// <param name="Model">The model.</param>
/// <param name="Output">The folder for what is made of it.</param>
/// <param name="Request">What the identifiers of that follow from: the identifiers of the images.</param>
public sealed record StudyRequest([property: Browsable(false)] string Studies, string Model, string Output, string Request)
{
    /// <summary>Whether a study is answered too that lies outside of what the model was trained on.</summary>
    public bool AcceptOutside { get; init; }

    /// <summary>Threads to compute with.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static StudyRequest Read(string file) => RequestFiles.Read<StudyRequest>(file);

    /// <summary>Writes it.</summary>
    public void Write(string file) => RequestFiles.Write(file, this);
}

/// <summary>An object that was made of a study.</summary>
/// <param name="File">Its file, within the folder of output.</param>
/// <param name="Kind">What it is, in a word: RTSTRUCT, SEG, SR, SC.</param>
/// <param name="ClassUid">SOP Class UID.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
public sealed record ResultObject(string File, string Kind, string ClassUid, [property: Browsable(false)] string InstanceUid);

/// <summary>What was made of a study.</summary>
/// <param name="Objects">The objects for the archive.</param>
/// <param name="Refusal">Why the model did not answer; empty where it did.</param>
public sealed record StudyResult(IReadOnlyList<ResultObject> Objects, string Refusal)
{
    /// <summary>The name of its file in the folder of output.</summary>
    public const string FileName = "result.json";

    /// <summary>Reads a result.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static StudyResult Read(string file) => RequestFiles.Read<StudyResult>(file);

    /// <summary>Writes it.</summary>
    public void Write(string file) => RequestFiles.Write(file, this);
}

internal static class RequestFiles
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public static T Read<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(InputFile.ReadAllText(file), s_json) ?? throw new InvalidDataException($"{file}: expected what a node of 'scinti pacs run' writes for its processes, found nothing.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{file}: expected what a node of 'scinti pacs run' writes for its processes, found something else.", problem);
        }
    }

    public static void Write<T>(string file, T value) => AtomicFile.Write(file, JsonSerializer.Serialize(value, s_json));
}
