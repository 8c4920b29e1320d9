using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>What the hotspots of a scan have in common.</summary>
/// <param name="Hotspots">How many there are.</param>
/// <param name="Both">How many are seen in both views.</param>
/// <param name="Behind">The percent of the skeleton's mass that lies behind all of them.</param>
/// <param name="Area">The body's area in the view that shows more of it, square mm.</param>
internal sealed record ScanContext(int Hotspots, int Both, double Behind, double Area)
{
    public static ScanContext Of(IReadOnlyList<HotspotPair> pairs, AlignedViews views, RegisteredAtlas atlas)
    {
        double[] bones = new double[SkeletalMass.Shares.Count];
        foreach (int place in pairs.SelectMany(pair => pair.Pixels).ToHashSet())
        {
            atlas.AddBones(place, bones);
        }

        return new ScanContext(pairs.Count, pairs.Count(pair => pair.Anterior is not null && pair.Posterior is not null), bones.Sum(),
            views.Inside.OfType<bool[]>().Max(inside => inside.Count(pixel => pixel)) * views.PixelX * views.PixelY);
    }
}

/// <summary>
/// A hotspot in numbers: how much it exceeds healthy bone in either view, how large and how long it is, where in the body, which bones lie behind it and how much of them, what is
/// on the other side of the body. All lengths are in parts of the body's, all counts in parts of what soft tissue has.
/// </summary>
internal sealed class HotspotFeatures
{
    // What stands for a number that a scan does not have.
    private const float Unknown = -9;
    private const int PerView = 17;
    private static readonly int s_regions = Enum.GetValues<BodyRegion>().Length, s_bones = Enum.GetValues<SkeletalBone>().Length;
    private static readonly int[] s_regionOf = MakeRegions();

    internal HotspotFeatures(float[] values, double behind, double[] bones, int region) => (Values, Behind, Bones, Region) = (values, behind, bones, region);

    /// <summary>Numbers of a hotspot.</summary>
    public static int Count { get; } = (2 * PerView) + 20 + s_regions + s_bones;

    /// <summary>The numbers.</summary>
    public float[] Values { get; }

    /// <summary>The percent of the skeleton's mass that lies behind the hotspot.</summary>
    public double Behind { get; }

    /// <summary>The same by bone, as in <see cref="SkeletalMass.Shares"/>.</summary>
    public double[] Bones { get; }

    /// <summary>The label of the region that most of it lies in.</summary>
    public int Region { get; }

