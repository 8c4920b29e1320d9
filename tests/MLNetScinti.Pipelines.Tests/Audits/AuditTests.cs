using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Audits;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Audits;

/// <summary>Each audit on a cohort with its fault planted, and on one without.</summary>
public sealed class AuditTests
{
    private static readonly AuditOptions s_options = new() { Permutations = 79, Replicates = 300, Threads = 2 };

    private static readonly Augmentation s_changes = new(new RandomRotate(3), new RandomTranslate(2));

    [Fact]
    public void NothingIsFoundWhereNothingIsPlanted()
    {
        using CaseView cases = new MadeCohort(1).Cases();
        AuditFinding shortcut = ShortcutAudit.Run(cases, s_options), copies = AugmentationSignatureAudit.Run(cases, Copies(2, 2, 2), s_options), views = MissingViewAudit.Run(cases, s_options);
        Assert.All([shortcut, copies, views], finding => Assert.False(finding.IsFound, string.Join(' ', finding.Sentences)));
        Assert.All([shortcut, copies], finding =>
        {
            Assert.Contains("could not be shown", finding.Sentences[0], StringComparison.Ordinal);
            Assert.Contains("Found half the time", string.Join(' ', finding.Sentences), StringComparison.Ordinal);
            Assert.InRange(finding.FoundHalfTheTime!.Value, 0.55, 0.85);
            Assert.True(finding.P > finding.Alarm);
        });
        Assert.Contains("No view is missing and none is mirrored: each patient has 2", views.Sentences[0], StringComparison.Ordinal);
        Assert.False(views.Effect.Metric.IsDefined);
    }

