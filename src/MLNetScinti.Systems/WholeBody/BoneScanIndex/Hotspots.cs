namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A place of a view that has more counts than healthy bone, as far as the next one.</summary>
/// <param name="View">0 anterior, 1 posterior.</param>
/// <param name="Peak">The pixel with most counts above what is expected.</param>
/// <param name="Pixels">Its pixels, columns to the patient's left.</param>
/// <param name="Excess">Counts of the peak above what is expected.</param>
internal sealed record Hotspot(int View, int Peak, int[] Pixels, double Excess);

/// <summary>A hotspot that was paired with one of the other view at the same place, or is seen in one view alone.</summary>
/// <param name="Anterior">As it is seen from the front; null where it is not.</param>
/// <param name="Posterior">As it is seen from behind.</param>
/// <param name="Pixels">The pixels of both.</param>
internal sealed record HotspotPair(Hotspot? Anterior, Hotspot? Posterior, int[] Pixels)
{
    /// <summary>The view in which it stands out more.</summary>
    public Hotspot Main => Anterior is null || (Posterior is not null && Posterior.Excess > Anterior.Excess) ? Posterior! : Anterior;
}

/// <summary>Finds hotspots: what exceeds the scan's own healthy uptake by more than noise and registration explain, divided where there are several peaks.</summary>
internal static class HotspotFinder
{
    // Above the expected counts in parts of them, and in standard deviations of what was counted.
    private const double LeastPart = .16, LeastDeviations = 3;

    // And above it in parts of what soft tissue has: air has counts too.
    private const double LeastOfSoft = .35;

    // Two peaks are one hotspot where the way between them hardly goes down.
    private const double Saddle = .75;

    // A hotspot's pixels have this part of its peak.
    private const double Level = .25;

    private const double LeastSquareMillimetres = 35;

    // No bone has so many times what soft tissue has: activity beside a vein, urine. Around it scattered photons glow, which are no hotspots of their own.
    private const double Outside = 100, Glow = .03, GlowMillimetres = 220;

    public static IReadOnlyList<HotspotPair> Find(AlignedViews views, HealthyUptake healthy)
    {
        List<Hotspot> anterior = healthy.Observed[0] is null ? [] : Find(views, healthy, 0), posterior = healthy.Observed[1] is null ? [] : Find(views, healthy, 1);
        int[] owners = new int[views.Rows * views.Columns];
        Array.Fill(owners, -1);
        for (int i = 0; i < posterior.Count; i++)
        {
            Array.ForEach(posterior[i].Pixels, pixel => owners[pixel] = i);
        }

        // The pairs that share most of the smaller one's pixels first.
        List<(double Shared, int A, int P)> candidates = [];
        for (int a = 0; a < anterior.Count; a++)
        {
            candidates.AddRange(anterior[a].Pixels.Where(pixel => owners[pixel] >= 0).GroupBy(pixel => owners[pixel]).Select(group => ((double)group.Count() / Math.Min(anterior[a].Pixels.Length, posterior[group.Key].Pixels.Length), a, group.Key)).Where(one => one.Item1 > .3));
        }

        int[] partner = new int[anterior.Count];
        Array.Fill(partner, -1);
        bool[] taken = new bool[posterior.Count];
        foreach ((double _, int a, int p) in candidates.OrderByDescending(one => one.Shared).ThenBy(one => one.A).ThenBy(one => one.P))
        {
            if (partner[a] < 0 && !taken[p])
            {
                (partner[a], taken[p]) = (p, true);
            }
        }

        return
        [
            .. anterior.Select((spot, a) => partner[a] < 0 ? new HotspotPair(spot, null, spot.Pixels) : new HotspotPair(spot, posterior[partner[a]], [.. spot.Pixels.Union(posterior[partner[a]].Pixels).Order()])),
            .. posterior.Where((_, p) => !taken[p]).Select(spot => new HotspotPair(null, spot, spot.Pixels)),
        ];
    }

