using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>Which side of a split a patient is on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SplitSide>))]
public enum SplitSide
{
    /// <summary>The network learned from this patient.</summary>
    Train,

    /// <summary>The epoch and the decision were chosen on this patient.</summary>
    Validation,

    /// <summary>The final figures are of this patient.</summary>
    Test,
}

/// <summary>One patient of a split.</summary>
/// <param name="PatientId">The pseudonym.</param>
/// <param name="Side">Where.</param>
/// <param name="Contents">The content hashes of the patient's cases: the same images are known again under any pseudonym.</param>
public sealed record SplitPatient(string PatientId, SplitSide Side, IReadOnlyList<string> Contents);

/// <summary>
/// Who trained, validated and tested a model. It is kept with the model, and everything that judges the model looks there:
/// a patient is known again by pseudonym, and the same images under another key by what they hold.
/// </summary>
/// <param name="Patients">The patients, in the order of their pseudonyms.</param>
public sealed record SplitMembership(IReadOnlyList<SplitPatient> Patients)
{
    /// <summary>The name of the file in a model's folder.</summary>
    public const string FileName = "split.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Nobody is known to have been trained on.</summary>
    public static SplitMembership Unknown { get; } = new([]);

    /// <summary>Reads a file that <see cref="ToJson"/> made.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static SplitMembership Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SplitMembership>(File.ReadAllBytes(path), s_json) is { Patients: not null } read
                ? read
                : throw new InvalidDataException($"{path}: expected the patients of a split, found none.");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}: this is no list of a split's patients: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    /// <summary>
    /// Who several models together were fitted on: a patient is on the side where any of them was nearest to learning from it, trained
    /// on before validated on before tested.
    /// </summary>
    public static SplitMembership Union(IEnumerable<SplitMembership> memberships)
    {
        ArgumentNullException.ThrowIfNull(memberships);
        return new SplitMembership([.. memberships.SelectMany(one => one.Patients)
            .GroupBy(patient => patient.PatientId, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new SplitPatient(group.Key, group.Min(patient => patient.Side),
                [.. group.SelectMany(patient => patient.Contents).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))]);
    }

    /// <summary>The membership as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Refuses to judge the model on cases of a patient that it was trained or validated on.</summary>
    /// <param name="cases">The cases: a patient column and, where it has one, a column of content hashes.</param>
    /// <param name="model">The model's name, for the message.</param>
    /// <exception cref="PatientSplitException">Such a patient is among them; the message names the pseudonym.</exception>
    public void MustNotKnow(IDataView cases, string model)
    {
        ArgumentNullException.ThrowIfNull(cases);
        Dictionary<string, SplitPatient> byId = new(StringComparer.Ordinal), byContent = new(StringComparer.Ordinal);
        foreach (SplitPatient patient in Patients.Where(patient => patient.Side != SplitSide.Test))
        {
            byId[patient.PatientId] = patient;
            foreach (string held in patient.Contents)
            {
                byContent[held] = patient;
            }
        }

        DataViewSchema.Column patients = cases.Schema[CaseSchema.PatientId];
        DataViewSchema.Column? contents = cases.Schema.GetColumnOrNull(CaseSchema.ContentHash);
        using DataViewRowCursor cursor = cases.GetRowCursor(contents is { } there ? [patients, there] : [patients]);
        Func<string> id = RowReading.Text(cursor, patients);
        Func<string> content = contents is { } column ? RowReading.Text(cursor, column) : () => "";
        while (cursor.MoveNext())
        {
            SplitPatient? known = byId.GetValueOrDefault(id()) ?? byContent.GetValueOrDefault(content());
            if (known is not null)
            {
                string same = known.PatientId == id() ? "" : $" (its images are those of {known.PatientId})";
                throw new PatientSplitException(
                    $"Patient {id()}{same} was {(known.Side == SplitSide.Train ? "trained" : "validated")} on by {model}: judge a model on patients that it has not seen.");
            }
        }
    }
}
