namespace MLNetScinti.Imaging;

/// <summary>A picture under a line that says what it is, for places where nothing else stands beside it.</summary>
public static class MarkedPicture
{
    /// <summary>What pictures say that a program made and that are not for decisions about patients.</summary>
    public const string ResearchUse = "AI, RESEARCH USE";

    private const int Factor = 3, Margin = 10;

    /// <summary>Pictures below each other, under the mark.</summary>
    /// <param name="pictures">At least one picture in colours; they may be of different widths.</param>
    public static PngImage Of(params IReadOnlyList<PngImage> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        int width = Math.Max(PictureText.WidthOf(ResearchUse, Factor) + (2 * Margin), pictures.Max(picture => picture.Width)), top = (PictureText.Height * Factor) + (2 * Margin);
        byte[] samples = new byte[checked(3 * width * (top + pictures.Sum(picture => picture.Height)))];
        samples.AsSpan().Fill(255);
        foreach ((int x, int y) in PictureText.Pixels(ResearchUse, Factor))
        {
            samples.AsSpan(3 * (((Margin + y) * width) + Margin + x), 3).Clear();
        }

        int height = top;
        foreach (PngImage picture in pictures)
        {
            if (picture.Channels != 3)
            {
                throw new ArgumentException("Pictures under a mark must be in colours.", nameof(pictures));
            }

            for (int y = 0; y < picture.Height; y++)
            {
                picture.Samples.AsSpan(3 * y * picture.Width, 3 * picture.Width).CopyTo(samples.AsSpan(3 * (height + y) * width));
            }

            height += picture.Height;
        }

        return new PngImage(width, height, 3, samples);
    }
}
