namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The sections of the page about figures, in the order in which they are read.</summary>
internal sealed class ReportSections(EvaluationReport report)
{
    /// <summary>More wrongly called cases than this are in metrics.json only: the page stays one that a phone can open.</summary>
    public const int MostErrors = 30;

    /// <summary>With more cases than this, one mark per case would be a blot.</summary>
    public const int MostMarks = 2000;

    private readonly BinaryEvaluation _evaluation = report.Evaluation;
    private readonly EvaluationOptions _options = report.Evaluation.Options;

    public Markup Summary()
    {
        SummaryText text = new(report);
        OperatingPoint point = _evaluation.OperatingPoint;
        return Markup.Of($"""
            <section id="summary" aria-labelledby="summary-h">
            <h2 id="summary-h">In plain words</h2>
            <p class="lead">{text.Found()}</p>
            <p class="lead">{text.Sure()}</p>
            <dl class="tiles">
            {Tile("Area under the ROC curve", _evaluation.AreaUnderRoc, ByPatient())}
            {Tile("Sensitivity", point.Sensitivity, $"{point.Counts.TruePositives} of {point.Counts.Positives} abnormal found")}
            {Tile("Specificity", point.Specificity, $"{point.Counts.TrueNegatives} of {point.Counts.Negatives} normal cleared")}
            {Tile("Cohen's kappa", point.Kappa, "agreement beyond chance")}
            </dl>
            <div class="notice"><h3>Before you use a figure</h3><ul class="plain">{Markup.Each(text.Cautions(), caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
            </section>
            """);
    }

    public Markup Curves()
    {
        OperatingPoint point = _evaluation.OperatingPoint;
        Markup ranking = _evaluation.Roc is { } roc && _evaluation.PrecisionRecall is { } precision
            ? Markup.Of($"""
                <div class="pair">
                <figure><h3>ROC curve</h3>{Charts.Roc(_evaluation, roc)}<figcaption>{RocCaption()}</figcaption></figure>
                <figure><h3>Confusion table</h3>{Confusion(point)}<figcaption>{FigureText.Cases(_options, point.Counts.Total)} at the threshold {FigureText.Number(point.Threshold.Value)}, {FigureText.Protocol(point.Threshold.Protocol)}.</figcaption>{Side(point)}</figure>
                </div>
                {Strip()}
                <div class="pair">
                <figure><h3>Precision and recall</h3>{Charts.PrecisionRecall(_evaluation, precision)}<figcaption>Dashed: chance, the share of abnormal {_options.CasesNoun} in this set.</figcaption></figure>
                <figure><h3>Do the probabilities mean what they say?</h3>{Charts.Reliability(_evaluation)}<figcaption>Each dot is a group of {_options.CasesNoun} with similar probabilities, with its {FigureText.Percent(_options.Level)} Wilson interval; the bars show how many there are. On the dashed line a probability of 0.7 is right seven times in ten. Expected calibration error {FigureText.Number(_evaluation.Ranking[4].Metric.Value)}.</figcaption></figure>
                </div>
                """)
            : Markup.Of($"""
                <div class="notice"><p>No curves can be drawn: {_evaluation.AreaUnderRoc.UndefinedReason}.</p></div>
                <figure><h3>Confusion table</h3>{Confusion(point)}</figure>
                """);
        return Markup.Of($"""
            <section id="curves" aria-labelledby="curves-h">
            <h2 id="curves-h">What the model can tell apart</h2>
            {ranking}
            </section>
            """);
    }

    public Markup Figures()
    {
        IReadOnlyList<MetricEntry> all = [_evaluation.Ranking[0], .. _evaluation.OperatingPoint.Metrics, .. _evaluation.Ranking.Skip(1)];
        Markup paper = _evaluation.PaperProtocol is { } protocol
            ? Markup.Of($"""<h3>The paper's protocol, for comparison only</h3><div class="notice"><p>Threshold {FigureText.Number(protocol.Threshold.Value)}, chosen on the test set itself as in the paper. These figures are optimistic.</p></div>{Table(protocol.Metrics, "Figures at the threshold that the test set chose. Optimistic.")}""")
            : Markup.Empty;
        Markup stock = Markup.Of($"""<details><summary>What ML.NET's own evaluator says</summary><p class="small soft">BinaryClassification.Evaluate decides at a score above 0 (a probability above one half), whatever the threshold; its log losses and entropy are in bits.</p>{Table(_evaluation.Stock.Metrics, "ML.NET's figures under ML.NET's names.")}</details>""");
        return Markup.Of($"""
            <section id="figures" aria-labelledby="figures-h">
            <h2 id="figures-h">All figures</h2>
            {Table(all, $"With {FigureText.Percent(_options.Level)} intervals and the numbers behind each figure. A figure that is not defined says why; it is never shown as 0.")}
            {Further(all)}<p class="small soft">Threshold {FigureText.Number(_evaluation.OperatingPoint.Threshold.Value, 4)}. {_evaluation.OperatingPoint.Threshold.Rule}</p>{CalibrationSection.Of(_evaluation)}{paper}{stock}
            </section>
            """);
    }

