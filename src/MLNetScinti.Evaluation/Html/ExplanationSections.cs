using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The section of the page about what the model looked at.</summary>
internal sealed class ExplanationSections(EvaluationReport report)
{
    private readonly EvaluationOptions _options = report.Evaluation.Options;

    public Markup Explanation()
    {
        if (report.Explanation is not { } section)
        {
            return Markup.Empty;
        }

        Markup verdict = section.Agreements.Count == 0 ? Markup.Empty : Markup.Of($"""<p class="lead">{ExplanationText.Verdict(section.Primary!, _options)}</p>""");
        Markup agreements = section.Agreements.Any(agreement => agreement.HitRate.IsDefined) ? Agreements(section.Agreements) : Markup.Empty;
        Markup cases = section.Cases.Count == 0 ? Markup.Empty : Markup.Of($"""<h3>Some {_options.Words.Cases}, the wrongly called first</h3><ul class="errors explained">{Markup.Each(section.Cases, Case)}</ul>""");
        return Markup.Of($"""
            <section id="explanation" aria-labelledby="explanation-h">
            <h2 id="explanation-h">What the model looked at</h2>
            {verdict}
            <p>The maps show what speaks for <em>{_options.Words.Positive}</em>, also where the model said {_options.Words.Negative}. They explain the model, not the patient: a map can be hot where nothing is wrong, and a right answer can have a wrong reason.</p>
            {agreements}{cases}
            <details><summary>How the maps were made</summary><ul class="plain">{Markup.Each(section.Methods, method => Markup.Of($"<li>{method}</li>"))}</ul></details>
            </section>
            """);
    }

    private Markup Agreements(IReadOnlyList<ExplanationAgreement> agreements) => Markup.Of($"""
        <div class="scroller" tabindex="0" role="region" aria-label="Agreement of maps with true {_options.Words.Findings}">
        <table class="groups">
        <caption>How often a map is hottest within {ExplanationText.Millimetres(agreements[0].Tolerance)} of a true {_options.Words.Finding}. "On others": the same maps put on other patients' {_options.Words.Findings}, at the same place of the organ. "Without the image": the one place that lies at the most {_options.Words.Findings} of other patients. "Random": a place drawn at random in the same {_options.Words.Case}. The {FigureText.Percent(_options.Level)} intervals are Wilson's, by patient; p is one-sided, with patients exchanging their {_options.Words.Findings}. The verdict rests on the map that was named beforehand; the others are not corrected for their number, and are hints.</caption>
        <thead><tr><th scope="col">Map</th><th scope="col" class="number">{FigureText.Capital(_options.Words.Positive)} {_options.Words.Cases}</th><th scope="col">Hottest at a {_options.Words.Finding}</th><th scope="col" class="number">On others</th><th scope="col" class="number">Without the image</th><th scope="col" class="number">Random</th><th scope="col" class="number">p</th><th scope="col" class="number">Empty maps</th></tr></thead>
        {Markup.Each(agreements, Agreement)}
        </table></div>
        """);

    private Markup Agreement(ExplanationAgreement agreement) => agreement.HitRate.IsDefined
        ? Markup.Of($"""<tbody><tr><th scope="row">{agreement.Name}{(agreement.IsPrimary ? Markup.Of($"<small>named beforehand</small>") : Markup.Empty)}</th><td class="number">{agreement.Cases.Count}</td>{Rate(agreement.HitRate)}{Share(agreement.OnOthers)}{Share(agreement.BlindRule)}<td class="number">{FigureText.Number(agreement.Chance.Value)}</td><td class="number">{ExplanationText.P(agreement)}</td><td class="number">{agreement.Empty}</td></tr>{Markup.Each(agreement.Groups, Group)}</tbody>""")
        : Markup.Of($"""<tbody><tr><th scope="row">{agreement.Name}</th><td colspan="7" class="small soft">undefined: {agreement.HitRate.UndefinedReason}</td></tr></tbody>""");

    private Markup Group(PointedGroup group) => Markup.Of(
        $"""<tr><th scope="row" class="soft">{_options.Words.Findings} {group.Name}</th><td class="number">{group.HitRate.Cases}</td>{Rate(group.HitRate)}<td></td><td></td><td class="number">{FigureText.Number(group.Chance.Value)}</td><td></td><td></td></tr>""");

    private static Markup Share(Metric? share) => share switch
    {
        null => Markup.Of($"""<td class="number soft">not tried</td>"""),
        { IsDefined: true } => Markup.Of($"""<td class="number">{FigureText.Number(share.Value)}</td>"""),
        _ => Markup.Of($"""<td class="number soft">undefined</td>"""),
    };

    private static Markup Rate(Metric rate) => Markup.Of(
        $"""<td class="nowrap"><b>{FigureText.Number(rate.Value)}</b> <span class="soft">{FigureText.Interval(rate.Interval!, "–")}</span></td>""");

    private static Markup Case(ExplainedCase one) => Markup.Of($"""
        <li class="error"><div class="pictures">{Markup.Each(one.Pictures, FigureTable.Picture)}</div><div class="text"><h4>{one.CaseId}</h4>
        <p>{(one.Truth == one.Called ? Markup.Of($"Rightly called {one.Called}") : Markup.Of($"""<span class="verdict">Wrongly called {one.Called}</span>"""))}: probability {FigureText.Number(one.Probability)}.</p>
        <p class="soft">{string.Join(' ', one.Findings)}</p></div></li>
        """);
}