    [Fact]
    public void ACameraThatGoesWithTheClassIsFound()
    {
        MadeCohort cohort = new(2);
        for (int patient = 0; patient < MadeCohort.Patients; patient += patient % 2 == 0 ? 1 : 3)
        {
            cohort.Camera[patient] = $"camera {MadeCohort.ClassOf(patient)}";
        }

        using CaseView cases = cohort.Cases();
        AuditFinding finding = ShortcutAudit.Run(cases, s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("(acquisition)", finding.Sentences[0], StringComparison.Ordinal);
        Assert.Contains("most by Camera alone", finding.Sentences[1], StringComparison.Ordinal);
        // What does not differ is no fact to tell by.
        Assert.DoesNotContain(finding.Figures, figure => figure.Name.Contains("Matrix", StringComparison.Ordinal));
        Assert.True(finding.Effect.Metric.Interval!.Lower > 0.5);
    }

    [Fact]
    public void AFilterThatGoesWithTheClassIsFoundInTheNoise()
    {
        MadeCohort cohort = new(3);
        for (int patient = 0; patient < MadeCohort.Patients; patient++)
        {
            if (MadeCohort.ClassOf(patient) == 1)
            {
                cohort.Views[patient] = [.. cohort.Views[patient].Select(Filtered)];
            }
        }

        using CaseView cases = cohort.Cases();
        AuditFinding finding = ShortcutAudit.Run(cases, s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("(noise)", finding.Sentences[0], StringComparison.Ordinal);
        Assert.Contains("middle from the others", finding.Sentences[2], StringComparison.Ordinal);
        Assert.True(finding.Effect.Metric.Value > 0.95);
    }

    [Fact]
    public void ClassesThatAreCopiedUnequallyAreFound()
    {
        using CaseView cases = new MadeCohort(4).Cases();
        AuditFinding finding = AugmentationSignatureAudit.Run(cases, Copies(1, 2.5, 1), s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("middle 60 %", finding.Sentences[2], StringComparison.Ordinal);
        Assert.Contains("low 0 %", finding.Sentences[2], StringComparison.Ordinal);
        Assert.True(finding.Figures[0].Metric.Interval!.Lower > 0.7, $"{finding.Figures[0].Metric}");
    }

    [Fact]
    public void ImagesThatSomebodyElseResampledAreFoundThoughThePipelineCopiesNothing()
    {
        MadeCohort cohort = new(5);
        ImageShape shape = new(MadeCohort.Rows, MadeCohort.Columns);
        for (int patient = 0; patient < MadeCohort.Patients; patient++)
        {
            if (MadeCohort.ClassOf(patient) == 2)
            {
                cohort.Views[patient] = [.. cohort.Views[patient].Select(view =>
                {
                    float[] turned = new float[view.Length];
                    s_changes.Draw(9, 1, (ulong)patient, shape).Apply(view, shape, turned);
                    return turned;
                })];
            }
        }

        using CaseView cases = cohort.Cases();
        AuditFinding finding = AugmentationSignatureAudit.Run(cases, null, s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("low from the others", finding.Sentences[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ViewsThatOneClassLacksAreFound(bool mirrored)
    {
        MadeCohort cohort = new(6);
        for (int patient = 0; patient < MadeCohort.Patients; patient++)
        {
            if (MadeCohort.ClassOf(patient) == 0 && patient % 2 == 0)
            {
                float[] own = cohort.Views[patient][0];
                cohort.Views[patient] = mirrored ? [own, [.. own.Chunk(MadeCohort.Columns).SelectMany(row => row.Reverse())]] : [own];
            }
        }

        using CaseView cases = cohort.Cases();
        AuditFinding finding = MissingViewAudit.Run(cases, s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("high 10 of 20", finding.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("low 0 of 20", finding.Sentences[1], StringComparison.Ordinal);
        Assert.Contains(mirrored ? "mirror images stand for them" : "left out", finding.Sentences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WhoCanBeKnownAgainFlattersASplitOfImages()
    {
        MadeCohort cohort = new(7), others = new(7);
        using CaseView cases = cohort.Cases();
        AuditFinding finding = LeakageControl.Run(cases, Copies(2, 2, 2), s_options);
        Assert.True(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.True(finding.Effect.Metric.Value > 0.05);

        // Whose image it is says nothing where each patient's views are like everybody's.
        CounterRandom random = new(8, 0, 0, "views");
        foreach (float[][] views in others.Views)
        {
            for (int view = 0; view < views.Length; view++)
            {
                views[view] = [.. Enumerable.Range(0, MadeCohort.Rows * MadeCohort.Columns).Select(_ => (float)random.NextPoisson(20))];
            }
        }

        using CaseView alike = others.Cases();
        finding = LeakageControl.Run(alike, Copies(1, 1, 1), s_options);
        Assert.False(finding.IsFound, string.Join(' ', finding.Sentences));
        Assert.Contains("could not be shown", finding.Sentences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void TheNumberOfThreadsChangesNothing()
    {
        using CaseView cases = new MadeCohort(9).Cases();
        AuditFinding one = ShortcutAudit.Run(cases, s_options with { Threads = 1, Permutations = 19 }), several = ShortcutAudit.Run(cases, s_options with { Threads = 4, Permutations = 19 });
        Assert.Equal(one.Sentences, several.Sentences);
        Assert.Equal(one.Effect.Metric, several.Effect.Metric);
        Assert.Equal(one.P, several.P);
    }

    [Fact]
    public void ClassesOfTooFewPatientsAreNamedAndLeftOut()
    {
        MadeCohort cohort = new(10);
        for (int patient = 0; patient < MadeCohort.Patients; patient++)
        {
            if (MadeCohort.ClassOf(patient) == 2 && patient > 12)
            {
                cohort.Views[patient] = [];
            }
        }

        using CaseView cases = cohort.Cases();
        Assert.Contains("Too few patients to look at: low.", ShortcutAudit.Run(cases, s_options with { Permutations = 19 }).Sentences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void OfManyPatientsSomeAreDrawn()
    {
        using CaseView cases = new MadeCohort(11).Cases();
        AuditFinding finding = MissingViewAudit.Run(cases, s_options with { MostPatients = 30 });
        Assert.Contains("Of the patients 30 were drawn.", finding.Sentences[0], StringComparison.Ordinal);
    }

    private static TrainingCopies Copies(params double[] factors) =>
        new(MadeCohort.Task.Classes.Zip(factors).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal), 1, s_changes);

    private static float[] Filtered(float[] view)
    {
        float[] filtered = new float[view.Length];
        new Smooth(0.5).Apply(view, new ImageShape(MadeCohort.Rows, MadeCohort.Columns), filtered);
        return filtered;
    }
}
