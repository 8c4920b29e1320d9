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
/// Finds what is there twice among the studies of a view: the same values, or the same SOP Instance UID, whoever the patient is said to be. The
/// first one stays, by the order of the studies and not of their reading; the others are left out. Where the copies are labelled
/// differently, nobody knows which label is right, and none stays.
/// </summary>
internal sealed class Repetitions(LearningTask? task)
{
    // A person has so many numbers at most: one a hospital, one before and after a change of systems.
    private const int MostNumbers = 3;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Entry> _entries = [];
    private readonly Dictionary<string, int> _first = new(StringComparer.Ordinal);
    private Dictionary<int, LeftOutStudy>? _concluded;
    private IReadOnlyList<AlikeStudies> _alike = [];

    private sealed record Entry(int Study, string File, string PatientId, string Content, StudyOrigin Origin, IReadOnlyDictionary<string, (string Truth, string Words)> Labels)
    {
        public IEnumerable<string> Keys => Origin.Instances.Select(instance => $"instance {instance}").Concat(Content.Length > 0 ? [$"content {Content}"] : []);
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
                _first[key] = Math.Min(study, _first.GetValueOrDefault(key, study));
            }
        }
    }

    /// <summary>Whether a study is left out. Right once all studies before it were added.</summary>
    public bool IsLeftOut(int study)
    {
        lock (_lock)
        {
            return _concluded is not null ? _concluded.ContainsKey(study) : _entries.TryGetValue(study, out Entry? entry) && FirstOf(entry) != study;
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
            foreach (Entry[] group in Groups().Where(group => group.Length > 1))
            {
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

            return [.. same.Distinct()];
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
            foreach (string key in entry.Keys)
            {
                int one = Root(_first[key]), other = Root(entry.Study);
                parents[Math.Max(one, other)] = Math.Min(one, other);
            }
        }

        return [.. _entries.Values.GroupBy(entry => Root(entry.Study)).OrderBy(group => group.Key).Select(group => group.OrderBy(entry => entry.Study).ToArray())];
    }

    private int FirstOf(Entry entry) => entry.Keys.Select(key => _first[key]).Append(entry.Study).Min();

    private LeftOutStudy? ToldOf(Entry entry) => FirstOf(entry) is var first && first == entry.Study ? null : Told(entry, _entries[first], Contradiction(entry, _entries[first]));

    private static string? Contradiction(Entry one, Entry other) => one.Labels
        .Where(label => other.Labels.TryGetValue(label.Key, out (string Truth, string Words) there) && there.Truth != label.Value.Truth)
        .Select(label => label.Value.Words.Length == 0 ? "another truth" : $"'{label.Value.Words}' here and '{other.Labels[label.Key].Words}' there{(label.Key.Length > 0 ? $" ({label.Key})" : "")}")
        .FirstOrDefault();

    private static LeftOutStudy Told(Entry entry, Entry other, string? contradiction)
    {
        string what = entry.Content.Length > 0 && entry.Content == other.Content ? $"it holds the same image as {other.File}"
            : entry.Origin.Instances.Intersect(other.Origin.Instances, StringComparer.Ordinal).Any() ? $"its identifier (SOP Instance UID) is that of {other.File}"
            : $"it holds an image that {other.File} holds too, by way of a third file";
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

    private static LeftOutStudy Plain(Entry entry) => new(entry.File, "", "") { IsSimulated = entry.Origin.Patient?.IsSimulated ?? false, Key = entry.Origin.Key };

    private static string TruthOf(Target target) => target is MaskTarget mask ? Convert.ToHexStringLower(SHA256.HashData(mask.Labels.Span)) : target.Pattern;
}
