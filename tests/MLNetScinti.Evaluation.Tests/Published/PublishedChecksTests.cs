using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Published;
using Xunit;

namespace MLNetScinti.Evaluation.Tests.Published;

public sealed class PublishedChecksTests
{
    /// <summary>Figures of any confusion table, printed with four digits, are never called impossible.</summary>
    [Fact]
    public void WhatOneTableGivesIsPossible() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            IReadOnlyList<PublishedRow> rows = Printed(RandomTable(random, random.Next(2, 6)), 1);
            IReadOnlyList<ImpossibleFigure> found = PublishedChecks.Of(rows);
            return found.Count == 0 ? true : throw new InvalidOperationException(string.Join("; ", found.Select(one => one.Sentence)));
        }));

    /// <summary>Means over several runs, whose tables differ, are possible too.</summary>
    [Fact]
    public void WhatSeveralTablesGiveOnTheMeanIsPossible() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int classes = random.Next(2, 5), runs = random.Next(2, 6);
            int[] cases = [.. Enumerable.Range(0, classes).Select(_ => random.Next(1, 200))];
            IReadOnlyList<PublishedRow>[] each = [.. Enumerable.Range(0, runs).Select(_ => Printed(RandomTable(random, cases), runs, digits: 12))];
            IReadOnlyList<PublishedRow> mean = [.. Enumerable.Range(0, classes + 1).Select(row => each[0][row] with
            {
                Figures = each[0][row].Figures.Keys.Where(name => each.All(one => one[row].Figures.ContainsKey(name))).ToDictionary(
                    name => name, name => Print(each.Average(one => (one[row].Figures[name].Least + one[row].Figures[name].Most) / 2), 4), StringComparer.Ordinal),
            })];
            return PublishedChecks.Of(mean).Count == 0;
        }));

    /// <summary>A figure that is moved out of its range is found, and the sentence has it.</summary>
    [Theory]
    [InlineData("Accuracy", ".9321", "is no number of 150 cases")]
    [InlineData("Recall", ".5000", "outside")]
    [InlineData("Specificity", ".5000", "outside")]
    [InlineData("F1", ".9900", "at most the harmonic mean")]
    [InlineData("AUC", "1.2", "not between 0 and 1")]
    public void AWrongFigureIsFound(string figure, string text, string words)
    {
        PublishedRow right = Printed([[48, 1, 1], [2, 46, 2], [0, 3, 47]], 1)[0];
        Assert.Empty(PublishedChecks.Of([right]));
        PublishedRow wrong = right with { Figures = new Dictionary<string, PrintedFigure>(right.Figures, StringComparer.Ordinal) { [figure] = PrintedFigure.Parse(text) } };
        Assert.Contains(PublishedChecks.Of([wrong]), one => one.Sentence.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void AClassOfItsOwnIsHeldToItsCases()
    {
        PublishedRow row = new()
        {
            Line = 2,
            Name = "A",
            Class = "ill",
            Classes = 2,
            ClassCases = 20,
            Figures = Figures(("Recall", ".93"), ("Specificity", ".90"), ("AUC", ".70"), ("Precision", ".90"), ("F1", ".95")),
        };
        Assert.Equal(["AUC", "F1", "Recall"], PublishedChecks.Of([row]).Select(one => one.Figure).Order(StringComparer.Ordinal));
        Assert.Contains("18 / 20", PublishedChecks.Of([row]).Single(one => one.Figure == "Recall").Sentence, StringComparison.Ordinal);
    }

    /// <summary>What both papers print and cannot be; everything else in their tables is possible.</summary>
    [Fact]
    public void ThePapersTablesHaveTheirImpossibleFigures()
    {
        string folder = Path.Combine(MLNetScinti.Testing.TestData.Repository, "pipelines", "papers");
        Assert.Equal(["dSPIC-AM on D_1", "dSPIC-RM on D_2"],
            PublishedChecks.Of(PublishedTable.Read(Path.Combine(folder, "dspic-lin2021.csv"))).Select(one => one.Row.Name));
        IReadOnlyList<ImpossibleFigure> dscint = PublishedChecks.Of(PublishedTable.Read(Path.Combine(folder, "dscint-lin2021.csv")));
        Assert.Equal(["Dscint on the augmented data", "Dscint on the augmented data", "AlexNet on the augmented data"], dscint.Select(one => one.Row.Name));
        Assert.Contains("0.9265", dscint[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("39 errors", dscint[1].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".7230", 0.72295, 0.72305)]
    [InlineData("0.723", 0.7225, 0.7235)]
    [InlineData("72.3 %", 0.7225, 0.7235)]
    [InlineData("1", 0.5, 1.5)]
    public void APrintedFigureIsWhatRoundsToIt(string text, double least, double most)
    {
        PrintedFigure figure = PrintedFigure.Parse(text);
        Assert.Equal((least, most), (Math.Round(figure.Least, 10), Math.Round(figure.Most, 10)));
    }

    [Theory]
    [InlineData("Name\nA\n", "t.csv:1: expected different columns with Name and Classes")]
    [InlineData("Name,Classes\nA,1\n", "t.csv:2: Classes: expected a whole number of at least 2, found '1'.")]
    [InlineData("Name,Classes,F1\nA,3,high\n", "t.csv:2: F1: expected a share such as .7230 or 72.30 %, found 'high'.")]
    [InlineData("Name,Classes,Cases\nA,3,1 2\n", "t.csv:2: Cases: expected 3 numbers, one for each class, found 2.")]
    [InlineData("Name,Classes\n", "t.csv: expected a header and a line of figures at least")]
    public void ABadTableIsNamedByLineAndColumn(string text, string message)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("published-");
        try
        {
            string path = Path.Combine(folder.FullName, "t.csv");
            File.WriteAllText(path, text);
            Assert.StartsWith(message, Assert.Throws<PublishedTableException>(() => PublishedTable.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int[][] RandomTable(Random random, int classes) => RandomTable(random, [.. Enumerable.Range(0, classes).Select(_ => random.Next(1, 300))]);

    private static int[][] RandomTable(Random random, int[] cases)
    {
        double right = random.NextDouble();
        return [.. cases.Select((count, truth) =>
        {
            int[] row = new int[cases.Length];
            for (int one = 0; one < count; one++)
            {
                row[random.NextDouble() < right ? truth : random.Next(cases.Length)]++;
            }

            return row;
        })];
    }

    // Rows: all classes, then each class. A class that was never answered has no precision; its table then prints no mean of it.
    private static List<PublishedRow> Printed(int[][] table, int runs, int digits = 4)
    {
        int classes = table.Length, all = table.Sum(row => row.Sum());
        int[] cases = [.. table.Select(row => row.Sum())];
        double[] answered = [.. Enumerable.Range(0, classes).Select(answer => (double)table.Sum(row => row[answer]))];
        double[] precision = [.. Enumerable.Range(0, classes).Select(at => table[at][at] / answered[at])];
        double[] recall = [.. Enumerable.Range(0, classes).Select(at => (double)table[at][at] / cases[at])];
        double[] specificity = [.. Enumerable.Range(0, classes).Select(at => 1 - ((answered[at] - table[at][at]) / (all - cases[at])))];
        double[] f1 = [.. Enumerable.Range(0, classes).Select(at => 2.0 * table[at][at] / (cases[at] + answered[at]))];
        List<PublishedRow> rows =
        [
            new()
            {
                Line = 2, Name = "A", Classes = classes, Cases = cases, Runs = runs,
                Figures = Rounded(digits, ("Accuracy", Enumerable.Range(0, classes).Sum(at => table[at][at]) / (double)all),
                    ("Precision", precision.Average()), ("Recall", recall.Average()), ("Specificity", specificity.Average()), ("F1", f1.Average())),
            },
        ];
        rows.AddRange(Enumerable.Range(0, classes).Select(at => new PublishedRow
        {
            Line = 3 + at,
            Name = "A",
            Class = $"class {at}",
            Classes = classes,
            ClassCases = cases[at],
            Runs = runs,
            Figures = Rounded(digits, ("Precision", precision[at]), ("Recall", recall[at]), ("Specificity", specificity[at]), ("F1", f1[at])),
        }));
        return rows;
    }

    private static Dictionary<string, PrintedFigure> Rounded(int digits, params (string Name, double Value)[] figures) =>
        figures.Where(figure => double.IsFinite(figure.Value)).ToDictionary(figure => figure.Name, figure => Print(figure.Value, digits), StringComparer.Ordinal);

    private static PrintedFigure Print(double value, int digits) => PrintedFigure.Parse(value.ToString($"F{digits}", CultureInfo.InvariantCulture));

    private static Dictionary<string, PrintedFigure> Figures(params (string Name, string Text)[] figures) =>
        figures.ToDictionary(figure => figure.Name, figure => PrintedFigure.Parse(figure.Text), StringComparer.Ordinal);
}
