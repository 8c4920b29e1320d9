using System.Buffers.Binary;
using System.IO.Compression;
using FsCheck.Fluent;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class NiftiImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-nifti-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        ImageProperties.Check(Gen.Choose(0, int.MaxValue), seed =>
        {
            CounterRandom random = new((ulong)seed, 0, 0, "nifti");
            SpatialMap turn = SpatialMap.Rotate(new(random.NextDouble(-180, 180), random.NextDouble(-90, 90), random.NextDouble(-180, 180)));
            // Every other one is sheared, as a tilted gantry makes it, and every third one runs the other way.
            Point3 section = new(0, random.NextBoolean() ? Math.Tan(random.NextDouble(-0.4, 0.4)) : 0, random.NextInt32(3) == 0 ? -1 : 1);
            ImageGeometry geometry = ImageGeometry.Axial(random.NextInt32(1, 6), random.NextInt32(1, 6), random.NextInt32(1, 6), random.NextDouble(0.3, 5), random.NextDouble(0.3, 8)) with
            {
                RowDirection = turn.Turn(new(1, 0, 0)),
                ColumnDirection = turn.Turn(new(0, 1, 0)),
                SectionDirection = turn.Turn(1 / section.Length * section),
                Origin = new(random.NextDouble(-300, 300), random.NextDouble(-300, 300), random.NextDouble(-900, 900)),
            };
            Volume volume = new(geometry, ImageProperties.Noise(geometry.Shape, (ulong)seed));
            string path = Path.Combine(_folder, random.NextBoolean() ? "one.nii" : "one.nii.gz");
            NiftiImage.Save(path, volume, "test");
            NiftiImage read = NiftiImage.Load(path);
            ImageGeometry found = read.Volume.Geometry;
            return read.SidesAreKnown && read.Warnings.Count == 0 && read.Volume.Voxels.AsSpan().SequenceEqual(volume.Voxels) && found.Shape == geometry.Shape
                && new[] { (0, 0, 0), (5, 0, 0), (0, 5, 0), (0, 0, 5) }.All(at => (geometry.PositionOf(at.Item1, at.Item2, at.Item3) - found.PositionOf(at.Item1, at.Item2, at.Item3)).Length < 1e-3);
        });
    }

    [Theory]
    [InlineData(NiftiNumber.Byte, 1, 0)]
    [InlineData(NiftiNumber.Int16, 1, 0)]
    [InlineData(NiftiNumber.Int16, 0.5, -1000)]
    [InlineData(NiftiNumber.Single, -2, 7)]
    public void NumbersAreWrittenWithASlopeAndAnIntercept(NiftiNumber number, double slope, double intercept)
    {
        ImageGeometry geometry = ImageGeometry.Axial(4, 3, 2, 1, 1);
        Volume volume = new(geometry, [.. Enumerable.Range(0, 24).Select(i => (float)(2 * i))]);
        using MemoryStream stream = new();
        NiftiImage.Encode(stream, volume, "test", number, slope, intercept);
        stream.Position = 0;
        Assert.Equal(volume.Voxels, NiftiImage.Decode(stream).Volume.Voxels);
    }

    [Fact]
    public void WhatTheFormatCannotSayIsNotWritten()
    {
        Volume volume = new(ImageGeometry.Axial(2, 1, 1, 1, 1), [1, 256]);
        Assert.Throws<ArgumentException>(() => NiftiImage.Encode(Stream.Null, volume, "", NiftiNumber.Byte));
        Assert.Throws<ArgumentException>(() => NiftiImage.Encode(Stream.Null, volume, "", slope: 0));
        volume.Voxels[0] = float.NaN;
        Assert.Throws<ArgumentException>(() => NiftiImage.Encode(Stream.Null, volume, ""));
        Assert.Throws<ArgumentException>(() => NiftiImage.Encode(Stream.Null, new Volume(ImageGeometry.Axial(40000, 1, 1, 1, 1)), ""));
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(1280, true)]
    [InlineData(8, true)]
    [InlineData(64, true)]
    [InlineData(4, true)]
    public void WholeAndRealNumbersInBothOrdersOfBytes(short type, bool big)
    {
        short[] values = [.. Enumerable.Range(0, 24).Select(i => (short)((i * 100) - (type == 1280 ? 0 : 1024)))];
        NiftiImage read = NiftiImage.Decode(new MemoryStream(Made(values, type, big)));
        Assert.Equal(values.Select(value => (float)value), read.Volume.Voxels);
        Assert.False(read.SidesAreKnown);
        Assert.Contains("knows them", Assert.Single(read.Warnings), StringComparison.Ordinal);
        Assert.Equal((2, 3, 4), (read.Volume.Geometry.ColumnSpacing, read.Volume.Geometry.RowSpacing, read.Volume.Geometry.SectionSpacing));
    }

    [Fact]
    public void MetresAndMicrometresBecomeMillimetres()
    {
        byte[] file = Encoded(new Volume(ImageGeometry.Axial(4, 3, 2, 0.002, 0.003)));
        file[123] = 1;
        Assert.Equal(2, NiftiImage.Decode(new MemoryStream(file)).Volume.Geometry.ColumnSpacing, 1e-6);
        file[123] = 0;
        Assert.Equal(0.002, NiftiImage.Decode(new MemoryStream(file)).Volume.Geometry.ColumnSpacing, 1e-9);
        // Time is counted in its upper bits.
        file[123] = 8 + 1;
        Assert.Equal(3, NiftiImage.Decode(new MemoryStream(file)).Volume.Geometry.SectionSpacing, 1e-6);
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsToldAndWhatIsDamagedIsRefused()
    {
        byte[] file = Encoded(new Volume(ImageGeometry.Axial(4, 3, 2, 2, 3)));
        byte[] shifted = [.. file];
        BinaryPrimitives.WriteSingleLittleEndian(shifted.AsSpan(268), 55);
        Assert.Contains("the affine was believed", Assert.Single(NiftiImage.Decode(new MemoryStream(shifted)).Warnings), StringComparison.Ordinal);
        Assert.Contains("13 bytes follow", Assert.Single(NiftiImage.Decode(new MemoryStream([.. file, .. new byte[13]])).Warnings), StringComparison.Ordinal);
        Assert.Contains("ends before its last voxel", Refused(file[..^1]), StringComparison.Ordinal);
        byte[] notANumber = [.. file];
        BinaryPrimitives.WriteSingleLittleEndian(notANumber.AsSpan(352 + 8), float.NaN);
        Assert.Contains("found NaN at voxel 2", Refused(notANumber), StringComparison.Ordinal);
        byte[] series = [.. file];
        (series[40], series[48]) = (4, 5);
        Assert.Contains("found 4 x 3 x 2 x 5", Refused(series), StringComparison.Ordinal);
        byte[] endless = [.. file];
        (endless[42], endless[43], endless[44], endless[45], endless[46], endless[47]) = (255, 127, 255, 127, 255, 127);
        Assert.Contains("at most", Refused(endless), StringComparison.Ordinal);
        string path = Path.Combine(_folder, "bad.nii");
        File.WriteAllBytes(path, series);
        Assert.StartsWith(path, Assert.Throws<NiftiException>(() => NiftiImage.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyDamagedHeaderIsReadOrRefusedByNameAndTakesNoMemory()
    {
        byte[] file = Encoded(new Volume(ImageGeometry.Axial(4, 3, 2, 2, 3)));
        ImageProperties.Check(Gen.Choose(0, int.MaxValue), seed =>
        {
            CounterRandom random = new((ulong)seed, 0, 0, "damage");
            byte[] damaged = [.. file];
            for (int times = random.NextInt32(1, 6); times > 0; times--)
            {
                damaged[random.NextInt32(damaged.Length)] = (byte)random.NextUInt32();
            }

            return Holds(random.NextBoolean() ? damaged : Zipped(damaged));
        }, runs: 400);
        // A header that claims two thousand million bytes, and none behind it.
        (file[42], file[43], file[44], file[45], file[46], file[47]) = (0, 4, 0, 4, 0, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(Holds(file) && Holds(Zipped(file)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20);

        static bool Holds(byte[] bytes)
        {
            try
            {
                _ = NiftiImage.Decode(new MemoryStream(bytes));
                return true;
            }
            catch (NiftiException problem)
            {
                return !problem.Message.Contains('\n', StringComparison.Ordinal);
            }
        }
    }

    [DataFact("ct-kidney/example_ct_sm.nii.gz", "ct-kidney/kidney_left.nii.gz")]
    public void ARealCtAndItsMasksLieOnOneGrid()
    {
        NiftiImage ct = NiftiImage.Load(TestData.Path("ct-kidney/example_ct_sm.nii.gz"));
        Assert.True(ct.SidesAreKnown);
        Assert.Empty(ct.Warnings);
        Assert.Equal(new ImageShape(30, 101, 122), ct.Volume.Shape);
        Assert.Equal((-1100f, 1207f), (ct.Volume.Voxels.Min(), ct.Volume.Voxels.Max()));
        // RAS (-177.956, 11.319, 94.302), columns to the right: LPS has the first two turned round.
        Assert.True((ct.Volume.Geometry.Origin - new Point3(177.95632934570312, -11.319000244140625, 94.3017578125)).Length < 1e-9);
        Assert.Equal(new Point3(-1, 0, 0), ct.Volume.Geometry.RowDirection);
        using FileStream stream = File.OpenRead(TestData.Path("ct-kidney/kidney_left.nii.gz"));
        NiftiLabels left = NiftiLabels.Decode(stream);
        Assert.Equal(ct.Volume.Geometry, left.Geometry);
        // The left one lies on the left: at higher X.
        double x = left.Labels.Index().Where(one => one.Item > 0).Average(one => left.Geometry!.PositionOf(one.Index % 122, 0, 0).X);
        Assert.True(x > ct.Volume.Geometry.PositionOf(60.5, 0, 0).X);
    }

    [DataFact("kidney-masks/case_00015.nii.gz")]
    public void RealMasksAreReadWithTheirSides()
    {
        foreach (string path in Directory.GetFiles(TestData.Path("kidney-masks"), "*.nii.gz"))
        {
            using FileStream stream = File.OpenRead(path);
            NiftiLabels mask = NiftiLabels.Decode(stream);
            Assert.Equal((512, 512), (mask.Shape.Sections, mask.Shape.Rows));
            // Stored sections first: a column is one of the patient's sections.
            Assert.True(Math.Abs(mask.Geometry!.RowDirection.Z) > 0.999);
            Assert.All(mask.Labels, label => Assert.True(label <= 2));
        }
    }

    private static string Refused(byte[] file)
    {
        string message = Assert.Throws<NiftiException>(() => NiftiImage.Decode(new MemoryStream(file))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static byte[] Encoded(Volume volume)
    {
        using MemoryStream stream = new();
        NiftiImage.Encode(stream, volume, "test");
        return stream.ToArray();
    }

    private static byte[] Zipped(byte[] plain)
    {
        using MemoryStream file = new();
        using (GZipStream zip = new(file, CompressionLevel.Fastest))
        {
            zip.Write(plain);
        }

        return file.ToArray();
    }

    /// <summary>A volume of 4 x 3 x 2 in a type of number and an order of bytes, which knows of no coordinates.</summary>
    private static byte[] Made(short[] values, short type, bool big)
    {
        int size = type switch { 4 => 2, 8 => 4, _ => 8 };
        byte[] file = new byte[352 + (values.Length * size)];
        void Put(int at, ReadOnlySpan<byte> little)
        {
            little.CopyTo(file.AsSpan(at));
            if (big)
            {
                file.AsSpan(at, little.Length).Reverse();
            }
        }

        Put(0, BitConverter.GetBytes(348));
        foreach ((int i, short number) in new short[] { 3, 4, 3, 2, 1, 1, 1, 1 }.Index())
        {
            Put(40 + (2 * i), BitConverter.GetBytes(number));
        }

        Put(70, BitConverter.GetBytes(type));
        foreach ((int i, float number) in new float[] { 1, 2, 3, 4 }.Index())
        {
            Put(76 + (4 * i), BitConverter.GetBytes(number));
        }

        Put(108, BitConverter.GetBytes(352f));
        "n+1"u8.CopyTo(file.AsSpan(344));
        foreach ((int i, short value) in values.Index())
        {
            Put(352 + (i * size), type switch { 4 => BitConverter.GetBytes(value), 8 => BitConverter.GetBytes((int)value), 64 => BitConverter.GetBytes((double)value), _ => BitConverter.GetBytes((long)value) });
        }

        return file;
    }
}
