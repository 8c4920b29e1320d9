using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>The control with exchanged labels: it learns nothing that holds for test patients, whatever a true training learns.</summary>
[Collection("training")]
public sealed class PermutedLabelsTests
{
    [Fact]
    public void PatientsExchangeLabelsAndTestPatientsKeepTheirs()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(With("P"));
        PatientSplit split = ml.Data.SplitByPatient(cases, train: 0.6, validation: 0.2), permuted = split.WithPermutedLabels(5);
        string[] Labels(PatientSet set) => [.. set.Cases!.Read(images: false).Select(one => one.Target!.Pattern)];
        Assert.Equal(Labels(split.Test), Labels(permuted.Test));
        foreach ((PatientSet before, PatientSet after) in ((PatientSet, PatientSet)[])[(split.Train, permuted.Train), (split.Validation, permuted.Validation)])
        {
            Assert.Equal(before.Patients, after.Patients);
            Assert.NotEqual(Labels(before), Labels(after));
            // As many of each class as before, and both images of a patient with one label, as before.
            Assert.Equal(Labels(before).Order(StringComparer.Ordinal), Labels(after).Order(StringComparer.Ordinal));
            Assert.All(after.Cases!.Read(images: false).GroupBy(one => one.PatientId, StringComparer.Ordinal), patient => Assert.Single(patient.Select(one => one.Target!.Pattern).Distinct()));
        }

        // What is left of the truth is what independence leaves: every pair of a true and a told class comes as often as its classes do.
        (string True, string Told)[] pairs = [.. Labels(split.Train).Zip(Labels(permuted.Train))];
        Assert.All(pairs.GroupBy(pair => pair), pair => Assert.InRange(pair.Count() - ((double)pairs.Count(one => one.True == pair.Key.True) * pairs.Count(one => one.Told == pair.Key.Told) / pairs.Length), -4, 4));
        Assert.Equal(9, pairs.Distinct().Count());

        Assert.Equal(Labels(permuted.Train), Labels(split.WithPermutedLabels(5).Train));
        Assert.NotEqual(Labels(permuted.Train), Labels(split.WithPermutedLabels(6).Train));
        Assert.NotEqual(split.Train.Cases!.Fingerprint(), permuted.Train.Cases!.Fingerprint());
        Assert.Equal(Labels(permuted.Train), permuted.Train.Cases!.Deferred().Select(one => one().Target!.Pattern));

        // Another key gives other pseudonyms, and the same images the same labels.
        using CaseView renamed = ml.Data.LoadCases(With("Q"));
        PatientSplit other = ml.Data.SplitByPatient(renamed, train: 0.6, validation: 0.2).WithPermutedLabels(5);
        Assert.Equal(Told(permuted.Train), Told(other.Train));

        static IEnumerable<string> Told(PatientSet set) => set.Cases!.Read().Select(one => $"{one.File} {one.Target!.Pattern}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void ARunWithPermutedLabelsIsMarkedAndFindsNothing()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        ThreeClassSystemTests.Write(studies, first: 0, count: 96, labels: true);
        string yaml = ThreeClassSystemTests.Changed(ThreeClassSystemTests.Definition(folder, studies, folder.File("run")), "split: { train: 24, validation: 12, test: 12 }", "split: { train: 36, validation: 18, test: 42 }");
        PipelineDefinition definition = PipelineReader.Read(yaml, [ThreeClassSystem.Entry]);
        PipelineDefinition control = PipelineReader.Read(ThreeClassSystemTests.Changed(yaml, "device: cpu", "device: cpu, permuted-labels: true"), [ThreeClassSystem.Entry]) with { Output = folder.File("control") };
        Assert.Equal((definition with { Training = definition.Training with { PermutedLabels = true } }).Parts(), control.Parts());
        RunOutcome outcome = new PipelineRunner(control, ThreeClassSystemTests.Settings, new SilentObserver()).Run();
        Metric area = ((MulticlassEvaluation)outcome.Report.Evaluation).AreaUnderRoc;
        Assert.Equal(EvaluationDefinition.Permuted, area.Mark);
        Assert.StartsWith("LABELS PERMUTED: a control", outcome.Report.Title, StringComparison.Ordinal);
        Assert.Contains(outcome.Report.Model.Limits, limit => limit.Contains("exchanged at random", StringComparison.Ordinal));

        RunOutcome truth = new PipelineRunner(definition, ThreeClassSystemTests.Settings, new SilentObserver()).Run();
        Assert.True(((MulticlassEvaluation)truth.Report.Evaluation).AreaUnderRoc.Value > 0.9);
        using ModelBundle one = ModelBundle.Load(outcome.Folder), two = ModelBundle.Load(truth.Folder);
        Assert.NotEqual(one.Card.RunKey, two.Card.RunKey);

        // Of several trainings each has an exchange of its own, and all together are off chance by no more than they differ.
        TrainingsOutcome repeated = new RepeatedRun(control, ThreeClassSystemTests.Settings, Repetition.Seeds(6), new SilentObserver()).Run();
        double[] areas = [.. repeated.Report.Trainings.Select(one => ((MulticlassEvaluation)one.Evaluation).AreaUnderRoc.Value)];
        Assert.Equal(6, areas.Distinct().Count());
        double mean = areas.Average(), error = Math.Sqrt(areas.Sum(one => (one - mean) * (one - mean)) / 5 / 6);
        Assert.True(Math.Abs(mean - 0.5) < 2.57 * error, string.Join(' ', areas));
    }

    private static SyntheticCases With(string key)
    {
        SyntheticCases source = SyntheticCases.Multiclass(60);
        return new SyntheticCases(source.Task, source.Schema, 60, number => new Made(
            [.. source.Read(number).Cases[0].Images.Select(image => image.Values.ToArray())], new ClassTarget(number / 2 % 3))) { Key = key, PerPatient = 2 };
    }
}
