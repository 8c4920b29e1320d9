using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The sections of the page that set groups of cases, and models, side by side.</summary>
internal static class GroupSections
{
    public static Markup Subgroups(IEvaluation evaluation)
    {
        if (evaluation.Subgroups is not [var any, ..] groups)
        {
            return Markup.Empty;
        }

        TaskWords words = evaluation.Options.Words;
        bool hasPositives = any.Positives is not null;
        Markup positives = hasPositives ? Markup.Of($"""<th scope="col" class="number">{FigureText.Capital(words.Positive)}</th>""") : Markup.Empty;
        string same = evaluation is BinaryEvaluation ? "At the same threshold. " : "";
        return ReportSection.Of("groups", "Groups", "Where it does better or worse", Markup.Of($"""
            <p>{same}Groups are small and many are looked at: a difference here is a hint to look further, not a finding.</p>
            <div class="scroller" tabindex="0" role="region" aria-label="Figures by group">
            <table class="groups">
            <thead><tr><th scope="col">Group</th><th scope="col" class="number">{FigureText.Capital(words.Cases)} (patients)</th>{positives}{Markup.Each(any.Metrics, entry => Markup.Of($"""<th scope="col">{entry.Name}</th>"""))}</tr></thead>
            {Markup.Each(groups.GroupBy(group => group.Grouping, StringComparer.Ordinal), grouping => Grouping(grouping, any.Metrics.Count + (hasPositives ? 3 : 2)))}
            </table></div>
            """)).Content;
    }

    /// <summary>Groups of cases with the main figure of each of several models: of sex, age, side, camera, as far as these are known.</summary>
    public static ReportSection OfModels(IReadOnlyList<IEvaluation> models)
    {
        IReadOnlyList<Subgroup> groups = models.MaxBy(model => model.Subgroups.Count)!.Subgroups;
        return groups.Count == 0 || groups[0].Metrics.Count == 0 ? new("groups", "Groups", Markup.Empty) : ReportSection.Of("groups", "Groups", "The models in groups of cases", Markup.Of($"""
            <p>{groups[0].Metrics[0].Name} of each model. Groups are small and many are looked at: a difference here is a hint to look further, not a finding.</p>
            <div class="scroller" tabindex="0" role="region" aria-label="Figures of the models by group">
            <table class="groups">
            <thead><tr><th scope="col">Group</th><th scope="col" class="number">{FigureText.Capital(models[0].Options.Words.Cases)} (patients)</th>{Markup.Each(models, model => Markup.Of($"""<th scope="col">{model.Model}</th>"""))}</tr></thead>
            {Markup.Each(groups.GroupBy(group => group.Grouping, StringComparer.Ordinal), grouping => Markup.Of($"""
            <tbody><tr class="grouping"><th scope="rowgroup" colspan="{models.Count + 2}">{grouping.Key}</th></tr>{Markup.Each(grouping, group => OfModels(group, models))}</tbody>
            """))}
            </table></div>
            """));
    }

    private static Markup OfModels(Subgroup group, IReadOnlyList<IEvaluation> models) => Markup.Of($"""
        <tr><th scope="row">{group.Name}</th><td class="number">{group.Cases} ({group.Patients})</td>{Markup.Each(models, model => model.Subgroups.FirstOrDefault(one => one.Grouping == group.Grouping && one.Name == group.Name) is { Metrics: [var main, ..] } ? FigureTable.Cell(main.Metric) : Markup.Of($"""<td class="soft">not known</td>"""))}</tr>
        """);

