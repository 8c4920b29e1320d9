using System.Globalization;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Jobs.Plans;

/// <summary>A figure of which more is better, as a share of patients.</summary>
public enum PlanFigure
{
    /// <summary>Of the patients with a positive case, those of whom all positive cases are called so.</summary>
    Sensitivity,

    /// <summary>Of the patients with a negative case, those of whom all negative cases are called so.</summary>
    Specificity,
}

/// <summary>What a new model must not lose: in all patients, or in each group of them.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="By">The fact that makes the groups; empty for all patients.</param>
/// <param name="Margin">What may be lost of the figure, a share: a loss of this or more is to be refused.</param>
/// <param name="Minimum">Patients that a group must have at least for its figure; fewer are no pass.</param>
public sealed record PlanTest(PlanFigure Figure, string By, double Margin, int Minimum)
{
    /// <summary>"sensitivity by camera".</summary>
    public string Name => $"{Figure.ToString().ToLowerInvariant()}{(By.Length > 0 ? $" by {By}" : "")}";
}

/// <summary>What a new model must reach whatever the one before does: it keeps many small losses from adding up.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="By">The fact that makes the groups; empty for all patients.</param>
/// <param name="Least">The figure that is reached or passed where the lower limit of its interval is.</param>
/// <param name="Minimum">Patients that a group must have at least; fewer are no pass.</param>
public sealed record PlanFloor(PlanFigure Figure, string By, double Least, int Minimum)
{
    /// <summary>"sensitivity by camera".</summary>
    public string Name => new PlanTest(Figure, By, 0, Minimum).Name;
}

/// <summary>The groups of a test set, as far as the plan has to know them.</summary>
/// <param name="By">The fact that makes them.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Positives">Patients with a positive case in the smallest.</param>
/// <param name="Negatives">Patients with a negative case in the smallest.</param>
public sealed record PlanGroups(string By, int Count, int Positives, int Negatives);

/// <summary>What the locked test set is like.</summary>
/// <param name="Positives">Patients with a positive case.</param>
/// <param name="Negatives">Patients with a negative case.</param>
/// <param name="Disagreement">The share of patients in whom an equally good model is expected to be right where the one before is wrong, or the other way.</param>
/// <param name="Groups">Its groups.</param>
public sealed record PlanTestSet(int Positives, int Negatives, double Disagreement, IReadOnlyList<PlanGroups> Groups);

/// <summary>How the error is divided over the times that the test set is looked at.</summary>
public enum AlphaSpending
{
    /// <summary>The same at each look.</summary>
    Even,

    /// <summary>Lan and DeMets' function of Pocock's kind (Biometrika 1983;70:659-663): a little more at first.</summary>
    Pocock,

    /// <summary>Lan and DeMets' function of O'Brien and Fleming's kind: nearly nothing at first.</summary>
    ObrienFleming,
}

/// <summary>
/// A change plan, in the form of a predetermined change control plan: what may change about a model without asking again, how the change is tested, when that
/// ends, and what follows from it.
/// </summary>
public sealed record ChangePlan
{
    /// <summary>What may change, as words.</summary>
    public static IReadOnlyList<string> Changeable { get; } = ["training-data", "weights", "threshold", "training", "augmentation", "network"];

    /// <summary>The model's name in the registry.</summary>
    public required string Model { get; init; }

    /// <summary>Who answers for the plan, and what it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>What may change.</summary>
    public required IReadOnlyList<string> MayChange { get; init; }

    /// <summary>What the test set is like.</summary>
    public required PlanTestSet TestSet { get; init; }

    /// <summary>What must not be lost, the primary one first: all must be passed.</summary>
    public required IReadOnlyList<PlanTest> Tests { get; init; }

    /// <summary>What must be reached: all of it.</summary>
    public required IReadOnlyList<PlanFloor> Floors { get; init; }

    /// <summary>The probability that a model which loses a margin or more in some group is let through at any of the looks.</summary>
    public double Error { get; init; }

    /// <summary>How often the test set may be looked at.</summary>
    public int Looks { get; init; }

    /// <summary>How the error is divided over the looks.</summary>
    public AlphaSpending Spending { get; init; }

    /// <summary>A gain of the primary figure above which a model is not believed but looked into: test patients may have been trained on.</summary>
    public double PlausibleGain { get; init; }

    /// <summary>The day from which on nothing more is let through; null for none.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Refusals in a row after which the plan stops; 0 for none.</summary>
    public int MostRefusals { get; init; }

