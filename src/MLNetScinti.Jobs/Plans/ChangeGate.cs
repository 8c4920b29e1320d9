using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Jobs.Plans;

/// <summary>One case of the locked test set, as two models called it.</summary>
/// <param name="CaseId">Pseudonym of the case.</param>
/// <param name="PatientId">Pseudonym of the patient.</param>
/// <param name="IsPositive">The truth.</param>
/// <param name="Champion">Whether the model in use called it positive, scored today.</param>
/// <param name="Challenger">Whether the new model does.</param>
public sealed record GateCase(string CaseId, string PatientId, bool IsPositive, bool Champion, bool Challenger)
{
    /// <summary>What is known of the case: groups are made by it.</summary>
    public Facts Facts { get; init; } = Facts.None;
}

/// <summary>What came before: it counts.</summary>
/// <param name="Looks">How often the test set was looked at under the plan.</param>
/// <param name="Refusals">How many of the last looks were refusals, in a row.</param>
public sealed record GateHistory(int Looks, int Refusals);

/// <summary>What became of one condition.</summary>
public enum GateAnswer
{
    /// <summary>Shown.</summary>
    Passed,

    /// <summary>Not shown, or shown to be otherwise.</summary>
    Failed,

    /// <summary>There are too few patients to say, which is no pass.</summary>
    TooFew,
}

/// <summary>One condition, judged.</summary>
/// <param name="Name">What was asked, such as "sensitivity by camera".</param>
/// <param name="Group">The group; empty for all patients.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="Sentence">The same in words, with the figures.</param>
public sealed record GateFinding(string Name, string Group, GateAnswer Answer, string Sentence);

/// <summary>What the gate decides.</summary>
/// <param name="Passes">Whether the new model may take the place of the one in use.</param>
/// <param name="Look">Which look at the test set this was; 0 where there was none.</param>
/// <param name="Error">The error that this look was allowed.</param>
/// <param name="Findings">All conditions, judged.</param>
/// <param name="Reasons">Why not; empty where it passes.</param>
public sealed record GateDecision(bool Passes, int Look, double Error, IReadOnlyList<GateFinding> Findings, IReadOnlyList<string> Reasons);

/// <summary>
/// The gate of a change plan: a function of the plan, the two models' answers on the locked test set and what came before, and of nothing
/// else. A new model passes where every test and floor is passed in every group, so that an error in one group is limited by the error of
/// that one test; what is not shown is not passed.
/// </summary>
public static class ChangeGate
{
    private const string Unknown = "not known";

    /// <summary>Judges a new model.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cases">The test set's cases with both models' answers; each patient's are kept together.</param>
    /// <param name="history">What came before.</param>
    /// <param name="today">The day.</param>
    /// <param name="trainedOn">Pseudonyms of the patients that the new model was trained or validated on.</param>
    /// <exception cref="ArgumentException">A case is there twice.</exception>
    public static GateDecision Judge(ChangePlan plan, IReadOnlyList<GateCase> cases, GateHistory history, DateOnly today, IReadOnlySet<string> trainedOn)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(trainedOn);
        if (cases.GroupBy(one => one.CaseId, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Case '{twice.Key}' is there twice.", nameof(cases));
        }

        // What ends the plan is asked before the test set is looked at, and costs none of its uses.
        if (Ended(plan, history, today) is { } end)
        {
            return new(false, 0, 0, [], [end]);
        }

        string[] trained = [.. cases.Select(one => one.PatientId).Distinct(StringComparer.Ordinal).Where(trainedOn.Contains)];
        if (trained.Length > 0)
        {
            return new(false, 0, 0, [], [Say($"{trained.Length} patients of the test set were trained or validated on, {trained.Order(StringComparer.Ordinal).First()} among them: nothing that they show is of worth.")]);
        }

        int look = history.Looks + 1;
        double error = plan.ErrorOf(look);
        GateFinding[] findings =
        [
            .. plan.Tests.SelectMany(test => Groups(cases, test.By).Select(group => Tested(test, group.Name, group.Cases, error))),
            .. plan.Floors.SelectMany(floor => Groups(cases, floor.By).Select(group => Reached(floor, group.Name, group.Cases, error))),
            .. plan.Tests.Select(test => test.By).Concat(plan.Floors.Select(floor => floor.By)).Where(by => by.Length > 0).Distinct(StringComparer.Ordinal).Select(by => AllThere(plan, by, cases)),
            Plausible(plan, cases),
        ];
        string[] reasons = [.. findings.Where(finding => finding.Answer != GateAnswer.Passed).Select(finding => finding.Sentence)];
        return new(reasons.Length == 0, look, error, findings, reasons);
    }

    /// <summary>Patients of a figure by which model was right: each patient counts once, however many cases there are.</summary>
    internal static PairedProportions Pairs(PlanFigure figure, IEnumerable<GateCase> cases)
    {
        bool positive = figure == PlanFigure.Sensitivity;
        int both = 0, challenger = 0, champion = 0, neither = 0;
        foreach (IGrouping<string, GateCase> patient in cases.Where(one => one.IsPositive == positive).GroupBy(one => one.PatientId, StringComparer.Ordinal))
        {
            switch (patient.All(one => one.Challenger == positive), patient.All(one => one.Champion == positive))
            {
                case (true, true): both++; break;
                case (true, false): challenger++; break;
                case (false, true): champion++; break;
                default: neither++; break;
            }
        }

        return new(both, challenger, champion, neither);
    }

