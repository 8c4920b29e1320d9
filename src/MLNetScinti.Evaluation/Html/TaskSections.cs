using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The parts that the sections of every task are made of.</summary>
internal static class TaskSections
{
    /// <summary>What was found in plain words, the few figures that come first, and what to know before using them.</summary>
    public static ReportSection Summary(EvaluationReport report, IEnumerable<string> found, IEnumerable<Markup> tiles, IEnumerable<string> cautions) => ReportSection.Of("summary", "In plain words", "In plain words", Markup.Of($"""
        {Markup.Each(found, sentence => Markup.Of($"""<p class="lead">{sentence}</p>"""))}
        {FigureTable.Tiles(tiles)}
        <div class="notice"><h3>Before you use a figure</h3><ul class="plain">{Markup.Each(Cautions(report, cautions), caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
        """));

    /// <summary>All figures with their intervals, what the task adds to them, and what ML.NET says.</summary>
    public static ReportSection Figures(IEvaluation evaluation, Markup more) => ReportSection.Of("figures", "All figures", "All figures", Markup.Of($"""
        {FigureTable.Table(evaluation.Figures, $"With {FigureText.Percent(evaluation.Options.Level)} intervals and the numbers behind each figure. A figure that is not defined says why; it is never shown as 0.")}
        {FigureTable.Further(evaluation.Figures)}{more}{FigureTable.Stock(evaluation.Stock)}
        """));

    /// <summary>The figures with each patient as one case.</summary>
    public static ReportSection ByPatient(IEvaluation patients, ClassTable table, string how) => ReportSection.Of("patients", "By patient", "By patient", Markup.Of($"""
        <p>{how} {FigureText.Patients(patients.Test.Cases.Count)}.</p>
        {Confusion("Confusion table by patient", table)}
        {FigureTable.Table(patients.Figures, "Each patient counts once.")}
        """));

    /// <summary>A confusion table.</summary>
    public static Markup Confusion(string heading, ClassTable table)
    {
        IEnumerable<int> classes = Enumerable.Range(0, table.Names.Count);
        Markup rows = Markup.Each(classes, truth => Markup.Of($"""
            <tr><th scope="row">{table.Names[truth]}</th>{Markup.Each(classes, called => Markup.Of($"""<td class="number {(truth == called ? "good" : table[truth, called] > 0 ? "bad" : "")}">{table[truth, called]}</td>"""))}</tr>
            """));
        return Markup.Of($"""
            <figure class="wide"><h3>{heading}</h3>{Scroller(heading, Markup.Of($"""
            <table class="sticky classes"><caption><span class="stay">The truth in rows, what was called in columns.</span></caption>
            <thead><tr><th scope="col">Truth</th>{Markup.Each(table.Names, name => Markup.Of($"""<th scope="col" class="number">called {name}</th>"""))}</tr></thead>
            <tbody>{rows}</tbody></table>
            """))}</figure>
            """);
    }

    public static ReportSection Groups(IEvaluation evaluation) => new("groups", "Groups", GroupSections.Subgroups(evaluation));

    /// <summary>"40 cases of 20 patients (simulated) were judged."</summary>
    public static string Judged(EvaluationReport report)
    {
        IEvaluation evaluation = report.Evaluation;
        int cases = evaluation.Test.Cases.Count;
        return cases == 0
            ? $"No {evaluation.Options.Words.Case} was judged: the test set is empty."
            : $"{FigureText.Cases(evaluation.Options, cases)} of {FigureText.Patients(evaluation.Test.PatientIds.Count)} ({SummaryText.Stated(report.Data.Origin)}) {(cases == 1 ? "was" : "were")} judged.";
    }

    /// <summary>A figure with its interval in a sentence.</summary>
    public static string Between(Metric metric, int digits = 3) => metric.TryGetValue(out double value)
        ? $"{FigureText.Number(value, digits)}{(metric.Interval is { } interval ? $" ({FigureText.Percent(interval.Level)} interval {FigureText.Number(interval.Lower, digits)} to {FigureText.Number(interval.Upper, digits)})" : "")}{(metric.Mark.Length > 0 ? $" [{metric.Mark}]" : "")}"
        : $"undefined ({metric.UndefinedReason})";

    public static Markup Scroller(string label, Markup content) => Markup.Of($"""<div class="scroller" tabindex="0" role="region" aria-label="{label}">{content}</div>""");

    /// <summary>ROC curves in one figure with their legend; a notice where none is defined.</summary>
    public static Markup Curves(string heading, string negative, IReadOnlyList<NamedCurve> curves, string caption) => curves.Count == 0
        ? Markup.Of($"""<div class="notice"><p>No ROC curve can be drawn: each needs cases on both sides.</p></div>""")
        : Markup.Of($"""<figure><h3>{heading}</h3><div class="legend-pair">{ComparisonCharts.Roc("rocs", heading, negative, curves)}{ComparisonCharts.Legend(curves)}</div><figcaption>{caption}</figcaption></figure>""");

