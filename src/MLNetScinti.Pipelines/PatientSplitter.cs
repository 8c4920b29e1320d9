using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>Divides patients over training, validation and test, each pattern of labels by itself.</summary>
internal static class PatientSplitter
{
    /// <summary>One patient: the pseudonyms (several where the same images came under several numbers), what the cases hold, the pattern of their labels, and the place in the draw.</summary>
    private sealed record Patient(IReadOnlyList<string> Ids, IReadOnlyList<string> Contents, string Pattern, double Draw)
    {
        /// <summary>Decides between equal draws: never a pseudonym where there is anything else.</summary>
        public string Key => Contents.Count > 0 ? Contents[0] : Ids[0];
    }

    public static PatientSplit Split(IDataView cases, PatientSplitOptions options)
    {
        List<Patient> patients = ReadPatients(cases, options);
        (int train, int validation, int test) = Sizes(patients.Count, options);

        Dictionary<string, Queue<Patient>> patterns = Patterns(patients);
        HashSet<string> testing = Take(patterns, test, options.Balanced, "test");
        HashSet<string> validating = Take(patterns, validation, options.Balanced, "validation");
        HashSet<string> training = Take(patterns, train, balanced: false, "train");
        return Make(cases, options.PatientColumn, training, validating, testing, patients);
    }

    /// <summary>
    /// Several splits of the same patients: each patient is tested in one of them, validated in the next and trained in the others.
    /// The patients of a pattern are dealt out one after the other, so every part has its share of each.
    /// </summary>
    public static IReadOnlyList<PatientSplit> Folds(IDataView cases, int folds, PatientSplitOptions options)
    {
        List<Patient> patients = ReadPatients(cases, options);
        if (folds < 3 || folds > patients.Count)
        {
            throw new PatientSplitException($"{patients.Count} patients can be divided into 3 to {patients.Count} folds (one to test, one to validate, the others to train); {folds} are asked for.");
        }

        HashSet<string>[] parts = [.. Enumerable.Range(0, folds).Select(_ => new HashSet<string>(StringComparer.Ordinal))];
        int next = 0;
        foreach (Patient patient in Patterns(patients).Values.SelectMany(queue => queue))
        {
            parts[next++ % folds].UnionWith(patient.Ids);
        }

        return [.. Enumerable.Range(0, folds).Select(fold =>
        {
            HashSet<string> testing = parts[fold], validating = parts[(fold + 1) % folds];
            HashSet<string> training = [.. parts.Where(part => part != testing && part != validating).SelectMany(part => part)];
            return Make(cases, options.PatientColumn, training, validating, testing, patients);
        })];
    }

    /// <summary>The same patients on the same sides, in another reading of the same studies.</summary>
    /// <exception cref="InvalidOperationException">The two readings do not have the same patients.</exception>
    public static PatientSplit Like(CaseView cases, PatientSplit split)
    {
        List<Patient> patients = Contents(cases, CaseSchema.PatientId);
        HashSet<string> Of(PatientSet set) => [.. set.Patients];
        HashSet<string> missing = [.. split.Train.Patients.Concat(split.Validation.Patients).Concat(split.Test.Patients)];
        missing.ExceptWith(patients.SelectMany(patient => patient.Ids));
        return missing.Count == 0
            ? Make(cases, CaseSchema.PatientId, Of(split.Train), Of(split.Validation), Of(split.Test), patients)
            : throw new InvalidOperationException($"Two readings of the same studies do not have the same patients: {missing.Count} of one are not in the other.");
    }

    // The draw belongs to the patient, so neither the order of the rows nor another patient's presence changes it.
    private static Dictionary<string, Queue<Patient>> Patterns(IEnumerable<Patient> patients) =>
        patients.GroupBy(patient => patient.Pattern, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<Patient>(group.OrderBy(patient => patient.Draw).ThenBy(patient => patient.Key, StringComparer.Ordinal)),
                StringComparer.Ordinal);

