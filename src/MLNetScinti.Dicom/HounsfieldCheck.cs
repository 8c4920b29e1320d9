using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>What is wrong with values that are called Hounsfield units, or with what they show.</summary>
public enum HounsfieldFault
{
    /// <summary>Values as a scanner stores them, without the Rescale Intercept that makes Hounsfield units of them.</summary>
    NoIntercept,

    /// <summary>Values were cut off below or above: a window for the eye was stored, not the scan.</summary>
    Clipped,

    /// <summary>Air or soft tissue do not lie where they belong: the scale is shifted, or is none.</summary>
    Shifted,

    /// <summary>There is nothing of a body's size.</summary>
    NoBody,

    /// <summary>What is there is not made of fat, soft tissue and bone: a phantom.</summary>
    Phantom,
}

/// <summary>A fault of a CT.</summary>
/// <param name="Fault">What it is.</param>
/// <param name="Sentence">One sentence: what was expected, what was found, what to do.</param>
public readonly record struct HounsfieldFinding(HounsfieldFault Fault, string Sentence);

/// <summary>
/// Whether a volume is a CT of a body in Hounsfield units: air lies about -1000, fat about -100, water about 0, bone above 200. By the
/// values alone, as headers that are wrong do not say so.
/// </summary>
public static class HounsfieldCheck
{
    private const double CoarseVoxel = 4;
    private const int Lowest = -2048, Highest = 4096, Width = 8;

