using Microsoft.ML;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Interactive;

/// <summary>A split by patient as a table of how many are on each side.</summary>
internal static class SplitDrawing
{
    public static Markup Html(PatientSplit split)
    {
        (string Name, PatientSet Set)[] sets = [("training", split.Train), ("validation", split.Validation), ("test", split.Test)];
        (string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes)[] rows = [.. sets.Select(set => Row(set.Name, set.Set))];
        return Markup.Of($"""
            <table><caption>Split by patient: no patient is on two sides</caption>
            <thead><tr><th scope="col">Set</th><th scope="col">Patients</th><th scope="col">Cases</th>{Markup.Each(rows[0].Classes, Head)}</tr></thead>
            <tbody>{Markup.Each(rows, Line)}</tbody></table>
            """);

        static Markup Head(ClassCount one) => Markup.Of($"""<th scope="col">{char.ToUpperInvariant(one.Name[0])}{one.Name[1..]}</th>""");
        static Markup Cell(ClassCount one) => Markup.Of($"<td>{one.Cases}</td>");
        static Markup Line((string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes) row) =>
            Markup.Of($"""<tr><th scope="row">{row.Name}</th><td>{row.Patients}</td><td>{row.Cases}</td>{Markup.Each(row.Classes, Cell)}</tr>""");
    }

    private static (string Name, int Patients, int Cases, IReadOnlyList<ClassCount> Classes) Row(string name, PatientSet set)
    {
        if (set.Cases is { Task: { } task } view)
        {
            Target[] targets = [.. view.Read(images: false).Select(one => one.Target!)];
            return (name, set.Patients.Count, targets.Length, task.Count(targets));
        }

        using DataViewRowCursor cursor = set.GetRowCursor([]);
        int cases = 0;
        while (cursor.MoveNext())
        {
            cases++;
        }

        return (name, set.Patients.Count, cases, []);
    }
}
