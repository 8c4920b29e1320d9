using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.NewSystems;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Who goes where depends on the seed and on what the studies hold, on no secret and on no order.</summary>
public sealed class PatientSplitTests
{
    private static readonly MLContext s_ml = new(seed: 1);

    private static readonly Gen<(int Patients, int PerPatient, int Classes, int Folds, int Seed, int Order)> s_cohorts =
        from patients in Gen.Choose(3, 30)
        from perPatient in Gen.Choose(1, 3)
        from classes in Gen.Choose(2, 4)
        from folds in Gen.Choose(3, Math.Min(patients, 8))
        from seed in Gen.Choose(0, 1000)
        from order in Gen.Choose(0, int.MaxValue)
        select (patients, perPatient, classes, folds, seed, order);

    [Fact]
    public void FoldsTestEachPatientOnceAndPutNoneOnTwoSides() => Check(cohort =>
    {
        using CaseView view = View(cohort, "P");
        IReadOnlyList<PatientSplit> folds = s_ml.Data.CrossValidationSplitByPatient(view, cohort.Folds, new PatientSplitOptions { Seed = (ulong)cohort.Seed });
        string[] tested = [.. folds.SelectMany(fold => fold.Test.Patients)], validated = [.. folds.SelectMany(fold => fold.Validation.Patients)];
        return folds.Count == cohort.Folds
            && tested.Length == cohort.Patients && tested.Distinct(StringComparer.Ordinal).Count() == cohort.Patients
            && validated.Length == cohort.Patients && validated.Distinct(StringComparer.Ordinal).Count() == cohort.Patients
            && folds.All(fold => !fold.Train.Patients.Overlaps(fold.Test.Patients) && !fold.Train.Patients.Overlaps(fold.Validation.Patients) && !fold.Validation.Patients.Overlaps(fold.Test.Patients)
                && fold.Train.Patients.Count + fold.Validation.Patients.Count + fold.Test.Patients.Count == cohort.Patients);
    });

    [Fact]
    public void EachFoldHasItsShareOfEachPattern() => Check(cohort =>
    {
        using CaseView view = View(cohort, "P");
        Dictionary<string, string> patterns = view.Read(images: false).GroupBy(one => one.PatientId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Join(' ', group.Select(one => one.Target!.Pattern).Order(StringComparer.Ordinal)), StringComparer.Ordinal);
        IReadOnlyList<PatientSplit> folds = s_ml.Data.CrossValidationSplitByPatient(view, cohort.Folds, new PatientSplitOptions { Seed = (ulong)cohort.Seed });
        return patterns.Values.Distinct(StringComparer.Ordinal).All(pattern =>
        {
            int[] counts = [.. folds.Select(fold => fold.Test.Patients.Count(patient => patterns[patient] == pattern))];
            return counts.Max() - counts.Min() <= 1;
        });
    });

    [Fact]
    public void TheSplitOfASeedIsTheSameUnderEveryKeyAndInEveryOrder() => Check(cohort =>
    {
        using CaseView view = View(cohort, "P"), other = View(cohort, "Q", cohort.Order);
        PatientSplitOptions options = new() { TrainFraction = 0.4, ValidationFraction = 0.3, Seed = (ulong)cohort.Seed };
        SplitMembership one = s_ml.Data.SplitByPatient(view, options).Membership, two = s_ml.Data.SplitByPatient(other, options).Membership;
        return BySide(one).SequenceEqual(BySide(two), StringComparer.Ordinal)
            && s_ml.Data.CrossValidationSplitByPatient(view, cohort.Folds, options).Zip(s_ml.Data.CrossValidationSplitByPatient(other, cohort.Folds, options))
                .All(folds => BySide(folds.First.Membership).SequenceEqual(BySide(folds.Second.Membership), StringComparer.Ordinal));
    });