    /// <summary>Whether a reliability curve has anything to show, and the figure.</summary>
    public static Markup Reliability(Markup drawing, EvaluationOptions options, Metric error) => Markup.Of($"""
        <div class="pair"><figure><h3>Do the probabilities mean what they say?</h3>{drawing}<figcaption>Each dot is a group of {options.Words.Cases} with similar probabilities, with its {FigureText.Percent(options.Level)} Wilson interval; the bars show how many there are. On the dashed line a probability of 0.7 is right seven times in ten. Expected calibration error {(error.TryGetValue(out double value) ? FigureText.Number(value) : "undefined")}.</figcaption></figure></div>
        """);

    private static IEnumerable<string> Cautions(EvaluationReport report, IEnumerable<string> own)
    {
        IEvaluation evaluation = report.Evaluation;
        int patients = evaluation.Test.PatientIds.Count, cases = evaluation.Test.Cases.Count;
        yield return SummaryText.Origin(report.Data.Origin);
        if (ValidationText.Of(report) is { Length: > 0 } validation)
        {
            yield return validation;
        }

        foreach (string caution in own)
        {
            yield return caution;
        }

        if (patients is > 0 and < 100)
        {
            yield return $"{FigureText.Patients(patients)} are few. The intervals are wide, and models of similar quality cannot be ranked on this test.";
        }

        if (patients < cases)
        {
            yield return $"Several {evaluation.Options.Words.Cases} of one patient are not independent. Intervals by the bootstrap by patient allow for it; those by formulas do not.";
        }

        yield return ConsoleReport.PatientsOnly;
        yield return SummaryText.ResearchOnly;
    }
}

/// <summary>The sections of the page about a model that tells several classes apart.</summary>
internal sealed class MulticlassSections(EvaluationReport report, MulticlassEvaluation evaluation)
{
    private readonly EvaluationOptions _options = evaluation.Options;

    public IEnumerable<ReportSection> All()
    {
        int right = evaluation.Test.Count - evaluation.Misjudged.Count;
        string called = evaluation.Test.Count == 0 ? "" : $" The model {evaluation.Model} called {FigureText.Count(right)} right ({FigureText.Percent((double)right / evaluation.Test.Count)}), of {evaluation.Names.Count} classes: {string.Join(", ", evaluation.Classes.Select(one => $"{one.Name} {FigureText.Count(one.Cases)}"))}.";
        yield return TaskSections.Summary(
            report,
            [TaskSections.Judged(report) + called, $"Every class counting the same, {TaskSections.Between(evaluation.MacroAccuracy)} of its {_options.Words.Cases} are called so on average; {FigureText.Number(1.0 / evaluation.Names.Count)} would be had by guessing."],
            [
                FigureTable.Tile("Accuracy", evaluation.MicroAccuracy, "micro-average"),
                FigureTable.Tile("Accuracy by class", evaluation.MacroAccuracy, "macro-average"),
                FigureTable.Tile("Area under ROC", evaluation.AreaUnderRoc, "mean of each class against the rest"),
                FigureTable.Tile("Macro F1", evaluation[MulticlassScores.MacroF1Key], ""),
            ],
            [evaluation.Test.Cases.Any(one => one.Decision is not null) ? "Some calls follow a rule other than the most probable class; ML.NET's figures do not know it." : $"Each {_options.Words.Case} is called what is most probable; no threshold was fitted."]);
        NamedCurve[] curves = [.. evaluation.Classes.Where(one => one.Roc is not null).Select(one => new NamedCurve(one.Name, one.Roc!, one.AreaUnderRoc, Counts(one)))];
        yield return ReportSection.Of("curves", "Curves", "What the model can tell apart", Markup.Of($"""
            {Confusion()}
            {TaskSections.Curves("ROC curve of each class against the rest", "the rest", curves, "Lines differ in their dashes and carry their number. Dots: what was called. Dashed diagonal: chance. Areas with DeLong intervals.")}
            {(evaluation.Test.Count == 0 ? Markup.Empty : TaskSections.Reliability(Charts.Reliability("cal", evaluation.Reliability, evaluation.CalibrationError, _options, "Observed share right"), _options, evaluation.CalibrationError))}
            """));
        yield return TaskSections.Figures(evaluation, ByClass());
        if (evaluation.ByPatient is { } patients)
        {
            yield return TaskSections.ByPatient(patients, patients.Table, $"Each patient is called what most of its {_options.Words.Cases} are; probabilities are their means.");
        }

        yield return TaskSections.Groups(evaluation);
        yield return Errors();
    }