    public static Markup Comparison(EvaluationReport report, EvaluationOptions options)
    {
        if (report.Comparison is not { } comparison)
        {
            return Markup.Empty;
        }

        return Markup.Of($"""
            <section id="comparison" aria-labelledby="comparison-h">
            <h2 id="comparison-h">Compared with other models</h2>
            {(comparison.PrimaryVerdict.Length > 0 ? Markup.Of($"""<p class="lead">{comparison.PrimaryVerdict}</p>""") : Markup.Empty)}<p class="lead">{comparison.Verdict}</p>{ByPatient(comparison)}
            <figure class="wide"><h3>Areas under the ROC curve</h3><div class="scroller" tabindex="0" role="region" aria-label="Areas under the ROC curve">{Charts.Comparison(comparison)}</div><figcaption>With {FigureText.Percent(options.Level)} DeLong intervals. Overlapping intervals do not show that models are equal; the paired tests below compare them on the same {options.Words.Cases}.</figcaption></figure>
            <div class="scroller" tabindex="0" role="region" aria-label="Models">
            <table class="sticky models"><caption>The models, each at its own threshold.</caption>
            <thead><tr><th scope="col">Model</th><th scope="col">Area under ROC</th><th scope="col">Accuracy</th><th scope="col">Sensitivity</th><th scope="col">Specificity</th><th scope="col">F1</th><th scope="col">Kappa</th></tr></thead>
            <tbody>{Markup.Each(comparison.Models, Model)}</tbody></table></div>
            {PairTable.Of(comparison)}
            </section>
            """);
    }

    private static Markup Grouping(IGrouping<string, Subgroup> grouping, int columns) => Markup.Of($"""
        <tbody><tr class="grouping"><th scope="rowgroup" colspan="{columns}">{grouping.Key}</th></tr>{Markup.Each(grouping, Row)}</tbody>
        """);

    private static Markup Row(Subgroup group)
    {
        Markup positives = group.Positives is { } count ? Markup.Of($"""<td class="number">{count}</td>""") : Markup.Empty;
        return Markup.Of($"""<tr><th scope="row">{group.Name}</th><td class="number">{group.Cases} ({group.Patients})</td>{positives}{Markup.Each(group.Metrics, entry => FigureTable.Cell(entry.Metric))}</tr>""");
    }

    private static Markup Model(BinaryEvaluation model) => Markup.Of($"""
        <tr><th scope="row">{model.Model}</th>{FigureTable.Cell(model.AreaUnderRoc)}{FigureTable.Cell(model.OperatingPoint.Accuracy)}{FigureTable.Cell(model.OperatingPoint.Sensitivity)}{FigureTable.Cell(model.OperatingPoint.Specificity)}{FigureTable.Cell(model.OperatingPoint.F1)}{FigureTable.Cell(model.OperatingPoint.Kappa)}</tr>
        """);

    private static Markup ByPatient(ModelComparison comparison) =>
        comparison.VerdictByPatient.Length > 0 ? Markup.Of($"<p>{comparison.VerdictByPatient}</p>") : Markup.Empty;
}

/// <summary>The paired tests of a comparison as a table.</summary>
internal static class PairTable
{
    public static Markup Of(ModelComparison comparison)
    {
        EvaluationOptions options = comparison.Models[0].Options;
        string level = FigureText.Percent(comparison.Level);
        bool clustered = comparison.VerdictByPatient.Length > 0;
        Markup byPatientHead = clustered ? Markup.Of($"""<th scope="col" class="number">p, by patient</th><th scope="col" class="number">p, by patient, Holm</th>""") : Markup.Empty;
        string byPatient = clustered ? $" \"By patient\" allows for several {options.Words.Cases} of one patient (Obuchowski) and decides what is supported; DeLong's and McNemar's do not." : "";
        return Markup.Of($"""
            <div class="scroller" tabindex="0" role="region" aria-label="Pairs of models">
            <table class="sticky pairs"><caption><span class="stay">Paired tests on the same {options.Words.Cases}, the larger area first. The {level} intervals are {(clustered ? "by patient" : "DeLong's")} and not corrected; {(comparison.Pairs.Count == 1 ? "One pair needs no correction." : $"\"Holm\": {PrimaryContrast.Holm(comparison.Primary, comparison.Pairs.Count)}.")} McNemar compares the calls, each model at its own threshold: in brackets how many {options.Words.Cases} only the first, and only the second, called right.{byPatient}</span></caption>
            <thead><tr><th scope="col">Models</th><th scope="col" class="number">Difference of areas</th><th scope="col">Interval</th><th scope="col" class="number">p, DeLong</th><th scope="col" class="number">p, Holm</th>{byPatientHead}<th scope="col" class="number">p, McNemar</th><th scope="col">Supported</th></tr></thead>
            <tbody>{Markup.Each(comparison.Pairs, pair => Row(comparison, pair, clustered))}</tbody></table></div>
            {Shares(comparison)}
            """);
    }