    /// <summary>Takes an assignment as it stands in a column, and refuses one that puts a patient on two sides.</summary>
    public static PatientSplit FromColumn(IDataView cases, string splitColumn, string patientColumn)
    {
        CasesBehind.Of(cases)?.Settle();
        Dictionary<string, string> assigned = new(StringComparer.Ordinal);
        foreach ((string patient, string set) in ReadTexts(cases, patientColumn, splitColumn))
        {
            if (set is not ("train" or "validation" or "test"))
            {
                throw new PatientSplitException($"The column '{splitColumn}' is expected to hold train, validation or test, found '{set}' for patient {patient}.");
            }

            if (!assigned.TryAdd(patient, set) && assigned[patient] != set)
            {
                throw new PatientSplitException(
                    $"Patient {patient} is in {assigned[patient]} and in {set}: all rows of a patient must be on one side. Correct the column '{splitColumn}'.");
            }
        }

        List<Patient> patients = Contents(cases, patientColumn);
        Dictionary<string, string> holders = new(StringComparer.Ordinal);
        foreach ((string id, string held) in patients.SelectMany(patient => patient.Contents, (patient, held) => (patient.Ids[0], held)))
        {
            if (!holders.TryAdd(held, id) && assigned[holders[held]] != assigned[id])
            {
                throw new PatientSplitException(
                    $"Patient {id} is in {assigned[id]} and has the images of patient {holders[held]}, who is in {assigned[holders[held]]}: the same images must be on one side. Correct the column '{splitColumn}'.");
            }
        }

        foreach ((string one, string other) in SamePatients(cases))
        {
            if (assigned.TryGetValue(one, out string? there) && assigned.TryGetValue(other, out string? here) && there != here)
            {
                throw new PatientSplitException($"Patient {other} is in {here} and, by number or images, the same as patient {one}, who is in {there}: all rows of a patient must be on one side. Correct the column '{splitColumn}'.");
            }
        }

        HashSet<string> Of(string set) => [.. assigned.Where(entry => entry.Value == set).Select(entry => entry.Key)];
        return Make(cases, patientColumn, Of("train"), Of("validation"), Of("test"), patients);
    }

    private static PatientSplit Make(
        IDataView cases, string patientColumn, HashSet<string> training, HashSet<string> validating, HashSet<string> testing, IReadOnlyList<Patient> patients)
    {
        foreach ((string name, HashSet<string> set) in new[] { ("train", training), ("validation", validating), ("test", testing) })
        {
            if (set.Count == 0)
            {
                throw new PatientSplitException($"The {name} set would be empty: give it at least one patient.");
            }
        }

        SplitSide SideOf(string id) => training.Contains(id) ? SplitSide.Train : validating.Contains(id) ? SplitSide.Validation : SplitSide.Test;
        IEnumerable<(string Id, SplitSide Side)> sides = training.Concat(validating).Concat(testing).Select(id => (id, SideOf(id)));
        CaseView? view = CasesBehind.Of(cases);
        if (view?.Original is { } original)
        {
            // Rows are copies, and may be on other sides than those of the same patient: what was learnt from is the patient's own image.
            (view, patients) = (original, Contents(original, CaseSchema.PatientId));
            sides = sides.Select(row => (Id: CopiedCases.PatientOf(row.Id), row.Side)).GroupBy(row => row.Id, StringComparer.Ordinal).Select(rows => (rows.Key, rows.Min(row => row.Side)));
        }

        Dictionary<string, SplitSide> bySide = sides.ToDictionary(one => one.Id, one => one.Side, StringComparer.Ordinal);
        ILookup<string, string> instances = (view?.Instances() ?? []).SelectMany(one => one.Instances, (one, instance) => (one.PatientId, instance)).ToLookup(one => one.PatientId, one => one.instance, StringComparer.Ordinal);
        ILookup<string, ImageMarks> marks = (view?.Marks() ?? []).SelectMany(one => one.Marks, (one, image) => (one.PatientId, image)).ToLookup(one => one.PatientId, one => one.image, StringComparer.Ordinal);
        SplitMembership membership = SplitMembership.Of(patients
            .SelectMany(patient => patient.Ids, (patient, id) => (Id: id, patient.Contents))
            .Where(patient => bySide.ContainsKey(patient.Id))
            .Select(patient => (patient.Id, bySide[patient.Id], patient.Contents, instances[patient.Id], marks[patient.Id])));
        return new PatientSplit(
            new TrainingSet(Restrict(cases, patientColumn, training), training),
            new ValidationSet(Restrict(cases, patientColumn, validating), validating),
            new TestSet(Restrict(cases, patientColumn, testing), testing),
            membership);
    }

    // A view of cases leaves out other patients without reading them.
    private static IDataView Restrict(IDataView cases, string patientColumn, IReadOnlySet<string> patients) =>
        cases is CaseView view && patientColumn == CaseSchema.PatientId ? view.RestrictTo(patients) : new PatientSetView(cases, patientColumn, patients);

