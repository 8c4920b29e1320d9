using System.ComponentModel;
using System.Globalization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>A step of what became of the files that were offered: found, read, labelled, put into a set.</summary>
/// <param name="Name">What is there after the step, such as "Read".</param>
public sealed record FlowStep(string Name)
{
    /// <summary>Files (or studies); null where the step counts none.</summary>
    public int? Inputs { get; init; }

    /// <summary>Patients; null where it counts none.</summary>
    public int? Patients { get; init; }

    /// <summary>Cases; null where it counts none.</summary>
    public int? Cases { get; init; }

    /// <summary>The cases by class, as far as that is worth a count.</summary>
    public IReadOnlyList<ClassCount> Classes { get; init; } = [];

    /// <summary>What does not come to the next step, the commonest reason first.</summary>
    public IReadOnlyList<FlowExit> LeftOut { get; init; } = [];
}

/// <summary>Files that went no further for one reason.</summary>
/// <param name="Reason">The reason, in a few words.</param>
/// <param name="Inputs">How many.</param>
public sealed record FlowExit(string Reason, int Inputs);

/// <summary>Who and what the sets of patients consist of, as files and labels say. No figure stands for fewer than <see cref="Least"/> patients.</summary>
/// <param name="Sets">The sets, in the order of the cells: training, validation, test.</param>
/// <param name="Rows">What is told of them.</param>
public sealed record CohortTable(IReadOnlyList<string> Sets, IReadOnlyList<CohortRow> Rows)
{
    /// <summary>The fewest patients that a figure may stand for: those of a smaller group could be told from one another by it.</summary>
    public const int Least = 5;
}

/// <summary>A characteristic of the sets.</summary>
/// <param name="Name">Its name with its unit: "Age, years".</param>
/// <param name="Of">What it is known of: "patients" or "studies".</param>
/// <param name="Cells">A cell for each set.</param>
public sealed record CohortRow(string Name, string Of, IReadOnlyList<CohortCell> Cells);

/// <summary>A characteristic in one set.</summary>
/// <param name="Known">Of how many patients or studies it is known.</param>
/// <param name="All">How many there are.</param>
public sealed record CohortCell(int Known, int All)
{
    /// <summary>Of numbers, the first quartile, the median and the third; null for words, and where too few patients stand behind them.</summary>
    public (double First, double Median, double Third)? Quartiles { get; init; }

    /// <summary>Of words, how many have each, the commonest first; those that fewer than <see cref="CohortTable.Least"/> patients share stand together.</summary>
    public IReadOnlyList<ClassCount> Values { get; init; } = [];

    /// <summary>Whether it is known of some, and too few patients stand behind it to be told.</summary>
    public bool TooFew { get; init; }

    /// <summary>The cell of a number.</summary>
    /// <param name="values">A value for each patient or study; null where it is not known.</param>
    /// <param name="patients">The patient of each.</param>
    /// <param name="digits">Decimals that are kept.</param>
    public static CohortCell OfNumbers(IReadOnlyList<double?> values, IReadOnlyList<string> patients, int digits)
    {
        ArgumentNullException.ThrowIfNull(values);
        int[] known = [.. Enumerable.Range(0, values.Count).Where(i => values[i] is { } value && double.IsFinite(value))];
        CohortCell cell = new(known.Length, values.Count);
        if (known.Select(i => patients[i]).Distinct(StringComparer.Ordinal).Count() < CohortTable.Least)
        {
            return cell with { TooFew = known.Length > 0 };
        }

        TukeyBox box = TukeyBox.Of([.. known.Select(i => values[i]!.Value)]);
        return cell with { Quartiles = (Math.Round(box.FirstQuartile, digits), Math.Round(box.Median, digits), Math.Round(box.ThirdQuartile, digits)) };
    }

    /// <summary>The cell of a word.</summary>
    /// <param name="values">The word of each patient or study; empty where it is not known.</param>
    /// <param name="patients">The patient of each.</param>
    public static CohortCell OfWords(IReadOnlyList<string> values, IReadOnlyList<string> patients)
    {
        ArgumentNullException.ThrowIfNull(values);
        (string Word, int Count, int Patients)[] groups = [.. Enumerable.Range(0, values.Count).Where(i => values[i].Length > 0)
            .GroupBy(i => values[i], StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count(), group.Select(i => patients[i]).Distinct(StringComparer.Ordinal).Count()))
            .OrderByDescending(group => group.Item2).ThenBy(group => group.Key, StringComparer.Ordinal)];
        CohortCell cell = new(groups.Sum(group => group.Count), values.Count);
        (string Word, int Count, int Patients)[] rare = [.. groups.Where(group => group.Patients < CohortTable.Least)];
        if (rare.Length == groups.Length)
        {
            return cell with { TooFew = groups.Length > 0 };
        }

