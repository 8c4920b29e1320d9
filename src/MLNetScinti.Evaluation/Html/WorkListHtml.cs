using System.Text.RegularExpressions;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// A work list as one HTML page, in the manner of <see cref="HtmlReport"/>: no network, no script, read on a phone, on paper, in light and
/// dark, with a keyboard or a screen reader. Each case is a card of its own: nothing has to be scrolled sideways.
/// </summary>
public static partial class WorkListHtml
{
    // Of a drawing, in its own units: the room around the picture for letters, scale and colours.
    private const double Width = 260, Edge = 20, Foot = 58;

    private const string Source = "href=\"data:image/png;base64,";

    private static readonly double[] s_lengths = [500, 200, 100, 50, 20, 10, 5, 2, 1];

    /// <summary>The page.</summary>
    public static string Text(WorkList list)
    {
        using StringWriter page = new(System.Globalization.CultureInfo.InvariantCulture);
        Write(list, page);
        return page.ToString();
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(WorkList list, string path) => AtomicFile.WriteText(path, page => Write(list, page));

    /// <summary>Writes the page. Pictures are read one after the other as they are written: however many there are, one is held.</summary>
    public static void Write(WorkList list, TextWriter page)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(page);
        List<StoredPicture> pictures = [];
        string text = TextOf(list, pictures);
        int written = 0;
        foreach (ValueMatch place in PictureIn().EnumerateMatches(text))
        {
            page.Write(text.AsSpan(written, place.Index - written));
            ReadOnlySpan<char> found = text.AsSpan(place.Index, place.Length);
            page.Write(Source);
            page.Write(Convert.ToBase64String(pictures[int.Parse(found[(Source.Length + 1)..^1], System.Globalization.CultureInfo.InvariantCulture)].Read()));
            written = place.Index + place.Length;
        }

        page.Write(text.AsSpan(written));
    }

    // Where a picture belongs. Text from outside has no quotation mark left, and so cannot name one.
    private static Markup Placeholder(List<StoredPicture> pictures, StoredPicture picture)
    {
        pictures.Add(picture);
        return new($"{Source}\0{(pictures.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}\0");
    }

    [GeneratedRegex("href=\"data:image/png;base64,\0[0-9]+\0", RegexOptions.CultureInvariant)]
    private static partial Regex PictureIn();

    private static string TextOf(WorkList list, List<StoredPicture> pictures) => HtmlPage.Text(
            "Work list",
            list.Title,
            list.Origin,
            [list.Model, FigureText.Of(list.Cases.Count, list.Words.Case, list.Words.Cases), .. list.TrainedOnSimulated ? (string[])["Trained on simulated patients"] : []],
            [
                Summary(list),
                ReportSection.Of("cases", FigureText.Capital(list.Words.Cases), "What the model says", Cases(list, pictures)),
                NotScored(list),
                TrainedOn(list),
            ],
            list.Words.Cases);

    private static ReportSection Summary(WorkList list)
    {
        int unusual = list.Cases.Count(one => one.Unusual.Count > 0);
        string[] cautions =
        [
            "No truth is known of these studies: nothing here says whether an answer is right.",
            .. list.TrainedOnSimulated ? (string[])["The model was trained on simulated patients: its answers show how the method works, not what people have."] : [],
            .. list.Meaning,
            .. list.Limits,
            SummaryText.ResearchOnly,
        ];
        return ReportSection.Of("summary", "In plain words", "In plain words", Markup.Of($"""
            <p class="lead">{list.Question}</p>
            <p>{FigureText.Of(list.Cases.Count, $"{list.Words.Case} was", $"{list.Words.Cases} were")} scored; {(unusual == 0 ? "none is unusual" : $"{unusual} of them {(unusual == 1 ? "is" : "are")} unusual, and say in what")}. {FigureText.Of(list.Refused.Count, "study was", "studies were")} refused, {FigureText.Of(list.LeftOut.Count, "file", "files")} gave nothing to score.</p>
            <div class="notice"><h3>Before you use an answer</h3><ul class="plain">{Markup.Each(cautions.Distinct(StringComparer.Ordinal), caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
            """));
    }

    private static Markup Cases(WorkList list, List<StoredPicture> pictures) => list.Cases.Count == 0 ? Markup.Of($"<p>None.</p>")
        : Markup.Of($"""<ol class="worklist">{Markup.Each(list.Cases.Select((one, index) => (one, index)), pair => Case(pair.one, pair.index, pictures))}</ol>""");

    private static Markup Case(WorkListCase one, int index, List<StoredPicture> pictures) => Markup.Of($"""
        <li class="work"><article aria-labelledby="w{index}">
        <h3 id="w{index}">{one.CaseId}: {one.Decision}</h3>
        {Unusual(one)}
        <div class="panels">{Markup.Each(one.Pictures.Select((panel, at) => (panel, at)), pair => Panel(one, pair.panel, $"w{index}p{pair.at}", pictures))}</div>
        {Answers(one)}
        <dl class="work-facts">{Markup.Each(Facts(one), fact => Markup.Of($"<div><dt>{fact.Key}</dt><dd>{fact.Value}</dd></div>"))}</dl>
        </article></li>
        """);

    private static Markup Unusual(WorkListCase one) => one.Unusual.Count == 0 ? Markup.Empty
        : Markup.Of($"""<div class="notice"><p><b>Unusual.</b></p><ul class="plain">{Markup.Each(one.Unusual, sentence => Markup.Of($"<li>{sentence}</li>"))}</ul></div>""");

