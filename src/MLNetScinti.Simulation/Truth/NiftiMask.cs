using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Writes masks as NIfTI-1 (single file, gzip, 8 bits unsigned), which every medical viewer reads. NIfTI's axes run to the
/// right, the front and the head (RAS), DICOM's to the left, the back and the head: both transforms of the header say so, and
/// the voxels stay in their order. The same mask gives the same bytes.
/// </summary>
internal static class NiftiMask
{
    private const int HeaderLength = 348;
    private const int DataOffset = 352;
    private const short UnsignedByte = 2;
    private const short ScannerCoordinates = 1;

    /// <summary>Writes a mask.</summary>
    /// <param name="path">The file, by custom *.nii.gz.</param>
    /// <param name="labels">A label for each voxel, ordered as a volume's voxels.</param>
    /// <param name="geometry">Where the voxels are.</param>
    public static void Write(string path, ReadOnlySpan<byte> labels, ImageGeometry geometry)
    {
        if (labels.Length != geometry.Shape.Length)
        {
            throw new ArgumentException($"A mask of {geometry.Shape} holds {geometry.Shape.Length} labels, found {labels.Length}.", nameof(labels));
        }

        string temporary = path + ".partial";
        using (FileStream file = File.Create(temporary))
        using (GZipStream zip = new(file, CompressionLevel.Optimal))
        {
            zip.Write(Header(geometry));
            zip.Write(labels);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static byte[] Header(ImageGeometry geometry)
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
        (Point3 right, Point3 up, Point3 out3) = (Ras(geometry.RowDirection), Ras(geometry.ColumnDirection), Ras(geometry.SectionDirection));
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
        Encoding.ASCII.GetBytes("simulated truth").CopyTo(header, 148);
        Short(252, ScannerCoordinates);
        Short(254, ScannerCoordinates);
        (double b, double c, double d) = Quaternion(right, up, handed * out3);
        Point3 origin = Ras(geometry.Origin);
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

    private static Point3 Ras(Point3 lps) => new(-lps.X, -lps.Y, lps.Z);

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
