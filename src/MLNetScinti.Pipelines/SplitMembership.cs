using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using MLNetScinti.Imaging;
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
public sealed record SplitPatient(string PatientId, SplitSide Side);

/// <summary>One image of a split, of no patient in particular.</summary>
/// <param name="Hash">What it is known again by.</param>
/// <param name="Side">Where.</param>
public sealed record SplitImage(string Hash, SplitSide Side);

/// <summary>
/// Who trained, validated and tested a model. It is kept with the model, and everything that judges the model looks there:
/// a patient is known again by pseudonym, and the same images under another key by what they hold.
/// </summary>
/// <remarks>
/// Whoever has an image can find out whether a model was trained on it; no check without the key can work otherwise. More is not told: the
/// images stand apart from the pseudonyms, in the order of their hashes, so that no image leads to a pseudonym and from there to scores, and
/// the hashes are made with a salt of this split, so that two models' lists cannot be laid side by side without the images. Images that
/// were tested are not listed, since nobody has to know them again.
/// </remarks>
/// <param name="Patients">The patients, in the order of their pseudonyms.</param>
public sealed record SplitMembership(IReadOnlyList<SplitPatient> Patients)
{
    /// <summary>The name of the file in a model's folder.</summary>
    public const string FileName = "split.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true };

    /// <summary>Nobody is known to have been trained on.</summary>
    public static SplitMembership Unknown { get; } = new([]);

    /// <summary>What the hashes of images are made with; empty where they are the content hashes themselves, as earlier versions wrote them.</summary>
    public string Salt { get; init; } = "";

    /// <summary>Images that were trained or validated on, by what they hold, in the order of their hashes.</summary>
    public IReadOnlyList<SplitImage> Images { get; init; } = [];

    /// <summary>The same images by their pseudonyms, which stand for their identifiers (SOP Instance UID) under the key.</summary>
    public IReadOnlyList<SplitImage> Instances { get; init; } = [];

    /// <summary>The same images by which values occur how often, whatever their places and scale: a mirrored or rescaled copy is known again.</summary>
    public IReadOnlyList<SplitImage> Levels { get; init; } = [];

    /// <summary>Small parts of the same images, a few of each: a copy that was moved or cut is known again.</summary>
    public IReadOnlyList<SplitImage> Patches { get; init; } = [];

    /// <summary>Lists of images that were made with another salt: those of a model that was put together from several splits. They have no patients of their own.</summary>
    public IReadOnlyList<SplitMembership> Others { get; init; } = [];

    /// <summary>Puts a membership together.</summary>
    /// <param name="patients">Each patient's pseudonym, side, content hashes of the cases, pseudonyms of the images, and what else the images are known by.</param>
    internal static SplitMembership Of(IEnumerable<(string PatientId, SplitSide Side, IReadOnlyList<string> Contents, IEnumerable<string> Instances, IEnumerable<ImageMarks> Marks)> patients)
    {
        (string PatientId, SplitSide Side, IReadOnlyList<string> Contents, IEnumerable<string> Instances, IEnumerable<ImageMarks> Marks)[] all = [.. patients.OrderBy(patient => patient.PatientId, StringComparer.Ordinal)];
        // From the images and not by chance: the same split is the same file.
        string salt = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', all.SelectMany(patient => patient.Contents).Order(StringComparer.Ordinal)))))[..32];
        SplitImage[] Listed(Func<(string PatientId, SplitSide Side, IReadOnlyList<string> Contents, IEnumerable<string> Instances, IEnumerable<ImageMarks> Marks), IEnumerable<string>> of) =>
            [.. all.Where(patient => patient.Side != SplitSide.Test).SelectMany(of, (patient, hash) => new SplitImage(hash, patient.Side)).Distinct().OrderBy(image => image.Hash, StringComparer.Ordinal).ThenBy(image => image.Side)];
        return new([.. all.Select(patient => new SplitPatient(patient.PatientId, patient.Side))])
        {
            Salt = salt,
            Images = Listed(patient => patient.Contents.Select(content => Salted(salt, content))),
            Instances = Listed(patient => patient.Instances),
            Levels = Listed(patient => patient.Marks.Where(marks => marks.Levels.Length > 0).Select(marks => Salted(salt, marks.Levels))),
            Patches = Listed(patient => patient.Marks.SelectMany(marks => marks.Patches).Select(patch => SaltedPatch(salt, patch))),
        };
    }

