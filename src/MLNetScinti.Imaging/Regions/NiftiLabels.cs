using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>Bytes that are no label map in NIfTI-1. The message is one line: what was expected, what was found.</summary>
public sealed class NiftiException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NiftiException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public NiftiException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// A label map as NIfTI-1 (single file, gzip or plain), which every medical viewer reads. NIfTI's axes run to the right, the front and
/// the head (RAS), DICOM's to the left, the back and the head: both transforms of the header say so, and the voxels stay in their order.
/// </summary>
/// <param name="Labels">A label for each voxel, ordered as a volume's voxels.</param>
/// <param name="Shape">[sections, rows, columns]; one section for a planar map.</param>
/// <param name="Geometry">Where the voxels are; null where the file says of no coordinates that it knows them.</param>
public sealed record NiftiLabels(byte[] Labels, ImageShape Shape, ImageGeometry? Geometry)
{
    private const int HeaderLength = 348;
    private const int DataOffset = 352;
    private const short UnsignedByte = 2;
    private const short ScannerCoordinates = 1;
    private const long MostVoxels = 1L << 30;

    /// <summary>The bytes of a gzip file. The same map gives the same bytes.</summary>
    /// <param name="labels">A label for each voxel, ordered as a volume's voxels.</param>
    /// <param name="geometry">Where the voxels are.</param>
    /// <param name="description">What it is, in at most 79 ASCII characters.</param>
    /// <exception cref="ArgumentException">There are more or fewer labels than voxels.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> labels, ImageGeometry geometry, string description)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        if (labels.Length != geometry.Shape.Length)
        {
            throw new ArgumentException($"A mask of {geometry.Shape} holds {geometry.Shape.Length} labels, found {labels.Length}.", nameof(labels));
        }

        using MemoryStream file = new();
        using (GZipStream zip = new(file, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(Header(geometry, description));
            zip.Write(labels);
        }

        return file.ToArray();
    }

    /// <summary>Reads a label map from a stream that can be wound back; what the header claims is not believed before the voxels are there.</summary>
    /// <exception cref="NiftiException">It is none: another format, values that are no labels from 0 to 255, an end before the last voxel.</exception>
    public static NiftiLabels Decode(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long start = stream.Position;
        bool zipped = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        try
        {
            using GZipStream? zip = zipped ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
            return Read(zip ?? stream);
        }
        catch (EndOfStreamException problem)
        {
            throw new NiftiException("the file ends before its last voxel: copy it again.", problem);
        }
        catch (InvalidDataException problem)
        {
            throw new NiftiException("the file's compression is damaged: copy it again.", problem);
        }
    }

