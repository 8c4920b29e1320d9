using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The sections of the page about figures, in the order in which they are read.</summary>
internal sealed class BinarySections(EvaluationReport report, BinaryEvaluation evaluation)
{
    /// <summary>More wrongly called cases than this are in metrics.json only: the page stays one that a phone can open.</summary>
    public const int MostErrors = 30;

    /// <summary>With more cases than this, one mark per case would be a blot.</summary>
    public const int MostMarks = 2000;

    private readonly BinaryEvaluation _evaluation = evaluation;
    private readonly EvaluationOptions _options = evaluation.Options;
    private readonly TaskWords _words = evaluation.Options.Words;

    /// <summary>The sections between the summary and the cards.</summary>
    public IEnumerable<ReportSection> All()
    {
        yield return new("summary", "In plain words", Summary());
        yield return EnoughSection.Of(report, _evaluation);
        yield return new("curves", "Curves", Curves());
        yield return RiskSections.Of(_evaluation);
        yield return new("figures", "All figures", Figures());
        if (_evaluation.ByPatient is { } patients)
        {
            yield return TaskSections.ByPatient(patients, patients.Table, $"A patient is {_words.Positive} where any of its {_words.Cases} is, and is called so where any of them is called so, at the same threshold; its probability is the largest of theirs.");
        }

        yield return new("groups", "Groups", GroupSections.Subgroups(_evaluation));
        yield return new("comparison", "Other models", GroupSections.Comparison(report, _options));
        yield return new("errors", "Called wrongly", Errors());
        yield return Right();
    }

