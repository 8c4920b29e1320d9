using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// A piece of HTML or SVG. It is made from an interpolated string whose holes are escaped, unless they hold markup
/// themselves: text from outside cannot become markup by mistake.
/// </summary>
internal readonly record struct Markup(string Html)
{
    public static Markup Empty { get; } = new("");

    public static Markup Of(MarkupHandler handler) => new(handler.ToString());

    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece.Html)));

    public static Markup Each<T>(IEnumerable<T> items, Func<T, Markup> piece) => Join(items.Select(piece));

    public override string ToString() => Html;
}

/// <summary>Escapes the holes of an interpolated string that becomes <see cref="Markup"/>; numbers are written the same everywhere.</summary>
[InterpolatedStringHandler]
internal readonly struct MarkupHandler
{
    private readonly StringBuilder _text;

    public MarkupHandler(int literalLength, int formattedCount) => _text = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Markup markup) => _text.Append(markup.Html);

    public void AppendFormatted(string? value) => _text.Append(WebUtility.HtmlEncode(value));

    public void AppendFormatted(int value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(long value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double value) => _text.Append(value.ToString("0.##", CultureInfo.InvariantCulture));

    public void AppendFormatted(double value, string format) => _text.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}

/// <summary>The frame of a drawing: where data lie on the paper, and the axes around them. Lengths are in user units of the SVG.</summary>
/// <param name="MinX">Left end of the abscissa.</param>
/// <param name="MaxX">Right end of the abscissa.</param>
/// <param name="MinY">Lower end of the ordinate.</param>
/// <param name="MaxY">Upper end of the ordinate.</param>
/// <param name="Width">Width of the drawing.</param>
/// <param name="Height">Height of the drawing.</param>
internal sealed record Plot(double MinX, double MaxX, double MinY, double MaxY, double Width = 420, double Height = 380)
{
    public const double Right = 14, Top = 12, Bottom = 46;

    /// <summary>Room at the left, for the ticks and the name of the ordinate.</summary>
    public double Left { get; init; } = 52;

    public static Plot Unit { get; } = new(0, 1, 0, 1);

    public double X(double x) => Left + ((x - MinX) / (MaxX - MinX) * (Width - Left - Right));

    public double Y(double y) => Height - Bottom - ((y - MinY) / (MaxY - MinY) * (Height - Top - Bottom));

    /// <summary>The path through points.</summary>
    public string Path(IEnumerable<(double X, double Y)> points) =>
        string.Join("", points.Select((point, i) => Markup.Of($"{(i == 0 ? "M" : "L")}{X(point.X)} {Y(point.Y)}").Html));

    /// <summary>Grid, ticks and names of the axes.</summary>
    public Markup Axes(string nameX, string nameY, IReadOnlyList<double> ticksX, IReadOnlyList<double> ticksY, string formatX = "0.##", string formatY = "0.##")
    {
        double bottom = Height - Bottom, right = Width - Right, middleY = (Top + bottom) / 2;
        Markup vertical = Markup.Each(ticksX, tick => Markup.Of($"""<path class="grid" d="M{X(tick)} {Top}V{bottom}"/><text class="tick" x="{X(tick)}" y="{bottom + 17}" text-anchor="middle">{tick.ToString(formatX, System.Globalization.CultureInfo.InvariantCulture)}</text>"""));
        Markup horizontal = Markup.Each(ticksY, tick => Markup.Of($"""<path class="grid" d="M{Left} {Y(tick)}H{right}"/><text class="tick" x="{Left - 8}" y="{Y(tick) + 4}" text-anchor="end">{tick.ToString(formatY, System.Globalization.CultureInfo.InvariantCulture)}</text>"""));
        return Markup.Of($"""
            {vertical}{horizontal}<path class="axis" d="M{Left} {Top}V{bottom}H{right}"/>
            <text class="label" x="{(Left + right) / 2}" y="{Height - 8}" text-anchor="middle">{nameX}</text>
            <text class="label" transform="translate(14 {middleY}) rotate(-90)" text-anchor="middle">{nameY}</text>
            """);
    }

    /// <summary>The whole drawing, with a title and a description for who cannot see it.</summary>
    public Markup Drawing(string id, string title, string description, Markup content) => Markup.Of($"""
        <svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="{id}-t {id}-d" xmlns="http://www.w3.org/2000/svg">
        <title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc><style>{new Markup(ReportStyle.OfFigures)}</style>
        {content}
        </svg>
        """);

    /// <summary>Round numbers from end to end, about as many as asked for.</summary>
    public static IReadOnlyList<double> RoundTicks(double from, double to, int about = 5)
    {
        double raw = (to - from) / about, power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * (raw / power) switch
        {
            < 1.5 => 1,
            < 3.5 => 2,
            < 7.5 => 5,
            _ => 10,
        };
        List<double> ticks = [];
        for (long k = (long)Math.Ceiling((from / step) - 1e-9); k * step <= to + (1e-9 * step); k++)
        {
            ticks.Add(k * step);
        }

        return ticks;
    }
}
