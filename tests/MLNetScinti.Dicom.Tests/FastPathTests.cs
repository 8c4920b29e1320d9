using System.Buffers.Binary;
using FellowOakDicom;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What is done many values at a time gives what one by one gives.</summary>
public sealed class FastPathTests
{
    [Fact]
    public void PixelsAreConvertedAsOneByOneToTheBit()
    {
        Gen<(PixelFormat Format, ValueScaling Scaling, byte[] Bytes)> conversions =
            from allocated in Gen.Elements(8, 16, 16, 32)
            from stored in Gen.OneOf(Gen.Constant(allocated), Gen.Choose(1, allocated))
            from shift in Gen.Choose(0, allocated - stored)
            from signed in Gen.Elements(true, false)
            from padding in Gen.Choose(-40, 40)
            from range in Gen.Choose(-1, 30)
            from scaling in Gen.Elements(ValueScaling.Identity, new ValueScaling(0.1, 0, ""), new ValueScaling(1.0 / 3, -1024.7, ""), new ValueScaling(1, 1e-9, ""))
            from pixels in Gen.Choose(0, 150)
            from bytes in Gen.Choose(0, 255).ArrayOf(pixels * allocated / 8)
            select (new PixelFormat(allocated, stored, shift, signed, range < 0 ? null : padding, range < 0 ? null : padding + range), scaling, Array.ConvertAll(bytes, value => (byte)value));
        Prop.ForAll(conversions.ToArbitrary(), drawn =>
        {
            PixelConversion conversion = new(drawn.Format, drawn.Scaling, -7);
            float[] together = new float[drawn.Bytes.Length / drawn.Format.BytesPerSample], single = new float[together.Length];
            double total = 5;
            long paddedTogether = conversion.Convert(drawn.Bytes, together, ref total), paddedSingle = conversion.OneByOne(drawn.Bytes, single);
            Assert.Equal(Array.ConvertAll(single, BitConverter.SingleToInt32Bits), Array.ConvertAll(together, BitConverter.SingleToInt32Bits));
            Assert.Equal(paddedSingle, paddedTogether);
            Assert.Equal(5 + single.Sum(value => (double)value), total, 1e-6 * (1 + single.Sum(value => Math.Abs((double)value))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Theory]
    [InlineData(1.0 / 3)]
    [InlineData(0.1)]
    [InlineData(0.0011374)]
    [InlineData(1.5)]
    [InlineData(65535.0 / 1277.37)]
    [InlineData(1.0000000596046448)] // 1 + 2^-24: half of all products lie in the middle between two floats
    [InlineData(1.0000000596046450)]
    [InlineData(1.00390625)] // 9 bits, and the product of 16 and 9 takes 25: half of them lie in the middle
    [InlineData(1.0000000000000002)] // what the first 8 bits leave over is smaller than a rounding
    [InlineData(1.0078124999999998)]
    [InlineData(1.9921875)]
    [InlineData(3.3e-19)]
    public void EveryWordTimesASlopeIsRoundedAsInDoublePrecision(double slope)
    {
        ushort[] words = [.. Enumerable.Range(0, 65536).Select(value => (ushort)value)];
        float[] values = new float[words.Length];
        double total = 0;
        new PixelConversion(new PixelFormat(16, 16, 0, false, null, null), new ValueScaling(slope, 0, ""), 0).Convert(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()), values, ref total);
        Assert.Equal(Array.ConvertAll(words, word => BitConverter.SingleToInt32Bits((float)(word * slope))), Array.ConvertAll(values, BitConverter.SingleToInt32Bits));
        Assert.Equal(65535.0 * 32768 * slope, total, 1e-9 * total);

        total = 0;
        new PixelConversion(new PixelFormat(16, 16, 0, true, null, null), new ValueScaling(slope, 0, ""), 0).Convert(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()), values, ref total);
        Assert.Equal(Array.ConvertAll(words, word => BitConverter.SingleToInt32Bits((float)((short)word * slope))), Array.ConvertAll(values, BitConverter.SingleToInt32Bits));
        Assert.Equal(-32768 * slope, total, 1e-9 * 32768 * slope);
    }

    [Fact]
    public void AnySlopeIsRoundedAsInDoublePrecision()
    {
        Random random = new(9);
        ushort[] words = [.. Enumerable.Range(0, 4096).Select(value => (ushort)(65535 - (value * 16)))];
        float[] values = new float[words.Length];
        for (int run = 0; run < 2000; run++)
        {
            double slope = Math.ScaleB(1 + random.NextDouble(), random.Next(-60, 60)), total = 0;
            new PixelConversion(new PixelFormat(16, 16, 0, false, null, null), new ValueScaling(slope, 0, ""), 0).Convert(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()), values, ref total);
            Assert.Equal(-1, Array.FindIndex(words, word => values[(65535 - word) / 16] != (float)(word * slope)));
        }
    }

    [Fact]
    public void TheValuesOfAnEarlierImageAreOverwrittenWhereTheyFit()
    {
        using TemporaryFolder folder = new();
        string small = HandMadeFile.Image("NM", 2).Save(folder, "small.dcm"), large = HandMadeFile.Image("NM", 3).Save(folder, "large.dcm");
        ScintigraphyImage first = Phantoms.Reader.Read(large);
        float[] expected = [.. first.Values];
        Array.Fill(first.Values, -1);

        ScintigraphyImage again = Phantoms.Reader.Read(large, first.Values);
        Assert.Same(first.Values, again.Values);
        Assert.Equal(expected, again.Values);
        Assert.Equal(expected[..24], Phantoms.Reader.Read(small, first.Values).Values);
        Assert.Equal(expected, first.Values);
    }

    [Fact]
    public void ImagesOfAnySizeAreReadIntoMemoryThatIsLent()
    {
        using TemporaryFolder folder = new();
        PixelMemory memory = new();
        foreach (int frames in (int[])[3, 5, 2, 5])
        {
            string file = HandMadeFile.Image("NM", frames).Save(folder, $"{frames}.dcm");
            ScintigraphyImage alone = Phantoms.Reader.Read(file), lent = Phantoms.Reader.Read(file, memory);
            Assert.Equal(alone.Values, lent.AsSpan().ToArray());
            Assert.Equal((alone.Total, alone.Maximum, alone.Minimum), (lent.Total, lent.Maximum, lent.Minimum));
            Assert.Equal(alone.Frame(frames - 1).ToArray(), lent.Frame(frames - 1).ToArray());
            // Whoever asks for an array of the values gets one of their own.
            float[] kept = lent.Values;
            Assert.Equal(alone.Values, kept);
            _ = Phantoms.Reader.Read(folder.File("3.dcm"), memory);
            Assert.Equal(alone.Values, kept);
        }
    }

    [Fact]
    public void FramesLargerThanABlockAreReadWhole()
    {
        // 300 x 500 pixels of 16 bits are more than the 256 KiB that are copied at a time, and not a multiple of it.
        using TemporaryFolder folder = new();
        ushort[] pixels = [.. Enumerable.Range(0, 2 * 300 * 500).Select(value => (ushort)(value * 7919))];
        string file = HandMadeFile.Image("NM", 2).With(DicomTag.Rows, (ushort)300).With(DicomTag.Columns, (ushort)500).WithPixels(pixels).Save(folder);
        Assert.Equal(Array.ConvertAll(pixels, value => (float)value), Phantoms.Reader.Read(file).Values);
    }

    [Fact]
    public void TheTotalIsExactForCountsAndClosePastThem()
    {
        Random random = new(5);
        ushort[] counts = [.. Enumerable.Range(0, 300 * 500).Select(_ => (ushort)random.Next(65536))];
        using TemporaryFolder folder = new();
        string file = HandMadeFile.Image("NM", 1).With(DicomTag.Rows, (ushort)300).With(DicomTag.Columns, (ushort)500).WithPixels(counts).Save(folder);
        Assert.Equal(counts.Sum(count => (long)count), Phantoms.Reader.Read(file).Total);

        string scaled = HandMadeFile.Image("NM", 1).With(DicomTag.Rows, (ushort)300).With(DicomTag.Columns, (ushort)500).WithPixels(counts)
            .With(DicomTag.RescaleSlope, "0.1").With(DicomTag.RescaleIntercept, "-3").Save(folder);
        ScintigraphyImage image = Phantoms.Reader.Read(scaled);
        double oneByOne = image.Values.Aggregate(0.0, (sum, value) => sum + value);
        Assert.Equal(oneByOne, image.Total, 1e-12 * Math.Abs(oneByOne));
    }

    private static void WriteMark(Span<byte> mark, ushort element, bool little)
    {
        if (little)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(mark, 0xFFFE);
            BinaryPrimitives.WriteUInt16LittleEndian(mark[2..], element);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(mark, 0xFFFE);
            BinaryPrimitives.WriteUInt16BigEndian(mark[2..], element);
        }

        mark[4..].Fill(0xFF);
    }
}
