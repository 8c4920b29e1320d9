using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// The comparison as one HTML page, in the manner of <see cref="HtmlReport"/>: no network, no script, read on a phone, on paper, in
/// light and dark, with a keyboard or a screen reader.
/// </summary>
public static class ComparisonHtml
{
    /// <summary>The page.</summary>
    public static string Text(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ComparisonSections sections = new(report);
        EvaluationOptions options = report.Comparison.Models[0].Options;
        ScoreSet test = report.Comparison.Models[0].Test;
        CardSections cards = new(options, report.Data, report.Run) { JsonName = "comparison.json" };
        return HtmlPage.Text(
            "Comparison report",
            report.Title,
            report.Data.Origin,
            [$"{report.Models.Count} models", $"{FigureText.Patients(test.PatientCount)}, {FigureText.Cases(options, test.Count)} in the test set"],
            [
                new("summary", "Can they be ranked?", sections.Summary()),
                new("table", "Side by side", sections.Table()),
                new("curves", "Curves", sections.Curves()),
                new("pairs", "Paired tests", sections.Pairs()),
                GroupSections.OfModels([.. report.Models.Select(model => (IEvaluation)model.Evaluation)]),
                new("models", "Models", sections.Models()),
                new("data", "Data", cards.Data()),
                new("reproduce", "Do it again", cards.Reproduce()),
            ],
            options.Words.Cases);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(IComparisonReport report, string path) => AtomicFile.Write(path, report switch
    {
        ComparisonReport binary => Text(binary),
        TaskComparisonReport other => Text(other),
        _ => throw new ArgumentException("A comparison of this kind has no page.", nameof(report)),
    });

    /// <summary>The page of models of several classes, labels or masks.</summary>
    public static string Text(TaskComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return TaskComparisonSections.Page(report);
    }
}

/// <summary>The sections of the page that compares models, in the order in which they are read.</summary>
internal sealed class ComparisonSections(ComparisonReport report)
{
    private readonly ModelComparison _comparison = report.Comparison;
    private readonly EvaluationOptions _options = report.Comparison.Models[0].Options;
    private readonly ScoreSet _test = report.Comparison.Models[0].Test;

    public Markup Summary()
    {
        Markup byPatient = _comparison.VerdictByPatient.Length > 0 ? Markup.Of($"<p>{_comparison.VerdictByPatient}</p>") : Markup.Empty;
        Markup protocol = report.Protocol.Length > 0 ? Markup.Of($"<p>{report.Protocol}</p>") : Markup.Empty;
        return Markup.Of($"""
            <section id="summary" aria-labelledby="summary-h">
            <h2 id="summary-h">Can the models be ranked?</h2>
            {(_comparison.PrimaryVerdict.Length > 0 ? Markup.Of($"""<p class="lead">{_comparison.PrimaryVerdict}</p>""") : Markup.Empty)}
            <p class="lead">{_comparison.Verdict}</p>
            {Markup.Each(report.AgainstBaselines(), sentence => Markup.Of($"""<p class="lead">{sentence}</p>"""))}{byPatient}
            <p>{Judged()}</p>{protocol}
            <div class="notice"><h3>Before you use a figure</h3><ul class="plain">{Markup.Each(Cautions(), caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
            </section>
            """);
    }

    public Markup Table()
    {
        Markup head = Markup.Each(ComparisonRow.Columns, column => Markup.Of($"""<th scope="col"><abbr title="{column.Name}">{column.Short}</abbr></th>"""));
        bool published = report.Models.Any(model => model.Published is not null);
        string source = string.Join("; ", report.Models.Select(model => model.Published?.Source).Where(text => text is not null).Distinct(StringComparer.Ordinal));
        Markup note = published
            ? Markup.Of($"""<p class="small soft">Published figures: {source}, as printed; other patients, and a threshold that was chosen on the test ROC curve. They print no intervals: those shown are computed here from the confusion tables (Wilson) and, for areas, from the area and the numbers of {_options.Words.Cases} (Newcombe). Confusion tables that are not printed follow from the printed shares; negative predictive values from the confusion tables.</p>""")
            : Markup.Empty;
        return Markup.Of($"""
            <section id="table" aria-labelledby="table-h">
            <h2 id="table-h">The models side by side</h2>
            <div class="scroller" tabindex="0" role="region" aria-label="Figures of all models">
            <table class="sticky models"><caption><span class="stay">{FigureText.Capital(_options.Words.Cases)} called what (TP found, FN missed, FP false alarms, TN cleared), and the figures with {FigureText.Percent(_comparison.Level)} intervals: DeLong for the area, Wilson for shares, bootstrap by patient for F1 and kappa.</span></caption>
            <thead><tr><th scope="col">Row</th><th scope="col" class="number"><abbr title="True positives: {_options.Words.Positive}, called {_options.Words.Positive}">TP</abbr></th><th scope="col" class="number"><abbr title="False negatives: {_options.Words.Positive}, called {_options.Words.Negative}">FN</abbr></th><th scope="col" class="number"><abbr title="False positives: {_options.Words.Negative}, called {_options.Words.Positive}">FP</abbr></th><th scope="col" class="number"><abbr title="True negatives: {_options.Words.Negative}, called {_options.Words.Negative}">TN</abbr></th>{head}</tr></thead>
            {Markup.Each(report.Models, Group)}
            </table></div>{note}
            </section>
            """);
    }

