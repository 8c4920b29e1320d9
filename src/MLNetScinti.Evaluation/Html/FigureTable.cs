using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>Figures as tables, tiles and cells: the same on every page.</summary>
internal static class FigureTable
{
    public static Markup Tile(string name, Metric metric, string note)
    {
        Markup value = metric.TryGetValue(out double number)
            ? Markup.Of($"""<dd class="figure">{FigureText.Number(number)}</dd>{(metric.Mark.Length > 0 ? Markup.Of($"<dd><strong>{metric.Mark}</strong></dd>") : Markup.Empty)}""")
            : Markup.Of($"""<dd class="undefined">undefined: {metric.UndefinedReason}</dd>""");
        Markup interval = metric.Interval is { } between ? Markup.Of($"""<dd class="small soft">{FigureText.Percent(between.Level)} interval {FigureText.Interval(between, "–")}</dd>""") : Markup.Empty;
        Markup extra = note.Length > 0 && metric.IsDefined ? Markup.Of($"""<dd class="small soft">{note}</dd>""") : Markup.Empty;
        return Markup.Of($"""<div class="tile"><dt>{name}</dt>{value}{interval}{extra}</div>""");
    }

    public static Markup Table(IReadOnlyList<MetricEntry> entries, string caption) => Markup.Of($"""
        <table class="stack">
        <caption>{caption}</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col">Interval</th><th scope="col" class="number">Cases</th><th scope="col" class="number">Patients</th></tr></thead>
        <tbody>{Markup.Each(entries, Row)}</tbody>
        </table>
        """);

    public static Markup Row(MetricEntry entry)
    {
        Metric metric = entry.Metric;
        Markup meaning = entry.Meaning.Length > 0 ? Markup.Of($"<small>{entry.Meaning}</small>") : Markup.Empty;
        Markup value = metric.TryGetValue(out double number)
            ? Markup.Of($"""<td class="number value">{FigureText.Number(number)}{Mark(metric)}</td>""")
            : Markup.Of($"""<td class="number value">undefined</td>""");
        Markup interval = metric switch
        {
            { IsDefined: false } => Markup.Of($"""<td class="interval soft">{metric.UndefinedReason}</td>"""),
            { Interval: { } between } => Markup.Of($"""<td class="interval"><span>{FigureText.Interval(between, "–")}</span> <span class="soft small">{between.Method}</span>{(entry.HasOpenScale ? Markup.Empty : Charts.Range(metric))}</td>"""),
            _ => Markup.Of($"""<td class="interval soft">none</td>"""),
        };
        return Markup.Of($"""<tr><th scope="row">{entry.Name}{meaning}</th>{value}{interval}<td class="number support" data-name="cases">{metric.Cases}</td><td class="number support" data-name="patients">{metric.Patients}</td></tr>""");
    }

    public static Markup Further(IReadOnlyList<MetricEntry> entries)
    {
        var rows = entries.SelectMany(entry => entry.Metric.FurtherIntervals.Select(interval => (entry.Name, interval))).ToArray();
        return rows.Length == 0 ? Markup.Empty : Markup.Of($"""
            <details><summary>Further intervals</summary>
            <div class="scroller" tabindex="0" role="region" aria-label="Further intervals"><table><caption>The same figures by other methods. Those by patient allow for several cases of one patient.</caption>
            <thead><tr><th scope="col">Figure</th><th scope="col">Interval</th><th scope="col">Method</th></tr></thead>
            <tbody>{Markup.Each(rows, row => Markup.Of($"""<tr><th scope="row">{row.Name}</th><td class="nowrap">{FigureText.Interval(row.interval, "–")}</td><td>{row.interval.Method}</td></tr>"""))}</tbody></table></div></details>
            """);
    }

    public static Markup Cell(Metric metric) => metric.TryGetValue(out double value)
        ? Markup.Of($"""<td class="nowrap"><b>{FigureText.Number(value)}</b>{Mark(metric)}{(metric.Interval is { } interval ? Markup.Of($"""<span class="under">{FigureText.Interval(interval, "–")}</span>""") : Markup.Empty)}</td>""")
        : Markup.Of($"""<td class="small soft">undefined: {metric.UndefinedReason}</td>""");

    private static Markup Mark(Metric metric) => metric.Mark.Length > 0 ? Markup.Of($"<small>{metric.Mark}</small>") : Markup.Empty;

    /// <summary>What ML.NET's evaluators say: a table, and the text that its tools print.</summary>
    public static Markup Stock(IReadOnlyList<MLNetMetrics> all) => Markup.Of($"""
        <details><summary>What ML.NET's own {(all.Count == 1 ? "evaluator says" : "evaluators say")}</summary>{Markup.Each(all, one => Markup.Of($"""
        {(one.Label.Length > 0 ? Markup.Of($"<h3>{one.Label}</h3>") : Markup.Empty)}<p class="small soft">{one.Evaluator}. {one.Note}</p>{Table(one.Metrics, $"ML.NET's figures under ML.NET's names{(one.Label.Length > 0 ? $": {one.Label}" : "")}.")}<pre tabindex="0"><code>{MamlText.Of(one)}</code></pre>
        """))}</details>
        """);

    /// <summary>Four or so figures that come first.</summary>
    public static Markup Tiles(IEnumerable<Markup> tiles) => Markup.Of($"""<dl class="tiles">{Markup.Join(tiles)}</dl>""");

    public static Markup Picture(CasePicture picture) => Markup.Of(
        $"""<figure><img src="data:image/png;base64,{Convert.ToBase64String(picture.Png.Span)}" alt="{picture.AlternativeText}"><figcaption>{picture.Caption}</figcaption></figure>""");
}
