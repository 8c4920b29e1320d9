using System.IO.Compression;
using System.Text;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>
/// The skeleton of one reference body, lying straight with its arms stretched out sideward, so that arms can be turned in their joints without a cut through the trunk: for
/// each pixel the region that is seen in either view, how much of which bone lies behind it, and the counts that a healthy body sends. Both views have the columns run to
/// the patient's left. It is measured on a simulated body (<see cref="Measure"/>); no patient is that body.
/// </summary>
public sealed class SkeletonAtlas
{
    private const double Height = 170;
    private const int Version = 1;
    private const string Name = "MLNetScinti skeleton atlas";

    // For each pixel where its bones begin in the lists below.
    private readonly int[] _first;
    private readonly byte[] _bones;
    private readonly float[] _points;

    private SkeletonAtlas(int columns, int rows, double pixel, double crown, float[][] counts, byte[][] regions, int[] first, byte[] bones, float[] points) =>
        (Columns, Rows, Pixel, Crown, Counts, Regions, _first, _bones, _points) = (columns, rows, pixel, crown, counts, regions, first, bones, points);

    /// <summary>Columns, towards the patient's left; the body's middle is between the two in the middle.</summary>
    public int Columns { get; }

    /// <summary>Rows, head to feet.</summary>
    public int Rows { get; }

    /// <summary>Edge of a pixel, mm of the reference body.</summary>
    public double Pixel { get; }

    /// <summary>From the upper edge to the crown, mm.</summary>
    public double Crown { get; }

    /// <summary>Crown to toes, mm.</summary>
    public static double Length => Height * 10;

    /// <summary>Names of the regions by label, from 1: those of the skeleton, and organs that are seen between them.</summary>
    public static IReadOnlyList<string> RegionNames => BodyRegions.Names;

    /// <summary>Counts of a healthy body, anterior and posterior, relative to the middle value over the body.</summary>
    internal float[][] Counts { get; }

    /// <summary>The region that sends most to a pixel, anterior and posterior; 0 for none.</summary>
    internal byte[][] Regions { get; }

    /// <summary>The bones behind a pixel, as places in <see cref="SkeletalMass.Shares"/>, each with the percent of the skeleton's mass that it has there.</summary>
    internal BonesBehind BonesAt(int pixel) => new(_bones.AsSpan(_first[pixel], _first[pixel + 1] - _first[pixel]), _points.AsSpan(_first[pixel], _first[pixel + 1] - _first[pixel]));

    /// <summary>Measures the atlas on a simulated body.</summary>
    public static SkeletonAtlas Measure()
    {
        WholeBodyPatient body = new()
        {
            Seed = 1,
            Number = 1,
            Class = WholeBodyClass.Normal,
            Height = Height,
            // So many that noise is of no account.
            Counts = 4e8,
            Posture = new BodyPosture { UpperArm = (90, 90), Forearm = (90, 90), Crown = 30 },
        };
        PlanarAcquisition scan = new() { Columns = 768, Rows = 784 };
        WholeBodyStudy study = new WholeBodySimulator { Technetium = scan }.Simulate(body);
        IReadOnlyList<BoneInvolvement> volumes = study.Truth.Involvement();
        float[][] behind = [.. SkeletalMass.Shares.Select(share =>
        {
            double volume = volumes.First(bone => bone.Bone == share.Bone && bone.Side == share.Side).Millilitres * 1000;
            float part = (float)(share.Percent * scan.Pixel * scan.Pixel / volume);
            return Array.ConvertAll(study.Truth.ThicknessOf(WholeBodyView.Anterior, share.Bone, share.Side), mm => mm * part);
        })];
        int[] first = new int[(scan.Rows * scan.Columns) + 1];
        List<byte> bones = [];
        List<float> points = [];
        for (int i = 0; i < first.Length - 1; i++)
        {
            for (int bone = 0; bone < behind.Length; bone++)
            {
                if (behind[bone][i] > 0)
                {
                    bones.Add((byte)bone);
                    points.Add(behind[bone][i]);
                }
            }

            first[i + 1] = bones.Count;
        }

        bool[] inside = study.Truth.BodyMask(WholeBodyView.Anterior);
        float[] Relative(PlanarImage image, bool mirrored)
        {
            float[] counts = mirrored ? Mirrored(image.Pixels, scan.Columns) : [.. image.Pixels];
            float[] sorted = [.. counts.Where((_, i) => inside[i]).Order()];
            float middle = sorted[sorted.Length / 2];
            return Array.ConvertAll(counts, value => (float)(Half)(value / middle));
        }

        return new SkeletonAtlas(scan.Columns, scan.Rows, scan.Pixel, body.Posture.Crown,
            [Relative(study.Anterior, false), Relative(study.Posterior, true)],
            [study.Truth.RegionLabels(WholeBodyView.Anterior), Mirrored(study.Truth.RegionLabels(WholeBodyView.Posterior), scan.Columns)],
            first, [.. bones], [.. points.Select(value => (float)(Half)value)]);
    }

