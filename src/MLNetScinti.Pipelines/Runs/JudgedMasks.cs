using System.Globalization;
using System.IO.Compression;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// The masks that a model drew of cases, kept small while these are judged: so that a system can measure in them and the worst can be drawn
/// without asking the model again.
/// </summary>
internal sealed class JudgedMasks
{
    private const int MostPictures = 10, Height = 192;

    // Colours of truth and prediction that stay apart for who does not see red and green apart, and on grey.
    private static readonly (byte Red, byte Green, byte Blue) s_true = (86, 180, 233), s_predicted = (230, 159, 0);

    private readonly Dictionary<string, byte[]> _masks = new(StringComparer.Ordinal);
    private readonly SegmentationTask _task;

    public JudgedMasks(SegmentationTask task) => _task = task;

    /// <summary>Keeps the masks of cases that go by.</summary>
    public IEnumerable<AnsweredCase> Keep(IEnumerable<AnsweredCase> cases)
    {
        foreach (AnsweredCase one in cases)
        {
            byte[] labels = Array.ConvertAll(one.Answers[1], label => (byte)label);
            using MemoryStream packed = new();
            using (DeflateStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                zip.Write(labels);
            }

            _masks[one.CaseId] = packed.ToArray();
            yield return one;
        }
    }

    /// <summary>What the system measures in the true masks and in those of the model.</summary>
    public IReadOnlyList<PairedAgreement> Measure(IReadOnlyList<MaskQuantity> quantities, CaseView? cases, double level)
    {
        if (quantities.Count == 0 || cases is null)
        {
            return [];
        }

        List<PairedQuantity>[] pairs = [.. quantities.Select(_ => new List<PairedQuantity>())];
        foreach (Case one in cases.Read().Where(one => _masks.ContainsKey(one.Id)))
        {
            MaskTarget predicted = MaskOf(one.Id);
            for (int i = 0; i < pairs.Length; i++)
            {
                IReadOnlyList<(string Part, double Value)> reference = quantities[i].Measure(one, (MaskTarget)one.Target!), measured = quantities[i].Measure(one, predicted);
                pairs[i].AddRange(reference.Select(part => new PairedQuantity(one.Id, one.PatientId, part.Part, part.Value, measured.FirstOrDefault(other => other.Part == part.Part, (part.Part, double.NaN)).Item2)));
            }
        }

        return [.. quantities.Zip(pairs, (quantity, own) => PairedAgreement.Of(quantity.Name, quantity.Unit, own, level: level))];
    }

    /// <summary>The worst cases in three planes through the middle of their masks, the true and the predicted outline over the image.</summary>
    public IReadOnlyList<CasePicture> Draw(CaseView? cases, SegmentationEvaluation evaluation, string noun)
    {
        if (cases is null)
        {
            return [];
        }

        string[] worst = [.. evaluation.Test.Cases.Select(one => (one.CaseId, Dice: one.Labels.Min(label => label.Dice.TryGetValue(out double dice) ? dice : double.PositiveInfinity)))
            .Where(one => double.IsFinite(one.Dice) && _masks.ContainsKey(one.CaseId)).OrderBy(one => one.Dice).ThenBy(one => one.CaseId, StringComparer.Ordinal).Take(MostPictures).Select(one => one.CaseId)];
        HashSet<string> patients = [.. evaluation.Test.Cases.Where(one => worst.Contains(one.CaseId)).Select(one => one.PatientId)];
        return worst.Length == 0 ? [] : [.. cases.RestrictTo(patients).Read().Where(one => worst.Contains(one.Id)).Select(one => Draw(one, cases.Cases.Images, noun))];
    }

    private CasePicture Draw(Case one, IReadOnlyList<CaseImageColumn> columns, string noun)
    {
        byte[] truth = ((MaskTarget)one.Target!).Labels.ToArray(), predicted = MaskOf(one.Id).Labels.ToArray();
        // The last image has the most anatomy: of a functional and a morphological one that is the latter, as schemas have them.
        CaseImage image = one.Images[^1];
        ImageShape shape = image.Shape;
        int[] extents = shape.IsVolume ? shape.ToArray() : [1, .. shape.ToArray()];
        int[] middle = MiddleOf(truth.AsSpan().ContainsAnyExcept((byte)0) ? truth : predicted, extents);
        (float low, float high) = Range(image.Values.Span);
        PngImage[] planes = [.. (shape.IsVolume ? (int[])[0, 1, 2] : [0]).Select(axis => Plane(image.Values.Span, truth, predicted, extents, axis, middle[axis], one.Images[^1].Place, low, high))];
        string names = shape.IsVolume ? "Transverse, coronal and sagittal plane through the middle of the mask" : columns[^1].Name;
        return new CasePicture(one.Id, PngEncoder.Encode(PngImage.SideBySide(planes)), $"{names}; blue: true outline, orange: predicted outline",
            $"{char.ToUpperInvariant(noun[0])}{noun[1..]} {one.Id}: {names.ToLower(CultureInfo.InvariantCulture)}, with the true outline in blue and the predicted one in orange.");
    }