    private ConfusionCounts Counts(ClassFigures one)
    {
        int k = evaluation.Names.Select((name, i) => (name, i)).First(pair => pair.name == one.Name).i, total = evaluation.Test.Count;
        int found = evaluation.Table[k, k], called = Enumerable.Range(0, evaluation.Names.Count).Sum(truth => evaluation.Table[truth, k]);
        return new(found, one.Cases - found, called - found, total - one.Cases - (called - found));
    }

    private Markup Confusion()
    {
        IEnumerable<int> classes = Enumerable.Range(0, evaluation.Names.Count);
        Markup rows = Markup.Each(classes, truth => Markup.Of($"""
            <tr><th scope="row">{evaluation.Names[truth]}</th>{Markup.Each(classes, called => Markup.Of($"""<td class="number {(truth == called ? "good" : evaluation.Table[truth, called] > 0 ? "bad" : "")}">{evaluation.Table[truth, called]}</td>"""))}{FigureTable.Cell(evaluation.Classes[truth].Recall)}</tr>
            """));
        return Markup.Of($"""
            <figure class="wide"><h3>Confusion table</h3>{TaskSections.Scroller("Confusion table", Markup.Of($"""
            <table class="sticky classes"><caption><span class="stay">The truth in rows, what was called in columns.</span></caption>
            <thead><tr><th scope="col">Truth</th>{Markup.Each(evaluation.Names, name => Markup.Of($"""<th scope="col" class="number">called {name}</th>"""))}<th scope="col">Recall</th></tr></thead>
            <tbody>{rows}<tr><th scope="row">Precision</th>{Markup.Each(evaluation.Classes, one => FigureTable.Cell(one.Precision))}<td></td></tr></tbody></table>
            """))}</figure>
            """);
    }

    private Markup ByClass() => Markup.Of($"""
        <h3>Each class against the rest</h3>{TaskSections.Scroller("Figures of each class", Markup.Of($"""
        <table class="sticky groups"><caption><span class="stay">Shares with Wilson's intervals, areas with DeLong's, F1 by the bootstrap by patient.</span></caption>
        <thead><tr><th scope="col">Class</th><th scope="col" class="number">{FigureText.Capital(_options.Words.Cases)}</th><th scope="col">Recall</th><th scope="col">Precision</th><th scope="col">Specificity</th><th scope="col">F1</th><th scope="col">Area under ROC</th></tr></thead>
        <tbody>{Markup.Each(evaluation.Classes, one => Markup.Of($"""<tr><th scope="row">{one.Name}</th><td class="number">{one.Cases}</td>{Markup.Each(one.Entries, entry => FigureTable.Cell(entry.Metric))}</tr>"""))}</tbody></table>
        """))}
        """);

    private ReportSection Errors()
    {
        ILookup<string, CasePicture> pictures = report.Pictures.ToLookup(picture => picture.CaseId, StringComparer.Ordinal);
        IReadOnlyList<MulticlassCase> wrong = evaluation.Misjudged;
        Markup content = wrong.Count == 0
            ? Markup.Of($"<p>None: every {_options.Words.Case} was called what it is. In a small test that happens by luck too; see the intervals.</p>")
            : Markup.Of($"""<p>{FigureText.Cases(_options, wrong.Count)} of {FigureText.Count(evaluation.Test.Count)}, those of which the model was surest first{(wrong.Count > BinarySections.MostErrors ? $"; the first {BinarySections.MostErrors} are shown, metrics.json has all" : "")}.</p><ul class="errors">{Markup.Each(wrong.Take(BinarySections.MostErrors), Error)}</ul>""");
        return ReportSection.Of("errors", "Called wrongly", "Called wrongly", content);

        Markup Error(MulticlassCase one)
        {
            Markup shown = pictures.Contains(one.CaseId) ? Markup.Of($"""<div class="pictures">{Markup.Each(pictures[one.CaseId], FigureTable.Picture)}</div>""") : Markup.Empty;
            IEnumerable<string> facts = one.Facts.Select(fact => $"{fact.Key} {FigureText.Fact(fact.Value)}").Prepend($"Probability of {evaluation.Names[one.Called]} {FigureText.Number(one.Probabilities[one.Called])}, of {evaluation.Names[one.Label]} {FigureText.Number(one.Probabilities[one.Label])}");
            return Markup.Of($"""
                <li class="error">{shown}<div class="text"><h3>{one.CaseId}</h3>
                <p><span class="verdict">{FigureText.Capital(evaluation.Names[one.Label])}</span>, called {evaluation.Names[one.Called]}.</p>
                <p class="soft">{string.Join("; ", facts)}.</p></div></li>
                """);
        }
    }
}

/// <summary>The sections of the page about a model that says of each of several labels whether it applies.</summary>
internal sealed class MultiLabelSections(EvaluationReport report, MultiLabelEvaluation evaluation)
{
    private readonly EvaluationOptions _options = evaluation.Options;