    private static NiftiLabels Read(Stream stream)
    {
        byte[] header = new byte[HeaderLength];
        stream.ReadExactly(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        bool little = length == HeaderLength;
        if (!little && BinaryPrimitives.ReverseEndianness(length) != HeaderLength)
        {
            throw new NiftiException(length == 540 || BinaryPrimitives.ReverseEndianness(length) == 540
                ? "expected NIfTI-1, found NIfTI-2: export it as NIfTI-1."
                : "expected a NIfTI-1 file, found another format.");
        }

        if (Encoding.ASCII.GetString(header, 344, 3) is var magic && magic != "n+1")
        {
            throw new NiftiException(magic == "ni1" ? "expected header and voxels in one file (.nii or .nii.gz), found a header whose voxels are in another." : "expected a NIfTI-1 file, found another format.");
        }

        short Short(int at) => little ? BinaryPrimitives.ReadInt16LittleEndian(header.AsSpan(at)) : BinaryPrimitives.ReadInt16BigEndian(header.AsSpan(at));
        float Single(int at) => little ? BinaryPrimitives.ReadSingleLittleEndian(header.AsSpan(at)) : BinaryPrimitives.ReadSingleBigEndian(header.AsSpan(at));
        int dimensions = Short(40);
        int[] extents = [.. Enumerable.Range(1, 7).Select(axis => axis <= dimensions ? Short(40 + (2 * axis)) : 1)];
        if (dimensions is < 2 or > 7 || extents.Any(extent => extent < 1) || extents.Skip(3).Any(extent => extent != 1) || (long)extents[0] * extents[1] * extents[2] > MostVoxels)
        {
            throw new NiftiException($"expected one map of two or three dimensions, found {string.Join(" x ", extents.Take(Math.Clamp(dimensions, 1, 7)))}.");
        }

        ImageShape shape = new(extents[2], extents[1], extents[0]);
        float offset = Single(108);
        if (!(offset is >= HeaderLength and < 1 << 24))
        {
            throw new NiftiException(string.Create(CultureInfo.InvariantCulture, $"expected voxels behind the header, found them at byte {offset}."));
        }

        for (long skipped = HeaderLength; skipped < (long)offset; skipped++)
        {
            if (stream.ReadByte() < 0)
            {
                throw new EndOfStreamException();
            }
        }

        (float slope, float intercept) = (Single(112), Single(116));
        (double factor, double addend) = slope != 0 && float.IsFinite(slope) && float.IsFinite(intercept) ? (slope, intercept) : (1, 0);
        return new NiftiLabels(Voxels(stream, shape.Length, Short(70), little, factor, addend), shape, Place(shape, Short, Single));
    }

    // Grown as voxels come: a header that lies about its extents costs nothing.
    private static byte[] Voxels(Stream stream, int count, short type, bool little, double factor, double addend)
    {
        int size = type switch
        {
            2 or 256 => 1,
            4 or 512 => 2,
            8 or 768 or 16 => 4,
            64 => 8,
            _ => throw new NiftiException($"expected whole numbers or real ones of 8 to 64 bits, found data type {type}."),
        };
        ArrayBufferWriter<byte> labels = new();
        byte[] piece = new byte[1 << 16];
        for (int done = 0; done < count;)
        {
            int some = Math.Min(count - done, piece.Length / size);
            Span<byte> bytes = piece.AsSpan(0, some * size);
            stream.ReadExactly(bytes);
            Span<byte> into = labels.GetSpan(some);
            for (int i = 0; i < some; i++)
            {
                Span<byte> raw = bytes.Slice(i * size, size);
                if (!little)
                {
                    raw.Reverse();
                }

                double stored = type switch
                {
                    2 => raw[0],
                    256 => (sbyte)raw[0],
                    4 => BinaryPrimitives.ReadInt16LittleEndian(raw),
                    512 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
                    8 => BinaryPrimitives.ReadInt32LittleEndian(raw),
                    768 => BinaryPrimitives.ReadUInt32LittleEndian(raw),
                    16 => BinaryPrimitives.ReadSingleLittleEndian(raw),
                    _ => BinaryPrimitives.ReadDoubleLittleEndian(raw),
                };
                double value = (stored * factor) + addend, label = Math.Round(value);
                into[i] = label is >= 0 and <= 255 && Math.Abs(value - label) < 1e-3
                    ? (byte)label
                    : throw new NiftiException(string.Create(CultureInfo.InvariantCulture, $"expected labels, whole numbers from 0 to 255, found {value} at voxel {done + i}."));
            }

            labels.Advance(some);
            done += some;
        }

        return labels.WrittenSpan.ToArray();
    }

    private static ImageGeometry? Place(ImageShape shape, Func<int, short> number, Func<int, float> real)
    {
        Point3 column, row, section, origin;
        if (number(254) > 0)
        {
            Point3 Axis(int at) => new(real(280 + at), real(296 + at), real(312 + at));
            (column, row, section, origin) = (Axis(0), Axis(4), Axis(8), Axis(12));
        }
        else if (number(252) > 0)
        {
            double b = real(256), c = real(260), d = real(264), a = Math.Sqrt(Math.Max(0, 1 - (b * b) - (c * c) - (d * d)));
            column = real(80) * new Point3((a * a) + (b * b) - (c * c) - (d * d), 2 * ((b * c) + (a * d)), 2 * ((b * d) - (a * c)));
            row = real(84) * new Point3(2 * ((b * c) - (a * d)), (a * a) + (c * c) - (b * b) - (d * d), 2 * ((c * d) + (a * b)));
            section = (real(76) < 0 ? -1 : 1) * real(88) * new Point3(2 * ((b * d) + (a * c)), 2 * ((c * d) - (a * b)), (a * a) + (d * d) - (b * b) - (c * c));
            origin = new Point3(real(268), real(272), real(276));
        }
        else
        {
            return null;
        }

        try
        {
            // Lps is its own way back.
            return new ImageGeometry
            {
                Columns = shape.Columns,
                Rows = shape.Rows,
                Sections = shape.Sections,
                ColumnSpacing = column.Length,
                RowSpacing = row.Length,
                SectionSpacing = section.Length,
                RowDirection = (1 / column.Length) * Lps(column),
                ColumnDirection = (1 / row.Length) * Lps(row),
                SectionDirection = (1 / section.Length) * Lps(section),
                Origin = Lps(origin),
            }.Checked();
        }
        catch (ArgumentException problem)
        {
            throw new NiftiException($"the file's coordinates are impossible: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    private static byte[] Header(ImageGeometry geometry, string description)
    {
        byte[] header = new byte[DataOffset];
        void Short(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(at), (short)value);
        void Single(int at, double value) => BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(at), (float)value);

        BinaryPrimitives.WriteInt32LittleEndian(header, HeaderLength);
        header[38] = (byte)'r';
        foreach ((int i, int extent) in new[] { 3, geometry.Columns, geometry.Rows, geometry.Sections, 1, 1, 1, 1 }.Index())
        {
            Short(40 + (2 * i), extent);
        }

        Short(70, UnsignedByte);
        Short(72, 8);
        (Point3 right, Point3 up, Point3 out3) = (Lps(geometry.RowDirection), Lps(geometry.ColumnDirection), Lps(geometry.SectionDirection));
        // A left-handed set of axes has its third one turned round, and says so in pixdim[0].
        double handed = right.Cross(up).Dot(out3) < 0 ? -1 : 1;
        foreach ((int i, double spacing) in new[] { handed, geometry.ColumnSpacing, geometry.RowSpacing, geometry.SectionSpacing }.Index())
        {
            Single(76 + (4 * i), spacing);
        }

        Single(108, DataOffset);
        Single(112, 1);
        // Millimetres.
        header[123] = 2;
        Encoding.ASCII.GetBytes(description, 0, Math.Min(79, description.Length), header, 148);
        Short(252, ScannerCoordinates);
        Short(254, ScannerCoordinates);
        (double b, double c, double d) = Quaternion(right, up, handed * out3);
        Point3 origin = Lps(geometry.Origin);
        foreach ((int i, double value) in new[] { b, c, d, origin.X, origin.Y, origin.Z }.Index())
        {
            Single(256 + (4 * i), value);
        }

        (Point3 x, Point3 y, Point3 z) = (geometry.ColumnSpacing * right, geometry.RowSpacing * up, geometry.SectionSpacing * out3);
        foreach ((int i, double value) in new[] { x.X, y.X, z.X, origin.X, x.Y, y.Y, z.Y, origin.Y, x.Z, y.Z, z.Z, origin.Z }.Index())
        {
            Single(280 + (4 * i), value);
        }

        Encoding.ASCII.GetBytes("n+1").CopyTo(header, 344);
        return header;
    }

    // Between the axes of DICOM and those of NIfTI: the same both ways.
    private static Point3 Lps(Point3 point) => new(-point.X, -point.Y, point.Z);

    /// <summary>The vector part of the unit quaternion, with a real part that is not negative, of a rotation with these columns.</summary>
    private static (double B, double C, double D) Quaternion(Point3 x, Point3 y, Point3 z)
    {
        double real = Math.Sqrt(Math.Max(0, 1 + x.X + y.Y + z.Z)) / 2;
        if (real > 0.1)
        {
            return ((y.Z - z.Y) / (4 * real), (z.X - x.Z) / (4 * real), (x.Y - y.X) / (4 * real));
        }

        // Near half a turn the largest component is found first, and the others from it.
        double b = Math.Sqrt(Math.Max(0, 1 + x.X - y.Y - z.Z)) / 2;
        double c = Math.Sqrt(Math.Max(0, 1 - x.X + y.Y - z.Z)) / 2;
        double d = Math.Sqrt(Math.Max(0, 1 - x.X - y.Y + z.Z)) / 2;
        if (b >= c && b >= d)
        {
            (c, d, real) = ((y.X + x.Y) / (4 * b), (z.X + x.Z) / (4 * b), (y.Z - z.Y) / (4 * b));
        }
        else if (c >= d)
        {
            (b, d, real) = ((y.X + x.Y) / (4 * c), (z.Y + y.Z) / (4 * c), (z.X - x.Z) / (4 * c));
        }
        else
        {
            (b, c, real) = ((z.X + x.Z) / (4 * d), (z.Y + y.Z) / (4 * d), (x.Y - y.X) / (4 * d));
        }

        return real < 0 ? (-b, -c, -d) : (b, c, d);
    }
}