    /// <summary>Whether a model that passes is put in use, or only proposed to a person who does that.</summary>
    public bool Promotes { get; init; }

    /// <summary>SHA-256 of the plan's file, in hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The error that a look may make: what is spent up to it less what was spent before. The sum over all looks is <see cref="Error"/>, so it holds however the looks depend on each other.</summary>
    /// <param name="look">The look, from 1 on.</param>
    public double ErrorOf(int look) => look >= 1 && look <= Looks ? Spent(look) - Spent(look - 1) : 0;

    /// <summary>Reads a plan.</summary>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static ChangePlan Read(string file)
    {
        DefinitionSection root = DefinitionSection.Read(file, null);
        string model = root.Line("model", most: 100);
        if (ModelReference.Parse(model) is not { Tag: "" })
        {
            throw root.Refuse("model", $"expected a model's name in the registry, found '{PlainText.Short(model)}'.");
        }

        DefinitionSection set = root.Section("test-set"), looks = root.Section("looks"), stop = root.Section("stop"), effect = root.Section("effect");
        ChangePlan plan = new()
        {
            Model = model,
            Description = root.Text("description", "").Trim(),
            MayChange = root.Choices("may-change", Changeable),
            TestSet = new(
                set.Whole("positives", least: 1),
                set.Whole("negatives", least: 1),
                Share(set, "disagreement"),
                [.. set.Sections("groups").Select(group => Done(group, new PlanGroups(group.Line("by", most: 100), group.Whole("count", least: 1), group.Whole("positives", least: 0), group.Whole("negatives", least: 0))))]),
            Tests = [.. root.Sections("tests").Select(test => Done(test, new PlanTest(Figure(test), By(test), Share(test, "margin"), test.Whole("minimum", 1, least: 1))))],
            Floors = [.. root.Sections("floors").Select(floor => Done(floor, new PlanFloor(Figure(floor), By(floor), Share(floor, "least"), floor.Whole("minimum", 1, least: 1))))],
            Error = looks.Number("error", 0.05, least: 0.0001, most: 0.2),
            Looks = looks.Whole("planned", 1, least: 1, most: 1000),
            Spending = looks.Choice("spending", ["even", "pocock", "obrien-fleming"], "even") switch { "pocock" => AlphaSpending.Pocock, "obrien-fleming" => AlphaSpending.ObrienFleming, _ => AlphaSpending.Even },
            PlausibleGain = Share(root, "plausible-gain"),
            Until = Day(stop, "until"),
            MostRefusals = stop.Whole("refusals", 0, least: 0),
            Promotes = effect.Choice("pass", ["promote", "propose"], "propose") == "promote",
            Hash = Convert.ToHexStringLower(SHA256.HashData(InputFile.ReadAllBytes(file))),
        };
        foreach (DefinitionSection section in (DefinitionSection[])[set, looks, stop, effect, root])
        {
            section.Done();
        }

        return plan.Tests.Count == 0 || plan.Tests[0].By.Length > 0
            ? throw root.Refuse("tests", "expected a list that begins with the primary figure of all patients, such as { figure: sensitivity, margin: 0.05 }.")
            : plan;
    }

    private static T Done<T>(DefinitionSection section, T read)
    {
        section.Done();
        return read;
    }

    private static PlanFigure Figure(DefinitionSection section) => section.Choice("figure", ["sensitivity", "specificity"]) == "sensitivity" ? PlanFigure.Sensitivity : PlanFigure.Specificity;

    private static string By(DefinitionSection section) => section.Has("by") ? section.Line("by", most: 100) : "";

    private static double Share(DefinitionSection section, string key) =>
        section.Number(key, least: 0, most: 1) is > 0 and < 1 and var share ? share : throw section.Refuse(key, "expected a share between 0 and 1, such as 0.05.");

    private static DateOnly? Day(DefinitionSection section, string key) => !section.Has(key) ? null
        : DateOnly.TryParseExact(section.Line(key, most: 30), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day
        : throw section.Refuse(key, "expected a day such as 2027-12-31.");

    private double Spent(int look)
    {
        double part = (double)look / Looks;
        return look == 0 ? 0 : Spending switch
        {
            AlphaSpending.Pocock => Error * Math.Log(1 + ((Math.E - 1) * part)),
            AlphaSpending.ObrienFleming => 2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, -MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 1 - (Error / 2)) / Math.Sqrt(part)),
            _ => Error * part,
        };
    }
}