    [Fact]
    public void AFolderOfDicomIsSplitAlikeUnderTwoKeys()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, 12);
        SplitMembership[] memberships = [.. new[] { "one", "two" }.Select(secret =>
        {
            using CaseView view = new(new FolderCases(folder.Path, new ThreeClassSystem(), new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of(secret)) }));
            return s_ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25).Membership;
        })];

        Assert.Equal(BySide(memberships[0]), BySide(memberships[1]));
        Assert.Empty(memberships[0].Patients.Select(patient => patient.PatientId).Intersect(memberships[1].Patients.Select(patient => patient.PatientId)));
    }

    [Fact]
    public void AModelKnowsItsPatientsByPseudonymAndByContent()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, 12);
        CaseView Load(string secret) => new(new FolderCases(folder.Path, new ThreeClassSystem(), new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of(secret)) }));
        using CaseView cases = Load("one"), others = Load("two");
        PatientSplit split = s_ml.Data.SplitByPatient(cases, train: 0.5, validation: 0.25), foreign = s_ml.Data.SplitByPatient(others, train: 0.5, validation: 0.25);
        string file = folder.File(SplitMembership.FileName);
        File.WriteAllText(file, split.Membership.ToJson());
        SplitMembership kept = SplitMembership.Read(file);
        Assert.Equal(split.Membership.ToJson(), kept.ToJson());
        Assert.Equal(12, kept.Patients.Count);

        kept.MustNotKnow(split.Test, "model");
        kept.MustNotKnow(foreign.Test, "model");
        SplitMembership.Unknown.MustNotKnow(cases, "model");
        string trained = Assert.Throws<PatientSplitException>(() => kept.MustNotKnow(split.Train, "model")).Message;
        Assert.Contains(split.Train.Patients, id => trained.StartsWith($"Patient {id} was trained on by model", StringComparison.Ordinal));
        string validated = Assert.Throws<PatientSplitException>(() => kept.MustNotKnow(split.Validation, "model")).Message;
        Assert.Contains("validated on by model", validated, StringComparison.Ordinal);

        string known = Assert.Throws<PatientSplitException>(() => kept.MustNotKnow(foreign.Train, "model")).Message;
        Assert.Contains(foreign.Train.Patients, id => known.Contains(id, StringComparison.Ordinal));
        Assert.Contains("(by the images) was trained on by model", known, StringComparison.Ordinal);
        // An image leads to no pseudonym: not in the message, and not in the file.
        Assert.DoesNotContain(split.Train.Patients, id => known.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain("contents", split.Membership.ToJson(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void WhatIsNoListOfASplitIsRefusedInOneLine()
    {
        using TemporaryFolder folder = new();
        foreach (string text in (string[])["", "{}", "[1]", "{\"patients\": [{\"side\": \"elsewhere\"}]}", "null",
            "{\"patients\": null}", "{\"patients\": [null]}", "{\"patients\": [{\"patientId\": \"P-1\", \"side\": \"Train\"}]}", "{\"patients\": [{\"patientId\": \"P-1\", \"side\": \"Train\", \"contents\": null}]}",
            "{\"patients\": [{\"patientId\": \"P-1\", \"side\": \"Train\", \"contents\": [null]}]}", "{\"patients\": [{\"patientId\": \"P-1\", \"contents\": []}]}",
            "{\"patients\": [{\"side\": \"Train\", \"contents\": []}]}", "{\"patients\": [{\"patientId\": \"\", \"side\": \"Train\", \"contents\": []}]}"])
        {
            File.WriteAllText(folder.File("split.json"), text);
            string message = Assert.Throws<InvalidDataException>(() => SplitMembership.Read(folder.File("split.json"))).Message;
            Assert.StartsWith(folder.File("split.json"), message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void TheSameImagesUnderTwoPatientNumbersAreOnOneSide()
    {
        // A patient who was registered twice, with the same study under both numbers.
        ImageShape shape = new(2, 2);
        for (ulong seed = 0; seed < 20; seed++)
        {
            using CaseView view = new(new SyntheticCases(new BinaryTask("a", "b"), new CaseSchema(new CaseImageColumn("Image", shape)), 20,
                number => new Made([[number % 10, 1, 2, 3]], new ClassTarget(number % 2))));
            PatientSplit split = s_ml.Data.SplitByPatient(view, new PatientSplitOptions { TrainFraction = 0.4, ValidationFraction = 0.3, Seed = seed });
            split.Membership.MustNotKnow(split.Test, "model");
            foreach (PatientSplit fold in s_ml.Data.CrossValidationSplitByPatient(view, 4, new PatientSplitOptions { Seed = seed }))
            {
                fold.Membership.MustNotKnow(fold.Test, "model");
            }
        }
    }

    [Fact]
    public void ADivisionThatPutsTheSameImagesOnTwoSidesIsRefused()
    {
        Row[] rows = [new("a", "one", "train"), new("b", "two", "validation"), new("c", "three", "test"), new("d", "one", "test")];
        string message = Assert.Throws<PatientSplitException>(() => s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set")).Message;
        Assert.Contains("Patient d is in test and has the images of patient a, who is in train", message, StringComparison.Ordinal);
        rows[3] = new("d", "one", "train");
        Assert.Equal(["a", "d"], s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set").Train.Patients.Order(StringComparer.Ordinal));
    }

    private sealed record Row(string PatientID, string ContentHash, string Set);

    private static CaseView View((int Patients, int PerPatient, int Classes, int Folds, int Seed, int Order) cohort, string key, int? order = null)
    {
        int studies = cohort.Patients * cohort.PerPatient;
        int[] numbers = [.. Enumerable.Range(0, studies)];
        if (order is { } shuffled)
        {
            new Random(shuffled).Shuffle(numbers);
        }

        string[] names = [.. Enumerable.Range(0, cohort.Classes).Select(number => $"class {number}")];
        return new CaseView(new SyntheticCases(new MulticlassTask(names), new CaseSchema(new CaseImageColumn("Image", new ImageShape(2, 2))), studies,
            number => new Made([[number, cohort.Seed, 2, 3]], new ClassTarget((int)(new CounterRandom(5, 0, (ulong)number, "class").NextDouble() * cohort.Classes))), numbers)
        { Key = key, PerPatient = cohort.PerPatient });
    }

    // The sides with what their patients' studies hold: the same where two splits agree, whatever patients are called.
    private static IEnumerable<string> BySide(SplitMembership membership) =>
        membership.Images.Select(image => $"{image.Side} {image.Hash}").Concat(membership.Patients.Select(patient => patient.Side.ToString())).Order(StringComparer.Ordinal);

    private static void Check(Func<(int Patients, int PerPatient, int Classes, int Folds, int Seed, int Order), bool> holds) =>
        Prop.ForAll(s_cohorts.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>Models of two cohorts together know the patients of both, by their images too: whatever either list was made with.</summary>
    [Fact]
    public void WhatAnyOfSeveralModelsWasFittedOnIsKnownToAllOfThemTogetherUnderAnyKey()
    {
        MLContext ml = new(seed: 1);
        CaseView Cohort(int first, string key)
        {
            SyntheticCases made = SyntheticCases.Binary(24);
            return ml.Data.LoadCases(new SyntheticCases(made.Task, made.Schema, 24, number => new Made([Pattern.Blobs(made.Schema.Images[0].Shape, number, "union", (0, 4 + (number % 8), 5, 100))], new ClassTarget(number % 2)), [.. Enumerable.Range(first, 12)]) { Key = key });
        }

        using CaseView one = Cohort(0, "P"), other = Cohort(12, "P"), foreign = Cohort(0, "Q"), foreignOther = Cohort(12, "Q");
        PatientSplit[] splits = [.. ((CaseView[])[one, other]).Select(view => ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25))];
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("split.json"), SplitMembership.Union(splits.Select(split => split.Membership)).ToJson());
        SplitMembership together = SplitMembership.Read(folder.File("split.json"));
        Assert.Equal(24, together.Patients.Count);
        foreach ((PatientSplit split, CaseView stranger) in splits.Zip((CaseView[])[foreign, foreignOther]))
        {
            together.MustNotKnow(split.Test, "both");
            Assert.Throws<PatientSplitException>(() => together.MustNotKnow(split.Train, "both"));
            Assert.Throws<PatientSplitException>(() => together.MustNotKnow(split.Validation, "both"));
            Assert.Throws<PatientSplitException>(() => together.MustNotKnow(stranger, "both"));
        }
    }

    private static void Write(string folder, int patients)
    {
        List<string> table = ["File,Label"];
        ImageShape shape = new(32, 32);
        for (int patient = 0; patient < patients; patient++)
        {
            PlanarImage view = new(32, 32, 4.8, 4.8, Pattern.Blobs(shape, patient, "split", (0, 10, 10 + patient, 100)));
            NuclearMedicineWriter.WriteStatic(Path.Combine(folder, $"{patient}.dcm"), view, view, new NuclearMedicineStudy { PatientId = $"patient {patient}" });
            table.Add($"{patient}.dcm,{(patient % 2 == 0 ? "high" : "low")}");
        }

        File.WriteAllLines(Path.Combine(folder, "labels.csv"), table);
    }
}