    private static List<Hotspot> Find(AlignedViews views, HealthyUptake healthy, int view)
    {
        (int rows, int columns) = (views.Rows, views.Columns);
        float[] observed = healthy.Observed[view]!, expected = healthy.Expected[view]!;
        // A Gaussian averages over 4 pi of its variances.
        double pixels = Math.Max(1, 4 * Math.PI * HealthyUptake.Smoothing * HealthyUptake.Smoothing / (views.PixelX * views.PixelY));
        double soft = Math.Max(1e-6, healthy.Gains[view]![0]);
        float[] excess = new float[observed.Length];
        for (int row = 1; row < rows - 1; row++)
        {
            for (int column = 1; column < columns - 1; column++)
            {
                int at = (row * columns) + column;
                // The atlas may be off by a pixel: the most that is expected next to it is the measure.
                float most = Math.Max(Math.Max(expected[at], Math.Max(expected[at - 1], expected[at + 1])), Math.Max(expected[at - columns], expected[at + columns]));
                double above = observed[at] - most, least = Math.Max(Math.Max(LeastPart * most, LeastOfSoft * soft), LeastDeviations * Math.Sqrt(Math.Max(most, .5 * soft) / pixels));
                excess[at] = above > least ? (float)above : 0;
            }
        }

        int[] peaks = Climb(excess, rows, columns);
        Merge(excess, peaks, rows, columns);
        int least1 = Math.Max(2, (int)(LeastSquareMillimetres / (views.PixelX * views.PixelY)));
        List<Hotspot> found = [.. Enumerable.Range(0, excess.Length).Where(at => excess[at] > 0 && excess[at] >= Level * excess[peaks[at]]).GroupBy(at => peaks[at]).Where(group => group.Count() >= least1)
            .OrderBy(group => group.Key).Select(group => new Hotspot(view, group.Key, [.. group], excess[group.Key]))];
        Hotspot[] sources = [.. found.Where(spot => spot.Excess > Outside * soft)];
        return [.. found.Where(spot => !Array.Exists(sources, source => spot.Excess < Glow * source.Excess && Distance(spot.Peak, source.Peak) < GlowMillimetres))];

        double Distance(int first, int second)
        {
            double x = ((first % columns) - (second % columns)) * views.PixelX, y = ((first / columns) - (second / columns)) * views.PixelY;
            return Math.Sqrt((x * x) + (y * y));
        }
    }

    /// <summary>For each pixel the peak that one comes to from it by always going to the highest neighbour.</summary>
    private static int[] Climb(float[] excess, int rows, int columns)
    {
        int[] next = new int[excess.Length];
        for (int at = 0; at < excess.Length; at++)
        {
            next[at] = at;
            if (excess[at] <= 0)
            {
                continue;
            }

            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    int other = at + (dy * columns) + dx;
                    if (excess[other] > excess[next[at]] || (excess[other] == excess[next[at]] && other < next[at]))
                    {
                        next[at] = other;
                    }
                }
            }
        }

        int Root(int at)
        {
            while (next[at] != at)
            {
                next[at] = next[next[at]];
                at = next[at];
            }

            return at;
        }

        for (int at = 0; at < next.Length; at++)
        {
            next[at] = Root(at);
        }

        return next;
    }

    private static void Merge(float[] excess, int[] peaks, int rows, int columns)
    {
        Dictionary<(int, int), float> saddles = [];
        for (int at = 0; at < excess.Length - columns - 1; at++)
        {
            if (excess[at] <= 0)
            {
                continue;
            }

            foreach (int other in (ReadOnlySpan<int>)[at + 1, at + columns, at + columns + 1, at + columns - 1])
            {
                if (excess[other] > 0 && peaks[other] != peaks[at])
                {
                    (int, int) key = (Math.Min(peaks[at], peaks[other]), Math.Max(peaks[at], peaks[other]));
                    saddles[key] = Math.Max(saddles.GetValueOrDefault(key), Math.Min(excess[at], excess[other]));
                }
            }
        }

        Dictionary<int, int> parent = [];
        int Root(int peak)
        {
            while (parent.TryGetValue(peak, out int up))
            {
                peak = up;
            }

            return peak;
        }

        foreach (((int first, int second), float saddle) in saddles.OrderByDescending(one => one.Value).ThenBy(one => one.Key))
        {
            (int a, int b) = (Root(first), Root(second));
            if (a != b && saddle > Saddle * Math.Min(excess[a], excess[b]))
            {
                (int high, int low) = excess[a] >= excess[b] ? (a, b) : (b, a);
                parent[low] = high;
            }
        }

        for (int at = 0; at < peaks.Length; at++)
        {
            if (excess[at] > 0)
            {
                peaks[at] = Root(peaks[at]);
            }
        }
    }
}
