using System.Globalization;
using MLNetScinti.Cli.Tests;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Plans;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Tests.Registry;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Plans;

/// <summary>A plan says what it can see before anybody relies on it, and its looks are counted.</summary>
public sealed class PlanTests(TrainedModels trained) : IClassFixture<TrainedModels>, IDisposable
{
    private static readonly string s_shipped = Path.Combine(TestData.Repository, "pipelines", "plans", "change-plan.yaml");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheShippedPlanIsSoundAndSaysWhatItSees()
    {
        ChangePlan plan = ChangePlan.Read(s_shipped);
        Assert.Empty(PlanPower.Lint(plan));
        TestSight cameras = PlanPower.Of(plan, 1).Single(sight => sight.Test is { By: "Camera", Figure: PlanFigure.Sensitivity });
        // By the normal distribution: 5 points less (1.34 - 0.84) standard errors of 1.32 points.
        Assert.InRange(cameras.Found, 0.040, 0.046);
        Assert.InRange(PlanPower.EqualPasses(PlanPower.Of(plan, 1)), 0.92, 1);
        string words = string.Join('\n', PlanWords.Explain(plan));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"the smallest loss found 80 % of the time is {100 * cameras.Found:0.0} points"), words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("positives: 400, negatives: 200", "positives: 60, negatives: 200", "60 patients in the smallest group, and the test asks for 300")]
    [InlineData("minimum: 300", "minimum: 30", null)]
    [InlineData("by: Camera, margin: 0.05", "by: Camera, margin: 0.01", "cannot see a margin of 1 points")]
    [InlineData("disagreement: 0.07", "disagreement: 0.3", "cannot see a margin of 5 points")]
    [InlineData("planned: 1, error: 0.09", "planned: 50, error: 0.01", "cannot see a margin of 5 points")]
    [InlineData("{ by: Camera, count: 4", "{ by: Site, count: 4", "nothing is said of the groups by Camera")]
    [InlineData("count: 4", "count: 5", "5 groups by Camera")]
    public void APlanThatCannotSeeItsMarginIsRefused(string there, string instead, string? problem)
    {
        string file = Plan(text => text.Replace(there, instead, StringComparison.Ordinal));
        IReadOnlyList<string> problems = PlanPower.Lint(ChangePlan.Read(file));
        Assert.True(problem is null ? problems.Count == 0 : problems.Any(one => one.Contains(problem, StringComparison.Ordinal)), string.Join('\n', problems));
    }

    [Fact]
    public void PatientsThatAreNeededAreEnoughAndOneLessIsNot()
    {
        ChangePlan plan = ChangePlan.Read(Plan(text => text.Replace("by: Camera, margin: 0.05", "by: Camera, margin: 0.025", StringComparison.Ordinal)));
        TestSight sight = PlanPower.Of(plan, 1).Single(sight => sight.Test is { By: "Camera", Figure: PlanFigure.Sensitivity });
        int needed = Assert.IsType<int>(sight.Needed);
        Assert.InRange(needed, 450, 750);
        Assert.True(PlanPower.Passes(needed, 0.07, 0, 0.025, 0.09) >= 0.8);
        Assert.True(PlanPower.Passes(needed - 1, 0.07, 0, 0.025, 0.09) < 0.8);
    }

    [Theory]
    [InlineData(60, 0.1, 0, 0.1, 0.05)]
    [InlineData(400, 0.07, 0.05, 0.05, 0.075)]
    [InlineData(400, 0.02, 0.05, 0.05, 0.05)]
    [InlineData(30, 0.3, -0.1, 0.15, 0.1)]
    public void PowerIsWhatDrawingShows(int patients, double disagreement, double loss, double margin, double error)
    {
        Random random = new(8);
        const int draws = 4000;
        double apart = Math.Max(disagreement, Math.Abs(loss)), lost = (apart + loss) / 2;
        int passed = 0;
        for (int i = 0; i < draws; i++)
        {
            int only = 0, other = 0;
            for (int patient = 0; patient < patients; patient++)
            {
                double u = random.NextDouble();
                other += u < lost ? 1 : 0;
                only += u >= lost && u < apart ? 1 : 0;
            }

            passed += new PairedProportions(patients - only - other, only, other, 0).NonInferiorityP(margin) < error ? 1 : 0;
        }

        double power = PlanPower.Passes(patients, disagreement, loss, margin, error);
        Assert.InRange((double)passed / draws, power - 0.035, power + 0.035);
    }

    [Theory]
    [InlineData("margin: 0.05", "margin: 5", "margin: expected")]
    [InlineData("may-change: [training-data, weights, threshold]", "may-change: [everything]", "may-change")]
    [InlineData("until: 2030-12-31", "until: someday", "stop.until: expected a day")]
    [InlineData("plausible-gain: 0.03", "plausibel-gain: 0.03", "plausible-gain")]
    [InlineData("model: demo", "model: Demo X", "model: expected a model's name")]
    [InlineData("- { figure: sensitivity, margin: 0.05 }\n", "", "tests: expected")]
    public void AMistakeInAPlanIsAnsweredWithItsPlace(string there, string instead, string problem)
    {
        string message = Assert.Throws<DefinitionException>(() => ChangePlan.Read(Plan(text =>
        {
            Assert.Contains(there, text, StringComparison.Ordinal);
            return problem == "tests: expected" ? text.Replace("  - { figure: sensitivity, margin: 0.05 }\n  - { figure: specificity, margin: 0.05 }\n", "", StringComparison.Ordinal) : text.Replace(there, instead, StringComparison.Ordinal);
        }))).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.Matches(@"plan\.yaml(:\d+)?: ", message);
    }

    [Fact]
    public void LooksAreCountedInTheLogAndTheCasesAreLocked()
    {
        (string champion, string challenger, string facts) = Tables(1);
        ModelRegistry registry = new(_folder.File("registry"), "scinti test", "grete");
        ModelVersion version = registry.Add(trained.Bundle(1), null, "first").Version;
        LockedTestSet set = LockedTestSet.Read(champion, challenger, "yes", facts);
        Assert.Equal(set.Hash, LockedTestSet.Read(challenger, champion, "yes", null).Hash);
        ChangePlan plan = Lenient();
        DateOnly today = new(2026, 11, 1);
        Assert.True(set.Judge(registry, plan, version, today).Passes);
        Assert.False(LockedTestSet.Read(champion, Tables(2, worse: true).Challenger, "yes", facts) is var worse && worse.Judge(registry, plan, version, today).Passes);
        Assert.Equal((false, 0), set.Judge(registry, plan, version, today) is var third ? (third.Passes, third.Look) : default);
        AuditEntry[] looks = [.. registry.Log().Where(entry => entry.Act.What == "look")];
        Assert.Equal(["passed", "refused"], looks.Select(look => look.Act.Why.Split(':')[0]));
        Assert.All(looks, look => Assert.Equal((plan.Hash, set.Hash), (look.Act.Hashes["plan"], look.Act.Hashes["test-set"])));

        // Another plan over the same cases finds them used; the same plan over other cases is refused.
        Assert.Equal(0, set.Judge(registry, plan with { Hash = new string('a', 64) }, version, today).Look);
        (string other, string otherNow, _) = Tables(1, cases: 200);
        Assert.Contains("one locked test set", Assert.Throws<RegistryException>(() => LockedTestSet.Read(other, otherNow, "yes", null).Judge(registry, plan, version, today)).Message, StringComparison.Ordinal);

        // Whoever takes looks out of the log gets no more of them.
        File.WriteAllLines(registry.LogFile, File.ReadAllLines(registry.LogFile)[..1]);
        Assert.True(Assert.Throws<RegistryException>(() => set.Judge(registry, plan, version, today)).IsTampered);
    }

    [Fact]
    public void TablesThatAreNotOfTheSameCasesAreRefusedByName()
    {
        (string champion, string challenger, string facts) = Tables(1);
        void Refused(string words, Func<string, string> change, string? which = null)
        {
            string file = _folder.File("changed.csv");
            File.WriteAllText(file, change(File.ReadAllText(which ?? challenger)));
            string message = Assert.Throws<InvalidDataException>(() => which == facts ? LockedTestSet.Read(champion, challenger, "yes", file) : LockedTestSet.Read(champion, file, "yes", facts)).Message;
            Assert.Contains(words, message, StringComparison.Ordinal);
        }

        Refused("case c3 of", text => text.Replace("test,c3,", "test,x3,", StringComparison.Ordinal));
        Refused("another patient or label", text => text.Replace("test,c3,p3", "test,c3,p4", StringComparison.Ordinal));
        Refused("there twice", text => text + text.Split('\n')[2] + "\n");
        Refused("expected a column PredictedLabel", text => text.Replace("PredictedLabel", "Called", StringComparison.Ordinal));
        Refused("with the label 'yes'", text => text.Replace(",yes", ",maybe", StringComparison.Ordinal));
        Refused("expected a column CaseId or PatientID", text => text.Replace("CaseId", "Case", StringComparison.Ordinal), facts);
        Refused("is there twice", text => text + text.Split('\n')[1] + "\n", facts);
    }

    [Fact]
    public void TheCommandsJudgeAndSay()
    {
        (string champion, string challenger, string facts) = Tables(1);
        string plan = _folder.File("lenient.yaml");
        File.WriteAllText(plan, LenientText().Replace("pass: propose", "pass: promote", StringComparison.Ordinal));
        Assert.Equal(0, Scinti.Run(_folder.Path, "plan", "lint", plan).Code);
        Assert.Contains("smallest loss found 80 % of the time", Scinti.Run(_folder.Path, "plan", "explain", s_shipped).Output, StringComparison.Ordinal);
        Assert.Equal(10, Scinti.Run(_folder.Path, "plan", "lint", Plan(text => text.Replace("margin: 0.05", "margin: 0.001", StringComparison.Ordinal))).Code);
        new ModelRegistry(_folder.File("registry"), "scinti test").Add(trained.Bundle(1), null, "first");
        string[] gate = ["plan", "gate", plan, champion, challenger, "--positive", "yes", "--facts", facts, "--registry", "registry"];
        (int code, string output, string error) = Scinti.Run(_folder.Path, gate);
        Assert.True(code == 0, error);
        Assert.Contains("demo:v1 is in use now", output, StringComparison.Ordinal);
        // Nothing is a candidate any more.
        Assert.Equal(2, Scinti.Run(_folder.Path, gate).Code);
        Assert.Equal(10, Scinti.Run(_folder.Path, ["plan", "gate", plan, champion, Tables(2, worse: true).Challenger, .. gate[5..], "--version-judged", "v1"]).Code);
    }

    private static string LenientText() => """
        model: demo
        may-change: [weights]
        test-set: { positives: 150, negatives: 150, disagreement: 0.07, groups: [{ by: Camera, count: 2, positives: 75, negatives: 75 }] }
        tests: [{ figure: sensitivity, margin: 0.15 }, { figure: sensitivity, by: Camera, margin: 0.2, minimum: 50 }]
        floors: [{ figure: sensitivity, least: 0.5 }]
        plausible-gain: 0.2
        looks: { planned: 2, error: 0.1 }
        stop: { refusals: 5 }
        effect: { pass: propose }
        """;

    private ChangePlan Lenient()
    {
        string file = _folder.File("lenient.yaml");
        File.WriteAllText(file, LenientText());
        return ChangePlan.Read(file);
    }

    private (string Champion, string Challenger, string Facts) Tables(int seed, bool worse = false, int cases = 300)
    {
        Random random = new(seed);
        string Table(string name, Func<int, bool> right)
        {
            string file = _folder.File($"{name}-{seed}-{cases}.csv");
            File.WriteAllText(file, "Set,CaseId,PatientID,Label,Score,PredictedLabel\nvalidation,v1,pv,no,0,no\n"
                + string.Concat(Enumerable.Range(0, cases).Select(i => $"test,c{i},p{i},{(i % 2 == 0 ? "yes" : "no")},0.5,{(right(i) == (i % 2 == 0) ? "yes" : "no")}\n")));
            return file;
        }

        string facts = _folder.File("facts.csv");
        File.WriteAllText(facts, "CaseId,Camera\n" + string.Concat(Enumerable.Range(0, cases).Select(i => $"c{i},{(i % 4 < 2 ? "A" : "B")}\n")));
        return (Table("champion", i => i % 10 != 0), Table("challenger", i => worse && i % 3 == 0 ? random.NextDouble() < 0.2 : i % 10 != 0 || i % 40 == 0), facts);
    }

    private string Plan(Func<string, string> change)
    {
        string file = _folder.File("plan.yaml");
        File.WriteAllText(file, change(File.ReadAllText(s_shipped)));
        return file;
    }
}
