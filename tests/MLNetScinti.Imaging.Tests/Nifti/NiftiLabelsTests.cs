using System.Buffers.Binary;
using System.IO.Compression;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class NiftiLabelsTests
{
    private static readonly ImageGeometry s_oblique = ImageGeometry.Axial(5, 4, 3, 2, 3) with { RowDirection = new(0.6, 0.8, 0), ColumnDirection = new(-0.8, 0.6, 0), Origin = new(-12, 7, 30) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsWrittenIsReadBackWithItsPlace(bool byQuaternion)
    {
        foreach (ImageGeometry geometry in (ImageGeometry[])[s_oblique, s_oblique with { SectionDirection = new(0, 0, -1) }])
        {
            byte[] labels = [.. Enumerable.Range(0, 60).Select(at => (byte)(at % 3))];
            byte[] plain = Plain(NiftiLabels.Encode(labels, geometry, "test"));
            if (byQuaternion)
            {
                plain[254] = 0;
            }

            NiftiLabels read = NiftiLabels.Decode(new MemoryStream(plain));
            Assert.Equal(labels, read.Labels);
            Assert.Equal(geometry.Shape, read.Shape);
            foreach ((int column, int row, int section) in ((int, int, int)[])[(0, 0, 0), (4, 0, 0), (0, 3, 0), (0, 0, 2), (4, 3, 2)])
            {
                Assert.True((geometry.PositionOf(column, row, section) - read.Geometry!.PositionOf(column, row, section)).Length < 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(256, false)]
    [InlineData(4, true)]
    [InlineData(512, false)]
    [InlineData(8, true)]
    [InlineData(768, false)]
    [InlineData(16, true)]
    [InlineData(64, false)]
    public void EveryTypeOfNumberAndBothOrdersOfBytesAreRead(short type, bool big)
    {
        byte[] labels = [.. Enumerable.Range(0, 60).Select(at => (byte)(at % 100))];
        Assert.Equal(labels, NiftiLabels.Decode(new MemoryStream(Made(labels, type, big))).Labels);
        // A slope and an intercept: stored halves of labels from 1 on.
        byte[] scaled = Made([.. labels.Select(label => (byte)(label / 2))], type, big);
        Float(scaled, 112, 2, big);
        Float(scaled, 116, 1, big);
        Assert.Equal(labels.Select(label => (byte)((2 * (label / 2)) + 1)), NiftiLabels.Decode(new MemoryStream(scaled)).Labels);
    }

    [Fact]
    public void AMapThatKnowsNoCoordinatesHasNoPlaceAndAPlanarOneHasOneSection()
    {
        byte[] plain = Plain(NiftiLabels.Encode(new byte[60], s_oblique, "test"));
        (plain[252], plain[254]) = (0, 0);
        Assert.Null(NiftiLabels.Decode(new MemoryStream(plain)).Geometry);
        plain[40] = 2;
        (plain[42], plain[44], plain[46]) = (12, 5, 77);
        Assert.Equal(new ImageShape(1, 5, 12), NiftiLabels.Decode(new MemoryStream(plain)).Shape);
    }

    [Theory]
    [InlineData(0, 0x1C, "found another format")]
    [InlineData(344, 0x78, "found another format")]
    [InlineData(345, 0x69, "whose voxels are in another")]
    [InlineData(40, 9, "expected one map")]
    [InlineData(43, 0x80, "expected one map")]
    [InlineData(70, 32, "found data type 32")]
    [InlineData(111, 0xC0, "behind the header")]
    [InlineData(42, 6, "ends before its last voxel")]
    [InlineData(42, 0, "expected one map")]
    [InlineData(283, 0x7F, "coordinates are impossible")]
    public void WhatIsNoLabelMapIsRefusedInOneLine(int at, byte value, string expected)
    {
        byte[] plain = Plain(NiftiLabels.Encode(new byte[60], s_oblique, "test"));
        plain[at] = value;
        if (at == 345)
        {
            plain[346] = 0x31;
        }

        string message = Assert.Throws<NiftiException>(() => NiftiLabels.Decode(new MemoryStream(plain))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void ValuesThatAreNoLabelsAndDamagedCompressionAreRefused()
    {
        byte[] halves = Made(new byte[60], 16, big: false);
        Float(halves, 352 + (4 * 7), 1.5f, big: false);
        Assert.Contains("found 1.5 at voxel 7", Assert.Throws<NiftiException>(() => NiftiLabels.Decode(new MemoryStream(halves))).Message, StringComparison.Ordinal);
        Float(halves, 352 + (4 * 7), float.NaN, big: false);
        Assert.Throws<NiftiException>(() => NiftiLabels.Decode(new MemoryStream(halves)));
        byte[] zipped = NiftiLabels.Encode(new byte[60], s_oblique, "test");
        Assert.Throws<NiftiException>(() => NiftiLabels.Decode(new MemoryStream(zipped[..(zipped.Length / 2)])));
        for (int at = 0; at < zipped.Length; at++)
        {
            byte[] damaged = [.. zipped];
            damaged[at] ^= 0x55;
            // Any byte: read, or refused by name; nothing else.
            _ = Record.Exception(() => NiftiLabels.Decode(new MemoryStream(damaged))) is var problem && problem is null or NiftiException ? 0 : throw new InvalidOperationException($"byte {at}", problem);
        }

        Assert.Throws<ArgumentException>(() => NiftiLabels.Encode(new byte[59], s_oblique, "test"));
    }

    private static byte[] Plain(byte[] zipped)
    {
        using GZipStream zip = new(new MemoryStream(zipped), CompressionMode.Decompress);
        using MemoryStream plain = new();
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static void Float(byte[] file, int at, float value, bool big)
    {
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(at), value);
        if (big)
        {
            file.AsSpan(at, 4).Reverse();
        }
    }

    /// <summary>A map of 5 x 4 x 3 in a type of number and an order of bytes.</summary>
    private static byte[] Made(byte[] labels, short type, bool big)
    {
        int size = type switch { 2 or 256 => 1, 4 or 512 => 2, 64 => 8, _ => 4 };
        byte[] file = new byte[352 + (labels.Length * size)];
        BinaryPrimitives.WriteInt32LittleEndian(file, 348);
        short[] numbers = [3, 5, 4, 3, 1, 1, 1, 1];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(40 + (2 * i)), numbers[i]);
        }

        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(70), type);
        if (big)
        {
            file.AsSpan(0, 4).Reverse();
            for (int at = 40; at < 56; at += 2)
            {
                file.AsSpan(at, 2).Reverse();
            }

            file.AsSpan(70, 2).Reverse();
        }

        Float(file, 108, 352, big);
        "n+1"u8.CopyTo(file.AsSpan(344));
        for (int i = 0; i < labels.Length; i++)
        {
            Span<byte> value = file.AsSpan(352 + (i * size), size);
            switch (type)
            {
                case 16:
                    BinaryPrimitives.WriteSingleLittleEndian(value, labels[i]);
                    break;
                case 64:
                    BinaryPrimitives.WriteDoubleLittleEndian(value, labels[i]);
                    break;
                default:
                    value[0] = labels[i];
                    break;
            }

            if (big)
            {
                value.Reverse();
            }
        }

        return file;
    }
}
