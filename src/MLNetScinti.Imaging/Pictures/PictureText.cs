namespace MLNetScinti.Imaging;

/// <summary>
/// Figures, the letters of directions and millimetres, and those of a mark, in pixels: what a picture needs that is looked at without its page. Any other
/// character leaves its room empty.
/// </summary>
internal static class PictureText
{
    /// <summary>Pixels of a character before it is enlarged, with the gap behind it.</summary>
    public const int Advance = 6, Height = 7;

    private const string Characters = "0123456789.-+EmLRAPHFIUSC,";

    // Seven rows of five pixels each, the left one the highest bit.
    private static ReadOnlySpan<byte> Rows =>
    [
        14, 17, 19, 21, 25, 17, 14, 4, 12, 4, 4, 4, 4, 14, 14, 17, 1, 2, 4, 8, 31, 31, 2, 4, 2, 1, 17, 14, 2, 6, 10, 18, 31, 2, 2,
        31, 16, 30, 1, 1, 17, 14, 6, 8, 16, 30, 17, 17, 14, 31, 1, 2, 4, 8, 8, 8, 14, 17, 17, 14, 17, 17, 14, 14, 17, 17, 15, 1, 2, 12,
        0, 0, 0, 0, 0, 12, 12, 0, 0, 0, 31, 0, 0, 0, 0, 4, 4, 31, 4, 4, 0, 31, 16, 16, 30, 16, 16, 31, 0, 0, 26, 21, 21, 17, 17,
        16, 16, 16, 16, 16, 16, 31, 30, 17, 17, 30, 20, 18, 17, 14, 17, 17, 17, 31, 17, 17, 30, 17, 17, 30, 16, 16, 16, 17, 17, 17, 31, 17, 17, 17, 31, 16, 16, 30, 16, 16, 16,
        14, 4, 4, 4, 4, 4, 14, 17, 17, 17, 17, 17, 17, 14, 15, 16, 16, 14, 1, 1, 30, 14, 17, 16, 16, 16, 17, 14, 0, 0, 0, 0, 12, 4, 8,
    ];

    /// <summary>The width of a text in pixels.</summary>
    public static int WidthOf(string text, int factor) => text.Length == 0 ? 0 : ((text.Length * Advance) - 1) * factor;

    /// <summary>The pixels of a text, from its upper left corner.</summary>
    public static IEnumerable<(int X, int Y)> Pixels(string text, int factor)
    {
        for (int at = 0; at < text.Length; at++)
        {
            int character = Characters.IndexOf(text[at], StringComparison.Ordinal);
            for (int y = 0; character >= 0 && y < Height * factor; y++)
            {
                int row = Rows[(character * Height) + (y / factor)];
                for (int x = 0; x < 5 * factor; x++)
                {
                    if ((row & (16 >> (x / factor))) != 0)
                    {
                        yield return ((at * Advance * factor) + x, y);
                    }
                }
            }
        }
    }
}