    public Markup Errors()
    {
        Dictionary<string, CasePicture[]> pictures = report.Pictures.GroupBy(picture => picture.CaseId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        Markup content = _evaluation.Misjudged.Count == 0
            ? Markup.Of($"<p>None: every {_options.CaseNoun} was called what it is. In a small test that happens by luck too; see the intervals.</p>")
            : Markup.Of($"""<p>{FigureText.Cases(_options, _evaluation.Misjudged.Count)} of {FigureText.Count(_evaluation.Test.Count)}, the furthest from right first{(_evaluation.Misjudged.Count > MostErrors ? $"; the first {MostErrors} are shown, metrics.json has all" : "")}.</p><ul class="errors">{Markup.Each(_evaluation.Misjudged.Take(MostErrors), wrong => Error(wrong, pictures.GetValueOrDefault(wrong.Case.CaseId, [])))}</ul>""");
        return Markup.Of($"""
            <section id="errors" aria-labelledby="errors-h">
            <h2 id="errors-h">Called wrongly</h2>
            {content}
            </section>
            """);
    }

    private static Markup Tile(string name, Metric metric, string note)
    {
        Markup value = metric.TryGetValue(out double number)
            ? Markup.Of($"""<dd class="figure">{FigureText.Number(number)}</dd>""")
            : Markup.Of($"""<dd class="undefined">undefined: {metric.UndefinedReason}</dd>""");
        Markup interval = metric.Interval is { } between ? Markup.Of($"""<dd class="small soft">{FigureText.Percent(between.Level)} interval {FigureText.Interval(between, "–")}</dd>""") : Markup.Empty;
        Markup extra = note.Length > 0 && metric.IsDefined ? Markup.Of($"""<dd class="small soft">{note}</dd>""") : Markup.Empty;
        return Markup.Of($"""<div class="tile"><dt>{name}</dt>{value}{interval}{extra}</div>""");
    }

    /// <summary>The area's interval that allows for several cases of one patient, in words; empty where each patient has one.</summary>
    private string ByPatient() => _evaluation.Test.PatientCount < _evaluation.Test.Count
        && _evaluation.AreaUnderRoc.FurtherIntervals.FirstOrDefault(interval => interval.Method.StartsWith("Obuchowski", StringComparison.Ordinal)) is { } clustered
        ? $"by patient {FigureText.Interval(clustered, "–")}"
        : "";

    private string RocCaption()
    {
        string band = _evaluation.RocBand.Count > 0 ? $"Shaded: pointwise {FigureText.Percent(_options.Level)} limits, bootstrap by patient. " : "";
        string paper = _evaluation.PaperProtocol is null ? "" : " Ring: the paper's protocol, optimistic.";
        return $"{band}Dot: the threshold, with Wilson intervals of sensitivity and specificity. Dashed: chance.{paper}";
    }

    private Markup Strip() => _evaluation.Test.Count > MostMarks ? Markup.Empty : Markup.Of($"""
        <figure class="wide"><h3>Every {_options.CaseNoun}</h3><div class="scroller" tabindex="0" role="region" aria-label="Probability of every {_options.CaseNoun}">{Charts.Strip(_evaluation)}</div>
        <figcaption>One mark per {_options.CaseNoun}; crosses were called wrongly. Right of the threshold, the model says abnormal.</figcaption></figure>
        """);

    private static Markup Confusion(OperatingPoint point)
    {
        ConfusionCounts c = point.Counts;
        return Markup.Of($"""
            <table class="confusion">
            <thead><tr><td></td><th scope="col">called abnormal</th><th scope="col">called normal</th></tr></thead>
            <tbody>
            <tr><th scope="row">abnormal</th><td class="good"><span class="big">{c.TruePositives}</span>found</td><td class="bad"><span class="big">{c.FalseNegatives}</span>missed</td></tr>
            <tr><th scope="row">normal</th><td class="bad"><span class="big">{c.FalsePositives}</span>false alarms</td><td class="good"><span class="big">{c.TrueNegatives}</span>cleared</td></tr>
            </tbody></table>
            """);
    }

    /// <summary>The four shares that the table's rows and columns give, as far as they are defined.</summary>
    private static Markup Side(OperatingPoint point)
    {
        IEnumerable<MetricEntry> shares = point.Metrics.Take(4).Where(entry => entry.Metric.IsDefined);
        return Markup.Of($"""
            <table class="side"><tbody>{Markup.Each(shares, entry => Markup.Of($"""<tr><th scope="row">{entry.Name}</th><td class="number value">{FigureText.Number(entry.Metric.Value)}</td><td class="nowrap">{FigureText.Interval(entry.Metric.Interval!, "–")}{Charts.Range(entry.Metric)}</td></tr>"""))}</tbody></table>
            """);
    }

    private static Markup Table(IReadOnlyList<MetricEntry> entries, string caption) => Markup.Of($"""
        <table class="stack">
        <caption>{caption}</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col">Interval</th><th scope="col" class="number">Cases</th><th scope="col" class="number">Patients</th></tr></thead>
        <tbody>{Markup.Each(entries, Row)}</tbody>
        </table>
        """);

    private static Markup Row(MetricEntry entry)
    {
        Metric metric = entry.Metric;
        Markup meaning = entry.Meaning.Length > 0 ? Markup.Of($"<small>{entry.Meaning}</small>") : Markup.Empty;
        Markup value = metric.TryGetValue(out double number)
            ? Markup.Of($"""<td class="number value">{FigureText.Number(number)}</td>""")
            : Markup.Of($"""<td class="number value">undefined</td>""");
        Markup interval = metric switch
        {
            { IsDefined: false } => Markup.Of($"""<td class="interval soft">{metric.UndefinedReason}</td>"""),
            { Interval: { } between } => Markup.Of($"""<td class="interval"><span>{FigureText.Interval(between, "–")}</span> <span class="soft small">{between.Method}</span>{(entry.Key == "logLoss" ? Markup.Empty : Charts.Range(metric))}</td>"""),
            _ => Markup.Of($"""<td class="interval soft">none</td>"""),
        };
        return Markup.Of($"""<tr><th scope="row">{entry.Name}{meaning}</th>{value}{interval}<td class="number support" data-name="cases">{metric.Cases}</td><td class="number support" data-name="patients">{metric.Patients}</td></tr>""");
    }

    private static Markup Further(IReadOnlyList<MetricEntry> entries)
    {
        var rows = entries.SelectMany(entry => entry.Metric.FurtherIntervals.Select(interval => (entry.Name, interval))).ToArray();
        return rows.Length == 0 ? Markup.Empty : Markup.Of($"""
            <details><summary>Further intervals</summary>
            <div class="scroller" tabindex="0" role="region" aria-label="Further intervals"><table><caption>The same figures by other methods. Those by patient allow for several cases of one patient.</caption>
            <thead><tr><th scope="col">Figure</th><th scope="col">Interval</th><th scope="col">Method</th></tr></thead>
            <tbody>{Markup.Each(rows, row => Markup.Of($"""<tr><th scope="row">{row.Name}</th><td class="nowrap">{FigureText.Interval(row.interval, "–")}</td><td>{row.interval.Method}</td></tr>"""))}</tbody></table></div></details>
            """);
    }

    private Markup Error(MisjudgedCase wrong, CasePicture[] pictures)
    {
        ScoredCase one = wrong.Case;
        List<string> facts = [$"Probability {FigureText.Number(one.Probability)}, threshold {FigureText.Number(_evaluation.OperatingPoint.Threshold.Value)}"];
        if (one.Side is { } side)
        {
            facts.Add(side);
        }

        if (one.AgeYears is { } age)
        {
            facts.Add($"{FigureText.Number(age, 1)} years");
        }

        if (one.DefectVolume is { } volume)
        {
            facts.Add($"true defects {FigureText.Number(volume, 1)} ml");
        }

        Markup shown = pictures.Length == 0 ? Markup.Empty : Markup.Of($"""<div class="pictures">{Markup.Each(pictures, Picture)}</div>""");
        return Markup.Of($"""
            <li class="error">{shown}<div class="text"><h3>{one.CaseId}</h3>
            <p><span class="verdict">{(wrong.Missed ? "Missed" : "False alarm")}</span>: {(wrong.Missed ? "abnormal, called normal" : "normal, called abnormal")}.</p>
            <p class="soft">{string.Join("; ", facts)}.</p></div></li>
            """);
    }

    private static Markup Picture(CasePicture picture) => Markup.Of(
        $"""<figure><img src="data:image/png;base64,{Convert.ToBase64String(picture.Png.Span)}" alt="{picture.AlternativeText}"><figcaption>{picture.Caption}</figcaption></figure>""");
}
