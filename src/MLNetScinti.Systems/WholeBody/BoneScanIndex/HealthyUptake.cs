using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>
/// What a scan would show at every pixel without lesions: the atlas's counts times the scan's own uptake, region by region. A region's healthy uptake is a low quantile of what its
/// pixels have, held near that of the other regions of the same part of the skeleton: where most of a region is ill, its neighbours tell what it should be.
/// </summary>
internal sealed class HealthyUptake
{
    // Smoothing of the views, mm.
    public const double Smoothing = 3;

    // Below the middle value, so that a region that is ill in more than half of its pixels is still judged by the others; and by how much that is too low in a healthy one.
    private const double Quantile = .35, QuantileBias = .045;

    // Regions of one part of the skeleton differ by about this (logarithm), and may not differ by more than the second.
    private const double Spread = .18, Most = .45;

    // Pixels of a region that are worth as much as what its neighbours say.
    private const double Enough = 40;

    private static readonly bool[] s_isBone = new bool[256], s_isAxial = new bool[256];

    static HealthyUptake()
    {
        foreach (BodyRegion region in Enum.GetValues<BodyRegion>())
        {
            foreach (BodySide? side in BodyRegions.IsPaired(region) ? [BodySide.Left, BodySide.Right] : new BodySide?[] { null })
            {
                byte label = BodyRegions.LabelOf(BodyRegions.NameOf(region, side));
                s_isBone[label] = region < BodyRegion.Kidney;
                s_isAxial[label] = s_isBone[label] && region is not (BodyRegion.HumeralHead or BodyRegion.HumeralShaft or BodyRegion.Elbow or BodyRegion.Radius or BodyRegion.Ulna or BodyRegion.Hand
                    or BodyRegion.Trochanter or BodyRegion.FemoralShaft or BodyRegion.Knee or BodyRegion.Patella or BodyRegion.TibialShaft or BodyRegion.Fibula or BodyRegion.Ankle or BodyRegion.Foot);
            }
        }
    }

    public HealthyUptake(AlignedViews views, RegisteredAtlas atlas)
    {
        for (int view = 0; view < 2; view++)
        {
            if (views.Counts[view] is not null)
            {
                (Observed[view], Expected[view], Gains[view], Common[view]) = Measure(views, atlas, view);
            }
        }
    }

    /// <summary>Smoothed counts, anterior and posterior; null where there is no such view.</summary>
    public float[]?[] Observed { get; } = new float[]?[2];

    /// <summary>Counts that are expected of healthy bone, as smooth as the observed ones.</summary>
    public float[]?[] Expected { get; } = new float[]?[2];

    /// <summary>Uptake of each region relative to the atlas's, by label.</summary>
    public double[]?[] Gains { get; } = new double[]?[2];

    /// <summary>Logarithms of what the regions of trunk and head, and of the limbs, have in common.</summary>
    public (double Axial, double Other)[] Common { get; } = new (double, double)[2];

    /// <summary>Whether a label is one of the skeleton.</summary>
    public static bool IsBone(byte label) => s_isBone[label];

    private static (float[] Observed, float[] Expected, double[] Gains, (double, double) Common) Measure(AlignedViews views, RegisteredAtlas atlas, int view)
    {
        float[] observed = views.Smooth(view, Smoothing)!, template = atlas.Expected[view];
        byte[] regions = atlas.Regions[view];
        List<float>[] found = [.. Enumerable.Range(0, 256).Select(_ => new List<float>())];
        for (int i = 0; i < observed.Length; i++)
        {
            if (template[i] > .3f && views.Inside[view]![i])
            {
                found[regions[i]].Add(MathF.Log((observed[i] + 1e-3f) / template[i]));
            }
        }

        double[] low = new double[256];
        for (int label = 0; label < 256; label++)
        {
            found[label].Sort();
            double part = s_isBone[label] ? Quantile : .5;
            low[label] = found[label].Count > 0 ? found[label][(int)(part * (found[label].Count - 1))] + (s_isBone[label] ? QuantileBias : 0) : double.NaN;
        }

        // Of a part of the skeleton: what its regions have in the middle, rather below it.
        double CommonOf(bool axial)
        {
            (double Value, double Weight)[] values = [.. Enumerable.Range(1, 255).Where(label => s_isBone[label] && s_isAxial[label] == axial && found[label].Count > 12).Select(label => (low[label], Math.Sqrt(found[label].Count))).OrderBy(one => one.Item1)];
            double total = values.Sum(one => one.Weight), sum = 0;
            foreach ((double value, double weight) in values)
            {
                sum += weight;
                if (sum >= .42 * total)
                {
                    return value;
                }
            }

            return found[0].Count > 0 ? low[0] : 0;
        }

        double axialGain = CommonOf(axial: true), otherGain = CommonOf(axial: false), soft = found[0].Count > 0 ? low[0] : otherGain;
        double[] gains = new double[256];
        for (int label = 0; label < 256; label++)
        {
            double common = s_isAxial[label] ? axialGain : s_isBone[label] ? otherGain : soft;
            double own = double.IsNaN(low[label]) ? common : low[label];
            double share = found[label].Count / (found[label].Count + Enough);
            gains[label] = Math.Exp(!s_isBone[label] ? own : common + (share * Math.Clamp(own - common, -Most - Spread, Most)));
        }

        float[] expected = new float[observed.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = (float)(template[i] * gains[regions[i]]);
        }

        GaussianFilter.Apply(expected, new ImageShape(1, views.Rows, views.Columns), 0, Smoothing / views.PixelY, Smoothing / views.PixelX);
        return (observed, expected, gains, (axialGain, otherGain));
    }
}
