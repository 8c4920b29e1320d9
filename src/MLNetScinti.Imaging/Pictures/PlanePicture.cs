using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>What the colours of a picture mean.</summary>
/// <param name="ColourOf">The colour of a part of the range, from 0 to 1.</param>
/// <param name="Least">The value of the first colour.</param>
/// <param name="Most">The value of the last colour.</param>
public sealed record ColourScale(Func<float, (byte Red, byte Green, byte Blue)> ColourOf, double Least, double Most);

/// <summary>
/// A plane of a patient that is looked at by itself: in its true proportions, with the letters of its edges, a length in millimetres and a bar
/// of its colours with the values at its ends.
/// </summary>
/// <param name="Plane">The plane, a pixel an element.</param>
/// <param name="WidthMillimetres">Its width.</param>
/// <param name="HeightMillimetres">Its height.</param>
/// <param name="Colours">What its colours mean.</param>
public sealed record PlanePicture(PngImage Plane, double WidthMillimetres, double HeightMillimetres, ColourScale Colours)
{
    // In pixels of the picture.
    private const int Inner = 336, Edge = 26, Factor = 2, Gap = 8, Bar = 10, BarWidth = 160;

    private static readonly double[] s_lengths = [500, 200, 100, 50, 20, 10, 5, 2, 1];

    /// <summary>The letter of the left edge: L, R, A, P, H or F; empty where it is not known how the plane lies in the patient: then it has no scale either.</summary>
    public string Left { get; init; } = "";

    /// <summary>That of the right edge.</summary>
    public string Right { get; init; } = "";

    /// <summary>That of the upper edge.</summary>
    public string Top { get; init; } = "";

    /// <summary>That of the lower edge.</summary>
    public string Bottom { get; init; } = "";

    /// <summary>The picture, in colours on white.</summary>
    /// <exception cref="InvalidOperationException">The plane has no extent.</exception>
    public PngImage Draw()
    {
        if (!(WidthMillimetres > 0) || !(HeightMillimetres > 0) || !double.IsFinite(WidthMillimetres + HeightMillimetres))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A plane of {WidthMillimetres} x {HeightMillimetres} mm has no picture."));
        }

        double perMillimetre = Inner / Math.Max(WidthMillimetres, HeightMillimetres);
        int width = Math.Max(1, (int)Math.Round(WidthMillimetres * perMillimetre)), height = Math.Max(1, (int)Math.Round(HeightMillimetres * perMillimetre));
        double length = s_lengths.FirstOrDefault(one => one * perMillimetre <= Inner * 0.4, 1);
        int line = (PictureText.Height * Factor) + Gap, below = Edge + height, left = Edge + ((Math.Max(width, Inner) - width) / 2);
        Canvas canvas = new((2 * Edge) + Math.Max(width, Inner), below + Edge + line + Bar + line + Gap);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                canvas.Set(left + x, Edge + y, ColourAt(x * Plane.Width / width, y * Plane.Height / height));
            }
        }

        canvas.Centred(Left, left - (Edge / 2), Edge + (height / 2));
        canvas.Centred(Right, left + width + (Edge / 2), Edge + (height / 2));
        canvas.Centred(Top, left + (width / 2), Edge / 2);
        canvas.Centred(Bottom, left + (width / 2), below + (Edge / 2));
        int scale = below + Edge + (line / 2);
        if (Left.Length > 0)
        {
            canvas.Scale(scale, (int)Math.Round(length * perMillimetre), $"{length.ToString(CultureInfo.InvariantCulture)} mm");
        }

        int bar = below + Edge + line;
        for (int x = 0; x < BarWidth; x++)
        {
            for (int y = 0; y < Bar; y++)
            {
                canvas.Set(Edge + x, bar + y, x == 0 || y == 0 || x == BarWidth - 1 || y == Bar - 1 ? default : Colours.ColourOf(x / (BarWidth - 1f)));
            }
        }

        string most = Words(Colours.Most);
        canvas.Text(Words(Colours.Least), Edge, bar + Bar + (Gap / 2));
        canvas.Text(most, Edge + BarWidth - PictureText.WidthOf(most, Factor), bar + Bar + (Gap / 2));
        return canvas.Picture;
    }

    /// <summary>Several planes in lines, each line as wide as it is.</summary>
    /// <param name="lines">At least one line of at least one plane.</param>
    public static PngImage Draw(IReadOnlyList<IReadOnlyList<PlanePicture>> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        PngImage[] drawn = [.. lines.Select(line => PngImage.SideBySide([.. line.Select(plane => plane.Draw())]))];
        int width = drawn.Max(line => line.Width);
        byte[] samples = new byte[3 * width * drawn.Sum(line => line.Height)];
        samples.AsSpan().Fill(255);
        int top = 0;
        foreach (PngImage line in drawn)
        {
            for (int y = 0; y < line.Height; y++)
            {
                line.Samples.AsSpan(3 * y * line.Width, 3 * line.Width).CopyTo(samples.AsSpan(3 * (top + y) * width));
            }

            top += line.Height;
        }

        return new PngImage(width, top, 3, samples);
    }

    private static string Words(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private (byte Red, byte Green, byte Blue) ColourAt(int x, int y)
    {
        ReadOnlySpan<byte> pixel = Plane.Samples.AsSpan(((y * Plane.Width) + x) * Plane.Channels, Plane.Channels);
        // Of grey all three are the one channel.
        return (pixel[0], pixel[Plane.Channels / 2], pixel[^1]);
    }

    private sealed class Canvas(int width, int height)
    {
        private readonly byte[] _samples = White(3 * width * height);

        public PngImage Picture => new(width, height, 3, _samples);

        public void Set(int x, int y, (byte Red, byte Green, byte Blue) colour)
        {
            if (x >= 0 && x < width && y >= 0 && y < height)
            {
                int at = 3 * ((y * width) + x);
                (_samples[at], _samples[at + 1], _samples[at + 2]) = colour;
            }
        }

        public void Ink(int x, int y) => Set(x, y, default);

        /// <summary>A length from the left edge on, and its words behind it.</summary>
        public void Scale(int y, int length, string words)
        {
            for (int x = Edge; x <= Edge + length; x++)
            {
                Ink(x, y);
                Ink(x, y + 1);
            }

            for (int end = y - 4; end <= y + 5; end++)
            {
                Ink(Edge, end);
                Ink(Edge + length, end);
            }

            Text(words, Edge + length + Gap, y - (PictureText.Height * Factor / 2));
        }

        public void Text(string text, int left, int top)
        {
            foreach ((int x, int y) in PictureText.Pixels(text, Factor))
            {
                Ink(left + x, top + y);
            }
        }

        public void Centred(string text, int x, int y) => Text(text, x - (PictureText.WidthOf(text, Factor) / 2), y - (PictureText.Height * Factor / 2));

        private static byte[] White(int length)
        {
            byte[] samples = new byte[length];
            samples.AsSpan().Fill(255);
            return samples;
        }
    }
}
