using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The page that compares models of several classes, labels or masks.</summary>
internal static class TaskComparisonSections
{
    public static string Page(TaskComparisonReport report)
    {
        EvaluationOptions options = report.Any.Options;
        CardSections cards = new(options, report.Data, report.Run) { Intervals = HtmlReport.Intervals(report.Any) };
        return HtmlPage.Text(
            "Comparison report",
            report.Title,
            report.Data.Origin,
            [$"{report.Models.Count} models", $"{FigureText.Patients(report.Any.Test.PatientIds.Count)}, {FigureText.Cases(options, report.Any.Test.Cases.Count)} in the test set"],
            [
                Summary(report),
                ReportSection.Of("table", "Side by side", "The models side by side", Models(report)),
                ReportSection.Of("pairs", "Paired tests", "Which differences are more than chance?", report.Figures is { } figures ? FigurePairs(figures) : MaskTables.Of(report.Masks!)),
                GroupSections.OfModels([.. report.Models.Select(model => model.Evaluation)]),
                new("data", "Data", cards.Data()),
                new("reproduce", "Do it again", cards.Reproduce()),
            ],
            options.Words.Cases);
    }

    private static ReportSection Summary(TaskComparisonReport report)
    {
        string judged = $"All were judged on the same {FigureText.Cases(report.Any.Options, report.Any.Test.Cases.Count)} of {FigureText.Patients(report.Any.Test.PatientIds.Count)} ({FigureText.Origin(report.Data.Origin)}).";
        return ReportSection.Of("summary", "Can they be ranked?", "Can the models be ranked?", Markup.Of($"""
            <p class="lead">{report.Verdict}</p>
            <p>{judged}</p>{(report.Protocol.Length > 0 ? Markup.Of($"<p>{report.Protocol}</p>") : Markup.Empty)}
            <div class="notice"><h3>Before you use a figure</h3><ul class="plain">{Markup.Each([SummaryText.Origin(report.Data.Origin), .. report.Cautions, SummaryText.ResearchOnly], caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
            """));
    }

    private static Markup Models(TaskComparisonReport report)
    {
        IReadOnlyList<MetricEntry> columns = MainFigures.Of(report.Any);
        return TaskSections.Scroller("Figures of all models", Markup.Of($"""
            <table class="sticky models"><caption><span class="stay">With {FigureText.Percent(report.Any.Options.Level)} intervals that draw whole patients, where there is one; else with the figure's own. Overlapping intervals do not show that models are equal.</span></caption>
            <thead><tr><th scope="col">Model</th>{Markup.Each(columns, column => Markup.Of($"""<th scope="col">{column.Name}</th>"""))}<th scope="col">Training</th></tr></thead>
            <tbody>{Markup.Each(report.Models, Row)}</tbody></table>
            """));
    }

    private static Markup Row(JudgedModel model)
    {
        Markup name = model.ReportLink is { } link ? Markup.Of($"""<a href="{link}">{model.Name}</a>""") : Markup.Of($"{model.Name}");
        string about = string.Join("; ", new[] { model.Description, model.Training }.Where(text => text.Length > 0));
        return Markup.Of($"""<tr><th scope="row">{name}</th>{Markup.Each(MainFigures.Of(model.Evaluation), entry => FigureTable.Cell(entry.Metric with { Interval = entry.Metric.IntervalByPatient() }))}<td class="small soft">{about}</td></tr>""");
    }

