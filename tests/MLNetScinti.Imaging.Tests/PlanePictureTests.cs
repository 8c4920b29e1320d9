using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class PlanePictureTests
{
    // Pixels of the frame around the plane, and of the plane's longer side.
    private const int Edge = 26, Inner = 336;

    [Fact]
    public void ThePlaneHasItsProportionsLettersAScaleAndItsColours()
    {
        // Twice as wide as high, of elements that are twice as high as wide; the right half is full.
        float[] values = [.. Enumerable.Range(0, 8 * 2).Select(i => i % 8 < 4 ? 0f : 1f)];
        PlanePicture plane = new(PngImage.Draw(values, new ImageShape(2, 8), ColourMap.InverseGrey, 0, 1), 200, 100, Grey(0, 1)) { Left = "R", Right = "L", Top = "A", Bottom = "P" };
        PngImage picture = plane.Draw();
        Assert.Equal(3, picture.Channels);
        Assert.Equal(Inner + (2 * Edge), picture.Width);
        Assert.Equal((0, 0, 0), At(picture, Edge + Inner - 2, Edge + (Inner / 4)));
        Assert.Equal((255, 255, 255), At(picture, Edge + 2, Edge + (Inner / 4)));
        Assert.Equal((255, 255, 255), At(picture, Edge + Inner - 2, Edge + (Inner / 2) + 2));

        // A bar of 50 mm: the longest round length below four tenths of 336 pixels at 1.68 a millimetre.
        int bar = Longest(picture, Edge + (Inner / 2) + Edge);
        Assert.Equal(84, bar, 2.0);

        // Letters and figures: without them there is less ink, and none at the sides.
        PngImage bare = (plane with { Left = "", Right = "", Top = "", Bottom = "" }).Draw();
        Assert.True(Ink(picture, 0, Edge - 2) > 10);
        Assert.Equal(0, Ink(bare, 0, Edge - 2));
        Assert.NotEqual((plane with { Left = "A" }).Draw().Samples, picture.Samples);
        Assert.NotEqual((plane with { Colours = Grey(0, 250) }).Draw().Samples, picture.Samples);
    }

    [Fact]
    public void SeveralPlanesStandInLines()
    {
        PlanePicture square = new(PngImage.Draw([0, 1, 1, 0], new ImageShape(2, 2), ColourMap.Grey, 0, 1), 50, 50, Grey(0, 1)), flat = square with { HeightMillimetres = 10 };
        PngImage one = square.Draw(), all = PlanePicture.Draw([[square, flat], [flat]]);
        Assert.Equal(one.Height + flat.Draw().Height, all.Height);
        Assert.True(all.Width > 2 * one.Width);
        Assert.Throws<InvalidOperationException>(() => (square with { WidthMillimetres = 0 }).Draw());
    }

    /// <summary>Each character has a form of its own; two that look alike would be read as one.</summary>
    [Fact]
    public void EveryCharacterIsItself()
    {
        string[] forms = [.. "0123456789.-+EmLRAPHFIUSC,".Select(one => string.Join(' ', PictureText.Pixels($"{one}", 1).Select(pixel => $"{pixel.X},{pixel.Y}")))];
        Assert.All(forms, form => Assert.NotEmpty(form));
        Assert.Equal(forms.Length, forms.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(PictureText.Pixels(" ?", 2));
        Assert.Equal(22, PictureText.WidthOf("50", 2));
    }

    private static ColourScale Grey(double least, double most) => new(part => ColourMaps.ColourOf(ColourMap.InverseGrey, part), least, most);

    private static (int Red, int Green, int Blue) At(PngImage picture, int x, int y)
    {
        int at = 3 * ((y * picture.Width) + x);
        return (picture.Samples[at], picture.Samples[at + 1], picture.Samples[at + 2]);
    }

    private static int Ink(PngImage picture, int fromX, int toX) => Enumerable.Range(0, Edge + (Inner / 2)).Sum(y => Enumerable.Range(fromX, toX - fromX).Count(x => At(picture, x, y) == (0, 0, 0)));

    // The longest line of black in the rows from one on, as far as the colours' bar.
    private static int Longest(PngImage picture, int fromY)
    {
        int longest = 0;
        for (int y = fromY; y < fromY + 14; y++)
        {
            int run = 0;
            for (int x = 0; x < picture.Width; x++)
            {
                run = At(picture, x, y) == (0, 0, 0) ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return longest;
    }
}
