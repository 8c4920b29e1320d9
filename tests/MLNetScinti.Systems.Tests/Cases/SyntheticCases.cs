using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>What a study of made-up cases holds.</summary>
internal sealed record Made(IReadOnlyList<float[]> Images, Target Target);

/// <summary>Made-up studies of one case each, in a given order, which counts how often each of them is opened.</summary>
internal sealed class SyntheticCases : CaseSource
{
    private readonly Func<int, Made> _make;
    private readonly int[] _order;
    private readonly int[] _opened;

    public SyntheticCases(LearningTask task, CaseSchema schema, int studies, Func<int, Made> make, IReadOnlyList<int>? order = null)
    {
        Task = task;
        Schema = schema;
        _make = make;
        _order = order is null ? [.. Enumerable.Range(0, studies)] : [.. order];
        _opened = new int[studies];
    }

    /// <summary>What pseudonyms begin with: another one is as another key.</summary>
    public string Key { get; init; } = "P";

    /// <summary>Studies of one patient.</summary>
    public int PerPatient { get; init; } = 1;

    /// <summary>How often each study was opened, by its number.</summary>
    public IReadOnlyList<int> Opened => _opened;

    public override CaseSchema Schema { get; }

    public override LearningTask Task { get; }

    public override int Count => _order.Length;

    public string PatientOf(int study) => $"{Key}-{Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Key}{study / PerPatient}")))[..12]}";

    public override StudyCases Read(int study)
    {
        int number = _order[study];
        Interlocked.Increment(ref _opened[number]);
        Made made = _make(number);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (float[] image in made.Images)
        {
            hash.AppendData(MemoryMarshal.AsBytes(image.AsSpan()));
        }

        return new StudyCases(
            [
                new Case
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{PatientOf(number)}-{number}"),
                    PatientId = PatientOf(number),
                    File = string.Create(CultureInfo.InvariantCulture, $"{number}.dcm"),
                    Images = [.. made.Images.Zip(Schema.Images, (values, column) => new CaseImage(column.Shape, values))],
                    Target = made.Target,
                },
            ],
            Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Two classes: a blob above or below the middle.</summary>
    public static SyntheticCases Binary(int studies, IReadOnlyList<int>? order = null)
    {
        ImageShape shape = new(16, 16);
        return new(new BinaryTask("low", "high"), new CaseSchema(new CaseImageColumn("Image", shape)), studies,
            number => new Made([Pattern.Blobs(shape, number, "binary", (0, number % 2 == 1 ? 4 : 11, 5 + (number % 6), 100))], new ClassTarget(number % 2)), order);
    }

    /// <summary>Three classes and two views: where the blob is.</summary>
    public static SyntheticCases Multiclass(int studies)
    {
        ImageShape shape = new(16, 16);
        return new(new MulticlassTask("left", "middle", "right"), new CaseSchema(new CaseImageColumn("Front", shape), new CaseImageColumn("Back", shape)), studies, number =>
        {
            int place = number % 3;
            return new Made(
                [Pattern.Blobs(shape, number, "front", (0, 4 + (number % 8), 3 + (5 * place), 100)), Pattern.Blobs(shape, number, "back", (0, 4 + (number % 8), 12 - (5 * place), 60))],
                new ClassTarget(place));
        });
    }

    /// <summary>Some of three findings: blobs in three places.</summary>
    public static SyntheticCases MultiLabel(int studies)
    {
        ImageShape shape = new(16, 16);
        return new(new MultiLabelTask("top", "centre", "bottom"), new CaseSchema(new CaseImageColumn("Image", shape)), studies, number =>
        {
            bool[] present = [(number & 1) > 0, (number & 2) > 0, (number & 4) > 0];
            return new Made(
                [Pattern.Blobs(shape, number, "findings", [.. Enumerable.Range(0, 3).Where(finding => present[finding]).Select(finding => (0.0, 3.0 + (5 * finding), 8.0, 100.0))])],
                new FindingsTarget(present));
        });
    }

    /// <summary>One label on a planar image: the blob itself.</summary>
    public static SyntheticCases Mask(int studies)
    {
        ImageShape shape = new(16, 16);
        return new(new SegmentationTask(shape, "blob"), new CaseSchema(new CaseImageColumn("Image", shape)), studies, number =>
        {
            (int row, int column) = (4 + (number % 8), 4 + (number / 8 % 8));
            return new Made([Pattern.Blobs(shape, number, "mask", (0, row, column, 200))], new MaskTarget(shape, Ball(shape, (0, row, column, 1))));
        });
    }

    /// <summary>One label on a planar image, always near the same corner.</summary>
    public static SyntheticCases Corner(int studies)
    {
        ImageShape shape = new(16, 16);
        return new(new SegmentationTask(shape, "blob"), new CaseSchema(new CaseImageColumn("Image", shape)), studies, number =>
            new Made([Pattern.Blobs(shape, number, "corner", (0, 4 + (number % 3), 4, 200))], new MaskTarget(shape, Ball(shape, (0, 4 + (number % 3), 4, 1)))));
    }

    /// <summary>Two labels in a volume: a hot blob and a warm one.</summary>
    public static SyntheticCases Labels(int studies)
    {
        ImageShape shape = new(8, 16, 16);
        return new(new SegmentationTask(shape, "hot", "warm"), new CaseSchema(new CaseImageColumn("Volume", shape)), studies, number =>
        {
            (int row, int column) = (4 + (number % 4), 4 + (number / 4 % 4));
            return new Made(
                [Pattern.Blobs(shape, number, "labels", (3, row, column, 400), (4, row + 5, column + 5, 150))],
                new MaskTarget(shape, Ball(shape, (3, row, column, 1), (4, row + 5, column + 5, 2))));
        });
    }

    private static byte[] Ball(ImageShape shape, params (int Section, int Row, int Column, byte Label)[] balls)
    {
        byte[] labels = new byte[shape.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            (int section, int row, int column) = (i / shape.PlaneLength, i / shape.Columns % shape.Rows, i % shape.Columns);
            foreach ((int s, int r, int c, byte label) in balls)
            {
                if (((section - s) * (section - s)) + ((row - r) * (row - r)) + ((column - c) * (column - c)) <= 6)
                {
                    labels[i] = label;
                }
            }
        }

        return labels;
    }
}
