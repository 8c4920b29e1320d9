using System.Globalization;
using Microsoft.Data.Analysis;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Interactive;

/// <summary>A table of data frames: the first rows.</summary>
internal static class FrameDrawing
{
    private const int MostRows = 40;

    public static string Text(DataFrame frame) => $"{frame.Rows.Count} rows: {string.Join(", ", frame.Columns.Select(column => column.Name))}";

    public static Markup Html(DataFrame frame)
    {
        long shown = Math.Min(frame.Rows.Count, MostRows);
        Markup rows = Markup.Each(Enumerable.Range(0, (int)shown), row =>
            Markup.Of($"<tr>{Markup.Each(frame.Columns, column => Markup.Of($"<td>{(column.Name == CaseSchema.File ? "(not shown)" : Value(column[row]))}</td>"))}</tr>"));
        return Markup.Of($"""
            <table><caption>{(shown < frame.Rows.Count ? $"The first {shown} of {frame.Rows.Count} rows" : $"{shown} rows")}</caption>
            <thead><tr>{Markup.Each(frame.Columns, column => Markup.Of($"""<th scope="col">{column.Name}</th>"""))}</tr></thead>
            <tbody>{rows}</tbody></table>
            """);
    }

    private static string Value(object? value) => value switch
    {
        null => "",
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        float number => number.ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
