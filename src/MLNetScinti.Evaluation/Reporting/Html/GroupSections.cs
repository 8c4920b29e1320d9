namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The sections of the page that set groups of cases, and models, side by side.</summary>
internal sealed class GroupSections(EvaluationReport report)
{
    private readonly EvaluationOptions _options = report.Evaluation.Options;

    public Markup Subgroups()
    {
        IReadOnlyList<Subgroup> groups = report.Evaluation.Subgroups;
        return groups.Count == 0 ? Markup.Empty : Markup.Of($"""
            <section id="groups" aria-labelledby="groups-h">
            <h2 id="groups-h">Where it does better or worse</h2>
            <p>At the same threshold. Groups are small and many are looked at: a difference here is a hint to look further, not a finding.</p>
            <div class="scroller" tabindex="0" role="region" aria-label="Figures by group">
            <table class="groups">
            <thead><tr><th scope="col">Group</th><th scope="col" class="number">{Capital(_options.CasesNoun)} (patients)</th><th scope="col" class="number">Abnormal</th><th scope="col">Sensitivity</th><th scope="col">Specificity</th><th scope="col">Area under ROC</th></tr></thead>
            {Markup.Each(groups.GroupBy(group => group.Grouping, StringComparer.Ordinal), Grouping)}
            </table></div>
            </section>
            """);
    }

    public Markup Comparison()
    {
        if (report.Comparison is not { } comparison)
        {
            return Markup.Empty;
        }

        return Markup.Of($"""
            <section id="comparison" aria-labelledby="comparison-h">
            <h2 id="comparison-h">Compared with other models</h2>
            <p class="lead">{comparison.Verdict}</p>{ByPatient(comparison)}
            <figure class="wide"><h3>Areas under the ROC curve</h3><div class="scroller" tabindex="0" role="region" aria-label="Areas under the ROC curve">{Charts.Comparison(comparison)}</div><figcaption>With {FigureText.Percent(_options.Level)} DeLong intervals. Overlapping intervals do not show that models are equal; the paired tests below compare them on the same {_options.CasesNoun}.</figcaption></figure>
            <div class="scroller" tabindex="0" role="region" aria-label="Models">
            <table class="sticky models"><caption>The models, each at its own threshold.</caption>
            <thead><tr><th scope="col">Model</th><th scope="col">Area under ROC</th><th scope="col">Accuracy</th><th scope="col">Sensitivity</th><th scope="col">Specificity</th><th scope="col">F1</th><th scope="col">Kappa</th></tr></thead>
            <tbody>{Markup.Each(comparison.Models, Model)}</tbody></table></div>
            {PairTable.Of(comparison)}
            </section>
            """);
    }

    private static Markup Grouping(IGrouping<string, Subgroup> grouping) => Markup.Of($"""
        <tbody><tr class="grouping"><th scope="rowgroup" colspan="6">{grouping.Key}</th></tr>{Markup.Each(grouping, group => Markup.Of($"""<tr><th scope="row">{group.Name}</th><td class="number">{group.Cases} ({group.Patients})</td><td class="number">{group.Abnormal}</td>{Cell(group.Sensitivity)}{Cell(group.Specificity)}{Cell(group.AreaUnderRoc)}</tr>"""))}</tbody>
        """);

    private static Markup Model(BinaryEvaluation model) => Markup.Of($"""
        <tr><th scope="row">{model.Model}</th>{Cell(model.AreaUnderRoc)}{Cell(model.OperatingPoint.Accuracy)}{Cell(model.OperatingPoint.Sensitivity)}{Cell(model.OperatingPoint.Specificity)}{Cell(model.OperatingPoint.F1)}{Cell(model.OperatingPoint.Kappa)}</tr>
        """);

    private static Markup ByPatient(ModelComparison comparison) =>
        comparison.VerdictByPatient.Length > 0 ? Markup.Of($"<p>{comparison.VerdictByPatient}</p>") : Markup.Empty;

    private static Markup Cell(Metric metric) => metric.TryGetValue(out double value)
        ? Markup.Of($"""<td class="nowrap"><b>{FigureText.Number(value)}</b>{(metric.Interval is { } interval ? Markup.Of($"""<span class="under">{FigureText.Interval(interval, "–")}</span>""") : Markup.Empty)}</td>""")
        : Markup.Of($"""<td class="small soft">undefined: {metric.UndefinedReason}</td>""");

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