    private static Markup Shares(ModelComparison comparison)
    {
        EvaluationOptions options = comparison.Models[0].Options;
        string clustered = comparison.Models[0].Test is { } test && test.PatientCount < test.Count ? $" They take the {options.Words.Cases} of one patient for independent, and are not corrected for the number of pairs: a hint beside the verdict." : " They are not corrected for the number of pairs: a hint beside the verdict.";
        return TaskSections.Scroller("Paired shares", Markup.Of($"""
            <table class="sticky pairs"><caption><span class="stay">Shares of {options.Words.Cases} called right, each model at its own threshold, on the same {options.Words.Cases}: first minus second with Tango's score interval and Newcombe's (method 10), {FigureText.Percent(comparison.Level)}, and McNemar's test, exact and mid-p.{clustered}</span></caption>
            <thead><tr><th scope="col">Models</th><th scope="col">Share</th><th scope="col" class="number"><abbr title="Cases that only the first, and only the second, called right">Only one right</abbr></th><th scope="col" class="number">Difference</th><th scope="col">Tango</th><th scope="col">Newcombe</th><th scope="col" class="number">p, exact</th><th scope="col" class="number">p, mid-p</th></tr></thead>
            <tbody>{Markup.Each(comparison.Pairs.SelectMany(pair => pair.Shares.Select(share => (pair, share))), one => Share(comparison.Level, one.pair, one.share))}</tbody></table>
            """));
    }

    private static Markup Share(double level, ModelPair pair, PairedShare share) => share.Proportions.Cases == 0 ? Markup.Empty : Markup.Of($"""
        <tr><th scope="row">{pair.First} against {pair.Second}</th><td>{share.Name}</td><td class="number">{share.Proportions.OnlyFirst} : {share.Proportions.OnlySecond}</td><td class="number">{FigureText.Number(share.Proportions.Difference)}</td><td class="nowrap">{FigureText.Interval(share.Proportions.Tango(level), " to ")}</td><td class="nowrap">{FigureText.Interval(share.Proportions.Newcombe(level), " to ")}</td><td class="number">{P(share.Proportions.Test.ExactP)}</td><td class="number">{P(share.Proportions.Test.MidP)}</td></tr>
        """);

    private static Markup Row(ModelComparison comparison, ModelPair pair, bool clustered)
    {
        Markup byPatient = clustered ? Markup.Of($"""<td class="number">{P(pair.AreasByPatient.P)}</td><td class="number">{P(pair.AdjustedPByPatient)}</td>""") : Markup.Empty;
        string supported = (pair.IsSupported, pair.IsSupportedByDeLong) switch
        {
            (true, _) => "yes",
            (false, true) => "by DeLong alone",
            _ => "no",
        };
        return Markup.Of($"""
            <tr><th scope="row">{pair.First} against {pair.Second}{(pair.IsPrimary ? Markup.Of($"<small>primary contrast</small>") : Markup.Empty)}</th><td class="number">{FigureText.Number(pair.Areas.Difference)}</td><td class="nowrap">{FigureText.Interval(pair.Interval(comparison.Level), " to ")}</td><td class="number">{P(pair.Areas.P)}</td><td class="number">{P(pair.AdjustedP)}</td>{byPatient}<td class="number">{P(pair.Errors.ExactP)} <span class="soft">({pair.Errors.OnlyFirstCorrect} : {pair.Errors.OnlySecondCorrect})</span></td><td>{supported}</td></tr>
            """);
    }

    public static string P(double p) => p switch
    {
        double.NaN => "undefined",
        < 0.001 => "< 0.001",
        _ => FigureText.Number(p),
    };
}
