namespace MLNetScinti.Evaluation.Html;

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
        <title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>
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
