using System.Globalization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Published;

/// <summary>What a printed number is said to be.</summary>
public enum ClaimKind
{
    /// <summary>The p value of a paired test of values that are printed too.</summary>
    P,

    /// <summary>The mean of their differences.</summary>
    Mean,

    /// <summary>The standard deviation of their differences, with n - 1.</summary>
    Sd,

    /// <summary>The sum of numbers that are printed too.</summary>
    Sum,
}

/// <summary>A printed number with the values that it is said to come from.</summary>
public sealed record PublishedClaim
{
    /// <summary>The line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Where it is printed: "Figure 10".</summary>
    public string Table { get; init; } = "";

    /// <summary>What it is of.</summary>
    public required string Name { get; init; }

    /// <summary>What it is said to be.</summary>
    public required ClaimKind Kind { get; init; }

    /// <summary>The number as it is printed.</summary>
    public required PrintedFigure Printed { get; init; }

    /// <summary>Of a p value, the test that is named: "wilcoxon" or "paired-t".</summary>
    public string Test { get; init; } = "";

    /// <summary>Whether differences are taken in percent of the first values.</summary>
    public bool InPercent { get; init; }

    /// <summary>The first values (a reference), or the parts of a sum.</summary>
    public required IReadOnlyList<PrintedFigure> First { get; init; }

    /// <summary>The second values, each beside one of the first.</summary>
    public IReadOnlyList<PrintedFigure> Second { get; init; } = [];

    /// <summary>What the claim is called in messages.</summary>
    public string Title => Table.Length > 0 ? $"{Table}, {Name}" : Name;
}

/// <summary>What became of a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Holds">Whether the values give the printed number, by what it is said to be.</param>
/// <param name="Sentence">What they give, and of a p value which test gives it.</param>
public sealed record ClaimFinding(PublishedClaim Claim, bool Holds, string Sentence);

/// <summary>
/// Printed numbers against the values that are printed beside them: p values against the test that is named (and which other test gives
/// them), means and standard deviations of differences, parts that must add up. A CSV file with a column Claim (p, mean, sd or sum): Name,
/// Claim, Printed, First (numbers with blanks between them), Second where there are pairs, Test of a p value (wilcoxon or paired-t), Of
/// (difference or percent), Table. Rounding is allowed for, that of the printed number and that of the values.
/// </summary>
public static class PublishedClaims
{
    private const string Wilcoxon = "wilcoxon", PairedT = "paired-t";

    /// <summary>Whether a file holds claims rather than figures of models.</summary>
    /// <exception cref="PublishedTableException">It cannot be read.</exception>
    public static bool IsTable(string path) => PublishedTable.HasColumn(path, "Claim");

    /// <summary>Reads a table of claims.</summary>
    /// <exception cref="PublishedTableException">Names file, line and column, what was expected and what was found.</exception>
    public static IReadOnlyList<PublishedClaim> Read(string path)
    {
        string name = Path.GetFileName(path);
        PublishedClaim[] claims = [.. PublishedTable.Lines(path, "Name", "Claim", "Printed", "First").Select(line => ClaimOf(line.Cells, string.Create(CultureInfo.InvariantCulture, $"{name}:{line.Line}"), line.Line))];
        return claims.Length > 0 ? claims : throw new PublishedTableException($"{name}: expected a header and a claim at least, found none.");
    }

    /// <summary>What the values say of each claim.</summary>
    public static IReadOnlyList<ClaimFinding> Of(IReadOnlyList<PublishedClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        return [.. claims.Select(claim => claim.Kind switch
        {
            ClaimKind.P => OfTest(claim),
            ClaimKind.Sum => OfSum(claim),
            _ => OfSpread(claim),
        })];
    }

    private static ClaimFinding OfTest(PublishedClaim claim)
    {
        double[] differences = Differences(claim);
        double t = PairedTTest.Of(differences).P, exact = WilcoxonSignedRank.Of(differences, exact: true).P;
        double normal = WilcoxonSignedRank.Of(differences, exact: false).P, corrected = WilcoxonSignedRank.Of(differences, exact: false, continuity: true).P;
        (string Test, string Words, double P)[] tests =
        [
            (PairedT, "a paired t-test", t),
            (Wilcoxon, "a Wilcoxon signed-rank test", exact),
            (Wilcoxon, "a Wilcoxon signed-rank test by the normal distribution", normal),
            (Wilcoxon, "a Wilcoxon signed-rank test by the normal distribution with a continuity correction", corrected),
        ];
        bool Gives((string Test, string Words, double P) test) => test.P >= claim.Printed.Least && test.P <= claim.Printed.Most;
        string values = string.Create(CultureInfo.InvariantCulture, $"paired t {t:0.####}, Wilcoxon {exact:0.####} exactly and {normal:0.####} by the normal distribution");
        (string Test, string Words, double P) named = Array.Find(tests, test => test.Test == claim.Test && Gives(test)), other = Array.Find(tests, Gives);
        return named.Words is not null ? new(claim, true, $"p = {claim.Printed} is that of {named.Words} ({values})")
            : other.Words is not null ? new(claim, false, $"p = {claim.Printed} is that of {other.Words}, not of the {(claim.Test == Wilcoxon ? "Wilcoxon signed-rank test" : "paired t-test")} that is named ({values})")
            : new(claim, false, $"p = {claim.Printed} is that of none of these tests ({values})");
    }

