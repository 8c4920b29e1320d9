using System.Globalization;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The section of the page about quantities that were measured in the true and in the predicted masks: part by part, with paired tests, boxes and agreement.</summary>
internal static class AgreementSections
{
    public static ReportSection Of(EvaluationReport report)
    {
        IReadOnlyList<PairedAgreement> all = [.. PairedAgreementPart.AllOf(report).Where(one => one.Parts.Any(part => part.Pairs.Count > 0))];
        return all.Count == 0 ? new("agreement", "Quantities", Markup.Empty) : ReportSection.Of("agreement", "Quantities", "What is measured in the masks", Markup.Of($"""
            {Markup.Each(all.Select((agreement, i) => (agreement, i)), one => Quantity(one.agreement, one.i, report.Evaluation.Options))}
            <p class="small soft">Several {report.Evaluation.Options.Words.Cases} of one patient count once, by their mean. "No difference" is not the absence of a small p value: whether a difference is small enough is what equivalence says, by two one-sided tests.</p>
            """));
    }

    private static Markup Quantity(PairedAgreement agreement, int number, EvaluationOptions options)
    {
        string unit = agreement.Unit.Length > 0 ? $" ({agreement.Unit})" : "";
        PartAgreement[] drawn = [.. agreement.Parts.Where(part => part.Box is not null)];
        double least = Math.Min(0, drawn.Min(part => part.Box!.Sorted[0])), most = Math.Max(0, drawn.Max(part => part.Box!.Sorted[^1])), room = Math.Max(1, 0.05 * (most - least));
        string name = string.Create(CultureInfo.InvariantCulture, $"agreement-{number}");
        return Markup.Of($"""
            <h3>{agreement.Quantity}{unit}</h3>
            <ul class="plain">{Markup.Each(agreement.Parts, part => Markup.Of($"<li>{part.Verdict}</li>"))}</ul>
            {Table(agreement, options)}
            {FigureTable.Stock([.. agreement.Parts.Where(part => part.Pairs.Count > 0).Select(part => part.Stock)])}
            <figure class="wide">{TaskSections.Scroller($"{agreement.Quantity}: differences", MeasureCharts.Boxes(name, $"{agreement.Quantity}: difference in percent of the true mask's", [.. drawn.Select(part => (part.Part, part.Box!.Sorted.ToArray()))], least - room, most + room))}<figcaption>Differences (predicted minus true mask) in percent. Boxes: the middle half and the median; whiskers: to the furthest within one and a half times the box; dots: {options.Words.Cases}.</figcaption></figure>
            <div class="pair">{Markup.Each(drawn.Where(part => part.Pairs.Count > 1).Select((part, i) => (part, i)), one => Markup.Of($"""
            <figure><h3>{agreement.Quantity}, {one.part.Part}</h3>{MeasureCharts.BlandAltman(string.Create(CultureInfo.InvariantCulture, $"{name}-{one.i}"), $"Agreement of {agreement.Quantity}, {one.part.Part}", agreement.Unit, [.. one.part.Pairs.Select(pair => (pair.Reference, pair.Measured))], options.Level)}<figcaption>Differences against means. Solid: their mean; dashed: the limits within which 95 % are expected (Bland and Altman); shaded: {FigureText.Percent(options.Level)} intervals of the three.</figcaption></figure>
            """))}</div>
            """);
    }

    private static Markup Table(PairedAgreement agreement, EvaluationOptions options) => TaskSections.Scroller($"{agreement.Quantity}: figures", Markup.Of($"""
        <table class="sticky models"><caption><span class="stay">Differences in percent with {FigureText.Percent(options.Level)} intervals, and p values of paired tests of the differences themselves: Student's, and Wilcoxon's (two-sided, zeros dropped) exactly and by the normal distribution; "Holm" corrects for the {FigureText.Of(agreement.Parts.Count, "part", "parts")}. Equivalence within {agreement.Margin.ToString("0.#", CultureInfo.InvariantCulture)} %.</span></caption>
        <thead><tr><th scope="col">Part</th><th scope="col" class="number">Patients</th><th scope="col">Mean, %</th><th scope="col" class="number">SD, %</th><th scope="col" class="number">Median, %</th><th scope="col">Limits of agreement, %</th><th scope="col" class="number">p, Student</th><th scope="col" class="number">p, Holm</th><th scope="col" class="number">p, Wilcoxon exact</th><th scope="col" class="number">p, normal</th><th scope="col" class="number">p, Holm</th><th scope="col" class="number">p, equivalence</th><th scope="col" class="number">p, not lower</th></tr></thead>
        <tbody>{Markup.Each(agreement.Parts, Row)}</tbody></table>
        """));

    private static Markup Row(PartAgreement part) => part.Percent is not { } spread
        ? Markup.Of($"""<tr><th scope="row">{part.Part}</th><td class="number">{part.Patients}</td><td colspan="11" class="soft">fewer than two patients</td></tr>""")
        : Markup.Of($"""
            <tr><th scope="row">{part.Part}{(part.Missing > 0 ? Markup.Of($"<small>{part.Missing} without a value</small>") : Markup.Empty)}</th><td class="number">{part.Patients}</td>
            <td class="nowrap"><b>{FigureText.Number(spread.Bias, 1)}</b><span class="under">{Between(spread.BiasInterval)}</span></td><td class="number">{FigureText.Number(spread.Deviation, 1)}</td><td class="number">{FigureText.Number(part.Box!.Median, 1)}</td>
            <td class="nowrap">{FigureText.Number(spread.LowerLimit, 1)} to {FigureText.Number(spread.UpperLimit, 1)}<span class="under">{Between(spread.LowerInterval)}; {Between(spread.UpperInterval)}</span></td>
            <td class="number">{P(part.TTest?.P)}</td><td class="number">{P(part.AdjustedT)}</td><td class="number">{(part.Exact is { IsExact: true } exact ? P(exact.P) : "too many")}</td><td class="number">{P(part.Normal?.P)}</td><td class="number">{P(part.AdjustedExact)}</td><td class="number">{P(part.Equivalence?.P)}</td><td class="number">{P(part.NonInferiorityP)}</td></tr>
            """);

    private static string Between(ConfidenceInterval interval) => $"{FigureText.Number(interval.Lower, 1)} to {FigureText.Number(interval.Upper, 1)}";

    private static string P(double? p) => p is { } value && double.IsFinite(value) ? PairTable.P(value) : "undefined";
}