    private static Markup FigurePairs(FigureComparison comparison)
    {
        int pairs = comparison.Pairs.Count(pair => pair.Key == comparison.Main.Key);
        return TaskSections.Scroller("Pairs of models", Markup.Of($"""
            <table class="sticky pairs"><caption><span class="stay">Paired bootstrap: the same patients are drawn for all models, with all their {comparison.Models[0].Options.Words.Cases}. The {FigureText.Percent(comparison.Level)} intervals are not corrected; "Holm" corrects for the {FigureText.Of(pairs, "pair", "pairs")} of one figure. The verdict rests on {comparison.Main.Name}.</span></caption>
            <thead><tr><th scope="col">Models</th><th scope="col">Figure</th><th scope="col" class="number">Difference</th><th scope="col">Interval</th><th scope="col" class="number">p</th><th scope="col" class="number">p, Holm</th><th scope="col">Supported</th></tr></thead>
            <tbody>{Markup.Each(comparison.Pairs, pair => Markup.Of($"""<tr><th scope="row">{pair.First} against {pair.Second}</th><td>{pair.Name}</td><td class="number">{(double.IsNaN(pair.Difference) ? "undefined" : FigureText.Number(pair.Difference))}</td><td class="nowrap">{(pair.Interval is { } interval ? FigureText.Interval(interval, " to ") : "none")}</td><td class="number">{PairTable.P(pair.P)}</td><td class="number">{PairTable.P(pair.AdjustedP)}</td><td>{(pair.IsSupported ? "yes" : "no")}</td></tr>"""))}</tbody></table>
            """));
    }
}

/// <summary>Models that drew masks of the same cases, and the paired tests of them, as tables.</summary>
internal static class MaskTables
{
    public static Markup Of(SegmentationComparison comparison)
    {
        string cases = comparison.Models[0].Options.Words.Cases;
        return Markup.Of($"""
            {TaskSections.Scroller("Models", Markup.Of($"""
            <table class="sticky models"><caption><span class="stay">The models on the same {cases}.</span></caption>
            <thead><tr><th scope="col">Model</th><th scope="col">Mean Dice</th>{Markup.Each(comparison.Models[0].Names, name => Markup.Of($"""<th scope="col">Dice, {name}</th>"""))}</tr></thead>
            <tbody>{Markup.Each(comparison.Models, model => Markup.Of($"""<tr><th scope="row">{model.Model}</th>{FigureTable.Cell(model.MeanDice)}{Markup.Each(model.Labels, label => FigureTable.Cell(label.Dice))}</tr>"""))}</tbody></table>
            """))}
            {TaskSections.Scroller("Pairs of models", Markup.Of($"""
            <table class="sticky pairs"><caption><span class="stay">Paired tests by patient: several {cases} of one patient count once, by their mean. "Holm" corrects Wilcoxon's p values for all pairs and labels of a measure, those of a contrast that was named beforehand apart from the rest. Up to fifty patients Wilcoxon's distribution is exact; with ties (marked) it is the conditional one, over the signs of the ranks that there are; with zeros the normal one.</span></caption>
            <thead><tr><th scope="col">Models</th><th scope="col">Label</th><th scope="col">Measure</th><th scope="col" class="number">Patients</th><th scope="col" class="number">Mean difference</th><th scope="col" class="number">Median</th><th scope="col" class="number">p, Wilcoxon</th><th scope="col" class="number">p, Holm</th><th scope="col" class="number">p, Student</th><th scope="col">Supported</th></tr></thead>
            <tbody>{Markup.Each(comparison.Pairs, Pair)}</tbody></table>
            """))}
            """);

        static Markup Pair(MaskPair pair) => Markup.Of($"""
            <tr><th scope="row">{pair.First} against {pair.Second}</th><td>{pair.Label}</td><td>{pair.Measure}</td><td class="number">{pair.Patients}</td><td class="number">{Number(pair.Mean)}</td><td class="number">{Number(pair.Median)}</td><td class="number">{P(pair.Wilcoxon?.P)}{(pair.Wilcoxon is { IsConditional: true } ? Markup.Of($"<small> conditional</small>") : Markup.Empty)}</td><td class="number">{P(pair.AdjustedP)}</td><td class="number">{P(pair.TTest?.P)}</td><td>{(pair.IsSupported ? "yes" : "no")}</td></tr>
            """);

        static string Number(double value) => double.IsFinite(value) ? FigureText.Number(value) : "undefined";

        static string P(double? p) => p is { } value ? PairTable.P(value) : "undefined";
    }
}
