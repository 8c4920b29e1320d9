using System.Globalization;
using MathNet.Numerics;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Jobs.Plans;

/// <summary>What a test of a plan can see at one look, with the patients that the plan says there are.</summary>
/// <param name="Test">The test.</param>
/// <param name="Patients">Patients of its figure, in the smallest group.</param>
/// <param name="Groups">How many groups have to pass.</param>
/// <param name="EqualPasses">The probability that one group passes where the new model is as good as the one before.</param>
/// <param name="Found">The smallest loss, as a share, that one group is refused for 80 % of the time.</param>
/// <param name="Needed">Patients at which an equally good model passes in one group 80 % of the time; null where there are enough, or no number up to a million will do.</param>
public sealed record TestSight(PlanTest Test, int Patients, int Groups, double EqualPasses, double Found, int? Needed);

/// <summary>
/// What the test set of a plan can tell, by the exact distribution of what two models of given disagreement may show (a trinomial), through the gate's own test.
/// </summary>
public static class PlanPower
{
    /// <summary>How often something has to be seen to count as visible.</summary>
    public const double Usual = 0.8;

    private const double Negligible = 1e-13;
    private const int MostPatients = 1_000_000;

    /// <summary>The probability that a test of non-inferiority is passed.</summary>
    /// <param name="patients">Patients.</param>
    /// <param name="disagreement">The share in whom exactly one of the models is right; where that is less than the loss, it is the loss.</param>
    /// <param name="loss">What the new model loses, a share; below 0 for a gain.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="error">The level.</param>
    public static double Passes(int patients, double disagreement, double loss, double margin, double error)
    {
        disagreement = Math.Max(disagreement, Math.Abs(loss));
        double lost = (disagreement + loss) / 2, gained = (disagreement - loss) / 2, sum = 0;
        // Passing falls with what is lost: for each number gained there is a most that may be lost.
        int most = -1;
        foreach ((int won, double chance) in Chances(patients, gained))
        {
            int left = patients - won;
            while (most < left && new PairedProportions(left - most - 1, won, most + 1, 0).NonInferiorityP(margin) < error)
            {
                most++;
            }

            sum += most < 0 ? 0 : chance * MathNet.Numerics.Distributions.Binomial.CDF(Math.Min(1, lost / (1 - gained)), left, Math.Min(most, left));
        }

        return Math.Min(1, sum);
    }

    /// <summary>What each test of a plan can see at a look.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="look">The look, from 1 on.</param>
    public static IReadOnlyList<TestSight> Of(ChangePlan plan, int look)
    {
        ArgumentNullException.ThrowIfNull(plan);
        double error = plan.ErrorOf(look), apart = plan.TestSet.Disagreement;
        return [.. plan.Tests.Select(test =>
        {
            PlanGroups? groups = test.By.Length == 0 ? new("", 1, plan.TestSet.Positives, plan.TestSet.Negatives) : plan.TestSet.Groups.FirstOrDefault(group => group.By == test.By);
            int patients = groups is null ? 0 : test.Figure == PlanFigure.Sensitivity ? groups.Positives : groups.Negatives;
            double passes = patients < Math.Max(1, test.Minimum) ? 0 : Passes(patients, apart, 0, test.Margin, error);
            return new TestSight(test, patients, groups?.Count ?? 0, passes, patients == 0 ? 1 : SmallestLoss(patients, apart, test.Margin, error), passes >= Usual ? null : Needed(apart, test, error));
        })];
    }

    /// <summary>The probability that an equally good model passes all tests; groups of one fact are apart, and tests of other facts are taken to be.</summary>
    public static double EqualPasses(IEnumerable<TestSight> sights)
    {
        ArgumentNullException.ThrowIfNull(sights);
        return sights.Aggregate(1.0, (all, sight) => all * Math.Pow(sight.EqualPasses, Math.Max(1, sight.Groups)));
    }

