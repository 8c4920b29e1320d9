using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using MLNetScinti.Dicom;

namespace MLNetScinti.Pipelines;

/// <summary>Two studies that look alike and are not the same values: perhaps one acquisition twice.</summary>
/// <param name="One">The file of the one that comes first.</param>
/// <param name="Other">The file of the other.</param>
/// <param name="Patients">Their patients' pseudonyms.</param>
/// <param name="Correlation">How well their images correlate.</param>
public sealed record AlikeStudies([property: Browsable(false)] string One, [property: Browsable(false)] string Other, (string One, string Other) Patients, double Correlation)
{
    internal (LeftOutStudy One, LeftOutStudy Other) Files { get; init; }

    /// <summary>The patients and the correlation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Patients.One} and {Patients.Other}: {Correlation:0.00000}");
}

/// <summary>
/// Finds what is there twice among the studies of a view: the same values, the same ones in other places or on another scale, or the same SOP
/// Instance UID, whoever the patient is said to be. The first one stays, by the order of the studies and not of their reading; the others are left out. Where the copies are labelled
/// differently, nobody knows which label is right, and none stays.
/// </summary>
internal sealed class Repetitions(LearningTask? task)
{
    // A person has so many numbers at most: one a hospital, one before and after a change of systems.
    private const int MostNumbers = 3;

    // What so many studies share is drawn into all of them, such as a marker of the side.
    private const int MostHolders = 32;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Entry> _entries = [];
    private readonly Dictionary<string, List<int>> _sharing = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, List<int>> _holders = [];
    private Dictionary<int, LeftOutStudy>? _concluded;
    private IReadOnlyList<AlikeStudies> _alike = [];

    private sealed record Entry(int Study, string File, string PatientId, string Content, StudyOrigin Origin, IReadOnlyDictionary<string, (string Truth, string Words)> Labels)
    {
        public IEnumerable<string> Keys => Origin.Instances.Select(instance => $"instance {instance}").Concat(Content.Length > 0 ? [$"content {Content}"] : [])
            .Concat(Origin.Marks.Where(marks => marks.Levels.Length > 0).Select(marks => $"levels {marks.Levels}"));
    }

    /// <summary>Studies that look alike. Complete when all have been read and <see cref="Conclude"/> was called.</summary>
    public IReadOnlyList<AlikeStudies> Alike
    {
        get
        {
            lock (_lock)
            {
                return _alike;
            }
        }
    }

    /// <summary>The studies that are left out so far.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut
    {
        get
        {
            lock (_lock)
            {
                return _concluded is not null ? [.. _concluded.Values] : [.. _entries.Values.Select(ToldOf).OfType<LeftOutStudy>()];
            }
        }
    }

    /// <summary>Takes note of a study that gave cases.</summary>
    public void Add(int study, StudyCases read)
    {
        if (read.Cases.Count == 0)
        {
            return;
        }

        Entry entry = new(study, read.Cases[0].File, read.Cases[0].PatientId, read.Origin.IsBlank ? "" : read.ContentHash, read.Origin,
            read.Cases.Where(one => one.Target is not null).DistinctBy(one => one.Part).ToDictionary(one => one.Part, one => (TruthOf(one.Target!), task?.Describe(one.Target!) ?? ""), StringComparer.Ordinal));
        lock (_lock)
        {
            if (!_entries.TryAdd(study, entry))
            {
                return;
            }

            foreach (string key in entry.Keys)
            {
                (_sharing.TryGetValue(key, out List<int>? sharing) ? sharing : _sharing[key] = []).Add(study);
            }

            foreach (ulong patch in entry.Origin.Marks.SelectMany(marks => marks.Patches).Distinct())
            {
                List<int> holders = _holders.TryGetValue(patch, out List<int>? there) ? there : _holders[patch] = [];
                if (holders.Count <= MostHolders)
                {
                    holders.Add(study);
                }
            }
        }
    }

    /// <summary>Whether a study is left out. Right once all studies before it were added.</summary>
    public bool IsLeftOut(int study)
    {
        lock (_lock)
        {
            return _concluded is not null ? _concluded.ContainsKey(study) : OriginalOf(study) is not null;
        }
    }

