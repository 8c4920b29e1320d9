using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

public sealed class PatientSplitTests
{
    private static readonly MLContext s_ml = new(seed: 1);

    /// <summary>A random cohort, sizes that it can be divided into, a seed, and an order of the rows.</summary>
    private static readonly Gen<(CaseRow[] Rows, PatientSplitOptions Options, int Order)> s_cohorts =
        from patients in Gen.Choose(3, 40)
        from train in Gen.Choose(1, patients - 2)
        from validation in Gen.Choose(1, patients - train - 1)
        from test in Gen.Choose(1, patients - train - validation)
        from labels in Gen.Choose(0, int.MaxValue)
        from seed in Gen.Choose(0, 1000)
        from order in Gen.Choose(0, int.MaxValue)
        select (Cohort(patients, labels), new PatientSplitOptions { TrainPatients = train, ValidationPatients = validation, TestPatients = test, Seed = (ulong)seed }, order);

    [Fact]
    public void NoPatientIsOnTwoSidesAndTheSizesAreThoseAskedFor() => Check(cohort =>
    {
        PatientSplit split = Split(cohort.Rows, cohort.Options);
        IReadOnlySet<string>[] sets = [split.Train.Patients, split.Validation.Patients, split.Test.Patients];
        return sets.Select(set => set.Count).SequenceEqual([cohort.Options.TrainPatients!.Value, cohort.Options.ValidationPatients!.Value, cohort.Options.TestPatients!.Value])
            && sets.SelectMany(set => set).Distinct(StringComparer.Ordinal).Count() == sets.Sum(set => set.Count);
    });

    [Fact]
    public void EachSetHoldsAllRowsOfItsPatientsAndNoOthers() => Check(cohort =>
    {
        PatientSplit split = Split(cohort.Rows, cohort.Options);
        return Matches(split.Train, split.Train.Patients) && Matches(split.Validation, split.Validation.Patients) && Matches(split.Test, split.Test.Patients);

        bool Matches(IDataView view, IReadOnlySet<string> patients) =>
            Keys(Read(view)).SequenceEqual(Keys(cohort.Rows.Where(row => patients.Contains(row.PatientID))));
    });

    [Fact]
    public void TheOrderOfTheRowsDoesNotMatter() => Check(cohort =>
    {
        CaseRow[] shuffled = [.. cohort.Rows];
        new Random(cohort.Order).Shuffle(shuffled);
        return Names(Split(cohort.Rows, cohort.Options)) == Names(Split(shuffled, cohort.Options));
    });

    [Fact]
    public void EachPatternOfLabelsIsInEachSetInProportion() => Check(cohort =>
    {
        // Both sides normal, and so on: what the test set takes of a pattern is its share of the cohort, to less than one patient.
        Dictionary<string, string> pattern = cohort.Rows.GroupBy(row => row.PatientID, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => string.Concat(group.OrderBy(row => row.Part, StringComparer.Ordinal).Select(row => row.Label ? '+' : '-')), StringComparer.Ordinal);
        PatientSplit split = Split(cohort.Rows, cohort.Options);
        return pattern.Values.Distinct(StringComparer.Ordinal).All(kind =>
        {
            double share = pattern.Values.Count(other => other == kind) * (double)split.Test.Patients.Count / pattern.Count;
            return Math.Abs(split.Test.Patients.Count(patient => pattern[patient] == kind) - share) < 1;
        });
    });

