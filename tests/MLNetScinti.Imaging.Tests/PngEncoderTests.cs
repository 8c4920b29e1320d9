using System.IO.Compression;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class PngEncoderTests
{
    [Fact]
    public void TheSamplesComeBackOutOfTheFile()
    {
        byte[] samples = [.. Enumerable.Range(0, 5 * 4 * 3).Select(i => (byte)(i * 7))];
        byte[] file = PngEncoder.Encode(new PngImage(5, 4, 3, samples));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], file[..4]);
        // Signature 8, IHDR 25 bytes, then length and type of IDAT.
        int length = (file[33] << 24) | (file[34] << 16) | (file[35] << 8) | file[36];
        using ZLibStream zlib = new(new MemoryStream(file, 41, length), CompressionMode.Decompress);
        using MemoryStream raw = new();
        zlib.CopyTo(raw);
        byte[] lines = raw.ToArray();
        Assert.Equal(4 * 16, lines.Length);
        Assert.Equal(samples, Enumerable.Range(0, 4).SelectMany(y => lines.Skip((y * 16) + 1).Take(15)));
        // The check sum of the empty end chunk is always the same.
        Assert.Equal([0xAE, 0x42, 0x60, 0x82], file[^4..]);
    }

    [PeerFact("python:PIL")]
    public void AnotherReaderAcceptsTheFile()
    {
        string path = Path.GetTempFileName();
        try
        {
            PngEncoder.Save(PngImage.Draw([0, 1, 2, 3, 4, 5], new ImageShape(2, 3), ColourMap.Hot, 0, 5), path);
            (int code, string output, string error) = Peer.Run(
                Peer.Python, "-c", $"from PIL import Image\np = Image.open(r'{path}', formats=['PNG'])\np.load()\nprint(p.size, p.mode, p.getpixel((2, 1)))");
            Assert.True(code == 0, error);
            Assert.Equal("(3, 2) RGB (255, 255, 255)", output.Trim());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ColoursRunFromTheLowToTheHighEnd()
    {
        Assert.Equal([255, 128, 0, 255], PngImage.Draw([0, 5, 20, float.NaN], new ImageShape(1, 4), ColourMap.InverseGrey, 0, 10).Samples.Select(x => (int)x is 127 ? 128 : x));
        Assert.Equal((0, 0, 0), ColourMaps.ColourOf(ColourMap.Hot, 0));
        Assert.Equal((255, 0, 0), ColourMaps.ColourOf(ColourMap.Hot, 1f / 3));
        Assert.Equal((255, 255, 255), ColourMaps.ColourOf(ColourMap.Hot, 1));
    }

    /// <summary>In CIE L*, for the eye with all receptors and, by the red-green-blind matrix of Viénot et al. 1999, without the red ones.</summary>
    [Fact]
    public void HeatGetsLighterInEvenStepsForEveryEye()
    {
        foreach (bool redBlind in (bool[])[false, true])
        {
            double[] lightness = [.. Enumerable.Range(0, 101).Select(i => Lightness(ColourMaps.ColourOf(ColourMap.Heat, i / 100f), redBlind))];
            Assert.Equal(0, lightness[0], 1e-9);
            Assert.True(lightness[^1] > 90);
            // In the black end steps are small: eight bits hold few violets that dark.
            Assert.All(lightness.Zip(lightness[5..]), pair => Assert.InRange(pair.Second - pair.First, 0.5, 7));
            Assert.All(lightness[10..].Zip(lightness[15..]), pair => Assert.InRange(pair.Second - pair.First, 3, 7));
        }

        static double Lightness((byte Red, byte Green, byte Blue) colour, bool redBlind)
        {
            static double Linear(byte value) => Math.Pow(value / 255.0, 2.2);
            (double r, double g, double b) = (Linear(colour.Red), Linear(colour.Green), Linear(colour.Blue));
            (r, g) = redBlind ? ((0.11238 * r) + (0.88762 * g), (0.11238 * r) + (0.88762 * g)) : (r, g);
            double y = (0.2126 * r) + (0.7152 * g) + (0.0722 * b);
            return y > 0.008856 ? (116 * Math.Cbrt(y)) - 16 : 903.3 * y;
        }
    }

    [Fact]
    public void PicturesAreEnlargedAndPutSideBySide()
    {
        PngImage small = new(2, 1, 1, [10, 20]);
        PngImage large = small.Enlarge(2);
        Assert.Equal([10, 10, 20, 20, 10, 10, 20, 20], large.Samples);
        PngImage row = PngImage.SideBySide([large, small], gap: 1, background: 7);
        Assert.Equal([10, 10, 20, 20, 7, 10, 20, 10, 10, 20, 20, 7, 7, 7], row.Samples);
    }
}
