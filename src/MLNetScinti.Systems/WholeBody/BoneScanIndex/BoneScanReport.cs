using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>Writes measured scans: tables of scans and of hotspots, JSON with every bone, and a page that draws what they rest on.</summary>
public static class BoneScanReport
{
    /// <summary>Scans that a page draws.</summary>
    public const int MostPictures = 24;

    /// <summary>The table of scans.</summary>
    public const string ScansName = "scans.csv";

    /// <summary>The table of hotspots, lesions among them.</summary>
    public const string LesionsName = "lesions.csv";

    /// <summary>Everything, for machines.</summary>
    public const string JsonName = "bone-scan-index.json";

    /// <summary>The page.</summary>
    public const string HtmlName = "report.html";

    private const string Notice = "The involved part of the skeleton's mass in percent, by bones of Spiers (1968). It was trained on simulated bodies, whose lesions are known in three dimensions; no patient's index has been compared with another method's. Research use only.";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Writes measured scans of which nothing is known, in the order of their pseudonyms: that of the files would tell whose is whose.</summary>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="scans">Pseudonyms and results.</param>
    /// <param name="origin">Where the scans come from.</param>
    public static void Write(string folder, IReadOnlyList<(string Case, BoneScanResult Result)> scans, DataOrigin origin)
    {
        scans = [.. scans.OrderBy(scan => scan.Case, StringComparer.Ordinal)];
        Directory.CreateDirectory(folder);
        WriteTables(folder, scans);
        AtomicFile.Write(Path.Combine(folder, JsonName), Json(scans, null).ToJsonString(s_json) + "\n");
        AtomicFile.Write(Path.Combine(folder, HtmlName), HtmlPage.Text("Bone scan index", "Bone scan index", origin, [Count(scans.Count)], [.. Pictures(scans)], "scans"));
    }

    /// <summary>Writes a trained and tested index.</summary>
    internal static void Write(BoneScanIndexDefinition definition, BoneScanIndexEvaluation evaluation, IReadOnlyList<(string Case, BoneScanResult Result)> scans)
    {
        Directory.CreateDirectory(definition.Output);
        WriteTables(definition.Output, scans);
        AtomicFile.Write(Path.Combine(definition.Output, JsonName), Json(scans, evaluation, definition.Smoke).ToJsonString(s_json) + "\n");
        ReportSection figures = ReportSection.Of("figures", "Figures", "Figures", Markup.Of($"""
            {(definition.Smoke ? Markup.Of($"<p>Not trained: these figures only show that everything runs.</p>") : Markup.Empty)}
            <table><caption>On {evaluation.Scans.Count} simulated scans whose truth is the lesions' volume in three dimensions; {evaluation.LeftOut} gave no index.</caption><tbody>
            {Markup.Each(Lines(evaluation), line => Markup.Of($"""<tr><th scope="row">{line.Name}</th><td class="number">{line.Value}</td></tr>"""))}
            </tbody></table>
            """));
        ReportSection agreement = ReportSection.Of("agreement", "Agreement", "Measured against true index", Scatter(evaluation));
        ReportSection response = ReportSection.Of("lesions", "Lesions", "Free response: lesions found against false hotspots", Response(evaluation));
        AtomicFile.Write(Path.Combine(definition.Output, HtmlName), HtmlPage.Text("Bone scan index", definition.Name, DataOrigin.Simulated, [Count(scans.Count)], [figures, agreement, response, .. Pictures(scans)], "scans"));
    }

    /// <summary>The figures in words and numbers.</summary>
    public static IReadOnlyList<(string Name, string Value)> Lines(BoneScanIndexEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return
        [
            ("Correlation with the truth, index .1 to 13", Text($"{evaluation.Correlation:0.0000} ({evaluation.InRange} scans)")),
            ("Bias, sum of measured over sum of true", Text($"{evaluation.Bias:+0.0%;-0.0%}")),
            ("Below 2: middle difference", Text($"{evaluation.SmallDifference:0.000}")),
            ("Below 2: middle difference over (.05 + 10 %)", Text($"{evaluation.SmallError:0.00}")),
            ("Without lesions: middle index", Text($"{evaluation.WithoutLesions:0.000}")),
            ("Lesion sensitivity at one false hotspot a view", Text($"{evaluation.SensitivityAtOne:0.000}")),
            .. evaluation.Repeats.Select(one => (Text($"Repeat scans at {one.Counts / 1e6:0.0} million counts: standard deviation, mean error"), Text($"{one.Deviation:0.000}, {one.Error:0.000} ({one.Bodies} bodies, {one.Scans} scans each)"))),
            ("Processor seconds a scan", Text($"{evaluation.SecondsPerScan:0.00}")),
        ];
    }

