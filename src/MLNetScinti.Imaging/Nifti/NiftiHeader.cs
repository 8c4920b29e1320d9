using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>Bytes that are no image or label map in NIfTI-1. The message is one line: what was expected, what was found, what to do.</summary>
public sealed class NiftiException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NiftiException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public NiftiException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>How a number is stored in a NIfTI-1 file: the codes of its field datatype.</summary>
public enum NiftiNumber : short
{
    /// <summary>Whole numbers from 0 to 255.</summary>
    Byte = 2,

    /// <summary>Whole numbers from -32768 to 32767.</summary>
    Int16 = 4,

    /// <summary>Real numbers of 32 bits.</summary>
    Single = 16,
}

/// <summary>
/// What a NIfTI-1 header says (nifti1.h, 348 bytes), and the numbers behind it. NIfTI's axes run to the right, the front and the
/// head (RAS), DICOM's to the left, the back and the head: both transforms of the header say so, and voxels stay in their order.
/// </summary>
internal sealed class NiftiHeader
{
    private const int Length = 348, DataOffset = 352;
    private const short ScannerCoordinates = 1;

    private readonly byte[] _bytes;
    private readonly bool _isLittle;
    private readonly List<string> _warnings = [];

    private NiftiHeader(byte[] bytes, long mostVoxels)
    {
        _bytes = bytes;
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        _isLittle = length == Length;
        if (!_isLittle && BinaryPrimitives.ReverseEndianness(length) != Length)
        {
            throw new NiftiException(length == 540 || BinaryPrimitives.ReverseEndianness(length) == 540
                ? "expected NIfTI-1, found NIfTI-2: export it as NIfTI-1."
                : "expected a NIfTI-1 file, found another format.");
        }

        if (Encoding.ASCII.GetString(bytes, 344, 3) is var magic && magic != "n+1")
        {
            throw new NiftiException(magic == "ni1" ? "expected header and voxels in one file (.nii or .nii.gz), found a header whose voxels are in another." : "expected a NIfTI-1 file, found another format.");
        }

        int dimensions = Short(40);
        int[] extents = [.. Enumerable.Range(1, 7).Select(axis => axis <= dimensions ? Short(40 + (2 * axis)) : 1)];
        if (dimensions is < 2 or > 7 || extents.Any(extent => extent < 1) || extents.Skip(3).Any(extent => extent != 1) || (long)extents[0] * extents[1] * extents[2] > mostVoxels)
        {
            throw new NiftiException($"expected one map of two or three dimensions with at most {mostVoxels} voxels, found {string.Join(" x ", extents.Take(Math.Clamp(dimensions, 1, 7)))}.");
        }

        Shape = new(extents[2], extents[1], extents[0]);
        Type = Short(70);
        Size = Type switch
        {
            2 or 256 => 1,
            4 or 512 => 2,
            8 or 768 or 16 => 4,
            64 or 1024 or 1280 => 8,
            _ => throw new NiftiException($"expected whole numbers or real ones of 8 to 64 bits, found data type {Type}."),
        };
        Offset = Single(108);
        if (!(Offset is >= Length and < 1 << 24))
        {
            throw new NiftiException(string.Create(CultureInfo.InvariantCulture, $"expected voxels behind the header, found them at byte {Offset}."));
        }

        (float slope, float intercept) = (Single(112), Single(116));
        // A slope of zero says that there is none, and so do numbers that are none.
        (Factor, Addend) = slope != 0 && float.IsFinite(slope) && float.IsFinite(intercept) ? (slope, intercept) : (1, 0);
        Geometry = Place();
    }

    /// <summary>Takes values as they come: the values, and the number of those before them.</summary>
    public delegate void TakeValues(ReadOnlySpan<double> values, int first);

    /// <summary>[sections, rows, columns].</summary>
    public ImageShape Shape { get; }