    public static HotspotFeatures Of(HotspotPair spot, ScanContext context, AlignedViews views, HealthyUptake healthy, RegisteredAtlas atlas)
    {
        float[] values = new float[Count];
        int at = 0;
        void Add(double value) => values[at++] = double.IsFinite(value) ? (float)value : Unknown;
        double length = atlas.Pose.Length, pixel = views.PixelX * views.PixelY / (length * length) * 1e6;
        double[] sums = new double[2];
        for (int view = 0; view < 2; view++)
        {
            if (healthy.Observed[view] is not { } observed)
            {
                for (int i = 0; i < PerView; i++)
                {
                    Add(double.NaN);
                }

                sums[view] = double.NaN;
                continue;
            }

            Measured found = Measured.Of(spot.Pixels, observed, healthy.Expected[view]!, views);
            double soft = Math.Max(1e-6, healthy.Gains[view]![0]);
            sums[view] = Math.Max(1e-3, found.Excess / soft * pixel);
            Add((view == 0 ? spot.Anterior : spot.Posterior) is null ? 0 : 1);
            Add(Math.Log((found.PeakObserved + (.2 * soft)) / (found.PeakExpected + (.2 * soft))));
            Add(Math.Log((found.Observed + (.2 * soft * spot.Pixels.Length)) / (found.Expected + (.2 * soft * spot.Pixels.Length))));
            Add(Math.Log(sums[view]));
            Add(Math.Log(Math.Max(1e-3, found.Peak / soft)));
            Add(Math.Log(1 + (found.Half * pixel)));
            Add(Math.Log(1 + (found.High * pixel)));
            Add(Math.Log(1 + (found.Peak / Math.Sqrt(Math.Max(.02, found.PeakExpected)))));
            Add(found.Long / length * 1000);
            Add(found.Short / length * 1000);
            Add(found.Expected / spot.Pixels.Length / soft);
            (double ring, double most) = Ring(spot.Pixels, observed, healthy.Expected[view]!, soft, views);
            Add(ring);
            Add(most);
            Add(healthy.Common[view].Axial - Math.Log(soft));
            Add(healthy.Common[view].Other - Math.Log(soft));
            Add(Math.Log(healthy.Gains[view]![atlas.Regions[view][spot.Main.Peak]]) - healthy.Common[view].Axial);
            Add(Math.Log(LevelBehind(spot.Pixels, .5 * found.Peak, observed, healthy.Expected[view]!, atlas) + 1e-4));
        }

        double[] bones = new double[SkeletalMass.Shares.Count];
        double[] regions = new double[s_regions], kinds = new double[s_bones];
        int[] labels = new int[256];
        double x = 0, y = 0, inside = 0;
        foreach (int place in spot.Pixels)
        {
            atlas.AddBones(place, bones);
            x += views.XOf(place % views.Columns) / spot.Pixels.Length;
            y += views.YOf(place / views.Columns) / spot.Pixels.Length;
            inside += (views.Inside[spot.Main.View]![place] ? 1.0 : 0) / spot.Pixels.Length;
            for (int view = 0; view < 2; view++)
            {
                byte label = atlas.Regions[view][place];
                labels[label] += spot.Main.View == view ? 2 : 1;
                if (label > 0)
                {
                    regions[s_regionOf[label]] += .5 / spot.Pixels.Length;
                }
            }
        }

        double behind = bones.Sum(), half = LevelBehind(spot.Main.Pixels, .5 * spot.Main.Excess, healthy.Observed[spot.Main.View]!, healthy.Expected[spot.Main.View]!, atlas);
        for (int bone = 0; bone < bones.Length; bone++)
        {
            kinds[(int)SkeletalMass.Shares[bone].Bone] += behind > 0 ? bones[bone] / behind : 0;
        }

        (double straightX, double straightY) = atlas.Pose.Straight(x, y);
        (double u, double v, _) = atlas.Pose.Trunk(straightX, straightY);
        Add(u);
        Add(Math.Abs(u));
        Add(v);
        Add(straightY / length);
        Add(inside);
        Add(Math.Log(1 + (spot.Pixels.Length * pixel)));
        Add(Math.Log(behind + 1e-4));
        Add(Math.Log(half + 1e-4));
        Add(sums[0] > 0 && sums[1] > 0 ? Math.Log(sums[0] / sums[1]) : double.NaN);
        Add(Math.Log(1 + context.Hotspots));
        Add(Math.Log(context.Behind + .01));
        Add(Math.Log(context.Both + 1));
        Add(Math.Log(length));
        Add(atlas.Pose.Widths.Chest);
        Add(atlas.Pose.Widths.Pelvis);
        Add(Math.Log(context.Area / (length * length)));
        Add(Math.Log(Math.Max(1e-3, healthy.Gains[spot.Main.View]![0])));
        (double otherX, double otherY) = atlas.Pose.Place(-u, v);
        for (int view = 0; view < 2; view++)
        {
            Add(Around(otherX, otherY, view, views, healthy));
        }

        Add(spot.Anterior is not null && spot.Posterior is not null ? 1 : 0);
        Array.ForEach(regions, Add);
        Array.ForEach(kinds, Add);
        labels[0] = 0;
        int region = Array.IndexOf(labels, labels.Max());
        return new HotspotFeatures(values, behind, bones, region);
    }

    /// <summary>The percent of the skeleton's mass behind the pixels that exceed healthy bone by so many counts.</summary>
    private static double LevelBehind(int[] pixels, double level, float[] observed, float[] expected, RegisteredAtlas atlas)
    {
        double[] bones = new double[SkeletalMass.Shares.Count];
        foreach (int place in pixels)
        {
            if (observed[place] - expected[place] > level)
            {
                atlas.AddBones(place, bones);
            }
        }

        return bones.Sum();
    }