    /// <summary>The faults of a volume; none where it is plausible.</summary>
    public static IReadOnlyList<HounsfieldFinding> Of(Volume ct)
    {
        ArgumentNullException.ThrowIfNull(ct);
        List<HounsfieldFinding> findings = [];
        ReadOnlySpan<float> values = ct.Voxels;
        (float least, float most) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        double[] shares = Shares(values);
        double Part(int from, int to) => Between(shares, from, to);
        // Darker than fat; what lies below any scale is padding beyond the scanner's circle.
        double air = Part(-1200, -200), padding = Part(Lowest, -1200);
        double stored = Peak(shares, 700, 1400);
        if (air < 0.005 && Part(700, 1400) > 0.1 && Part(-104, 400) > 0.05 && most > 255)
        {
            Add(HounsfieldFault.NoIntercept, $"expected air about -1000 and soft tissue about 40, found them about {Peak(shares, -104, 400):0} and {stored:0}: the CT was stored without its Rescale Intercept; fetch it again with it.");
            return findings;
        }

        if (values.Length > 1 && Clipped(values, least, most, padding) is string clipped)
        {
            Add(HounsfieldFault.Clipped, $"{clipped}: a window for the eye was stored; fetch the scan itself.");
        }

        Composition(ct, findings);
        return findings;

        void Add(HounsfieldFault fault, FormattableString sentence) => findings.Add(new HounsfieldFinding(fault, sentence.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>What the largest thing in the volume is made of, in voxels that are coarse enough to have little noise.</summary>
    private static void Composition(Volume ct, List<HounsfieldFinding> findings)
    {
        static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        ImageGeometry old = ct.Geometry;
        ImageGeometry grid = Resample.ToSpacing(old, Math.Max(CoarseVoxel, old.ColumnSpacing), Math.Max(CoarseVoxel, old.RowSpacing), Math.Max(CoarseVoxel, old.SectionSpacing)).Geometry;
        Volume coarse = Resample.ToGrid(ct, grid, GridResampling.Hounsfield).Volume;
        double[] whole = Shares(coarse.Voxels);
        double dark = Peak(whole, -1200, -704);
        double about = Between(whole, -1200, -496);
        // Air around a body is alike everywhere; lung is not, and may be all that a part of a scan has.
        if (about > 0.02 && Math.Abs(dark + 1000) > 60 && Between(whole, (int)dark - 44, (int)dark + 44) > 0.6 * about)
        {
            findings.Add(new(HounsfieldFault.Shifted, Sentence($"expected air about -1000, found it about {dark:0}: the scale is shifted; ask the source for its Rescale Intercept.")));
        }

        bool[] dense = Array.ConvertAll(coarse.Voxels, value => value > -300);
        LabelledRegions regions = LabelledRegions.Find(dense, grid.Shape);
        Region? body = regions.Regions.MaxBy(region => region.Voxels);
        double millilitres = (body?.Voxels ?? 0) * grid.VoxelVolume / 1000;
        if (millilitres < 300)
        {
            findings.Add(new(HounsfieldFault.NoBody, Sentence($"expected a body, found at most {millilitres:0} ml in one piece that are denser than lung: give the CT of a patient.")));
            return;
        }

        float[] inside = [.. coarse.Voxels.Where((_, i) => regions.Labels[i] == body!.Label)];
        // Its skin is mixed with air: what is within tells what it is made of.
        double Share(float from, float to) => (double)inside.Count(value => value >= from && value < to) / inside.Length;
        double[] shares = Shares(inside);
        double peak = Peak(shares, -296, 696);
        double alike = Share((float)peak - 40, (float)peak + 40), fat = Share(-150, -40), bone = Share(200, float.PositiveInfinity);
        // A lean body is soft tissue for the most part too, and has both of the others.
        if (alike > 0.95 || (alike > 0.85 && (fat < 0.02 || bone < 0.002)) || (fat < 0.02 && bone < 0.002))
        {
            findings.Add(new(HounsfieldFault.Phantom, Sentence($"expected fat, soft tissue and bone, found {100 * alike:0} % within 40 of {peak:0}, {100 * fat:0.0} % of fat and {100 * bone:0.0} % of bone: a phantom, or no body; give the CT of a patient.")));
        }
        else if (Peak(shares, -24, 304) is double soft && soft > 140)
        {
            findings.Add(new(HounsfieldFault.Shifted, Sentence($"expected soft tissue about 40, found it about {soft:0}: the scale is shifted; ask the source for its Rescale Intercept.")));
        }
    }

    private static string? Clipped(ReadOnlySpan<float> values, float least, float most, double padding)
    {
        int atLeast = 0, atMost = 0;
        foreach (float value in values)
        {
            atLeast += value == least ? 1 : 0;
            atMost += value == most ? 1 : 0;
        }

        // Air beyond the scanner's circle is one value; the body's own darkest and brightest voxels are few.
        (double low, double high) = ((double)atLeast / values.Length, (double)atMost / values.Length);
        return string.Create(CultureInfo.InvariantCulture, $"expected values from -1000 to bone, found {100 * low:0.0} % at {least:0} and {100 * high:0.0} % at {most:0}") is var text
            && most > least && ((least > -900 && padding == 0 && low > 0.01) || (most < 1500 && high > 0.0005 && atMost > 20)) ? text : null;
    }

    /// <summary>The parts of values by their height, in steps of 8 from -2048; what lies beyond counts at the ends.</summary>
    private static double[] Shares(ReadOnlySpan<float> values)
    {
        double[] shares = new double[(Highest - Lowest) / Width];
        foreach (float value in values)
        {
            shares[(int)Math.Clamp((value - Lowest) / Width, 0, shares.Length - 1)]++;
        }

        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= Math.Max(1, values.Length);
        }

        return shares;
    }

    private static double Between(double[] shares, int from, int to) => shares[((from - Lowest) / Width)..((to - Lowest) / Width)].Sum();

    /// <summary>The commonest value between two, by five steps at a time.</summary>
    private static double Peak(double[] shares, int from, int to)
    {
        int first = (from - Lowest) / Width, last = (to - Lowest) / Width;
        int best = Enumerable.Range(first, last - first).MaxBy(i => shares[Math.Max(0, i - 2)..Math.Min(shares.Length, i + 3)].Sum());
        return Lowest + (Width * (best + 0.5));
    }
}
