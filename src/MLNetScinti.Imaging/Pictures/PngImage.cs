namespace MLNetScinti.Imaging;

/// <summary>A picture of 8-bit samples: grey (1 channel) or red, green, blue (3 channels).</summary>
[TypeFormatterSource(typeof(PngImage))]
public sealed class PngImage
{
    /// <summary>A picture over an existing array, which it keeps and does not copy.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="samples">Height x width x channels bytes.</param>
    public PngImage(int width, int height, int channels, byte[] samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3) || samples.Length != checked(width * height * channels))
        {
            throw new ArgumentException($"A picture of {width} x {height} with 1 or 3 channels was expected, found {channels} channels and {samples.Length} bytes.", nameof(samples));
        }

        (Width, Height, Channels, Samples) = (width, height, channels, samples);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 for grey, 3 for red, green, blue.</summary>
    public int Channels { get; }

    /// <summary>The samples, row by row from the top.</summary>
    public byte[] Samples { get; }

    /// <summary>Draws values in colours: <paramref name="low"/> and below the first colour, <paramref name="high"/> and above the last. NaN is drawn as low.</summary>
    /// <param name="values">Rows x columns values.</param>
    /// <param name="shape">A planar shape.</param>
    /// <param name="map">The colours.</param>
    /// <param name="low">The value of the first colour.</param>
    /// <param name="high">The value of the last colour; where it is not above low, everything is drawn in the first colour.</param>
    public static PngImage Draw(ReadOnlySpan<float> values, ImageShape shape, ColourMap map, float low, float high)
    {
        if (shape.Sections != 1 || values.Length != shape.Length)
        {
            throw new ArgumentException($"A planar image was expected, found {values.Length} values of shape {shape}.", nameof(values));
        }

        bool grey = map is ColourMap.Grey or ColourMap.InverseGrey;
        byte[] samples = new byte[values.Length * (grey ? 1 : 3)];
        float scale = high > low ? 1 / (high - low) : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float part = float.IsNaN(values[i]) ? 0 : Math.Clamp((values[i] - low) * scale, 0, 1);
            (byte red, byte green, byte blue) = ColourMaps.ColourOf(map, float.IsNaN(part) ? 0 : part);
            if (grey)
            {
                samples[i] = red;
            }
            else
            {
                (samples[3 * i], samples[(3 * i) + 1], samples[(3 * i) + 2]) = (red, green, blue);
            }
        }

        return new(shape.Columns, shape.Rows, grey ? 1 : 3, samples);
    }

    /// <summary>Every pixel as a square of several.</summary>
    public PngImage Enlarge(int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        byte[] samples = new byte[checked(Samples.Length * factor * factor)];
        int line = Width * factor * Channels;
        for (int y = 0; y < Height * factor; y++)
        {
            for (int x = 0; x < Width * factor; x++)
            {
                Samples.AsSpan(((y / factor * Width) + (x / factor)) * Channels, Channels).CopyTo(samples.AsSpan((y * line) + (x * Channels)));
            }
        }

        return new(Width * factor, Height * factor, Channels, samples);
    }

    /// <summary>Pictures side by side, tops aligned, with a gap between them.</summary>
    /// <param name="pictures">At least one picture; all grey or all in colour.</param>
    /// <param name="gap">Pixels between pictures.</param>
    /// <param name="background">The grey level of gap and margin.</param>
    public static PngImage SideBySide(IReadOnlyList<PngImage> pictures, int gap = 4, byte background = 255)
    {
        int channels = pictures[0].Channels;
        if (pictures.Any(picture => picture.Channels != channels))
        {
            throw new ArgumentException("Pictures side by side must all be grey or all in colour.", nameof(pictures));
        }

        int width = pictures.Sum(picture => picture.Width) + (gap * (pictures.Count - 1));
        int height = pictures.Max(picture => picture.Height);
        byte[] samples = new byte[width * height * channels];
        samples.AsSpan().Fill(background);
        int left = 0;
        foreach (PngImage picture in pictures)
        {
            for (int y = 0; y < picture.Height; y++)
            {
                picture.Samples.AsSpan(y * picture.Width * channels, picture.Width * channels)
                    .CopyTo(samples.AsSpan(((y * width) + left) * channels));
            }

            left += picture.Width + gap;
        }

        return new(width, height, channels, samples);
    }
}