    public Markup Summary()
    {
        SummaryText text = new(report, _evaluation);
        OperatingPoint point = _evaluation.OperatingPoint;
        return Markup.Of($"""
            <section id="summary" aria-labelledby="summary-h">
            <h2 id="summary-h">In plain words</h2>
            <p class="lead">{text.Found()}</p>
            <p class="lead">{text.Sure()}</p>
            <dl class="tiles">
            {FigureTable.Tile("Area under the ROC curve", _evaluation.AreaUnderRoc, ByPatient())}
            {FigureTable.Tile("Sensitivity", point.Sensitivity, $"{point.Counts.TruePositives} of {point.Counts.Positives} {_words.Positive} found")}
            {FigureTable.Tile("Specificity", point.Specificity, $"{point.Counts.TrueNegatives} of {point.Counts.Negatives} {_words.Negative} cleared")}
            {FigureTable.Tile("Cohen's kappa", point.Kappa, "agreement beyond chance")}
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
                <figure><h3>Precision and recall</h3>{Charts.PrecisionRecall(_evaluation, precision)}<figcaption>Dashed: chance, the share of {_words.Positive} {_options.Words.Cases} in this set.</figcaption></figure>
                <figure><h3>Do the probabilities mean what they say?</h3>{Charts.Reliability(_evaluation)}<figcaption>Each dot is a group of {_options.Words.Cases} with similar probabilities, with its {FigureText.Percent(_options.Level)} Wilson interval; the bars show how many there are. On the dashed line a probability of 0.7 is right seven times in ten, in a set in which {FigureText.Percent((double)_evaluation.Test.Positives / _evaluation.Test.Count, "0")} are {_words.Positive} as here. Expected calibration error {FigureText.Number(_evaluation.CalibrationError.Value)}.</figcaption></figure>
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
        IReadOnlyList<MetricEntry> all = _evaluation.Figures;
        Markup paper = _evaluation.PaperProtocol is { } protocol
            ? Markup.Of($"""<h3>The paper's protocol, for comparison only</h3><div class="notice"><p>Threshold {FigureText.Number(protocol.Threshold.Value)}, chosen on the test set itself as in the paper. These figures are optimistic. {protocol.Threshold.Rule}</p></div>{FigureTable.Table(protocol.Metrics, "Figures at the threshold that the test set chose. Optimistic.")}""")
            : Markup.Empty;
        return Markup.Of($"""
            <section id="figures" aria-labelledby="figures-h">
            <h2 id="figures-h">All figures</h2>
            {FigureTable.Table(all, $"With {FigureText.Percent(_options.Level)} intervals and the numbers behind each figure. A figure that is not defined says why; it is never shown as 0.")}
            {FigureTable.Further(all)}<p class="small soft">Threshold {FigureText.Number(_evaluation.OperatingPoint.Threshold.Value, 4)}. {_evaluation.OperatingPoint.Threshold.Rule}</p>{paper}{FigureTable.Stock([_evaluation.Stock])}
            </section>
            """);
    }

    public Markup Errors()
    {
        Dictionary<string, CasePicture[]> pictures = report.Pictures.GroupBy(picture => picture.CaseId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        Markup content = _evaluation.Misjudged.Count == 0
            ? Markup.Of($"<p>None: every {_options.Words.Case} was called what it is. In a small test that happens by luck too; see the intervals.</p>")
            : Markup.Of($"""<p>{FigureText.Cases(_options, _evaluation.Misjudged.Count)} of {FigureText.Count(_evaluation.Test.Count)}, the furthest from right first{(_evaluation.Misjudged.Count > MostErrors ? $"; the first {MostErrors} are shown, metrics.json has all" : "")}.</p><ul class="errors">{Markup.Each(_evaluation.Misjudged.Take(MostErrors), wrong => Error(wrong, pictures.GetValueOrDefault(wrong.Case.CaseId, [])))}</ul>""");
        return Markup.Of($"""
            <section id="errors" aria-labelledby="errors-h">
            <h2 id="errors-h">Called wrongly</h2>
            {content}
            </section>
            """);
    }

    /// <summary>Rightly called cases with their pictures, for an eye that has seen the wrong ones.</summary>
    private ReportSection Right()
    {
        ILookup<string, CasePicture> pictures = report.Pictures.ToLookup(picture => picture.CaseId, StringComparer.Ordinal);
        ScoredCase[] shown = [.. _evaluation.RightlyCalled.Where(one => pictures.Contains(one.CaseId))];
        return shown.Length == 0 ? new("right", "Called rightly", Markup.Empty) : ReportSection.Of("right", "Called rightly", "Called rightly, to compare", Markup.Of($"""
            <p>Of each class the {_options.Words.Case} that the model was surest of, and those nearest to the threshold.</p>
            <ul class="errors">{Markup.Each(shown, one => Markup.Of($"""<li class="error"><div class="pictures">{Markup.Each(pictures[one.CaseId], FigureTable.Picture)}</div><div class="text"><h3>{one.CaseId}</h3><p>{FigureText.Capital(_words.Class(one.Label))}, called so: probability {FigureText.Number(one.Probability)}.</p></div></li>"""))}</ul>
            """));
    }

    /// <summary>That the area's interval allows for several cases of one patient; empty where each patient has one.</summary>
    private string ByPatient() => _evaluation.Test.PatientCount < _evaluation.Test.Count ? "interval by patient" : "";

    private string RocCaption()
    {
        string band = _evaluation.RocBand.Count > 0 ? $"Shaded: pointwise {FigureText.Percent(_options.Level)} limits, bootstrap by patient. " : "";
        string paper = _evaluation.PaperProtocol is null ? "" : " Ring: the paper's protocol, optimistic.";
        return $"{band}Dot: the threshold, with Wilson intervals of sensitivity and specificity. Dashed: chance.{paper}";
    }

    private Markup Strip() => _evaluation.Test.Count > MostMarks ? Markup.Empty : Markup.Of($"""
        <figure class="wide"><h3>Every {_options.Words.Case}</h3><div class="scroller" tabindex="0" role="region" aria-label="Probability of every {_options.Words.Case}">{Charts.Strip(_evaluation)}</div>
        <figcaption>One mark per {_options.Words.Case}; crosses were called wrongly. Right of the threshold, the model says {_words.Positive}.</figcaption></figure>
        """);

    private Markup Confusion(OperatingPoint point)
    {
        ConfusionCounts c = point.Counts;
        return Markup.Of($"""
            <table class="confusion">
            <thead><tr><td></td><th scope="col">called {_words.Positive}</th><th scope="col">called {_words.Negative}</th></tr></thead>
            <tbody>
            <tr><th scope="row">{_words.Positive}</th><td class="good"><span class="big">{c.TruePositives}</span>found</td><td class="bad"><span class="big">{c.FalseNegatives}</span>missed</td></tr>
            <tr><th scope="row">{_words.Negative}</th><td class="bad"><span class="big">{c.FalsePositives}</span>false alarms</td><td class="good"><span class="big">{c.TrueNegatives}</span>cleared</td></tr>
            </tbody></table>
            """);
    }

    /// <summary>The four shares that the table's rows and columns give, as far as they are defined.</summary>
    private static Markup Side(OperatingPoint point)
    {
        IEnumerable<MetricEntry> shares = point.Shares.Where(entry => entry.Metric.IsDefined);
        return Markup.Of($"""
            <table class="side"><tbody>{Markup.Each(shares, entry => Markup.Of($"""<tr><th scope="row">{entry.Name}</th><td class="number value">{FigureText.Number(entry.Metric.Value)}</td><td class="nowrap">{FigureText.Interval(entry.Metric.Interval!, "–")}{Charts.Range(entry.Metric)}</td></tr>"""))}</tbody></table>
            """);
    }

    private Markup Error(MisjudgedCase wrong, CasePicture[] pictures)
    {
        ScoredCase one = wrong.Case;
        List<string> facts = [$"Probability {FigureText.Number(one.Probability)}, threshold {FigureText.Number(_evaluation.OperatingPoint.Threshold.Value)}"];
        facts.AddRange(one.Facts.Select(fact => $"{fact.Key} {FigureText.Fact(fact.Value)}"));
        Markup shown = pictures.Length == 0 ? Markup.Empty : Markup.Of($"""<div class="pictures">{Markup.Each(pictures, FigureTable.Picture)}</div>""");
        return Markup.Of($"""
            <li class="error">{shown}<div class="text"><h3>{one.CaseId}</h3>
            <p><span class="verdict">{(wrong.Missed ? "Missed" : "False alarm")}</span>: {_words.Class(wrong.Missed)}, called {_words.Class(!wrong.Missed)}.</p>
            <p class="soft">{string.Join("; ", facts)}.</p></div></li>
            """);
    }
}