    /// <summary>What is wrong with a plan before anybody uses it: a sentence each.</summary>
    public static IReadOnlyList<string> Lint(ChangePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<string> problems = [];
        foreach (string by in plan.Tests.Select(test => test.By).Concat(plan.Floors.Select(floor => floor.By)).Where(by => by.Length > 0).Distinct(StringComparer.Ordinal).Where(by => plan.TestSet.Groups.All(group => group.By != by)))
        {
            problems.Add($"test-set.groups: nothing is said of the groups by {by}, which tests or floors ask about.");
        }

        foreach (PlanGroups group in plan.TestSet.Groups.Where(group => (long)group.Count * group.Positives > plan.TestSet.Positives || (long)group.Count * group.Negatives > plan.TestSet.Negatives))
        {
            problems.Add(Say($"test-set.groups: {group.Count} groups by {group.By} of {group.Positives} positives and {group.Negatives} negatives at least are more than the {plan.TestSet.Positives} and {plan.TestSet.Negatives} of the test set."));
        }

        // The look with the smallest error sees least.
        int look = Enumerable.Range(1, plan.Looks).MinBy(plan.ErrorOf);
        foreach (TestSight sight in Of(plan, look).Where(sight => sight.Groups > 0 && sight.EqualPasses < Usual))
        {
            problems.Add(sight.Patients < sight.Test.Minimum
                ? Say($"{sight.Test.Name}: {sight.Patients} patients in the smallest group, and the test asks for {sight.Test.Minimum}: every model would be refused.")
                : Say($"{sight.Test.Name}: the test set cannot see a margin of {100 * sight.Test.Margin:0.##} points: with {sight.Patients} patients, {100 * plan.TestSet.Disagreement:0.#} % disagreement and an error of {plan.ErrorOf(look):0.####} at look {look}, a model that is as good would be let through {100 * sight.EqualPasses:0} % of the time; {(sight.Needed is { } needed ? Say($"it takes {needed} patients, ") : "it takes ")}a wider margin, or fewer looks."));
        }

        foreach (PlanFloor floor in plan.Floors.Where(floor => PatientsOf(plan, floor.Figure, floor.By) is { } patients && patients < floor.Minimum))
        {
            problems.Add(Say($"{floor.Name}, floor: {PatientsOf(plan, floor.Figure, floor.By)} patients in the smallest group, and the floor asks for {floor.Minimum}: every model would be refused."));
        }

        if (plan.Looks > 1 && plan.Promotes && plan.Floors.Count == 0)
        {
            problems.Add("floors: models that are put in use one after the other may each lose a little less than a margin: expected a floor for the primary figure.");
        }

        if (plan.Looks > 1 && plan.Until is null && plan.MostRefusals == 0)
        {
            problems.Add("stop: expected a day (until) or a number of refusals in a row at which the plan ends.");
        }

        return problems;
    }

    private static int? PatientsOf(ChangePlan plan, PlanFigure figure, string by)
    {
        PlanGroups? groups = by.Length == 0 ? new("", 1, plan.TestSet.Positives, plan.TestSet.Negatives) : plan.TestSet.Groups.FirstOrDefault(group => group.By == by);
        return figure == PlanFigure.Sensitivity ? groups?.Positives : groups?.Negatives;
    }

    private static double SmallestLoss(int patients, double disagreement, double margin, double error)
    {
        double low = 0, high = 1;
        for (int i = 0; i < 20; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = 1 - Passes(patients, disagreement, middle, margin, error) >= Usual ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static int? Needed(double disagreement, PlanTest test, double error)
    {
        int high = Math.Max(test.Minimum, 8);
        for (; Passes(high, disagreement, 0, test.Margin, error) < Usual; high *= 2)
        {
            if (high > MostPatients / 2)
            {
                return null;
            }
        }

        int low = Math.Max(test.Minimum, high / 2) - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Passes(middle, disagreement, 0, test.Margin, error) >= Usual ? (low, middle) : (middle, high);
        }

        return high;
    }

    // The numbers that are likely enough to matter, with their probabilities.
    private static IEnumerable<(int Number, double Chance)> Chances(int trials, double share)
    {
        if (share <= 0)
        {
            yield return (0, 1);
            yield break;
        }

        double mean = trials * share, wide = (9 * Math.Sqrt(mean * (1 - share))) + 12;
        for (int number = Math.Max(0, (int)(mean - wide)); number <= Math.Min(trials, mean + wide); number++)
        {
            double chance = Math.Exp(SpecialFunctions.BinomialLn(trials, number) + (number * Math.Log(share)) + ((trials - number) * Math.Log(1 - share)));
            if (chance > Negligible)
            {
                yield return (number, chance);
            }
        }
    }

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