    private static Markup Answers(WorkListCase one) => Markup.Each(one.Answers, answer => Markup.Of($"""
        <dl class="work-facts answer"><div><dt>{FigureText.Capital(answer.Name)}</dt><dd><b>{(answer.IsCalled ? "called" : "not called")}</b></dd></div>
        <div><dt>Probability</dt><dd>{FigureText.Number(answer.Probability)}</dd></div>
        <div><dt>Threshold</dt><dd>{(answer.Threshold is { } threshold ? FigureText.Number(threshold) : "the most probable class")}</dd></div>
        {(answer.Prevalence is { } prevalence ? Markup.Of($"<div><dt>Risk where {prevalence.ToString("0.#%", System.Globalization.CultureInfo.InvariantCulture)} have it</dt><dd>{(answer.Risk is { } risk ? FigureText.Number(risk) : "not known of this model")}</dd></div>") : Markup.Empty)}</dl>
        """));

    private static IEnumerable<KeyValuePair<string, string>> Facts(WorkListCase one) =>
    [
        new("Patient", one.PatientId), new("File", one.FileId),
        .. one.Volumes.Select(volume => KeyValuePair.Create(volume.Key, $"{FigureText.Number(volume.Value, 1)} ml")),
        .. one.Facts.Where(fact => fact.Value.Length > 0),
    ];

    private static Markup Panel(WorkListCase one, WorkListPanel panel, string id, List<StoredPicture> pictures) => Markup.Of($"""
        {Drawing(one, panel, id, Placeholder(pictures, panel.Image), "nothing", "most", "#ffffff", "#000000", panel.Name)}{(panel.Map is { } map ? Drawing(one, panel, id + "m", Placeholder(pictures, map), "little", "much", "#321a6e", "#fff5aa", $"{panel.Name}: {panel.MapWords}") : Markup.Empty)}
        """);

    private static Markup Drawing(WorkListCase one, WorkListPanel panel, string id, Markup source, string least, string most, string first, string last, string name)
    {
        double inner = Width - (2 * Edge), height = Math.Min(inner * panel.HeightMillimetres / panel.WidthMillimetres, 4 * inner);
        double perMillimetre = inner / panel.WidthMillimetres, length = s_lengths.FirstOrDefault(one => one * perMillimetre <= inner * 0.55, 1);
        double below = Edge + height, bar = length * perMillimetre, middleX = Width / 2, middleY = Edge + (height / 2);
        return Markup.Of($"""
            <figure class="panel"><svg class="chart" viewBox="0 0 {Width} {below + Foot}" role="img" aria-labelledby="{id}-t" xmlns="http://www.w3.org/2000/svg">
            <title id="{id}-t">{one.CaseId}, {name}{(panel.IsPlaced ? $"; left edge {panel.Left}, right edge {panel.Right}, upper edge {panel.Top}, lower edge {panel.Bottom}" : "")}</title>
            <defs><linearGradient id="{id}-g"><stop offset="0" stop-color="{first}"/><stop offset="1" stop-color="{last}"/></linearGradient></defs>
            <image x="{Edge}" y="{Edge}" width="{inner}" height="{height}" preserveAspectRatio="none" {source}"/>
            <rect class="axis" x="{Edge}" y="{Edge}" width="{inner}" height="{height}"/>
            <text class="note strong" x="{Edge / 2}" y="{middleY + 4}" text-anchor="middle">{panel.Left}</text><text class="note strong" x="{Width - (Edge / 2)}" y="{middleY + 4}" text-anchor="middle">{panel.Right}</text>
            <text class="note strong" x="{middleX}" y="{Edge - 6}" text-anchor="middle">{panel.Top}</text><text class="note strong" x="{middleX}" y="{below + 14}" text-anchor="middle">{panel.Bottom}</text>
            {(panel.IsPlaced ? Markup.Of($"""<path class="whisker" d="M{Edge} {below + 26}h{bar}m0 -4v8M{Edge} {below + 22}v8"/><text class="tick" x="{Edge + bar + 6}" y="{below + 30}">{length} mm</text>""") : Markup.Of($"""<text class="tick" x="{Edge}" y="{below + 30}">size and directions not known</text>"""))}
            <rect class="axis" x="{Edge}" y="{below + 38}" width="80" height="8"/><rect fill="url(#{id}-g)" x="{Edge}" y="{below + 38}" width="80" height="8"/>
            <text class="tick" x="{Edge}" y="{below + 57}">{least}</text><text class="tick" x="{Edge + 80}" y="{below + 57}" text-anchor="end">{most}</text>
            </svg><figcaption>{FigureText.Capital(name)}</figcaption></figure>
            """);
    }

    private static ReportSection NotScored(WorkList list) => list.Refused.Count + list.LeftOut.Count == 0 ? new("not-scored", "Not scored", Markup.Empty)
        : ReportSection.Of("not-scored", "Not scored", "What was not scored", Markup.Of($"""
            {Skipped("Refused", list.Refused)}{Skipped("Left out", list.LeftOut)}
            """));

    private static Markup Skipped(string head, IReadOnlyList<SkippedInput> inputs) => inputs.Count == 0 ? Markup.Empty
        : Markup.Of($"""<h3>{head}</h3><ul class="plain">{Markup.Each(inputs, one => Markup.Of($"<li>{one.Name}: {one.Reason}</li>"))}</ul>""");

    private static ReportSection TrainedOn(WorkList list) => ReportSection.Of("trained-on", "The model", "What the model was trained on", list.TrainedOn.Count == 0
        ? Markup.Of($"<p>It does not say: an earlier version made it. Studies were not compared with its training.</p>")
        : Markup.Of($"""<dl class="work-facts">{Markup.Each(list.TrainedOn, fact => Markup.Of($"<div><dt>{fact.Key}</dt><dd>{fact.Value}</dd></div>"))}</dl>"""));
}