    // One plane of the volume, its pixels as square as its spacings allow; head and front up as the volume has them.
    private static PngImage Plane(ReadOnlySpan<float> values, byte[] truth, byte[] predicted, int[] extents, int axis, int at, ImageGeometry place, float low, float high)
    {
        (int rowAxis, int columnAxis) = axis switch { 0 => (1, 2), 1 => (0, 2), _ => (0, 1) };
        double[] spacing = [place.SectionSpacing, place.RowSpacing, place.ColumnSpacing];
        int rows = extents[rowAxis], columns = extents[columnAxis];
        double pixel = spacing[rowAxis] * rows / Height;
        int width = Math.Clamp((int)Math.Round(spacing[columnAxis] * columns / pixel), 1, 3 * Height);
        // Sections run to the head where the geometry says so: the head is up.
        bool turned = rowAxis == 0 && place.SectionDirection.Z > 0;
        int[] index = new int[3];
        int Voxel(int row, int column)
        {
            (index[axis], index[rowAxis], index[columnAxis]) = (at, turned ? rows - 1 - row : row, column);
            return (((index[0] * extents[1]) + index[1]) * extents[2]) + index[2];
        }

        bool Edge(byte[] mask, int row, int column)
        {
            byte label = mask[Voxel(row, column)];
            return label > 0 && (row == 0 || column == 0 || row == rows - 1 || column == columns - 1
                || mask[Voxel(row - 1, column)] != label || mask[Voxel(row + 1, column)] != label || mask[Voxel(row, column - 1)] != label || mask[Voxel(row, column + 1)] != label);
        }

        byte[] samples = new byte[Height * width * 3];
        float scale = high > low ? 255 / (high - low) : 0;
        for (int y = 0; y < Height; y++)
        {
            int row = y * rows / Height;
            for (int x = 0; x < width; x++)
            {
                int column = (int)((long)x * columns / width), voxel = Voxel(row, column), to = 3 * ((y * width) + x);
                byte grey = (byte)Math.Clamp((values[voxel] - low) * scale, 0, 255);
                bool isTrue = Edge(truth, row, column), isPredicted = Edge(predicted, row, column);
                // Where both outlines run, they are drawn in turn.
                (byte Red, byte Green, byte Blue) colour = isTrue && (!isPredicted || (((x / 3) + (y / 3)) & 1) == 0) ? s_true : isPredicted ? s_predicted : (grey, grey, grey);
                (samples[to], samples[to + 1], samples[to + 2]) = colour;
            }
        }

        return new PngImage(width, Height, 3, samples);
    }

    private static int[] MiddleOf(byte[] mask, int[] extents)
    {
        double[] sums = new double[3];
        int count = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] > 0)
            {
                sums[0] += i / (extents[1] * extents[2]);
                sums[1] += i / extents[2] % extents[1];
                sums[2] += i % extents[2];
                count++;
            }
        }

        return count == 0 ? [.. extents.Select(extent => extent / 2)] : [.. sums.Select(sum => (int)Math.Round(sum / count))];
    }

    // Nearly all values: a few bright ones must not make the rest black.
    private static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        int step = Math.Max(1, values.Length / 100_000);
        List<float> some = [];
        for (int i = 0; i < values.Length; i += step)
        {
            if (float.IsFinite(values[i]))
            {
                some.Add(values[i]);
            }
        }

        some.Sort();
        return some.Count == 0 ? (0, 0) : (some[some.Count / 50], some[some.Count - 1 - (some.Count / 200)]);
    }

    private MaskTarget MaskOf(string caseId)
    {
        byte[] labels = new byte[_task.Shape.Length];
        using MemoryStream packed = new(_masks[caseId]);
        using DeflateStream zip = new(packed, CompressionMode.Decompress);
        zip.ReadExactly(labels);
        return new MaskTarget(_task.Shape, labels);
    }
}