    private static string? Ended(ChangePlan plan, GateHistory history, DateOnly today) =>
        plan.Until is { } until && today >= until ? Say($"the plan ended on {until:yyyy-MM-dd}.")
        : history.Looks >= plan.Looks ? Say($"the test set was looked at {history.Looks} times, and the plan allows {plan.Looks}: a new one is needed.")
        : plan.MostRefusals > 0 && history.Refusals >= plan.MostRefusals ? Say($"{history.Refusals} refusals in a row: the plan has stopped, and somebody has to look why.")
        : null;

    // A case of which the fact is not known is in a group of its own, which has to pass like any other.
    private static IEnumerable<(string Name, GateCase[] Cases)> Groups(IReadOnlyList<GateCase> cases, string by) => by.Length == 0
        ? [("", [.. cases])]
        : cases.GroupBy(one => one.Facts.FirstOrDefault(fact => fact.Key == by) is { Key: not null } fact ? fact.Value.ToString() : Unknown, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.ToArray()));

    private static GateFinding Tested(PlanTest test, string group, GateCase[] cases, double error)
    {
        PairedProportions pairs = Pairs(test.Figure, cases);
        string where = Where(test.Figure, group);
        if (pairs.Cases < test.Minimum)
        {
            return new(test.Name, group, GateAnswer.TooFew, Say($"{where}: {pairs.Cases} patients are too few to tell; the plan asks for {test.Minimum}."));
        }

        double p = pairs.NonInferiorityP(test.Margin);
        double now = (double)(pairs.Both + pairs.OnlyFirst) / pairs.Cases, before = (double)(pairs.Both + pairs.OnlySecond) / pairs.Cases;
        string seen = Say($"{100 * now:0.0} % against {100 * before:0.0} % in {pairs.Cases} patients ({pairs.OnlySecond} lost, {pairs.OnlyFirst} gained)");
        return p < error
            ? new(test.Name, group, GateAnswer.Passed, Say($"{where}: {seen}: no loss of {100 * test.Margin:0.#} points (p {Small(p)})."))
            : new(test.Name, group, GateAnswer.Failed, Say($"{where}: {seen}: a loss of {100 * test.Margin:0.#} points cannot be ruled out (p {Small(p)}, {Small(error)} is needed)."));
    }

    private static GateFinding Reached(PlanFloor floor, string group, GateCase[] cases, double error)
    {
        PairedProportions pairs = Pairs(floor.Figure, cases);
        string name = $"{floor.Name}, floor", where = Where(floor.Figure, group);
        if (pairs.Cases < floor.Minimum)
        {
            return new(name, group, GateAnswer.TooFew, Say($"{where}: {pairs.Cases} patients are too few to tell whether the floor of {100 * floor.Least:0.#} % is reached; the plan asks for {floor.Minimum}."));
        }

        int right = pairs.Both + pairs.OnlyFirst;
        double lower = BinomialInterval.Wilson(right, pairs.Cases, 1 - (2 * error)).Lower;
        string seen = Say($"{where}: {100.0 * right / pairs.Cases:0.0} % in {pairs.Cases} patients, at least {100 * lower:0.0} %");
        return lower >= floor.Least
            ? new(name, group, GateAnswer.Passed, $"{seen}.")
            : new(name, group, GateAnswer.Failed, Say($"{seen}: the floor of {100 * floor.Least:0.#} % is not shown to be reached."));
    }

    // A group of which nobody is left has nothing that could fail.
    private static GateFinding AllThere(ChangePlan plan, string by, IReadOnlyList<GateCase> cases)
    {
        int wanted = plan.TestSet.Groups.FirstOrDefault(groups => groups.By == by)?.Count ?? 1;
        string[] there = [.. Groups(cases, by).Select(group => group.Name).Where(name => name != Unknown)];
        string found = Say($"{there.Length} groups by {by} ({Imaging.PlainText.Short(string.Join(", ", there), 200)})");
        return new($"groups by {by}", "", there.Length >= wanted ? GateAnswer.Passed : GateAnswer.TooFew, there.Length >= wanted ? $"{found}." : Say($"{found}; the plan has {wanted}: a group that is not there is not passed."));
    }

    private static GateFinding Plausible(ChangePlan plan, IReadOnlyList<GateCase> cases)
    {
        const string name = "plausible gain";
        PairedProportions pairs = Pairs(plan.Tests[0].Figure, cases);
        double gain = pairs.Cases == 0 ? 0 : pairs.Difference;
        return gain <= plan.PlausibleGain
            ? new(name, "", GateAnswer.Passed, Say($"{plan.Tests[0].Name}: a change of {100 * gain:+0.0;-0.0;0.0} points is plausible."))
            : new(name, "", GateAnswer.Failed, Say($"{plan.Tests[0].Name}: a gain of {100 * gain:0.0} points is more than the plan believes ({100 * plan.PlausibleGain:0.#}): look whether the test patients, or copies of them, were trained on."));
    }

    private static string Where(PlanFigure figure, string group) => $"{figure.ToString().ToLowerInvariant()}{(group.Length > 0 ? $", {Imaging.PlainText.Short(group, 60)}" : "")}";

    private static string Small(double p) => p < 0.0001 ? "below 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
