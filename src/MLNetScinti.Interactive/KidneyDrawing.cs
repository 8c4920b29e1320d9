using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Interactive;

/// <summary>A separation of the kidneys as a table.</summary>
internal static class KidneyDrawing
{
    public static Markup Html(KidneySeparation separation) => Markup.Of($"""
        <table><caption>{Text(separation)}</caption>
        <thead><tr><th scope="col">Kidney</th><th scope="col">Volume, ml</th><th scope="col">Counts</th><th scope="col">Centre (x, y, z), mm</th></tr></thead>
        <tbody>{Row("left", separation.Left)}{Row("right", separation.Right)}</tbody></table>
        """);

    public static string Text(KidneySeparation separation)
    {
        string outcome = separation.Succeeded ? "Kidneys taken apart" : "Kidneys not taken apart";
        string why = separation.Reason is { } reason ? $": {reason}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{outcome}, confidence {separation.Confidence:0.00}{why}");
    }

    private static Markup Row(string side, Kidney? kidney) => kidney is null
        ? Markup.Of($"""<tr><th scope="row">{side}</th><td colspan="3">not found</td></tr>""")
        : Markup.Of($"""<tr><th scope="row">{side}</th><td>{kidney.Millilitres:0.0}</td><td>{kidney.Counts:0}</td><td>{Position(kidney.Centre)}</td></tr>""");

    private static string Position(Point3 point) => string.Create(CultureInfo.InvariantCulture, $"{point.X:0}, {point.Y:0}, {point.Z:0}");
}
