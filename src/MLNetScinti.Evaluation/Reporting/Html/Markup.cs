namespace MLNetScinti.Evaluation.Reporting;

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
