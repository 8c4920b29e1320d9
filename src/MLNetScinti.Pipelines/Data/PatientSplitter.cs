using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>Divides patients over training, validation and test, each pattern of labels by itself.</summary>
internal static class PatientSplitter
{
    /// <summary>One patient: the pseudonym and the pattern of its cases' labels.</summary>
    private sealed record Patient(string Id, string Pattern, double Draw);

    public static PatientSplit Split(IDataView cases, PatientSplitOptions options)
    {
        List<Patient> patients = ReadPatients(cases, options);
        (int train, int validation, int test) = Sizes(patients.Count, options);

        // The draw belongs to the patient, so neither the order of the rows nor another patient's presence changes it.
        Dictionary<string, Queue<Patient>> patterns = patients.GroupBy(patient => patient.Pattern, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<Patient>(group.OrderBy(patient => patient.Draw).ThenBy(patient => patient.Id, StringComparer.Ordinal)),
                StringComparer.Ordinal);

        HashSet<string> testing = Take(patterns, test, options.Balanced, "test");
        HashSet<string> validating = Take(patterns, validation, options.Balanced, "validation");
        HashSet<string> training = Take(patterns, train, balanced: false, "train");
        return Make(cases, options.PatientColumn, training, validating, testing);
    }

    /// <summary>Takes an assignment as it stands in a column, and refuses one that puts a patient on two sides.</summary>
    public static PatientSplit FromColumn(IDataView cases, string splitColumn, string patientColumn)
    {
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

        HashSet<string> Of(string set) => [.. assigned.Where(entry => entry.Value == set).Select(entry => entry.Key)];
        return Make(cases, patientColumn, Of("train"), Of("validation"), Of("test"));
    }

    private static PatientSplit Make(IDataView cases, string patientColumn, HashSet<string> training, HashSet<string> validating, HashSet<string> testing)
    {
        foreach ((string name, HashSet<string> set) in new[] { ("train", training), ("validation", validating), ("test", testing) })
        {
            if (set.Count == 0)
            {
                throw new PatientSplitException($"The {name} set would be empty: give it at least one patient.");
            }
        }

        ValidationSet validation = new(PatientSetView.Of(cases, patientColumn, validating), validating);
        return new PatientSplit(
            new TrainingSet(PatientSetView.Of(cases, patientColumn, training), training, validation),
            validation,
            new TestSet(PatientSetView.Of(cases, patientColumn, testing), testing));
    }

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
                taken.Add(patterns[pattern].Dequeue().Id);
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
        bool hasCase = cases.Schema.GetColumnOrNull(options.CaseColumn) is not null;
        Dictionary<string, List<string>> labels = new(StringComparer.Ordinal);
        DataViewSchema.Column patientColumn = Find(cases.Schema, options.PatientColumn, TextDataViewType.Instance);
        DataViewSchema.Column labelColumn = Find(cases.Schema, options.LabelColumn, BooleanDataViewType.Instance);
        DataViewSchema.Column[] needed = hasCase ? [patientColumn, labelColumn, Find(cases.Schema, options.CaseColumn, TextDataViewType.Instance)] : [patientColumn, labelColumn];
        using DataViewRowCursor cursor = cases.GetRowCursor(needed);
        ValueGetter<ReadOnlyMemory<char>> patient = cursor.GetGetter<ReadOnlyMemory<char>>(patientColumn);
        ValueGetter<bool> label = cursor.GetGetter<bool>(labelColumn);
        ValueGetter<ReadOnlyMemory<char>>? name = hasCase ? cursor.GetGetter<ReadOnlyMemory<char>>(needed[2]) : null;
        ReadOnlyMemory<char> id = default, side = default;
        bool positive = false;
        while (cursor.MoveNext())
        {
            patient(ref id);
            label(ref positive);
            name?.Invoke(ref side);
            string key = id.ToString();
            if (!labels.TryGetValue(key, out List<string>? list))
            {
                labels.Add(key, list = []);
            }

            list.Add($"{side}{(positive ? '+' : '-')}");
        }

        return labels.Count > 0
            ? [.. labels.Select(entry => new Patient(entry.Key, string.Join(' ', entry.Value.Order(StringComparer.Ordinal)),
                new CounterRandom(options.Seed, 0, StableHash.Of(entry.Key), "PatientSplit").NextDouble()))]
            : throw new PatientSplitException("There is no case to split: the view has no row.");
    }

    private static IEnumerable<(string Patient, string Set)> ReadTexts(IDataView cases, string patientColumn, string splitColumn)
    {
        DataViewSchema.Column patients = Find(cases.Schema, patientColumn, TextDataViewType.Instance);
        DataViewSchema.Column sets = Find(cases.Schema, splitColumn, TextDataViewType.Instance);
        using DataViewRowCursor cursor = cases.GetRowCursor([patients, sets]);
        ValueGetter<ReadOnlyMemory<char>> patient = cursor.GetGetter<ReadOnlyMemory<char>>(patients);
        ValueGetter<ReadOnlyMemory<char>> set = cursor.GetGetter<ReadOnlyMemory<char>>(sets);
        ReadOnlyMemory<char> id = default, name = default;
        while (cursor.MoveNext())
        {
            patient(ref id);
            set(ref name);
            yield return (id.ToString(), name.ToString());
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, DataViewType type)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new PatientSplitException($"There is no column '{name}'; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}.");
        return column.Type.Equals(type) ? column : throw new PatientSplitException($"The column '{name}' is expected to hold {type}, found {column.Type}.");
    }
}
