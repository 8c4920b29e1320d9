using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The section of the page that puts the network beside a baseline of hand-made measures.</summary>
internal static class BaselineSections
{
    public static Markup Of(BaselineSection? shown) => shown is not { } section ? Markup.Empty : Markup.Of($"""
        <section id="baseline" aria-labelledby="baseline-h">
        <h2 id="baseline-h">Against hand-made measures</h2>
        {Markup.Each(section.Sentences, sentence => Markup.Of($"""<p class="lead">{sentence}</p>"""))}
        <p>baseline: {section.Description}; {section.Training}. A network that is not beyond it has learnt nothing that counting does not show.</p>
        {Table(section.Cases, "Case by case")}{(section.Patients is { } patients ? Table(patients, "Patient by patient") : Markup.Empty)}
        </section>
        """);

    private static Markup Table(FigureComparison comparison, string caption)
    {
        IReadOnlyList<MetricEntry> columns = MainFigures.Of(comparison.Models[0]);
        return TaskSections.Scroller(caption, Markup.Of($"""
            <table class="sticky models"><caption><span class="stay">{caption}, with {FigureText.Percent(comparison.Level)} intervals that draw whole patients where there is one.</span></caption>
            <thead><tr><th scope="col">Model</th>{Markup.Each(columns, column => Markup.Of($"""<th scope="col">{column.Name}</th>"""))}</tr></thead>
            <tbody>{Markup.Each(comparison.Models, model => Markup.Of($"""<tr><th scope="row">{model.Model}</th>{Markup.Each(MainFigures.Of(model), entry => FigureTable.Cell(entry.Metric with { Interval = entry.Metric.IntervalByPatient() }))}</tr>"""))}</tbody></table>
            """));
    }
}