    /// <summary>Decides, all studies being known: where labels contradict each other, the first one goes too.</summary>
    public void Conclude()
    {
        lock (_lock)
        {
            if (_concluded is not null)
            {
                return;
            }

            Dictionary<int, LeftOutStudy> concluded = [];
            Dictionary<int, int> known = [];
            foreach (IGrouping<int, Entry> copies in _entries.Values.Select(entry => (Entry: entry, Original: OriginalOf(entry.Study, known))).Where(pair => pair.Original is not null).GroupBy(pair => pair.Original!.Value, pair => pair.Entry).ToArray())
            {
                Entry[] group = [_entries[copies.Key], .. copies];
                Entry? contradicting = Array.Find(group, entry => Contradiction(group[0], entry) is not null);
                foreach (Entry entry in contradicting is null ? group.Skip(1) : group)
                {
                    Entry other = entry.Study == group[0].Study ? contradicting ?? group[1] : group[0];
                    concluded.Add(entry.Study, Told(entry, other, contradicting is null ? null : Contradiction(entry, other) ?? Contradiction(contradicting, group[0])));
                }
            }

            _concluded = concluded;
            Entry[] left = [.. _entries.Values.Where(entry => !concluded.ContainsKey(entry.Study))];
            _alike = [.. ImageLikeness.Pairs([.. left.Select(entry => entry.Origin.Likeness)]).OrderBy(pair => pair.One).ThenBy(pair => pair.Other)
                .Select(pair => (One: left[pair.One], Other: left[pair.Other], pair.Correlation))
                .Select(pair => new AlikeStudies(pair.One.File, pair.Other.File, (pair.One.PatientId, pair.Other.PatientId), pair.Correlation) { Files = (Plain(pair.One), Plain(pair.Other)) })];
        }
    }

    /// <summary>
    /// Pseudonyms that are of one patient: the same images came under both, or the same number in two spellings, or once without who gave
    /// it, or the same name and birth date under two numbers. Where many share these, they were put in to hide who it is, and say nothing.
    /// </summary>
    public IReadOnlyList<(string One, string Other)> SamePatients()
    {
        lock (_lock)
        {
            List<(string One, string Other)> same = [];
            foreach (Entry[] group in Groups())
            {
                same.AddRange(group.Skip(1).Where(entry => entry.PatientId != group[0].PatientId).Select(entry => (group[0].PatientId, entry.PatientId)));
            }

            foreach (IGrouping<string, Entry> number in _entries.Values.Where(entry => entry.Origin.Patient is { Number.Length: > 0 }).DistinctBy(entry => entry.PatientId).GroupBy(entry => entry.Origin.Patient!.Number, StringComparer.Ordinal))
            {
                Entry[] entries = [.. number];
                for (int one = 0; one < entries.Length; one++)
                {
                    same.AddRange(entries.Skip(one + 1).Where(other => entries[one].Origin.Patient!.MayBe(other.Origin.Patient!)).Select(other => (entries[one].PatientId, other.PatientId)));
                }
            }

            Entry[] patients = [.. _entries.Values.DistinctBy(entry => entry.PatientId)];
            foreach (IGrouping<string, Entry> person in patients.Where(entry => entry.Origin.Patient is { Person.Length: > 0 }).GroupBy(entry => entry.Origin.Patient!.Person, StringComparer.Ordinal))
            {
                Entry[] entries = [.. person];
                if (entries.Length <= MostNumbers && 2 * entries.Length <= patients.Length)
                {
                    same.AddRange(entries.Skip(1).Select(other => (entries[0].PatientId, other.PatientId)));
                }
            }

            same.AddRange(Alikes());
            return [.. same.Distinct()];
        }
    }

    // Images that look alike may be one acquisition: their patients are kept on one side. Where many look alike, they are of a phantom or of nothing.
    private IEnumerable<(string One, string Other)> Alikes()
    {
        Dictionary<string, HashSet<string>> circles = new(StringComparer.Ordinal);
        foreach ((string one, string other) in _alike.Select(pair => pair.Patients))
        {
            HashSet<string> circle = [one, other, .. circles.GetValueOrDefault(one) ?? [], .. circles.GetValueOrDefault(other) ?? []];
            foreach (string patient in circle)
            {
                circles[patient] = circle;
            }
        }

        int patients = _entries.Values.DistinctBy(entry => entry.PatientId).Count();
        return _alike.Select(pair => pair.Patients).Where(pair => pair.One != pair.Other && circles[pair.One].Count <= MostNumbers && 2 * circles[pair.One].Count <= patients);
    }