    /// <summary>Where the voxels are; null where the file says of no coordinates that it knows them.</summary>
    public ImageGeometry? Geometry { get; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    private short Type { get; }

    private int Size { get; }

    private float Offset { get; }

    private double Factor { get; }

    private double Addend { get; }

    /// <summary>Reads header and values from a stream that can be wound back, gzip or plain.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="mostVoxels">Larger maps are refused.</param>
    /// <param name="begin">Is told the header, and says who takes the values.</param>
    /// <exception cref="NiftiException">It is no NIfTI-1, or damaged.</exception>
    public static NiftiHeader Read(Stream stream, long mostVoxels, Func<NiftiHeader, TakeValues> begin)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long start = stream.Position;
        bool isZipped = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        try
        {
            using GZipStream? zip = isZipped ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
            Stream source = zip ?? stream;
            byte[] bytes = new byte[Length];
            source.ReadExactly(bytes);
            NiftiHeader header = new(bytes, mostVoxels);
            // Before anything is made for the voxels: a plain file has its length.
            if (!isZipped && stream.Length - start < (long)header.Offset + ((long)header.Shape.Length * header.Size))
            {
                throw new EndOfStreamException();
            }

            header.ReadValues(source, begin(header));
            header.ReadRest(source);
            return header;
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

    /// <summary>The first 352 bytes of a file.</summary>
    /// <param name="geometry">Where the voxels are.</param>
    /// <param name="description">What it is, in at most 79 ASCII characters.</param>
    /// <param name="number">How numbers are stored.</param>
    /// <param name="slope">What stored numbers are multiplied by.</param>
    /// <param name="intercept">What is then added.</param>
    /// <exception cref="ArgumentException">An extent is larger than the format can say.</exception>
    public static byte[] Write(ImageGeometry geometry, string description, NiftiNumber number, double slope = 1, double intercept = 0)
    {
        byte[] header = new byte[DataOffset];
        void Short(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(at), value <= short.MaxValue
            ? (short)value
            : throw new ArgumentException($"NIfTI-1 has room for {short.MaxValue} voxels along an axis, found {value}.", nameof(geometry)));
        void Single(int at, double value) => BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(at), (float)value);

        BinaryPrimitives.WriteInt32LittleEndian(header, Length);
        header[38] = (byte)'r';
        foreach ((int i, int extent) in new[] { 3, geometry.Columns, geometry.Rows, geometry.Sections, 1, 1, 1, 1 }.Index())
        {
            Short(40 + (2 * i), extent);
        }

        Short(70, (short)number);
        Short(72, number switch { NiftiNumber.Byte => 8, NiftiNumber.Int16 => 16, _ => 32 });
        (Point3 right, Point3 up, Point3 out3) = (Lps(geometry.RowDirection), Lps(geometry.ColumnDirection), Lps(geometry.SectionDirection));
        // A left-handed set of axes has its third one turned round, and says so in pixdim[0].
        double handed = right.Cross(up).Dot(out3) < 0 ? -1 : 1;
        foreach ((int i, double spacing) in new[] { handed, geometry.ColumnSpacing, geometry.RowSpacing, geometry.SectionSpacing }.Index())
        {
            Single(76 + (4 * i), spacing);
        }

        Single(108, DataOffset);
        Single(112, slope);
        Single(116, intercept);
        // Millimetres.
        header[123] = 2;
        Encoding.ASCII.GetBytes(description, 0, Math.Min(79, description.Length), header, 148);
        Short(254, ScannerCoordinates);
        Point3 origin = Lps(geometry.Origin);
        // A quaternion turns, and cannot shear: of a tilted gantry only the affine tells.
        bool isBox = Math.Max(Math.Abs(right.Dot(up)), Math.Max(Math.Abs(right.Dot(out3)), Math.Abs(up.Dot(out3)))) < 1e-3;
        if (isBox)
        {
            Short(252, ScannerCoordinates);
            (double b, double c, double d) = Quaternion(right, up, handed * out3);
            foreach ((int i, double value) in new[] { b, c, d, origin.X, origin.Y, origin.Z }.Index())
            {
                Single(256 + (4 * i), value);
            }
        }

        (Point3 x, Point3 y, Point3 z) = (geometry.ColumnSpacing * right, geometry.RowSpacing * up, geometry.SectionSpacing * out3);
        foreach ((int i, double value) in new[] { x.X, y.X, z.X, origin.X, x.Y, y.Y, z.Y, origin.Y, x.Z, y.Z, z.Z, origin.Z }.Index())
        {
            Single(280 + (4 * i), value);
        }

        Encoding.ASCII.GetBytes("n+1").CopyTo(header, 344);
        return header;
    }

    // A piece at a time: a header that lies about its extents costs nothing.
    private void ReadValues(Stream stream, TakeValues take)
    {
        for (long skipped = Length; skipped < (long)Offset; skipped++)
        {
            if (stream.ReadByte() < 0)
            {
                throw new EndOfStreamException();
            }
        }

        byte[] piece = new byte[1 << 16];
        double[] values = new double[piece.Length / Size];
        for (int done = 0; done < Shape.Length;)
        {
            int some = Math.Min(Shape.Length - done, values.Length);
            stream.ReadExactly(piece.AsSpan(0, some * Size));
            for (int i = 0; i < some; i++)
            {
                values[i] = (Stored(piece.AsSpan(i * Size, Size)) * Factor) + Addend;
            }

            take(values.AsSpan(0, some), done);
            done += some;
        }
    }

    private double Stored(Span<byte> raw)
    {
        if (!_isLittle)
        {
            raw.Reverse();
        }

        return Type switch
        {
            2 => raw[0],
            256 => (sbyte)raw[0],
            4 => BinaryPrimitives.ReadInt16LittleEndian(raw),
            512 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
            8 => BinaryPrimitives.ReadInt32LittleEndian(raw),
            768 => BinaryPrimitives.ReadUInt32LittleEndian(raw),
            1024 => BinaryPrimitives.ReadInt64LittleEndian(raw),
            1280 => BinaryPrimitives.ReadUInt64LittleEndian(raw),
            16 => BinaryPrimitives.ReadSingleLittleEndian(raw),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(raw),
        };
    }

    // To the end, where gzip keeps its check of all that came before; a file that never ends is not followed.
    private void ReadRest(Stream stream)
    {
        byte[] rest = new byte[1 << 16];
        long more = 0;
        for (int read; more < 1 << 20 && (read = stream.Read(rest)) > 0;)
        {
            more += read;
        }

        if (more > 0)
        {
            _warnings.Add($"{(more < 1 << 20 ? $"{more}" : "More than a million")} bytes follow the last voxel that the header counts: its extents may be wrong.");
        }
    }

    private ImageGeometry? Place()
    {
        double unit = (_bytes[123] & 7) switch { 1 => 1000, 3 => 1e-3, _ => 1 };
        (short quaternion, short affine) = (Short(252), Short(254));
        ImageGeometry? turned = quaternion > 0 ? ByQuaternion(unit, affine > 0) : null;
        if (affine <= 0)
        {
            return turned;
        }

        Point3 Axis(int at) => unit * new Point3(Single(280 + at), Single(296 + at), Single(312 + at));
        ImageGeometry geometry = Of(Axis(0), Axis(4), Axis(8), Axis(12));
        if (turned is not null)
        {
            Point3 Corner(ImageGeometry one, bool isFar) => isFar ? one.PositionOf(Shape.Columns - 1, Shape.Rows - 1, Shape.Sections - 1) : one.Origin;
            double apart = Math.Max((Corner(turned, false) - Corner(geometry, false)).Length, (Corner(turned, true) - Corner(geometry, true)).Length);
            if (apart > 0.5 * Math.Min(geometry.ColumnSpacing, Math.Min(geometry.RowSpacing, geometry.SectionSpacing)))
            {
                _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The quaternion and the affine of the header place voxels {apart:0.##} mm apart: the affine was believed."));
            }
        }

        return geometry;
    }

    private ImageGeometry? ByQuaternion(double unit, bool isSecond)
    {
        double b = Single(256), c = Single(260), d = Single(264), a = Math.Sqrt(Math.Max(0, 1 - (b * b) - (c * c) - (d * d)));
        Point3 column = unit * Single(80) * new Point3((a * a) + (b * b) - (c * c) - (d * d), 2 * ((b * c) + (a * d)), 2 * ((b * d) - (a * c)));
        Point3 row = unit * Single(84) * new Point3(2 * ((b * c) - (a * d)), (a * a) + (c * c) - (b * b) - (d * d), 2 * ((c * d) + (a * b)));
        Point3 section = (Single(76) < 0 ? -1 : 1) * unit * Single(88) * new Point3(2 * ((b * d) + (a * c)), 2 * ((c * d) - (a * b)), (a * a) + (d * d) - (b * b) - (c * c));
        try
        {
            return Of(column, row, section, unit * new Point3(Single(268), Single(272), Single(276)));
        }
        catch (NiftiException) when (isSecond)
        {
            _warnings.Add("The quaternion of the header is impossible: the affine was believed.");
            return null;
        }
    }

    private ImageGeometry Of(Point3 column, Point3 row, Point3 section, Point3 origin)
    {
        try
        {
            // Lps is its own way back.
            return new ImageGeometry
            {
                Columns = Shape.Columns,
                Rows = Shape.Rows,
                Sections = Shape.Sections,
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

    /// <summary>Where voxels would be whose file knows of no coordinates: its spacings alone, sides and directions as the format has them by custom.</summary>
    public ImageGeometry BySpacingsAlone()
    {
        double unit = (_bytes[123] & 7) switch { 1 => 1000, 3 => 1e-3, _ => 1 };
        double Spacing(int axis) => unit * Math.Abs(Single(76 + (4 * axis))) is double told and > 0 && double.IsFinite(told) ? told : 1;
        return Of(new(Spacing(1), 0, 0), new(0, Spacing(2), 0), new(0, 0, Spacing(3)), default);
    }

    private short Short(int at) => _isLittle ? BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadInt16BigEndian(_bytes.AsSpan(at));

    private float Single(int at) => _isLittle ? BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadSingleBigEndian(_bytes.AsSpan(at));

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