    /// <summary>Writes the atlas; the same atlas gives the same bytes.</summary>
    public void Save(Stream stream)
    {
        using GZipStream zip = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
        using BinaryWriter writer = new(zip, Encoding.UTF8);
        writer.Write(Name);
        writer.Write(Version);
        writer.Write(Columns);
        writer.Write(Rows);
        writer.Write(Pixel);
        writer.Write(Crown);
        for (int view = 0; view < 2; view++)
        {
            Array.ForEach(Counts[view], value => writer.Write((Half)value));
            writer.Write(Regions[view]);
        }

        for (int i = 0; i < _first.Length - 1; i++)
        {
            writer.Write((byte)(_first[i + 1] - _first[i]));
        }

        writer.Write(_bones);
        Array.ForEach(_points, value => writer.Write((Half)value));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such atlas.</exception>
    public static SkeletonAtlas Load(Stream stream)
    {
        try
        {
            using GZipStream zip = new(stream, CompressionMode.Decompress, leaveOpen: true);
            using BinaryReader reader = new(zip, Encoding.UTF8);
            if (reader.ReadString() != Name || reader.ReadInt32() != Version)
            {
                throw new InvalidDataException($"expected a skeleton atlas of version {Version}, found something else: train the model again.");
            }

            (int columns, int rows, double pixel, double crown) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
            if (columns is < 1 or > 4096 || rows is < 1 or > 4096)
            {
                throw new InvalidDataException($"expected an atlas of at most 4096 x 4096 pixels, found {rows} x {columns}: train the model again.");
            }

            float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)reader.ReadHalf())];
            byte[] Bytes(int count) => reader.ReadBytes(count) is var bytes && bytes.Length == count ? bytes : throw new EndOfStreamException();
            float[][] counts = new float[2][];
            byte[][] regions = new byte[2][];
            for (int view = 0; view < 2; view++)
            {
                (counts[view], regions[view]) = (Values(rows * columns), Bytes(rows * columns));
            }

            int[] first = new int[(rows * columns) + 1];
            byte[] lengths = Bytes(rows * columns);
            for (int i = 0; i < lengths.Length; i++)
            {
                first[i + 1] = first[i] + lengths[i];
            }

            byte[] bones = Bytes(first[^1]);
            return new SkeletonAtlas(columns, rows, pixel, crown, counts, regions, first, bones, Values(first[^1]));
        }
        catch (EndOfStreamException problem)
        {
            throw new InvalidDataException("expected a skeleton atlas, found a file that ends too early: train the model again.", problem);
        }
    }

    /// <summary>The mirror image of rows.</summary>
    internal static T[] Mirrored<T>(ReadOnlySpan<T> values, int columns)
    {
        T[] mirrored = values.ToArray();
        for (int row = 0; row < mirrored.Length / columns; row++)
        {
            mirrored.AsSpan(row * columns, columns).Reverse();
        }

        return mirrored;
    }

    /// <summary>The bones behind a pixel, and what each has there.</summary>
    internal readonly ref struct BonesBehind(ReadOnlySpan<byte> bones, ReadOnlySpan<float> points)
    {
        /// <summary>Places in <see cref="SkeletalMass.Shares"/>.</summary>
        public ReadOnlySpan<byte> Bones { get; } = bones;

        /// <summary>Percent of the skeleton's mass.</summary>
        public ReadOnlySpan<float> Points { get; } = points;
    }
}