    public Markup Curves() => Markup.Of($"""
        <section id="curves" aria-labelledby="curves-h">
        <h2 id="curves-h">Curves</h2>
        <figure><h3>ROC curves</h3><div class="legend-pair">{ComparisonCharts.Roc(report.Models)}<ul class="legend">{Markup.Each(Enumerable.Range(0, report.Models.Count), Legend)}</ul></div>
        <figcaption>Lines differ in their dashes and carry their number. Dots: each model at its own threshold. Dashed diagonal: chance.</figcaption></figure>
        <figure class="wide"><h3>Areas under the ROC curve</h3><div class="scroller" tabindex="0" role="region" aria-label="Areas under the ROC curve">{ComparisonCharts.Areas(report.Models)}</div><figcaption>With {FigureText.Percent(_comparison.Level)} DeLong intervals{(report.Models.Any(model => model.Published is not null) ? "; diamonds: published, on other patients" : "")}. Overlapping intervals do not show that models are equal; the paired tests below compare them on the same {_options.Words.Cases}.</figcaption></figure>
        </section>
        """);

    public Markup Pairs() => Markup.Of($"""
        <section id="pairs" aria-labelledby="pairs-h">
        <h2 id="pairs-h">Which differences are more than chance?</h2>
        {PairTable.Of(_comparison)}
        </section>
        """);

    public Markup Models() => Markup.Of($"""
        <section id="models" aria-labelledby="models-h">
        <h2 id="models-h">The models</h2>
        {Markup.Each(report.Models, Card)}
        </section>
        """);

    private Markup Group(ComparedModel model)
    {
        string about = string.Join("; ", new[] { model.IsBaseline ? "baseline" : "", model.Description, model.Training }.Where(text => text.Length > 0));
        Markup training = about.Length > 0 ? Markup.Of($"""<small>{about}</small>""") : Markup.Empty;
        return Markup.Of($"""
            <tbody><tr class="grouping"><th scope="rowgroup" colspan="{5 + ComparisonRow.Columns.Count}"><span class="stay">{Name(model)}{training}</span></th></tr>{Markup.Each(ComparisonRow.Of(model), Row)}</tbody>
            """);
    }

    private static Markup Row(ComparisonRow row)
    {
        Markup counts = row.Counts is { } known
            ? Markup.Of($"""<td class="number">{known.TruePositives}</td><td class="number">{known.FalseNegatives}</td><td class="number">{known.FalsePositives}</td><td class="number">{known.TrueNegatives}</td>""")
            : Markup.Of($"""<td class="soft" colspan="4">not stated</td>""");
        return Markup.Of($"""<tr class="{(row.Kind == "own" ? "own" : "beside")}"><th scope="row">{row.Label}</th>{counts}{Markup.Each(row.Figures, Cell)}</tr>""");
    }

    private static Markup Cell(Metric? metric) => metric switch
    {
        null => Markup.Of($"""<td class="soft">not stated</td>"""),
        { IsDefined: false } => Markup.Of($"""<td class="small soft">undefined: {metric.UndefinedReason}</td>"""),
        { Interval: { } interval } => Markup.Of($"""<td class="nowrap"><b>{FigureText.Number(metric.Value)}</b>{(metric.Mark.Length > 0 ? Markup.Of($"<small>{metric.Mark}</small>") : Markup.Empty)}<span class="under">{FigureText.Interval(interval, "–")}</span></td>"""),
        _ => Markup.Of($"""<td class="nowrap"><b>{FigureText.Number(metric.Value)}</b>{(metric.Mark.Length > 0 ? Markup.Of($"<small>{metric.Mark}</small>") : Markup.Empty)}</td>"""),
    };