    /// <summary>What the images of each patient are known again by, also of those that are left out here.</summary>
    public IReadOnlyList<(string PatientId, IReadOnlyList<ImageMarks> Marks)> Marks()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Select(entry => (entry.PatientId, entry.Origin.Marks))];
        }
    }

    /// <summary>The pseudonyms of the images of each patient, also of those that are left out here.</summary>
    public IReadOnlyList<(string PatientId, IReadOnlyList<string> Instances)> Instances()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Select(entry => (entry.PatientId, entry.Origin.Instances))];
        }
    }

    // Studies that share a key belong together, and so do those that share one with any of these.
    private IEnumerable<Entry[]> Groups()
    {
        Dictionary<int, int> parents = _entries.Keys.ToDictionary(study => study);
        int Root(int study)
        {
            while (parents[study] != study)
            {
                study = parents[study] = parents[parents[study]];
            }

            return study;
        }

        foreach (Entry entry in _entries.Values)
        {
            foreach (int kin in Kin(entry))
            {
                int one = Root(kin), other = Root(entry.Study);
                parents[Math.Max(one, other)] = Math.Min(one, other);
            }
        }

        return [.. _entries.Values.GroupBy(entry => Root(entry.Study)).OrderBy(group => group.Key).Select(group => group.OrderBy(entry => entry.Study).ToArray())];
    }

    // The first study that stays and has an image in common with this one; null where this one stays. One that only shares with a copy stays.
    private int? OriginalOf(int study, Dictionary<int, int>? known = null)
    {
        known ??= [];
        if (!_entries.TryGetValue(study, out Entry? entry))
        {
            return null;
        }

        if (!known.TryGetValue(study, out int original))
        {
            known[study] = original = Kin(entry).Where(kin => kin < study).Order().FirstOrDefault(kin => OriginalOf(kin, known) is null, study);
        }

        return original == study ? null : original;
    }

    // Studies with the same identifier, the same values, or an image that has many small parts in common with one of this study.
    private HashSet<int> Kin(Entry entry)
    {
        HashSet<int> kin = [.. entry.Keys.SelectMany(key => _sharing[key])];
        kin.UnionWith(entry.Origin.Marks.SelectMany(marks => marks.Patches).Distinct().Select(patch => _holders[patch]).Where(holders => holders.Count <= MostHolders)
            .SelectMany(holders => holders).Distinct().Where(study => !kin.Contains(study) && HaveOneOrigin(entry, _entries[study])).ToArray());
        kin.Remove(entry.Study);
        return kin;
    }

    private LeftOutStudy? ToldOf(Entry entry) => OriginalOf(entry.Study) is int original ? Told(entry, _entries[original], Contradiction(entry, _entries[original])) : null;

    private static string? Contradiction(Entry one, Entry other) => IsTurned(one, other) ? ContradictionOfTurned(one, other) : one.Labels
        .Where(label => other.Labels.TryGetValue(label.Key, out (string Truth, string Words) there) && there.Truth != label.Value.Truth)
        .Select(label => label.Value.Words.Length == 0 ? "another truth" : $"'{label.Value.Words}' here and '{other.Labels[label.Key].Words}' there{(label.Key.Length > 0 ? $" ({label.Key})" : "")}")
        .FirstOrDefault();

    private static bool IsSame(Entry one, Entry other) => one.Content.Length > 0 && one.Content == other.Content;

    private static bool IsNamedTheSame(Entry one, Entry other) => one.Origin.Instances.Intersect(other.Origin.Instances, StringComparer.Ordinal).Any();

    private static bool IsTurned(Entry one, Entry other) => !IsSame(one, other) && !IsNamedTheSame(one, other);

    // What was left may be right in the other one: only all labels together can be compared.
    private static string? ContradictionOfTurned(Entry one, Entry other)
    {
        static string All(Entry entry) => string.Join(", ", entry.Labels.Values.Select(label => label.Words.Length > 0 ? label.Words : label.Truth).Order(StringComparer.Ordinal));
        bool areMasks = one.Labels.Values.Concat(other.Labels.Values).Any(label => label.Words.Length == 0);
        return one.Labels.Count == 0 || other.Labels.Count == 0 || areMasks || All(one) == All(other) ? null : $"'{All(one)}' here and '{All(other)}' there";
    }

    private static LeftOutStudy Told(Entry entry, Entry other, string? contradiction)
    {
        string what = IsSame(entry, other) ? $"it holds the same image as {other.File}"
            : IsNamedTheSame(entry, other) ? $"its identifier (SOP Instance UID) is that of {other.File}"
            : $"it holds the image of {other.File}, mirrored, turned, moved, cut or on another scale";
        string whose = entry.PatientId == other.PatientId ? "" : ", under another patient's number";
        return Plain(entry) with
        {
            Other = other.File,
            Reason = contradiction is null ? nameof(SkipReason.Repeated) : "ContradictingLabels",
            Sentence = contradiction is null
                ? $"{what}{whose}: a copy would count twice, or stand on two sides; remove one of the two."
                : $"{what}{whose}, and the labels contradict each other ({contradiction}): correct the table and remove one of the two; neither is used.",
        };
    }

    private static bool HaveOneOrigin(Entry entry, Entry other) => entry.Origin.Marks.Any(one => other.Origin.Marks.Any(two => (one.Levels.Length > 0 && one.Levels == two.Levels)
        || ImageMarks.AreOne(one.Patches.Intersect(two.Patches).Count(), Math.Min(one.Patches.Count, two.Patches.Count))));

    private static LeftOutStudy Plain(Entry entry) => new(entry.File, "", "") { IsSimulated = entry.Origin.Patient?.IsSimulated ?? false, Key = entry.Origin.Key };

    private static string TruthOf(Target target) => target is MaskTarget mask ? Convert.ToHexStringLower(SHA256.HashData(mask.Labels.Span)) : target.Pattern;
}