    private static (int Train, int Validation, int Test) Sizes(int patients, PatientSplitOptions options)
    {
        if ((options.TrainPatients is null || options.ValidationPatients is null)
            && (options.TrainFraction <= 0 || options.ValidationFraction <= 0 || options.TrainFraction + options.ValidationFraction >= 1))
        {
            throw new PatientSplitException("The fractions for training and validation must be positive and leave a rest to test on.");
        }

        int Part(double fraction) => Math.Max(1, (int)Math.Round(patients * fraction, MidpointRounding.AwayFromZero));
        int train = options.TrainPatients ?? Part(options.TrainFraction);
        int validation = options.ValidationPatients ?? Part(options.ValidationFraction);
        int test = options.TestPatients ?? patients - train - validation;
        if ((long)train + validation + Math.Max(test, 0) > patients)
        {
            throw new PatientSplitException(options.TestPatients is null
                ? $"{patients} patients are too few for {train} to train, {validation} to validate and any to test."
                : $"The split asks for {train} + {validation} + {test} = {(long)train + validation + test} patients, but there are {patients}.");
        }

        foreach ((string name, int count) in new[] { ("train", train), ("validation", validation), ("test", test) })
        {
            if (count < 1)
            {
                throw new PatientSplitException($"The {name} set would be empty: give it at least one patient of the {patients}.");
            }
        }

        return (train, validation, test);
    }

    private static HashSet<string> Take(Dictionary<string, Queue<Patient>> patterns, int count, bool balanced, string name)
    {
        int left = patterns.Values.Sum(queue => queue.Count);
        Dictionary<string, int> shares = balanced ? EqualShares(patterns, count, name) : ProportionalShares(patterns, count, left);
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach ((string pattern, int share) in shares)
        {
            for (int i = 0; i < share; i++)
            {
                taken.UnionWith(patterns[pattern].Dequeue().Ids);
            }
        }

        return taken;
    }

    private static Dictionary<string, int> EqualShares(Dictionary<string, Queue<Patient>> patterns, int count, string name)
    {
        if (count % patterns.Count != 0)
        {
            throw new PatientSplitException(
                $"A balanced {name} set takes each of the {patterns.Count} label patterns ({string.Join(", ", patterns.Keys)}) equally often: "
                + $"{count} patients cannot be divided so.");
        }

        int share = count / patterns.Count;
        foreach ((string pattern, Queue<Patient> queue) in patterns)
        {
            if (queue.Count < share)
            {
                throw new PatientSplitException(
                    $"A balanced {name} set of {count} needs {share} patients of the pattern {pattern}, but {queue.Count} are left: "
                    + "take a smaller set, a larger cohort, or an unbalanced split.");
            }
        }

        return patterns.Keys.ToDictionary(pattern => pattern, _ => share, StringComparer.Ordinal);
    }

    // Largest remainders, ties by name: the shares add up to the count and differ from proportion by less than one.
    private static Dictionary<string, int> ProportionalShares(Dictionary<string, Queue<Patient>> patterns, int count, int left)
    {
        Dictionary<string, int> shares = patterns.ToDictionary(pair => pair.Key, pair => (int)((long)pair.Value.Count * count / left), StringComparer.Ordinal);
        int missing = count - shares.Values.Sum();
        foreach (string pattern in patterns.Keys
            .OrderByDescending(pattern => (long)patterns[pattern].Count * count % left)
            .ThenBy(pattern => pattern, StringComparer.Ordinal)
            .Take(missing))
        {
            shares[pattern]++;
        }

        return shares;
    }

    private static List<Patient> ReadPatients(IDataView cases, PatientSplitOptions options)
    {
        // What is there twice is decided first, on all studies.
        CasesBehind.Of(cases)?.Settle();
        DataViewSchema.Column patientColumn = Find(cases.Schema, options.PatientColumn, TextDataViewType.Instance);
        DataViewSchema.Column labelColumn = Find(cases.Schema, options.LabelColumn);
        DataViewSchema.Column? caseColumn = cases.Schema.GetColumnOrNull(options.CaseColumn), contentColumn = cases.Schema.GetColumnOrNull(CaseSchema.ContentHash);
        bool isMask = labelColumn.Type is VectorDataViewType { ItemType: NumberDataViewType };
        DataViewSchema.Column[] needed = [patientColumn, .. isMask ? [] : (DataViewSchema.Column[])[labelColumn], .. new[] { caseColumn, contentColumn }.OfType<DataViewSchema.Column>()];
        Dictionary<string, Found> found = new(StringComparer.Ordinal);
        using (DataViewRowCursor cursor = cases.GetRowCursor(needed))
        {
            Func<string> id = RowReading.Text(cursor, patientColumn), label = isMask ? () => "" : RowReading.Pattern(cursor, labelColumn);
            Func<string> part = caseColumn is { } side ? RowReading.Text(cursor, side) : () => "";
            Func<string> content = contentColumn is { } hash ? RowReading.Text(cursor, hash) : () => "";
            while (cursor.MoveNext())
            {
                if (!found.TryGetValue(id(), out Found? patient))
                {
                    found.Add(id(), patient = new Found(id()));
                }

                patient.Add(content(), $"{part()}{label()}");
            }
        }

        Link(found, SamePatients(cases));
        return found.Count > 0
            ? [.. Joined(found.Values).Select(patient => new Patient([.. patient.Ids], [.. patient.Contents], patient.Pattern,
                new CounterRandom(options.Seed, 0, StableHash.Of(patient.Contents.Min ?? patient.Ids.Min!), "PatientSplit").NextDouble()))]
            : throw new PatientSplitException("There is no case to split: the view has no row.");
    }