    [Fact]
    public void AnotherSeedSplitsDifferently()
    {
        CaseRow[] rows = Cohort(60, 3);
        string[] splits = [.. Enumerable.Range(0, 5).Select(seed => Names(Split(rows, new PatientSplitOptions { Seed = (ulong)seed })))];
        Assert.Equal(5, splits.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void ABalancedSplitTakesEachPatternEquallyOften()
    {
        // 60 patients, 40 of them with two normal kidneys: a split in proportion could not be balanced by chance.
        CaseRow[] rows = [.. Enumerable.Range(0, 70).SelectMany(i => Patient(i, left: i >= 40 && i % 3 != 0, right: i >= 40 && i % 3 != 1))];
        PatientSplit split = Split(rows, new PatientSplitOptions { TrainPatients = 30, ValidationPatients = 20, TestPatients = 20, Balanced = true });

        foreach (IDataView set in (IDataView[])[split.Validation, split.Test])
        {
            Assert.Equal([5, 5, 5, 5], Read(set).GroupBy(row => row.PatientID, StringComparer.Ordinal)
                .Select(group => string.Concat(group.OrderBy(row => row.Part, StringComparer.Ordinal).Select(row => row.Label ? '+' : '-')))
                .CountBy(kind => kind, StringComparer.Ordinal).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value));
        }

        Assert.Equal(30, split.Train.Patients.Count);
        Assert.Equal("30 patients to train, 20 to validate, 20 to test", split.ToString());
    }

    [Fact]
    public void ABalancedSplitThatIsImpossibleSaysWhatIsLacking()
    {
        CaseRow[] rows = [.. Enumerable.Range(0, 20).SelectMany(i => Patient(i, left: i is 3, right: i > 15))];
        Assert.Contains("5 patients cannot be divided so", Refused(rows, new PatientSplitOptions { TrainPatients = 10, ValidationPatients = 5, TestPatients = 3, Balanced = true }), StringComparison.Ordinal);
        Assert.Contains("needs 2 patients of the pattern L+ R-, but 1 are left", Refused(rows, new PatientSplitOptions { TrainPatients = 10, ValidationPatients = 3, TestPatients = 6, Balanced = true }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 3, 2, "asks for 6 + 3 + 2 = 11 patients, but there are 10")]
    [InlineData(0, 3, 7, "train")]
    [InlineData(6, 0, 4, "validation")]
    [InlineData(6, 4, 0, "test")]
    [InlineData(-2, 6, 4, "train")]
    public void CountsThatCannotBeMetAreRefused(int train, int validation, int test, string expected) =>
        Assert.Contains(expected, Refused(Cohort(10, 1), new PatientSplitOptions { TrainPatients = train, ValidationPatients = validation, TestPatients = test }), StringComparison.Ordinal);

    [Fact]
    public void TooFewPatientsForFractionsAreRefused()
    {
        for (int patients = 1; patients <= 3; patients++)
        {
            Assert.Contains("patient", Refused(Cohort(patients, 1), new PatientSplitOptions()), StringComparison.Ordinal);
        }

        Assert.Contains("fractions", Refused(Cohort(10, 1), new PatientSplitOptions { TrainFraction = 0.9, ValidationFraction = 0.1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void TheCountsThatAreGivenHoldAndTheRestFollows()
    {
        PatientSplit split = Split(Cohort(20, 1), new PatientSplitOptions { TrainPatients = 5, ValidationPatients = 4 });
        Assert.Equal((5, 4, 11), (split.Train.Patients.Count, split.Validation.Patients.Count, split.Test.Patients.Count));
    }

    [Fact]
    public void AViewWithoutRowsIsRefused() =>
        Assert.Contains("no row", Refused([], new PatientSplitOptions()), StringComparison.Ordinal);

    [Fact]
    public void AMissingColumnIsNamed()
    {
        Assert.Contains("'Patient'", Refused(Cohort(5, 1), new PatientSplitOptions { PatientColumn = "Patient" }), StringComparison.Ordinal);
        Assert.Contains("'PatientID' is expected to hold Boolean", Refused(Cohort(5, 1), new PatientSplitOptions { LabelColumn = "PatientID" }), StringComparison.Ordinal);
    }

    [Fact]
    public void AnAssignmentInAColumnIsTaken()
    {
        CaseRow[] rows = Cohort(6, 2);
        PatientSplit split = s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set");
        Assert.Equal(
            [rows.Where(row => row.Set == "train").Select(row => row.PatientID).ToHashSet(), rows.Where(row => row.Set == "validation").Select(row => row.PatientID).ToHashSet(), rows.Where(row => row.Set == "test").Select(row => row.PatientID).ToHashSet()],
            [split.Train.Patients.ToHashSet(), split.Validation.Patients.ToHashSet(), split.Test.Patients.ToHashSet()]);
    }

    [Fact]
    public void ALeakedAssignmentNamesThePatientByPseudonym()
    {
        CaseRow[] rows = Cohort(6, 2);
        rows[3].Set = rows[2].Set == "test" ? "train" : "test";
        string message = Assert.Throws<PatientSplitException>(() => s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set")).Message;
        Assert.Contains($"Patient {rows[3].PatientID} is in {rows[2].Set} and in {rows[3].Set}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAssignmentWithoutATestSetOrWithAnotherWordIsRefused()
    {
        CaseRow[] rows = Cohort(6, 2);
        rows[0].Set = rows[1].Set = "holdout";
        Assert.Contains("found 'holdout'", Assert.Throws<PatientSplitException>(() => s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set")).Message, StringComparison.Ordinal);
        foreach (CaseRow row in rows)
        {
            row.Set = "train";
        }

        Assert.Contains("validation set would be empty", Assert.Throws<PatientSplitException>(() => s_ml.Data.SplitByColumn(s_ml.Data.LoadFromEnumerable(rows), "Set")).Message, StringComparison.Ordinal);
    }

    private static CaseRow[] Patient(int number, bool left, bool right)
    {
        string set = (number % 3) switch { 0 => "train", 1 => "validation", _ => "test" };
        return
        [
            new CaseRow { PatientID = $"P-{number:000}", Part = "L", Label = left, Set = set },
            new CaseRow { PatientID = $"P-{number:000}", Part = "R", Label = right, Set = set },
        ];
    }

    private static CaseRow[] Cohort(int patients, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, patients).SelectMany(i => Patient(i, random.Next(3) == 0, random.Next(3) == 0))];
    }

    private static PatientSplit Split(IEnumerable<CaseRow> rows, PatientSplitOptions options) => s_ml.Data.SplitByPatient(s_ml.Data.LoadFromEnumerable(rows), options);

    private static string Refused(IEnumerable<CaseRow> rows, PatientSplitOptions options) => Assert.Throws<PatientSplitException>(() => Split(rows, options)).Message;

    private static IEnumerable<CaseRow> Read(IDataView view) => s_ml.Data.CreateEnumerable<CaseRow>(view, reuseRowObject: false);

    private static IEnumerable<string> Keys(IEnumerable<CaseRow> rows) => rows.Select(row => $"{row.PatientID} {row.Part} {row.Label}");

    private static string Names(PatientSplit split) =>
        string.Join(" | ", ((IReadOnlySet<string>[])[split.Train.Patients, split.Validation.Patients, split.Test.Patients]).Select(set => string.Join(' ', set.Order(StringComparer.Ordinal))));

    private static void Check(Func<(CaseRow[] Rows, PatientSplitOptions Options, int Order), bool> holds) =>
        Prop.ForAll(s_cohorts.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
}
