using System.CommandLine;
using System.Globalization;
using MLNetScinti.Jobs.Plans;
using MLNetScinti.Jobs.Registry;

namespace MLNetScinti.Cli;

/// <summary><c>scinti plan</c>: what may change about a model without asking again, and what it has to show.</summary>
internal static class PlanCommand
{
    public static Command Create() => new("plan", "Change plans: what may change about a model, how that is tested, when it ends, and what follows.")
    {
        Lint(), Explain(), Gate(),
    };

    private static Command Lint()
    {
        Argument<string> file = File();
        Command command = new("lint", "Says what is wrong with a plan before anybody uses it: a test set that cannot see the plan's own margin, groups too small, losses that add up.") { file };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            string path = parsed.GetRequiredValue(file);
            ChangePlan plan = ChangePlan.Read(path);
            IReadOnlyList<string> problems = PlanPower.Lint(plan);
            foreach (string problem in problems)
            {
                Terminal.Error($"scinti: {path}: {problem}");
            }

            if (problems.Count == 0)
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{path}: sound: a model as good as the one before passes all tests {100 * PlanPower.EqualPasses(PlanPower.Of(plan, 1)):0} % of the time at the first of {plan.Looks} looks."));
            }

            return problems.Count == 0 ? ExitCode.Done : ExitCode.NotLetThrough;
        }));
        return command;
    }

    private static Command Explain()
    {
        Argument<string> file = File();
        Command command = new("explain", "Says what a plan does in plain words, and the smallest loss that it finds 80 % of the time.") { file };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ChangePlan plan = ChangePlan.Read(parsed.GetRequiredValue(file));
            foreach (string line in PlanWords.Explain(plan))
            {
                Terminal.Line(line);
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Gate()
    {
        Argument<string> file = File();
        Argument<string> champion = new("champion") { Description = "The table of scores of the model in use, on the locked test set and of today: CaseId, PatientID, Label, PredictedLabel." };
        Argument<string> challenger = new("challenger") { Description = "The table of scores of the new model, on the same cases." };
        Option<string> positive = new("--positive") { Description = "The label that counts as positive.", Required = true };
        Option<string?> facts = new("--facts") { Description = "A table with CaseId or PatientID and the columns that make groups." };
        Option<string?> version = new("--version-judged") { Description = "Which version the new model is, such as v3; without it, the candidate." };
        Option<string> registry = ModelCommand.Registry();
        Command command = new("gate", "Judges a new model by a plan. Each look at the test set is entered in the audit log and counts.") { file, champion, challenger, positive, facts, version, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            string path = parsed.GetRequiredValue(file);
            ChangePlan plan = ChangePlan.Read(path);
            if (PlanPower.Lint(plan) is [var problem, ..])
            {
                Terminal.Error($"scinti: {path}: {problem}");
                return ExitCode.NotLetThrough;
            }

            ModelRegistry models = ModelCommand.Open(parsed.GetRequiredValue(registry));
            ModelVersion judged = models.Find($"{plan.Model}:{parsed.GetValue(version) ?? ModelReference.Candidate}");
            LockedTestSet set = LockedTestSet.Read(parsed.GetRequiredValue(champion), parsed.GetRequiredValue(challenger), parsed.GetRequiredValue(positive), parsed.GetValue(facts));
            GateDecision decision = Decide(models, plan, set, judged);
            return decision.Passes ? ExitCode.Done : ExitCode.NotLetThrough;
        }));
        return command;
    }

    /// <summary>Judges a new model, says what was found, and puts it in use where it passes and the plan says so.</summary>
    internal static GateDecision Decide(ModelRegistry models, ChangePlan plan, LockedTestSet set, ModelVersion judged)
    {
        GateDecision decision = set.Judge(models, plan, judged, DateOnly.FromDateTime(DateTime.UtcNow));
        foreach (GateFinding finding in decision.Findings)
        {
            Terminal.Line($"{finding.Answer switch { GateAnswer.Passed => "passed ", GateAnswer.Failed => "refused", _ => "too few" }}  {finding.Sentence}");
        }

        if (!decision.Passes)
        {
            Terminal.Error($"scinti: {judged.Reference} is not let through{(decision.Findings.Count == 0 ? $": {decision.Reasons[0]}" : string.Create(CultureInfo.InvariantCulture, $": {decision.Reasons.Count} of {decision.Findings.Count} conditions are not met (look {decision.Look} of {plan.Looks})."))}");
            return decision;
        }

        string words = string.Create(CultureInfo.InvariantCulture, $"let through by its change plan at look {decision.Look} of {plan.Looks}");
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{judged.Reference} is let through (look {decision.Look} of {plan.Looks})."));
        if (plan.Promotes)
        {
            PutInUse(models, plan, set, judged, words);
        }
        else
        {
            Terminal.Line($"The plan only proposes: 'scinti model promote {judged.Reference} --why ...' puts it in use.");
        }

        return decision;
    }

    /// <summary>Puts a model in use that was let through.</summary>
    internal static void PutInUse(ModelRegistry models, ChangePlan plan, LockedTestSet set, ModelVersion judged, string why)
    {
        models.Promote(judged.Reference, why, new Dictionary<string, string>(StringComparer.Ordinal) { ["plan"] = plan.Hash, ["test-set"] = set.Hash });
        Terminal.Line($"{judged.Reference} is in use now.");
    }

    private static Argument<string> File() => new("plan") { Description = "The YAML file of a change plan." };
}