    /// <summary>Reads a file that <see cref="ToJson"/> made.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static SplitMembership Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<Form>(InputFile.ReadAllBytes(path), s_json) is not { Patients: { } patients } read || !read.IsWhole)
            {
                throw new InvalidDataException($"{path}: expected for each patient of a split a pseudonym and a side, and a list of images, found something else: copy the model again.");
            }

            return Of(read);
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}: this is no list of a split's patients{ModelBundle.PlaceOf(problem)}: copy the model again.", problem);
        }
    }

    /// <summary>
    /// Who several models together were fitted on: a patient is on the side where any of them was nearest to learning from it, trained
    /// on before validated on before tested.
    /// </summary>
    public static SplitMembership Union(IEnumerable<SplitMembership> memberships)
    {
        ArgumentNullException.ThrowIfNull(memberships);
        SplitMembership[] all = [.. memberships];
        SplitMembership[] lists =
        [
            .. all.SelectMany(one => one.Others.Prepend(one)).GroupBy(one => one.Salt, StringComparer.Ordinal).Select(group => new SplitMembership([])
            {
                Salt = group.Key,
                Images = Nearest(group.SelectMany(one => one.Images)),
                Instances = Nearest(group.SelectMany(one => one.Instances)),
                Levels = Nearest(group.SelectMany(one => one.Levels)),
                Patches = Nearest(group.SelectMany(one => one.Patches)),
            }).OrderBy(list => list.Salt, StringComparer.Ordinal),
        ];
        SplitPatient[] patients = [.. all.SelectMany(one => one.Patients).GroupBy(patient => patient.PatientId, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new SplitPatient(group.Key, group.Min(patient => patient.Side)))];
        return lists is [SplitMembership first, .. SplitMembership[] others] ? first with { Patients = patients, Others = others } : new SplitMembership(patients);

        static SplitImage[] Nearest(IEnumerable<SplitImage> images) =>
            [.. images.GroupBy(image => image.Hash, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new SplitImage(group.Key, group.Min(image => image.Side)))];
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
        Dictionary<string, SplitSide> byId = Patients.Where(patient => patient.Side != SplitSide.Test).DistinctBy(patient => patient.PatientId).ToDictionary(patient => patient.PatientId, patient => patient.Side, StringComparer.Ordinal);
        (string Salt, Dictionary<string, SplitSide> BySalted)[] byContent = [.. Others.Prepend(this).Select(list => (list.Salt, ByHash(list.Images)))];
        Dictionary<string, SplitSide> byInstance = ByHash(Others.Prepend(this).SelectMany(list => list.Instances));

        DataViewSchema.Column patients = cases.Schema[CaseSchema.PatientId];
        DataViewSchema.Column? contents = cases.Schema.GetColumnOrNull(CaseSchema.ContentHash);
        HashSet<string> seen = new(StringComparer.Ordinal);
        using (DataViewRowCursor cursor = cases.GetRowCursor(contents is { } there ? [patients, there] : [patients]))
        {
            Func<string> id = RowReading.Text(cursor, patients);
            Func<string> content = contents is { } column ? RowReading.Text(cursor, column) : () => "";
            while (cursor.MoveNext())
            {
                seen.Add(id());
                if (byId.TryGetValue(id(), out SplitSide side))
                {
                    throw Known(id(), side, "", model);
                }

                string hash = content();
                foreach ((string salt, Dictionary<string, SplitSide> bySalted) in hash.Length > 0 ? byContent : [])
                {
                    if (bySalted.TryGetValue(Salted(salt, hash), out side))
                    {
                        throw Known(id(), side, " (by the images)", model);
                    }
                }
            }
        }

        // A view may hold fewer patients than the cases behind it.
        CaseView? behind = CasesBehind.Of(cases);
        foreach ((string id, IReadOnlyList<string> instances) in (behind?.Instances() ?? []).Where(one => seen.Contains(one.PatientId)))
        {
            if (instances.FirstOrDefault(byInstance.ContainsKey) is { } instance)
            {
                throw Known(id, byInstance[instance], " (by an image's identifier)", model);
            }
        }

        MustNotKnowMarks(behind, seen, model);
    }

    private void MustNotKnowMarks(CaseView? cases, HashSet<string> seen, string model)
    {
        foreach (SplitMembership list in Others.Prepend(this).Where(list => list.Levels.Count + list.Patches.Count > 0))
        {
            Dictionary<string, SplitSide> byLevels = ByHash(list.Levels), byPatch = ByHash(list.Patches);
            foreach ((string id, ImageMarks marks) in (cases?.Marks() ?? []).Where(one => seen.Contains(one.PatientId)).SelectMany(one => one.Marks, (one, marks) => (one.PatientId, marks)))
            {
                SplitSide[] shared = [.. marks.Patches.Select(patch => SaltedPatch(list.Salt, patch)).Where(byPatch.ContainsKey).Select(patch => byPatch[patch])];
                bool hasLevels = byLevels.TryGetValue(marks.Levels.Length > 0 ? Salted(list.Salt, marks.Levels) : "", out SplitSide side);
                if (hasLevels || ImageMarks.AreOne(shared.Length, marks.Patches.Count))
                {
                    throw Known(id, hasLevels ? side : shared.Min(), " (by an image that was mirrored, turned, moved, cut or rescaled)", model);
                }
            }
        }
    }

    // Earlier versions had the hashes with the patients.
    private static SplitMembership Of(Form read) => new([.. (read.Patients ?? []).Select(patient => new SplitPatient(patient.PatientId!, patient.Side!.Value))])
    {
        Salt = read.Salt ?? "",
        Images = read.Images ?? [.. (read.Patients ?? []).SelectMany(patient => patient.Contents ?? [], (patient, content) => new SplitImage(content, patient.Side!.Value)).Where(image => image.Side != SplitSide.Test)],
        Instances = read.Instances ?? [],
        Levels = read.Levels ?? [],
        Patches = read.Patches ?? [],
        Others = [.. (read.Others ?? []).Select(Of)],
    };

    private static PatientSplitException Known(string id, SplitSide side, string how, string model) =>
        new($"Patient {id}{how} was {(side == SplitSide.Train ? "trained" : "validated")} on by {model}: judge a model on patients that it has not seen.");

    private static Dictionary<string, SplitSide> ByHash(IEnumerable<SplitImage> images) => images.DistinctBy(image => image.Hash).ToDictionary(image => image.Hash, image => image.Side, StringComparer.Ordinal);

    // Of many: half as long will do.
    private static string SaltedPatch(string salt, ulong patch) => Salted(salt, patch.ToString("x16", CultureInfo.InvariantCulture))[..16];

    private static string Salted(string salt, string content) =>
        salt.Length == 0 ? content : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(content)))[..32];

    /// <summary>What the file may hold, of this version and of earlier ones.</summary>
    private sealed record Form(IReadOnlyList<FormPatient>? Patients, string? Salt = null, IReadOnlyList<SplitImage>? Images = null, IReadOnlyList<SplitImage>? Instances = null, IReadOnlyList<SplitImage>? Levels = null, IReadOnlyList<SplitImage>? Patches = null, IReadOnlyList<Form>? Others = null)
    {
        // A list of images is there, or each patient has its contents: otherwise nobody would be known again under another key.
        public bool IsWhole => (Patients ?? []).All(patient => patient is { PatientId.Length: > 0, Side: not null } && (Images is not null || patient.Contents is not null) && (patient.Contents ?? []).All(content => content is not null))
            && (Images ?? []).Concat(Instances ?? []).Concat(Levels ?? []).Concat(Patches ?? []).All(image => image is { Hash: not null }) && (Others ?? []).All(other => other is { IsWhole: true });
    }

    private sealed record FormPatient(string? PatientId, SplitSide? Side, IReadOnlyList<string>? Contents = null);
}
