namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The paired tests of a comparison as a table.</summary>
internal static class PairTable
{
    public static Markup Of(ModelComparison comparison)
    {
        EvaluationOptions options = comparison.Models[0].Options;
        string level = FigureText.Percent(comparison.Level);
        bool clustered = comparison.VerdictByPatient.Length > 0;
        Markup byPatientHead = clustered ? Markup.Of($"""<th scope="col" class="number">p, by patient</th><th scope="col" class="number">p, by patient, Holm</th>""") : Markup.Empty;
        string byPatient = clustered ? $" \"By patient\" allows for several {options.CasesNoun} of one patient (Obuchowski); DeLong's and McNemar's do not." : "";
        return Markup.Of($"""
            <div class="scroller" tabindex="0" role="region" aria-label="Pairs of models">
            <table class="sticky pairs"><caption><span class="stay">Paired tests on the same {options.CasesNoun}, the larger area first. The {level} intervals are DeLong's and not corrected; "Holm" corrects for all {comparison.Pairs.Count} pairs. McNemar compares the calls, each model at its own threshold: in brackets how many {options.CasesNoun} only the first, and only the second, called right.{byPatient}</span></caption>
            <thead><tr><th scope="col">Models</th><th scope="col" class="number">Difference of areas</th><th scope="col">Interval</th><th scope="col" class="number">p, DeLong</th><th scope="col" class="number">p, Holm</th>{byPatientHead}<th scope="col" class="number">p, McNemar</th><th scope="col">Supported</th></tr></thead>
            <tbody>{Markup.Each(comparison.Pairs, pair => Row(comparison, pair, clustered))}</tbody></table></div>
            """);
    }

    private static Markup Row(ModelComparison comparison, ModelPair pair, bool clustered)
    {
        Markup byPatient = clustered ? Markup.Of($"""<td class="number">{P(pair.AreasByPatient.P)}</td><td class="number">{P(pair.AdjustedPByPatient)}</td>""") : Markup.Empty;
        string supported = (pair.IsSupported, pair.IsSupportedByPatient, clustered) switch
        {
            (true, false, true) => "not by patient",
            (true, _, _) => "yes",
            _ => "no",
        };
        return Markup.Of($"""
            <tr><th scope="row">{pair.First} against {pair.Second}</th><td class="number">{FigureText.Number(pair.Areas.Difference)}</td><td class="nowrap">{FigureText.Interval(pair.Areas.Interval(comparison.Level), " to ")}</td><td class="number">{P(pair.Areas.P)}</td><td class="number">{P(pair.AdjustedP)}</td>{byPatient}<td class="number">{P(pair.Errors.ExactP)} <span class="soft">({pair.Errors.OnlyFirstCorrect} : {pair.Errors.OnlySecondCorrect})</span></td><td>{supported}</td></tr>
            """);
    }

    private static string P(double p) => p switch
    {
        double.NaN => "undefined",
        < 0.001 => "< 0.001",
        _ => FigureText.Number(p),
    };
}
