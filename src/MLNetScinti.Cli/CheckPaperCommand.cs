using System.CommandLine;
using System.Globalization;
using MLNetScinti.Evaluation.Published;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Cli;

/// <summary><c>scinti check-paper TABLE.csv</c>: are printed figures possible, and do printed values give them?</summary>
internal static class CheckPaperCommand
{
    public static Command Create()
    {
        Argument<string[]> tables = new("table") { Description = "CSV files of printed figures: columns Name, Classes, and what is printed of Table, Class, Cases, ClassCases, Runs, Accuracy, Precision, Recall, Specificity, F1, AUC. Or printed numbers with the values they come from: columns Name, Claim (p, mean, sd, sum), Printed, First, and Second, Test (wilcoxon, paired-t), Of (difference, percent), Table.", Arity = ArgumentArity.OneOrMore };
        Command command = new("check-paper", "Checks whether printed figures can stem from one confusion table, and printed p values, means and sums from the values beside them; exit code 7 where some cannot.") { tables };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            int impossible = 0;
            foreach (string path in parsed.GetRequiredValue(tables))
            {
                cancel.ThrowIfCancellationRequested();
                IReadOnlyList<PublishedRow> rows;
                try
                {
                    if (PublishedClaims.IsTable(path))
                    {
                        impossible += Claims(path);
                        continue;
                    }

                    rows = PublishedTable.Read(path);
                }
                catch (PublishedTableException problem)
                {
                    throw new DefinitionException(problem.Message, problem);
                }

                IReadOnlyList<ImpossibleFigure> found = PublishedChecks.Of(rows);
                foreach (ImpossibleFigure one in found)
                {
                    Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}:{one.Row.Line}: {one.Row.Title}: impossible: {one.Sentence}."));
                }

                impossible += found.Count;
                int figures = rows.Sum(row => row.Figures.Count);
                Terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{Path.GetFileName(path)}: {rows.Count} rows, {figures} figures, {found.Count} impossible{(found.Count == 0 ? ": nothing printed contradicts itself" : "")}."));
            }

            return impossible > 0 ? ExitCode.Impossible : ExitCode.Done;
        }));
        return command;
    }

    private static int Claims(string path)
    {
        string name = Path.GetFileName(path);
        IReadOnlyList<ClaimFinding> found = PublishedClaims.Of(PublishedClaims.Read(path));
        foreach (ClaimFinding one in found)
        {
            Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name}:{one.Claim.Line}: {one.Claim.Title}: {(one.Holds ? "holds" : "does not hold")}: {one.Sentence}."));
        }

        int wrong = found.Count(one => !one.Holds);
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: {found.Count} claims, {wrong} of which the values do not bear out."));
        return wrong;
    }
}