    // Images that came under two numbers are one patient's: a model that trained on them knows them under the other number too.
    private static HashSet<Found> Joined(IEnumerable<Found> patients)
    {
        HashSet<Found> joined = [];
        Dictionary<string, Found> holders = new(StringComparer.Ordinal);
        foreach (Found patient in patients)
        {
            foreach (Found other in patient.Held.Where(holders.ContainsKey).Select(held => holders[held]).Distinct().ToArray())
            {
                patient.Join(other);
                joined.Remove(other);
            }

            joined.Add(patient);
            foreach (string held in patient.Held)
            {
                holders[held] = patient;
            }
        }

        return joined;
    }

    private static IReadOnlyList<(string One, string Other)> SamePatients(IDataView cases) => CasesBehind.Of(cases)?.SamePatients() ?? [];

    private static void Link(Dictionary<string, Found> found, IEnumerable<(string One, string Other)> same)
    {
        foreach ((string one, string other) in same)
        {
            if (found.TryGetValue(one, out Found? first) && found.TryGetValue(other, out Found? second))
            {
                first.Links.Add($"{one} {other}");
                second.Links.Add($"{one} {other}");
            }
        }
    }

    /// <summary>What the rows say of one patient.</summary>
    private sealed class Found(string id)
    {
        private readonly List<(string Content, string Label)> _labels = [];

        public SortedSet<string> Ids { get; } = new(StringComparer.Ordinal) { id };

        public SortedSet<string> Contents { get; } = new(StringComparer.Ordinal);

        /// <summary>What tells that this is another one's patient, besides the images.</summary>
        public SortedSet<string> Links { get; } = new(StringComparer.Ordinal);

        public IEnumerable<string> Held => Contents.Concat(Links);

        /// <summary>The labels in a fixed order; images that are there twice count once.</summary>
        public string Pattern => string.Join(' ', _labels.Where(label => label.Content.Length > 0).Distinct().Concat(_labels.Where(label => label.Content.Length == 0))
            .Select(label => label.Label).Order(StringComparer.Ordinal));

        public void Add(string content, string label)
        {
            _labels.Add((content, label));
            if (content.Length > 0)
            {
                Contents.Add(content);
            }
        }

        public void Join(Found other)
        {
            _labels.AddRange(other._labels);
            Ids.UnionWith(other.Ids);
            Contents.UnionWith(other.Contents);
            Links.UnionWith(other.Links);
        }
    }

    private static List<Patient> Contents(IDataView cases, string patientColumn)
    {
        Dictionary<string, SortedSet<string>> found = new(StringComparer.Ordinal);
        bool hasContents = cases.Schema.GetColumnOrNull(CaseSchema.ContentHash) is not null;
        foreach ((string patient, string content) in ReadTexts(cases, patientColumn, hasContents ? CaseSchema.ContentHash : patientColumn))
        {
            SortedSet<string> contents = found.TryGetValue(patient, out SortedSet<string>? there) ? there : found[patient] = new SortedSet<string>(StringComparer.Ordinal);
            if (hasContents && content.Length > 0)
            {
                contents.Add(content);
            }
        }

        return [.. found.Select(entry => new Patient([entry.Key], [.. entry.Value], "", 0))];
    }

    private static IEnumerable<(string Patient, string Set)> ReadTexts(IDataView cases, string patientColumn, string otherColumn)
    {
        DataViewSchema.Column patients = Find(cases.Schema, patientColumn, TextDataViewType.Instance);
        DataViewSchema.Column others = Find(cases.Schema, otherColumn, TextDataViewType.Instance);
        using DataViewRowCursor cursor = cases.GetRowCursor(patients.Index == others.Index ? [patients] : [patients, others]);
        Func<string> patient = RowReading.Text(cursor, patients), other = RowReading.Text(cursor, others);
        while (cursor.MoveNext())
        {
            yield return (patient(), other());
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, DataViewType? type = null)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new PatientSplitException($"There is no column '{name}'; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
        return type is null || column.Type.Equals(type) ? column : throw new PatientSplitException($"The column '{name}' is expected to hold {type}, found {column.Type}.");
    }
}
