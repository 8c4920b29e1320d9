using System.CommandLine;
using System.Globalization;
using MLNetScinti.Evaluation.Published;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Cli;

/// <summary><c>scinti check-paper TABLE.csv</c>: are printed figures possible?</summary>
internal static class CheckPaperCommand
{
    public static Command Create()
    {
        Argument<string[]> tables = new("table") { Description = "CSV files of printed figures: columns Name, Classes, and what is printed of Table, Class, Cases, ClassCases, Runs, Accuracy, Precision, Recall, Specificity, F1, AUC.", Arity = ArgumentArity.OneOrMore };
        Command command = new("check-paper", "Checks whether printed figures can stem from one confusion table; exit code 7 where some cannot.") { tables };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            int impossible = 0;
            foreach (string path in parsed.GetRequiredValue(tables))
            {
                cancel.ThrowIfCancellationRequested();
                IReadOnlyList<PublishedRow> rows;
                try
                {
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
}