    private static string Count(int scans) => scans == 1 ? "1 scan" : Text($"{scans} scans");

    private static void WriteTables(string folder, IReadOnlyList<(string Case, BoneScanResult Result)> scans)
    {
        StringBuilder table = new("Case,Index,Lesions,Hotspots,Warnings\n"), lesions = new("Case,Number,IsLesion,Probability,Region,Bone,Views,LeftMm,DownMm,AreaCm2,Contrast,Points\n");
        foreach ((string name, BoneScanResult result) in scans)
        {
            table.Append(CultureInfo.InvariantCulture, $"{name},{result.Index:0.000},{result.Lesions.Count()},{result.Hotspots.Count},\"{string.Join(' ', result.Warnings).Replace('"', '\'')}\"\n");
            foreach (ScanHotspot spot in result.Hotspots)
            {
                lesions.Append(CultureInfo.InvariantCulture, $"{name},{spot.Number},{(spot.IsLesion ? 1 : 0)},{spot.Probability:0.000},{spot.Region},{spot.Bone?.Name},{spot.Views},{spot.LeftMillimetres:0.0},{spot.DownMillimetres:0.0},{spot.SquareCentimetres:0.00},{spot.Contrast:0.00},{spot.Points:0.0000}\n");
            }
        }

        AtomicFile.Write(Path.Combine(folder, ScansName), table.ToString());
        AtomicFile.Write(Path.Combine(folder, LesionsName), lesions.ToString());
    }

    private static JsonObject Json(IReadOnlyList<(string Case, BoneScanResult Result)> scans, BoneScanIndexEvaluation? evaluation, bool smoke = false)
    {
        static JsonNode? Number(double value, int digits = 4) => double.IsFinite(value) ? Math.Round(value, digits) : null;
        JsonObject json = new() { ["measurement"] = BoneScanIndexDefinition.Word, ["skeletalMass"] = "Spiers 1968, scaled to 100 percent" };
        if (evaluation is not null)
        {
            json["trained"] = !smoke;
            json["figures"] = new JsonObject
            {
                ["scans"] = evaluation.Scans.Count,
                ["leftOut"] = evaluation.LeftOut,
                ["correlation"] = Number(evaluation.Correlation),
                ["bias"] = Number(evaluation.Bias),
                ["smallDifference"] = Number(evaluation.SmallDifference),
                ["smallError"] = Number(evaluation.SmallError),
                ["withoutLesions"] = Number(evaluation.WithoutLesions),
                ["sensitivityAtOneFalseAView"] = Number(evaluation.SensitivityAtOne),
                ["secondsPerScan"] = Number(evaluation.SecondsPerScan),
                ["repeats"] = new JsonArray([.. evaluation.Repeats.Select(one => new JsonObject { ["counts"] = one.Counts, ["deviation"] = Number(one.Deviation), ["error"] = Number(one.Error), ["bodies"] = one.Bodies, ["scans"] = one.Scans })]),
                ["freeResponse"] = new JsonArray([.. evaluation.Curve.Select(point => new JsonObject { ["probability"] = Number(point.Probability), ["falsePerView"] = Number(point.FalsePerView), ["sensitivity"] = Number(point.Sensitivity) })]),
                ["pairs"] = new JsonArray([.. evaluation.Scans.Select(pair => new JsonObject { ["case"] = pair.Patient, ["truth"] = Number(pair.Truth), ["measured"] = Number(pair.Measured) })]),
            };
        }

        json["scans"] = new JsonArray([.. scans.Select(scan => new JsonObject
        {
            ["case"] = scan.Case,
            ["index"] = Number(scan.Result.Index),
            ["lesions"] = scan.Result.Lesions.Count(),
            ["bones"] = new JsonArray([.. scan.Result.Bones.Where(bone => bone.Points > 0).Select(bone => new JsonObject { ["bone"] = bone.Share.Name, ["percentOfSkeleton"] = Number(bone.Share.Percent), ["involvedPart"] = Number(bone.Part, 5), ["points"] = Number(bone.Points, 5) })]),
            ["warnings"] = new JsonArray([.. scan.Result.Warnings.Select(warning => JsonValue.Create(warning))]),
        })]);
        return json;
    }

    private static IEnumerable<ReportSection> Pictures(IReadOnlyList<(string Case, BoneScanResult Result)> scans)
    {
        (string Case, BoneScanResult Result)[] drawn = [.. scans.Where(scan => scan.Result.Views is not null).Take(MostPictures)];
        yield return ReportSection.Of("scans", "Scans", drawn.Length < scans.Count ? Text($"The first {drawn.Length} of {scans.Count} scans") : "Scans", Markup.Of($"""
            <p>{Notice}</p><p>Grey line: the body. Blue: regions of the atlas. Red: lesions. Green: hotspots that are taken for none. Anterior view left, posterior right.</p>
            {Markup.Each(drawn, scan => Scan(scan.Case, scan.Result))}
            """));
    }

    private static Markup Scan(string name, BoneScanResult result)
    {
        string picture = Convert.ToBase64String(PngEncoder.Encode(BoneScanPicture.Draw(result)));
        BoneBurden[] bones = [.. result.Bones.Where(bone => bone.Points > 0).OrderByDescending(bone => bone.Points)];
        return Markup.Of($"""
            <h3>{name}: index {result.Index.ToString("0.00", CultureInfo.InvariantCulture)}, {result.Lesions.Count()} lesions</h3>
            {Markup.Each(result.Warnings, warning => Markup.Of($"<p>{warning}</p>"))}
            <figure><img src="data:image/png;base64,{picture}" alt="Views of {name} with regions and hotspots"><figcaption>{name}</figcaption></figure>
            {(bones.Length == 0 ? Markup.Empty : Markup.Of($"""
                <div class="scroller" tabindex="0" role="region" aria-label="Bones of {name}"><table><caption>Involved bones</caption><thead><tr><th scope="col">Bone</th><th scope="col">Of the skeleton, %</th><th scope="col">Involved, %</th><th scope="col">Of the index</th></tr></thead><tbody>
                {Markup.Each(bones, bone => Markup.Of($"""<tr><th scope="row">{bone.Share.Name}</th><td class="number">{bone.Share.Percent}</td><td class="number">{100 * bone.Part}</td><td class="number">{bone.Points.ToString("0.000", CultureInfo.InvariantCulture)}</td></tr>"""))}
                </tbody></table></div>
                """))}
            {(result.Hotspots.Count == 0 ? Markup.Empty : Markup.Of($"""
                <div class="scroller" tabindex="0" role="region" aria-label="Hotspots of {name}"><table><caption>Hotspots, the first {Math.Min(30, result.Hotspots.Count)} of {result.Hotspots.Count}</caption><thead><tr><th scope="col">No.</th><th scope="col">Taken for</th><th scope="col">Probability</th><th scope="col">Region</th><th scope="col">Bone</th><th scope="col">Views</th><th scope="col">Area, cm²</th><th scope="col">Contrast</th><th scope="col">Of the index</th></tr></thead><tbody>
                {Markup.Each(result.Hotspots.Take(30), spot => Markup.Of($"""<tr><td>{spot.Number}</td><td>{(spot.IsLesion ? "lesion" : "no lesion")}</td><td class="number">{spot.Probability}</td><td>{spot.Region}</td><td>{spot.Bone?.Name}</td><td>{spot.Views}</td><td class="number">{spot.SquareCentimetres}</td><td class="number">{spot.Contrast}</td><td class="number">{spot.Points.ToString("0.000", CultureInfo.InvariantCulture)}</td></tr>"""))}
                </tbody></table></div>
                """))}
            """);
    }

    private static Markup Scatter(BoneScanIndexEvaluation evaluation)
    {
        double most = Math.Max(1, evaluation.Scans.Max(pair => Math.Max(pair.Truth, pair.Measured)));
        Plot plot = new(0, most, 0, most);
        IReadOnlyList<double> ticks = Plot.RoundTicks(0, most);
        return plot.Drawing("agreement-plot", "Measured against true index", "Each point is a scan; the line is where both are the same.", Markup.Of($"""
            {plot.Axes("True index", "Measured index", ticks, ticks)}
            <path class="diagonal" d="{plot.Path([(0, 0), (most, most)])}" fill="none" stroke="currentColor" stroke-dasharray="3 3"/>
            {Markup.Each(evaluation.Scans, pair => Markup.Of($"""<circle cx="{plot.X(pair.Truth)}" cy="{plot.Y(pair.Measured)}" r="2.5" fill="var(--model)"/>"""))}
            """));
    }

    private static Markup Response(BoneScanIndexEvaluation evaluation)
    {
        FreeResponsePoint[] points = [.. evaluation.Curve.Where(point => point.FalsePerView <= 4).OrderBy(point => point.FalsePerView)];
        Plot plot = new(0, 4, 0, 1);
        return plot.Drawing("response-plot", "Free-response curve", "Part of the lesions that are found, against false hotspots a view.", Markup.Of($"""
            {plot.Axes("False hotspots a view", "Lesions found", [0, 1, 2, 3, 4], [0, .2, .4, .6, .8, 1])}
            <path d="{plot.Path(points.Select(point => (point.FalsePerView, point.Sensitivity)))}" fill="none" stroke="var(--model)" stroke-width="2"/>
            """));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