    private Markup Legend(int i)
    {
        ComparedModel model = report.Models[i];
        return Markup.Of($"""<li>{ComparisonCharts.Sample(i)}<span><b>{model.Name}</b>{(model.IsBaseline ? " (baseline)" : "")}<span class="under">{FigureText.Number(model.Evaluation.AreaUnderRoc.Value)} ({FigureText.Interval(model.Evaluation.AreaUnderRoc.Interval!, "–")})</span></span></li>""");
    }

    private static Markup Card(ComparedModel model)
    {
        List<KeyValuePair<string, string>> facts = [];
        Add("What", model.Description);
        Add("Training", model.Training);
        Add("Took", model.Duration is { } taken ? FigureText.Duration(taken) : "");
        Add("Threshold", $"{FigureText.Number(model.Evaluation.OperatingPoint.Threshold.Value)}, {FigureText.Protocol(model.Evaluation.OperatingPoint.Threshold.Protocol)}");
        facts.AddRange(model.Card is { } card ? CardSections.About(card) : []);
        Add("Command", model.Run?.Command ?? "");
        Add("Seed", model.Run?.Seed.ToString(CultureInfo.InvariantCulture) ?? "");
        Markup hashes = model.Run is { Hashes.Count: > 0 } run
            ? Markup.Of($"""<details><summary>SHA-256 of the files of {model.Name}</summary><dl class="facts">{Markup.Each(run.Hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal), pair => Markup.Of($"""<dt>{pair.Key}</dt><dd><code class="hash">{pair.Value}</code></dd>"""))}</dl></details>""")
            : Markup.Empty;
        Markup limits = model.Card is { Limits.Count: > 0 } limited ? Markup.Of($"""<ul class="plain">{Markup.Each(limited.Limits, limit => Markup.Of($"<li>{limit}</li>"))}</ul>""") : Markup.Empty;
        return Markup.Of($"""<h3>{Name(model)}{(model.IsBaseline ? " (baseline)" : "")}</h3>{CardSections.Facts(facts)}{limits}{hashes}""");

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                facts.Add(new(name, value));
            }
        }
    }

    private static Markup Name(ComparedModel model) => model.ReportLink is { } link
        ? Markup.Of($"""<a href="{link}">{model.Name}</a>""")
        : Markup.Of($"{model.Name}");

    private string Judged() =>
        $"All were judged on the same {FigureText.Cases(_options, _test.Count)} of {FigureText.Patients(_test.PatientCount)} ({FigureText.Origin(report.Data.Origin)}): {FigureText.Count(_test.Positives)} {_options.Words.Positive}, {FigureText.Count(_test.Negatives)} {_options.Words.Negative}.";

    private IEnumerable<string> Cautions()
    {
        if (report.Data.Origin == DataOrigin.Simulated)
        {
            yield return "The patients are simulated. The figures say how the models do on the simulation; they say nothing yet about people.";
        }

        yield return report.Models.All(model => model.Evaluation.OperatingPoint.Threshold.Protocol == ThresholdProtocol.Validation)
            ? "Each model's threshold was fitted on the validation patients; the test patients had no part in it."
            : $"Thresholds: {string.Join("; ", report.Models.Select(model => $"{model.Name} {FigureText.Protocol(model.Evaluation.OperatingPoint.Threshold.Protocol)}"))}.";
        if (report.Models.Any(model => model.Evaluation.PaperProtocol is not null || model.Published is { Protocol: ThresholdProtocol.Paper }))
        {
            yield return "Rows marked optimistic have a threshold that was chosen on the very cases they are judged on, as in the paper; new patients would show less. Do not hold them against the other rows.";
        }

        if (_comparison.Caution.Length > 0)
        {
            yield return _comparison.Caution;
        }

        string[] trainings = [.. report.Models.Where(model => !model.IsBaseline).Select(model => model.Training).Distinct(StringComparer.Ordinal)];
        if (trainings.Length > 1)
        {
            yield return "The models were not all trained in the same way; a difference may be the training's and not the model's.";
        }

        if (_comparison.Primary is null && _comparison.Pairs.Count > 1)
        {
            yield return "No contrast was named beforehand (evaluation.primary-contrast of the definition): which model is compared with which was chosen by the data, so all pairs are corrected for.";
        }

        yield return "A test that cannot tell two models apart does not show that they are equal.";
        yield return "One training per model: another seed gives other weights. The tests say how far other patients could change the order, not how far another training could.";
    }
}
