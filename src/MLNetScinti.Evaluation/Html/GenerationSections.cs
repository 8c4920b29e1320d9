using System.Globalization;
using MLNetScinti.Evaluation.Generated;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The section of the page about images that were made and trained on beside patients'.</summary>
internal static class GenerationSections
{
    public static Markup Of(GenerationSection? shown)
    {
        if (shown is not { Images: { } images } section)
        {
            return Markup.Empty;
        }

        IReadOnlyList<string> sentences = images.Sentences;
        return Markup.Of($"""
            <section id="generated" aria-labelledby="generated-h">
            <h2 id="generated-h">Generated training images</h2>
            <p class="lead">{sentences[0]}</p>
            {Markup.Each(sentences.Skip(1), sentence => Markup.Of($"<p>{sentence}</p>"))}
            <p>They are no patient's images: they were trained on, and neither validated nor tested. Whether they help is seen by comparing with a training without them on the same split (scinti compare).</p>
            {Kinds(images)}
            <figure class="wide"><div class="scroller" tabindex="0" role="region" aria-label="Power spectra">{Spectrum(images)}</div>
            <figcaption>Mean power of the images at each spatial frequency. Solid: real training images. Dashed: generated ones.</figcaption></figure>
            {Counts(images)}
            <div class="explained"><ul class="errors explained">{Markup.Each(section.Pictures, picture => Markup.Of($"""<li class="error"><div class="pictures">{FigureTable.Picture(picture)}</div></li>"""))}</ul></div>
            <details><summary>How they were made</summary><ul class="plain">{Markup.Each(section.Methods, method => Markup.Of($"<li>{method}</li>"))}</ul></details>
            </section>
            """);
    }

    private static Markup Kinds(GeneratedImages images) => TaskSections.Scroller("Generated images by kind", Markup.Of($"""
        <table><caption>Near: nearer to a training image than {FigureText.Percent(1 - GeneratedImages.Chance)} of real images are to another patient's, and standing out towards that one patient.</caption>
        <thead><tr><th scope="col">Kind</th><th scope="col" class="number">Real</th><th scope="col" class="number">Generated</th><th scope="col" class="number">Near</th></tr></thead>
        <tbody>{Markup.Each(images.Kinds, kind => Markup.Of($"""<tr><th scope="row">{kind.Kind}</th><td class="number">{kind.Real}</td><td class="number">{kind.Made}</td><td class="number">{(images.Near.IsDefined ? kind.Near.ToString(CultureInfo.InvariantCulture) : "undefined")}</td></tr>"""))}</tbody></table>
        """));

    private static Markup Counts(GeneratedImages images) => TaskSections.Scroller("Sums and maxima", Markup.Of($"""
        <table><caption>Sum and maximum of the values that the network reads: median, and from where to where nine of ten images lie. Gap: the largest distance of both distributions, 0 for the same, 1 for no overlap.</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col">Kind</th><th scope="col">Real</th><th scope="col">Generated</th><th scope="col" class="number">Gap</th></tr></thead>
        <tbody>{Markup.Each(images.Counts, spread => Markup.Of($"""<tr><th scope="row">{spread.Name}</th><td>{spread.Kind}</td><td class="nowrap">{Range(spread.Real)}</td><td class="nowrap">{Range(spread.Made)}</td><td class="number">{(double.IsNaN(spread.LargestGap) ? "undefined" : FigureText.Number(spread.LargestGap))}</td></tr>"""))}</tbody></table>
        """));

    private static string Range(IReadOnlyList<double> at) => at.Any(double.IsNaN) ? "none" : $"{Short(at[1])} ({Short(at[0])} – {Short(at[2])})";

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static Markup Spectrum(GeneratedImages images)
    {
        (double X, double Y)[] real = Line(images.RealPower), made = Line(images.MadePower);
        if (real.Length < 2 || made.Length < 2)
        {
            return Markup.Empty;
        }

        double lowest = Math.Floor(real.Concat(made).Min(point => point.Y)), highest = Math.Ceiling(real.Concat(made).Max(point => point.Y));
        Plot plot = new(0, 0.5, lowest, Math.Max(highest, lowest + 1), 860, 300);
        Markup content = Markup.Of($"""
            {plot.Axes("Spatial frequency, cycles a pixel", "log10 of power", [0, 0.1, 0.2, 0.3, 0.4, 0.5], Plot.RoundTicks(plot.MinY, plot.MaxY))}
            <path class="curve" d="{plot.Path(real)}"/>
            <path class="curve second" d="{plot.Path(made)}"/>
            """);
        return plot.Drawing("spectrum", "Power spectra of real and generated images", $"In the finest quarter generated images hold {FigureText.Number(images.FinestPower)} times the power of real ones.", content);
    }

    private static (double X, double Y)[] Line(IReadOnlyList<double> power) =>
        [.. power.Select((value, ring) => (X: (ring + 0.5) / (2 * power.Count), Y: Math.Log10(value))).Where(point => double.IsFinite(point.Y))];
}