        // How many share none of the common words follows from the sum: it tells of no patient which one he has.
        return cell with { Values = [.. groups.Except(rare).Select(group => new ClassCount(group.Word, group.Count)), .. rare.Length > 0 ? [new ClassCount("others", rare.Sum(group => group.Count))] : Array.Empty<ClassCount>()] };
    }

    /// <summary>The cell in words.</summary>
    public override string ToString()
    {
        string of = Known < All && Known > 0 ? string.Create(CultureInfo.InvariantCulture, $" (known of {Known})") : "";
        return Known == 0 ? "not stated" : TooFew ? "too few" : Quartiles is { } box
            ? string.Create(CultureInfo.InvariantCulture, $"{box.Median:0.##} ({box.First:0.##} to {box.Third:0.##}){of}")
            : string.Join(", ", Values.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Cases}"))) + of;
    }
}

/// <summary>A finished run of the same model that was made before, as its metrics.json has it.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Started">When it began; null where its file does not say.</param>
/// <param name="Figures">Its figures, by the keys of this report's.</param>
/// <param name="Cases">Cases of its test set.</param>
/// <param name="Patients">Patients of its test set.</param>
/// <param name="SameCases">Whether it read the same cases.</param>
public sealed record EarlierRun(string Name, DateTimeOffset? Started, IReadOnlyDictionary<string, EarlierFigure> Figures, int Cases, int Patients, bool SameCases);

/// <summary>A figure of an earlier run.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of its interval; null where it has none.</param>
/// <param name="Upper">The upper end.</param>
public sealed record EarlierFigure(double Value, double? Lower, double? Upper);

internal sealed record FlowStepPart
{
    public required string Name { get; init; }

    [Description("Files, or studies; absent where the step counts none.")]
    public int? Inputs { get; init; }

    public int? Patients { get; init; }

    public int? Cases { get; init; }

    [Description("Cases by the name of their class.")]
    public IReadOnlyDictionary<string, int>? Classes { get; init; }

    [Description("What does not come to the next step, by reason.")]
    public IReadOnlyDictionary<string, int>? LeftOut { get; init; }

    public static FlowStepPart Of(FlowStep step) => new()
    {
        Name = step.Name,
        Inputs = step.Inputs,
        Patients = step.Patients,
        Cases = step.Cases,
        Classes = step.Classes.Count == 0 ? null : new OrderedDictionary<string, int>(step.Classes.Select(one => KeyValuePair.Create(one.Name, one.Cases)), StringComparer.Ordinal),
        LeftOut = step.LeftOut.Count == 0 ? null : new OrderedDictionary<string, int>(step.LeftOut.Select(one => KeyValuePair.Create(one.Reason, one.Inputs)), StringComparer.Ordinal),
    };
}

internal sealed record CohortRowPart
{
    public required string Name { get; init; }

    [Description("What it is known of: patients or studies.")]
    public required string Of { get; init; }

    [Description("By the name of the set.")]
    public required IReadOnlyDictionary<string, CohortCellPart> Sets { get; init; }

    public static IReadOnlyList<CohortRowPart> AllOf(CohortTable table) => [.. table.Rows.Select(row => new CohortRowPart
    {
        Name = row.Name,
        Of = row.Of,
        Sets = new OrderedDictionary<string, CohortCellPart>(table.Sets.Zip(row.Cells, (set, cell) => KeyValuePair.Create(set, CohortCellPart.Of(cell))), StringComparer.Ordinal),
    })];
}

internal sealed record CohortCellPart
{
    public required int Known { get; init; }

    public required int All { get; init; }

    public double? FirstQuartile { get; init; }

    public double? Median { get; init; }

    public double? ThirdQuartile { get; init; }

    [Description("How many have which value; those that fewer than five patients share stand together.")]
    public IReadOnlyDictionary<string, int>? Values { get; init; }

    [Description("Whether fewer than five patients stand behind it, so that it is not told.")]
    public required bool TooFew { get; init; }

    public static CohortCellPart Of(CohortCell cell) => new()
    {
        Known = cell.Known,
        All = cell.All,
        FirstQuartile = cell.Quartiles?.First,
        Median = cell.Quartiles?.Median,
        ThirdQuartile = cell.Quartiles?.Third,
        Values = cell.Values.Count == 0 ? null : new OrderedDictionary<string, int>(cell.Values.Select(one => KeyValuePair.Create(one.Name, one.Cases)), StringComparer.Ordinal),
        TooFew = cell.TooFew,
    };
}

internal sealed record EarlierRunPart
{
    [Description("The name of its folder beside this run's.")]
    public required string Name { get; init; }

    [Description("Year to second, UTC.")]
    public string? Started { get; init; }

    public required int Cases { get; init; }

    public required int Patients { get; init; }

    [Description("Whether it read the same cases.")]
    public required bool SameCases { get; init; }

    public required IReadOnlyDictionary<string, double> Figures { get; init; }

    public static EarlierRunPart Of(EarlierRun run) => new()
    {
        Name = run.Name,
        Started = run.Started?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Cases = run.Cases,
        Patients = run.Patients,
        SameCases = run.SameCases,
        Figures = new OrderedDictionary<string, double>(run.Figures.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)), StringComparer.Ordinal),
    };
}
