using System.Globalization;

namespace MLNetScinti.Jobs.Plans;

/// <summary>A change plan in plain words.</summary>
public static class PlanWords
{
    /// <summary>What a plan does, a line each, with what its tests can see.</summary>
    public static IEnumerable<string> Explain(ChangePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        yield return $"{plan.Model}: {(plan.Description.Length > 0 ? plan.Description : "a change plan")}";
        yield return $"May change: {(plan.MayChange.Count > 0 ? string.Join(", ", plan.MayChange) : "nothing")}.";
        yield return Say($"Test set: {plan.TestSet.Positives} patients with and {plan.TestSet.Negatives} without, looked at {plan.Looks} times at most; models are taken to disagree in {100 * plan.TestSet.Disagreement:0.#} % of patients.");
        yield return Say($"Error: a model that loses a margin or more in any group is let through at any of the looks with a probability of at most {plan.Error:0.####} ({plan.ErrorOf(1):0.####} at the first look{(plan.Looks > 1 ? Say($", {plan.ErrorOf(plan.Looks):0.####} at the last") : "")}).");
        foreach (int look in plan.Looks > 1 && plan.ErrorOf(1) != plan.ErrorOf(plan.Looks) ? new[] { 1, plan.Looks } : [1])
        {
            IReadOnlyList<TestSight> sights = PlanPower.Of(plan, look);
            foreach (TestSight sight in sights)
            {
                yield return Say($"Look {look}, {sight.Test.Name}, {(sight.Test.By.Length > 0 ? Say($"each of {sight.Groups} groups, {sight.Patients} patients in the smallest") : Say($"{sight.Patients} patients"))}: a loss of {100 * sight.Test.Margin:0.##} points is let through at most {100 * plan.ErrorOf(look):0.##} % of the time; the smallest loss found 80 % of the time is {100 * sight.Found:0.0} points; a model as good as the one before passes {100 * sight.EqualPasses:0.0} % of the time.");
            }

            yield return Say($"Look {look}, all tests: a model as good as the one before passes {100 * PlanPower.EqualPasses(sights):0.0} % of the time.");
        }

        foreach (PlanFloor floor in plan.Floors)
        {
            yield return Say($"Floor: {floor.Name} of at least {100 * floor.Least:0.#} %, shown by the lower limit of its interval{(floor.By.Length > 0 ? ", in each group" : "")}, with {floor.Minimum} patients or more.");
        }

        yield return Say($"A gain of more than {100 * plan.PlausibleGain:0.#} points of {plan.Tests[0].Name} is not believed, but looked into. Too few patients are no pass, nor is a patient of the test set who was trained on.");
        yield return $"Ends: {(plan.Until is { } until ? Say($"on {until:yyyy-MM-dd}, ") : "")}{(plan.MostRefusals > 0 ? Say($"after {plan.MostRefusals} refusals in a row, ") : "")}when the test set has been looked at so often.";
        yield return $"Then: a model that passes is {(plan.Promotes ? "put in use" : "proposed; a person puts it in use")}.";
    }

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
