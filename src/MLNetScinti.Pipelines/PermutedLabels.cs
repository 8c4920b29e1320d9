using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

public sealed partial class PatientSplit
{
    /// <summary>
    /// The same split for a control: within the training set, and within the validation set, patients exchange their labels at random; test
    /// patients keep theirs. What is trained on it has nothing to learn, so that its figures on the test set must be those of chance.
    /// </summary>
    /// <remarks>
    /// The patients of each pattern of labels get those of all patterns in the set's proportions, as nearly as whole patients allow. A free draw
    /// would leave or turn a part of the truth by chance, in small sets a large one, and a network that learns it is off chance on any test set.
    /// </remarks>
    /// <param name="seed">Decides who gets whose labels: neither the order of the rows nor a pseudonym does.</param>
    /// <exception cref="PatientSplitException">The split is not one of a view of cases, or their truth is masks.</exception>
    public PatientSplit WithPermutedLabels(ulong seed)
    {
        if (Train.Cases is not { Task: { } task } train || Validation.Cases is not { } validation || task is SegmentationTask)
        {
            throw new PatientSplitException("Labels are exchanged between patients where the split is one of a view of cases (LoadCases) whose truth is no mask.");
        }

        return new PatientSplit(
            new TrainingSet(train.WithTargets(Exchanged(train, seed)), Train.Patients), new ValidationSet(validation.WithTargets(Exchanged(validation, seed)), Validation.Patients), Test, Membership);
    }

    private static IReadOnlyDictionary<string, Target> Exchanged(CaseView cases, ulong seed)
    {
        Dictionary<string, string> contents = Contents(cases);
        Case[][] patients = [.. cases.Read(images: false).GroupBy(one => one.PatientId, StringComparer.Ordinal)
            .Select(group => group.OrderBy(one => one.Part, StringComparer.Ordinal).ThenBy(one => contents[one.Id], StringComparer.Ordinal).ToArray())
            .OrderBy(own => contents[own[0].Id], StringComparer.Ordinal).ThenBy(own => own[0].Id, StringComparer.Ordinal)];
        string[] patterns = [.. patients.Select(own => string.Join(' ', own.Select(one => $"{one.Part}{one.Target!.Pattern}")))];
        CounterRandom random = new(seed, 0, 0, "permute labels");
        int[] order = [.. Enumerable.Range(0, patients.Length)];
        random.Shuffle<int>(order);
        // Those of a pattern stand together here, and evenly among the others there: who stands at the same place gives and takes.
        int[] takers = [.. order.OrderBy(patient => patterns[patient], StringComparer.Ordinal)];
        random.Shuffle<int>(order);
        List<(double Place, int Patient)> givers = [];
        foreach (IGrouping<string, int> alike in order.GroupBy(patient => patterns[patient], StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int[] own = [.. alike];
            double start = random.NextDouble();
            givers.AddRange(own.Select((patient, place) => ((place + start) / own.Length, patient)));
        }

        int[] donors = new int[patients.Length];
        foreach ((int taker, (double _, int giver)) in takers.Zip(givers.OrderBy(one => one.Place)))
        {
            donors[taker] = giver;
        }

        Dictionary<string, Target> targets = new(StringComparer.Ordinal);
        for (int i = 0; i < patients.Length; i++)
        {
            Case[] own = patients[i], donor = patients[donors[i]];
            for (int k = 0; k < own.Length; k++)
            {
                // What is true of a part stays with the part, where the other one has it.
                targets[own[k].Id] = (donor.FirstOrDefault(one => one.Part == own[k].Part) ?? donor[k % donor.Length]).Target!;
            }
        }

        return targets;
    }

    private static Dictionary<string, string> Contents(CaseView cases)
    {
        using DataViewRowCursor cursor = cases.GetRowCursor([cases.Schema[CaseSchema.CaseId], cases.Schema[CaseSchema.ContentHash]]);
        Func<string> id = RowReading.Text(cursor, cases.Schema[CaseSchema.CaseId]), content = RowReading.Text(cursor, cases.Schema[CaseSchema.ContentHash]);
        Dictionary<string, string> contents = new(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            contents[id()] = content();
        }

        return contents;
    }
}