    /// <summary>How far the hotspot's surroundings exceed healthy bone: the mean of the logarithms, and the most of them.</summary>
    private static (double Mean, double Most) Ring(int[] pixels, float[] observed, float[] expected, double soft, AlignedViews views)
    {
        HashSet<int> own = [.. pixels];
        int reachX = Math.Max(1, (int)Math.Round(9 / views.PixelX)), reachY = Math.Max(1, (int)Math.Round(9 / views.PixelY));
        HashSet<int> ring = [];
        foreach (int place in pixels)
        {
            foreach ((int dx, int dy) in (ReadOnlySpan<(int, int)>)[(reachX, 0), (-reachX, 0), (0, reachY), (0, -reachY), (reachX, reachY), (-reachX, reachY), (reachX, -reachY), (-reachX, -reachY)])
            {
                int column = (place % views.Columns) + dx, row = (place / views.Columns) + dy, at = (row * views.Columns) + column;
                if (column >= 0 && row >= 0 && column < views.Columns && row < views.Rows && !own.Contains(at))
                {
                    ring.Add(at);
                }
            }
        }

        if (ring.Count == 0)
        {
            return (double.NaN, double.NaN);
        }

        double sum = 0, most = double.MinValue;
        foreach (int at in ring)
        {
            double ratio = Math.Log((observed[at] + (.2 * soft)) / (expected[at] + (.2 * soft)));
            sum += ratio;
            most = Math.Max(most, ratio);
        }

        return (sum / ring.Count, most);
    }

    private static double Around(double x, double y, int view, AlignedViews views, HealthyUptake healthy)
    {
        int column = (int)Math.Round((x / views.PixelX) + ((views.Columns - 1) / 2.0)), row = (int)Math.Round((y / views.PixelY) - .5);
        if (healthy.Observed[view] is not { } observed || column < 3 || row < 3 || column >= views.Columns - 3 || row >= views.Rows - 3)
        {
            return double.NaN;
        }

        double most = -2;
        for (int dy = -3; dy <= 3; dy++)
        {
            for (int dx = -3; dx <= 3; dx++)
            {
                int at = ((row + dy) * views.Columns) + column + dx;
                most = Math.Max(most, Math.Log((observed[at] + 1e-2) / (healthy.Expected[view]![at] + (.2 * healthy.Gains[view]![0]) + 1e-2)));
            }
        }

        return most;
    }

    private static int[] MakeRegions()
    {
        int[] regions = new int[256];
        foreach (BodyRegion region in Enum.GetValues<BodyRegion>())
        {
            foreach (BodySide? side in BodyRegions.IsPaired(region) ? [BodySide.Left, BodySide.Right] : new BodySide?[] { null })
            {
                regions[BodyRegions.LabelOf(BodyRegions.NameOf(region, side))] = (int)region;
            }
        }

        return regions;
    }

    /// <summary>What the pixels of a hotspot have in a view.</summary>
    private readonly record struct Measured(double Observed, double Expected, double Excess, double Peak, double PeakObserved, double PeakExpected, int Half, int High, double Long, double Short)
    {
        public static Measured Of(int[] pixels, float[] observed, float[] expected, AlignedViews views)
        {
            double sum = 0, healthy = 0, excess = 0, peak = double.MinValue;
            int top = pixels[0];
            double x = 0, y = 0;
            foreach (int at in pixels)
            {
                sum += observed[at];
                healthy += expected[at];
                double above = observed[at] - expected[at];
                excess += Math.Max(0, above);
                x += Math.Max(0, above) * (at % views.Columns);
                y += Math.Max(0, above) * (at / views.Columns);
                if (above > peak)
                {
                    (peak, top) = (above, at);
                }
            }

            int half = 0, high = 0;
            double xx = 0, xy = 0, yy = 0;
            (x, y) = (x / Math.Max(1e-9, excess), y / Math.Max(1e-9, excess));
            foreach (int at in pixels)
            {
                double above = observed[at] - expected[at];
                half += above > .5 * peak ? 1 : 0;
                high += above > .75 * peak ? 1 : 0;
                double weight = Math.Max(0, above) / Math.Max(1e-9, excess), dx = ((at % views.Columns) - x) * views.PixelX, dy = ((at / views.Columns) - y) * views.PixelY;
                (xx, xy, yy) = (xx + (weight * dx * dx), xy + (weight * dx * dy), yy + (weight * dy * dy));
            }

            double middle = (xx + yy) / 2, spread = Math.Sqrt((((xx - yy) / 2) * ((xx - yy) / 2)) + (xy * xy));
            return new(sum, healthy, excess, peak, observed[top], expected[top], half, high, Math.Sqrt(Math.Max(0, middle + spread)), Math.Sqrt(Math.Max(0, middle - spread)));
        }
    }
}