    private static ClaimFinding OfSpread(PublishedClaim claim)
    {
        BlandAltman spread = BlandAltman.Of(Differences(claim));
        double found = claim.Kind == ClaimKind.Mean ? spread.Bias : spread.Deviation, room = Rounding(claim);
        bool holds = found >= claim.Printed.Least - room && found <= claim.Printed.Most + room;
        string what = claim.Kind == ClaimKind.Mean ? "mean" : "standard deviation";
        return new(claim, holds, string.Create(CultureInfo.InvariantCulture, $"the {what} of the {spread.Count} {(claim.InPercent ? "differences in percent" : "differences")} is {found:0.###}, printed is {claim.Printed}"));
    }

    private static ClaimFinding OfSum(PublishedClaim claim)
    {
        double least = claim.First.Sum(part => part.Least), most = claim.First.Sum(part => part.Most), sum = (least + most) / 2;
        // Whole numbers of patients are counted, not rounded.
        bool counted = claim.First.Append(claim.Printed).All(figure => !figure.Text.Contains('.', StringComparison.Ordinal) && !figure.Text.EndsWith('%'));
        bool holds = counted ? Math.Abs(sum - Middle(claim.Printed)) < 0.25 : most >= claim.Printed.Least && least <= claim.Printed.Most;
        return new(claim, holds, string.Create(CultureInfo.InvariantCulture, $"{string.Join(" + ", claim.First)} is {sum:0.####}, printed is {claim.Printed}"));
    }

    private static double[] Differences(PublishedClaim claim) =>
        [.. claim.First.Zip(claim.Second, (first, second) => Math.Round(claim.InPercent ? 100 * (Middle(second) - Middle(first)) / Middle(first) : Middle(second) - Middle(first), 9))];

    // How far the mean or the deviation may be off because the values are rounded themselves.
    private static double Rounding(PublishedClaim claim)
    {
        double[] each = [.. claim.First.Zip(claim.Second, (first, second) =>
        {
            double a = Math.Abs(Middle(first)), ofFirst = (first.Most - first.Least) / 2, ofSecond = (second.Most - second.Least) / 2;
            return claim.InPercent ? 100 * ((ofSecond / a) + (Math.Abs(Middle(second)) * ofFirst / (a * a))) : ofFirst + ofSecond;
        })];
        return claim.Kind == ClaimKind.Mean ? each.Average() : each.Max();
    }

    private static double Middle(PrintedFigure figure) => Math.Round((figure.Least + figure.Most) / 2, 9);

    private static PublishedClaim ClaimOf(Dictionary<string, string> cells, string place, int line)
    {
        PublishedTableException Refuse(string column, string expected, string found) => new($"{place}: {column}: expected {expected}, found '{found}'.");
        string Cell(string column) => cells.GetValueOrDefault(column, "");
        if (Cell("Name").Length == 0)
        {
            throw Refuse("Name", "what is claimed of", "");
        }

        ClaimKind kind = Cell("Claim") switch
        {
            "p" => ClaimKind.P,
            "mean" => ClaimKind.Mean,
            "sd" => ClaimKind.Sd,
            "sum" => ClaimKind.Sum,
            string other => throw Refuse("Claim", "p, mean, sd or sum", other),
        };
        PrintedFigure Figure(string column, string text)
        {
            try
            {
                return PrintedFigure.Parse(text);
            }
            catch (FormatException)
            {
                throw Refuse(column, "a number", text);
            }
        }

        PrintedFigure[] Numbers(string column) => [.. Cell(column).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Figure(column, text))];
        PrintedFigure[] first = Numbers("First"), second = Numbers("Second");
        if (kind == ClaimKind.Sum ? first.Length < 2 : first.Length < 2 || first.Length != second.Length)
        {
            throw Refuse(kind == ClaimKind.Sum ? "First" : "Second", kind == ClaimKind.Sum ? "two parts or more" : $"as many numbers as First has, and two at least ({first.Length})", Cell(kind == ClaimKind.Sum ? "First" : "Second"));
        }

        string test = Cell("Test"), of = Cell("Of");
        if (kind == ClaimKind.P && test is not (Wilcoxon or PairedT))
        {
            throw Refuse("Test", $"{Wilcoxon} or {PairedT}", test);
        }

        if (of is not ("" or "difference" or "percent"))
        {
            throw Refuse("Of", "difference or percent", of);
        }

        return of == "percent" && first.Any(figure => Middle(figure) == 0)
            ? throw Refuse("First", "numbers other than 0, of which percents are taken", Cell("First"))
            : new PublishedClaim { Line = line, Table = Cell("Table"), Name = Cell("Name"), Kind = kind, Printed = Figure("Printed", Cell("Printed")), Test = test, InPercent = of == "percent", First = first, Second = second };
    }
}