    public IEnumerable<ReportSection> All()
    {
        string labels = string.Join(", ", evaluation.Labels.Select(label => $"{label.Model} {FigureText.Count(label.Test.Positives)}"));
        yield return TaskSections.Summary(
            report,
            [$"{TaskSections.Judged(report)} The labels apply to: {labels}.", $"Of all calls, over {_options.Words.Cases} and labels, {TaskSections.Between(evaluation.HammingLoss)} are wrong; every label is right in {TaskSections.Between(evaluation.SubsetAccuracy)} of the {_options.Words.Cases}."],
            [
                FigureTable.Tile("Every label right", evaluation.SubsetAccuracy, "subset accuracy"),
                FigureTable.Tile("Hamming loss", evaluation.HammingLoss, "0 is perfect"),
                FigureTable.Tile("Micro F1", evaluation.MicroF1, ""),
                FigureTable.Tile("Macro F1", evaluation.MacroF1, ""),
            ],
            evaluation.Labels.All(label => label.OperatingPoint.Threshold.Protocol == ThresholdProtocol.Validation)
                ? (evaluation.Validation is null ? ["Each label's threshold was fitted on validation patients; the test patients had no part in it."] : [])
                : [$"Thresholds: {string.Join("; ", evaluation.Labels.Select(label => $"{label.Model} {FigureText.Protocol(label.OperatingPoint.Threshold.Protocol)}"))}."]);
        NamedCurve[] curves = [.. evaluation.Labels.Where(label => label.Roc is not null).Select(label => new NamedCurve(label.Model, label.Roc!, label.AreaUnderRoc, label.OperatingPoint.Counts))];
        yield return ReportSection.Of("curves", "Curves", "What the model can tell apart", Markup.Of($"""
            {TaskSections.Curves("ROC curve of each label", $"{_options.Words.Cases} without the label", curves, "Lines differ in their dashes and carry their number. Dots: each label at its own threshold. Dashed diagonal: chance. Areas with DeLong intervals.")}
            {Calls()}
            {TaskSections.Confusion("Combinations", evaluation.Combinations)}
            """));
        yield return TaskSections.Figures(evaluation, Markup.Each(evaluation.Labels, Label));
        if (evaluation.ByPatient is { } patients)
        {
            yield return TaskSections.ByPatient(patients, patients.Combinations, $"A label is called of a patient where it is of most of its {_options.Words.Cases}; probabilities are their means.");
        }

        yield return TaskSections.Groups(evaluation);
    }

    private Markup Calls() => Markup.Of($"""
        <figure class="wide"><h3>Confusion tables</h3>{TaskSections.Scroller("Confusion tables of all labels", Markup.Of($"""
        <table class="sticky models"><caption><span class="stay">Each label at its own threshold: found, missed, false alarms, cleared.</span></caption>
        <thead><tr><th scope="col">Label</th><th scope="col" class="number"><abbr title="True positives: the label applies and was called">TP</abbr></th><th scope="col" class="number"><abbr title="False negatives: the label applies and was not called">FN</abbr></th><th scope="col" class="number"><abbr title="False positives: the label was called and does not apply">FP</abbr></th><th scope="col" class="number"><abbr title="True negatives: the label neither applies nor was called">TN</abbr></th><th scope="col">Sensitivity</th><th scope="col">Specificity</th><th scope="col">F1</th><th scope="col">Area under ROC</th></tr></thead>
        <tbody>{Markup.Each(evaluation.Labels, label => Markup.Of($"""<tr><th scope="row">{label.Model}</th><td class="number">{label.OperatingPoint.Counts.TruePositives}</td><td class="number">{label.OperatingPoint.Counts.FalseNegatives}</td><td class="number">{label.OperatingPoint.Counts.FalsePositives}</td><td class="number">{label.OperatingPoint.Counts.TrueNegatives}</td>{FigureTable.Cell(label.OperatingPoint.Sensitivity)}{FigureTable.Cell(label.OperatingPoint.Specificity)}{FigureTable.Cell(label.OperatingPoint.F1)}{FigureTable.Cell(label.AreaUnderRoc)}</tr>"""))}</tbody></table>
        """))}</figure>
        """);

    private Markup Label(BinaryEvaluation label) => Markup.Of($"""
        <details><summary>{FigureText.Capital(label.Model)}: all figures</summary>
        {FigureTable.Table(label.Figures, $"{FigureText.Capital(label.Model)}, at the threshold {FigureText.Number(label.OperatingPoint.Threshold.Value)}, {FigureText.Protocol(label.OperatingPoint.Threshold.Protocol)}.")}
        {(label.Test.Count == 0 ? Markup.Empty : TaskSections.Reliability(Charts.Reliability(label, $"cal-{evaluation.Labels.TakeWhile(other => other != label).Count()}"), _options, label.CalibrationError))}</details>
        """);
}
