using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>The search behind <see cref="KidneySeparation"/>. Lengths in mm, volumes in ml.</summary>
internal sealed class KidneyFinder
{
    // Fractions of the robust maximum, the usual one first; the search ends early at a convincing pair.
    private static readonly double[] s_fractions = [0.40, 0.35, 0.45, 0.30, 0.50, 0.25, 0.60, 0.20, 0.70, 0.15];
    private const double Convincing = 0.85;
    private const double SmallestKidney = 1;
    private const double LargestKidney = 400;
    private const double NearestCentres = 25;
    private const double FarthestCentres = 220;
    private const double Fragment = 0.2;
    private const double FragmentReach = 60;

    private readonly Volume _volume;
    private readonly ImageGeometry _geometry;
    private readonly double _voxelMillilitres;
    private readonly float[] _values;

    public KidneyFinder(Volume volume)
    {
        _volume = volume;
        _geometry = volume.Geometry;
        _voxelMillilitres = _geometry.VoxelVolume / 1000;
        _values = new float[volume.Voxels.Length];
        ImageOperators.CopyFinite(volume.Voxels, _values);
    }

    public KidneySeparation Find()
    {
        float maximum = RobustMaximum(_ => true);
        double middle = maximum > 0 ? BodyMiddle(maximum) : 0;
        if (!(maximum > 0))
        {
            return new(null, null, middle, 0, "The volume has no counts.");
        }

        Pair? best = null;
        foreach (double fraction in s_fractions)
        {
            Pair? pair = BestPair(LabelledRegions.Find(Above((float)(fraction * maximum)), _volume.Shape), middle, fraction);
            if (pair is not null && (best is null || pair.Confidence > best.Confidence))
            {
                best = pair;
                if (best.Confidence >= Convincing)
                {
                    break;
                }
            }
        }

        if (best is null || best.Confidence < KidneySeparation.MinimumConfidence)
        {
            Pair? halves = SearchHalves(middle, out string? why);
            if (halves is not null && (best is null || halves.Confidence > best.Confidence))
            {
                best = halves;
            }

            if (best is null)
            {
                return OneKidneyOrNone(maximum, middle, why);
            }
        }

        double plane = PlaneBetween(best);
        string? reason = best.Confidence < KidneySeparation.MinimumConfidence
            ? string.Create(CultureInfo.InvariantCulture, $"The pair found is doubtful (confidence {best.Confidence:0.00}): {best.Worst}.")
            : null;
        return new(best.Left, best.Right, plane, best.Confidence, reason);
    }

    private KidneySeparation OneKidneyOrNone(float maximum, double middle, string? why)
    {
        LabelledRegions regions = LabelledRegions.Find(Above(0.4f * maximum), _volume.Shape);
        if (regions.Regions.Count == 0 || regions.Regions[0].Voxels * _voxelMillilitres < SmallestKidney)
        {
            return new(null, null, middle, 0, "No region of kidney size stands out.");
        }

        Region only = regions.Regions[0];
        (double low, double high) = ExtentX(only.Box);
        if (low < middle - 25 && high > middle + 25)
        {
            return new(null, null, middle, 0, "The activity reaches across the middle of the body at every threshold: the kidneys touch, or it is no kidney.");
        }

        Kidney kidney = Describe(regions, [only], middle);
        bool isLeft = kidney.Side == KidneySide.Left;
        string found = why ?? "Only one kidney was found";
        return new(isLeft ? kidney : null, isLeft ? null : kidney, middle, 0, $"{found}, on the {(isLeft ? "left" : "right")} side.");
    }

    /// <summary>The value that half a millilitre of the voxels exceeds: noise and single hot voxels do not move it much.</summary>
    private float RobustMaximum(Func<int, bool> include)
    {
        int rank = Math.Max(1, (int)Math.Round(0.5 / _voxelMillilitres));
        PriorityQueue<float, float> highest = new(rank + 1);
        for (int i = 0; i < _values.Length; i++)
        {
            float value = _values[i];
            if (value > 0 && (highest.Count < rank || value > highest.Peek()) && include(i))
            {
                if (highest.Count == rank)
                {
                    highest.Dequeue();
                }

                highest.Enqueue(value, value);
            }
        }

        return highest.Count == 0 ? 0 : highest.Peek();
    }

    /// <summary>The mean X of the activity, each voxel counting at most 3 % of the maximum: so the body weighs more than the kidneys.</summary>
    private double BodyMiddle(float maximum)
    {
        float cap = 0.03f * maximum;
        double weight = 0;
        double moment = 0;
        int i = 0;
        for (int s = 0; s < _geometry.Sections; s++)
        {
            for (int r = 0; r < _geometry.Rows; r++)
            {
                double start = _geometry.PositionOf(0, r, s).X;
                double step = _geometry.ColumnSpacing * _geometry.RowDirection.X;
                for (int c = 0; c < _geometry.Columns; c++, i++)
                {
                    double w = Math.Clamp(_values[i], 0, cap);
                    weight += w;
                    moment += w * (start + (c * step));
                }
            }
        }

        return moment / weight;
    }

    private bool[] Above(float threshold)
    {
        bool[] mask = new bool[_values.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = _values[i] > threshold;
        }

        return mask;
    }

    private Pair? BestPair(LabelledRegions regions, double middle, double fraction)
    {
        Region[] candidates = [.. regions.Regions.TakeWhile(region => region.Voxels * _voxelMillilitres >= SmallestKidney).Take(8)];
        Pair? best = null;
        for (int i = 0; i < candidates.Length; i++)
        {
            for (int j = i + 1; j < candidates.Length; j++)
            {
                Pair? pair = Judge(regions, candidates[i], regions, candidates[j], middle, fraction);
                if (pair is not null && (best is null || pair.Confidence > best.Confidence))
                {
                    best = pair;
                }
            }
        }

        return best;
    }

    /// <summary>Each half of the body at 40 % of its own maximum.</summary>
    private Pair? SearchHalves(double middle, out string? why)
    {
        why = null;
        LabelledRegions[] halves = new LabelledRegions[2];
        float[] maxima = new float[2];
        bool[] isLeft = Sides(middle);
        for (int half = 0; half < 2; half++)
        {
            bool left = half == 0;
            maxima[half] = RobustMaximum(i => isLeft[i] == left);
            float threshold = 0.4f * maxima[half];
            bool[] mask = new bool[_values.Length];
            for (int i = 0; i < mask.Length; i++)
            {
                mask[i] = isLeft[i] == left && _values[i] > threshold && threshold > 0;
            }

            halves[half] = LabelledRegions.Find(mask, _volume.Shape);
        }

        if (Math.Min(maxima[0], maxima[1]) < 0.1f * Math.Max(maxima[0], maxima[1]))
        {
            why = "The other side shows less than a tenth of the uptake: only one kidney was found";
            return null;
        }

        if (halves.Any(regions => regions.Regions.Count == 0 || regions.Regions[0].Voxels * _voxelMillilitres < SmallestKidney))
        {
            return null;
        }

        // A region that is cut by the middle plane is one organ on both sides, not two kidneys.
        double gap = _geometry.ColumnSpacing * 2;
        (double leftLow, _) = ExtentX(halves[0].Regions[0].Box);
        (_, double rightHigh) = ExtentX(halves[1].Regions[0].Box);
        if (leftLow < middle + gap && rightHigh > middle - gap)
        {
            return null;
        }

        return Judge(halves[0], halves[0].Regions[0], halves[1], halves[1].Regions[0], middle, 0.2);
    }

    private bool[] Sides(double middle)
    {
        bool[] left = new bool[_values.Length];
        int i = 0;
        for (int s = 0; s < _geometry.Sections; s++)
        {
            for (int r = 0; r < _geometry.Rows; r++)
            {
                double start = _geometry.PositionOf(0, r, s).X;
                double step = _geometry.ColumnSpacing * _geometry.RowDirection.X;
                for (int c = 0; c < _geometry.Columns; c++, i++)
                {
                    left[i] = start + (c * step) > middle;
                }
            }
        }

        return left;
    }

    private Pair? Judge(LabelledRegions aRegions, Region a, LabelledRegions bRegions, Region b, double middle, double fraction)
    {
        double distance = Math.Abs(Centre(a).X - Centre(b).X);
        double between = (Centre(a).X + Centre(b).X) / 2;
        if (distance is < NearestCentres or > FarthestCentres
            || Math.Max(a.Voxels, b.Voxels) * _voxelMillilitres > LargestKidney)
        {
            return null;
        }

        Kidney first = Describe(aRegions, Fragments(aRegions, a, between), between);
        Kidney second = Describe(bRegions, Fragments(bRegions, b, between), between);
        if (first.Side == second.Side)
        {
            return null;
        }

        Kidney left = first.Side == KidneySide.Left ? first : second;
        Kidney right = first.Side == KidneySide.Left ? second : first;
        double volumeRatio = Math.Min(left.Millilitres, right.Millilitres) / Math.Max(left.Millilitres, right.Millilitres);
        double leftUptake = left.Counts / left.Millilitres;
        double rightUptake = right.Counts / right.Millilitres;
        double uptakeRatio = Math.Min(leftUptake, rightUptake) / Math.Max(leftUptake, rightUptake);
        double other = OtherActivity(aRegions, left, right) / Math.Min(left.Millilitres, right.Millilitres);
        (double Value, string Doubt)[] terms =
        [
            (Math.Min(Rising(fraction, 0.05, 0.25), Falling(fraction, 0.5, 1.2)), "an unusual threshold was needed to part the kidneys"),
            (Rising(Math.Min(left.Millilitres, right.Millilitres), 0, 4), "a kidney is very small"),
            (Falling(Math.Max(left.Millilitres, right.Millilitres), 220, LargestKidney), "a kidney is very large"),
            (Rising(volumeRatio, -0.2, 0.4), "the volumes differ much"),
            (Rising(uptakeRatio, -0.1, 0.3), "the uptakes differ much"),
            (Math.Min(Rising(distance, 15, 40), Falling(distance, 170, 260)), "the distance between the kidneys is unusual"),
            (Falling(Math.Abs(left.Centre.Z - right.Centre.Z), 35, 90), "the kidneys lie at very different heights"),
            (Falling(Math.Abs(left.Centre.Y - right.Centre.Y), 25, 80), "the kidneys lie at very different depths"),
            (Falling(Math.Abs(between - middle), 15, 60), "the kidneys do not lie to both sides of the body's middle"),
            (Falling(other, 0.2, 2.2), "other regions are as active as the kidneys"),
            (left.Box.TouchesEdgeOf(_volume.Shape) || right.Box.TouchesEdgeOf(_volume.Shape) ? 0.5 : 1, "a kidney reaches the edge of the volume"),
        ];
        double confidence = terms.Aggregate(1.0, (product, term) => product * term.Value);
        return new(left, right, confidence, terms.MinBy(term => term.Value).Doubt);
    }

    /// <summary>The region and what a defect may have cut off it: smaller regions near it on the same side.</summary>
    private Region[] Fragments(LabelledRegions regions, Region main, double between)
    {
        Point3 centre = Centre(main);
        bool left = centre.X > between;
        return
        [
            main,
            .. regions.Regions.Where(region =>
                region.Label != main.Label && region.Voxels < main.Voxels && region.Voxels * _voxelMillilitres >= Fragment
                && (Centre(region) - centre).Length <= FragmentReach && Centre(region).X > between == left),
        ];
    }

    /// <summary>Millilitres above the threshold outside of both kidneys' boxes, in regions of kidney size.</summary>
    private double OtherActivity(LabelledRegions regions, Kidney left, Kidney right) => regions.Regions
        .Where(region => region.Voxels * _voxelMillilitres >= SmallestKidney)
        .Where(region => !Inside(left.Box, region) && !Inside(right.Box, region))
        .Sum(region => region.Voxels * _voxelMillilitres);

    private static bool Inside(IndexBox box, Region region) =>
        box.Contains((int)Math.Round(region.Section), (int)Math.Round(region.Row), (int)Math.Round(region.Column));

    private Kidney Describe(LabelledRegions regions, Region[] parts, double between)
    {
        HashSet<int> labels = [.. parts.Select(part => part.Label)];
        IndexBox box = parts.Select(part => part.Box).Aggregate((a, b) => new(
            Math.Min(a.FirstSection, b.FirstSection), Math.Max(a.LastSection, b.LastSection),
            Math.Min(a.FirstRow, b.FirstRow), Math.Max(a.LastRow, b.LastRow),
            Math.Min(a.FirstColumn, b.FirstColumn), Math.Max(a.LastColumn, b.LastColumn)));
        double counts = 0;
        for (int s = box.FirstSection; s <= box.LastSection; s++)
        {
            for (int r = box.FirstRow; r <= box.LastRow; r++)
            {
                for (int c = box.FirstColumn; c <= box.LastColumn; c++)
                {
                    int i = _volume.IndexOf(s, r, c);
                    if (regions.Labels[i] != 0 && labels.Contains(regions.Labels[i]))
                    {
                        counts += _values[i];
                    }
                }
            }
        }

        double voxels = parts.Sum(part => (double)part.Voxels);
        double column = parts.Sum(part => part.Column * part.Voxels) / voxels;
        double row = parts.Sum(part => part.Row * part.Voxels) / voxels;
        double section = parts.Sum(part => part.Section * part.Voxels) / voxels;
        Point3 centre = _geometry.PositionOf(column, row, section);
        KidneySide side = centre.X > between ? KidneySide.Left : KidneySide.Right;
        return new(side, centre, column, row, section, box, voxels * _voxelMillilitres, counts);
    }

    /// <summary>Half-way between the facing edges of the two kidneys; between the centres where the edges overlap.</summary>
    private double PlaneBetween(Pair pair)
    {
        (double leftEdge, _) = ExtentX(pair.Left.Box);
        (_, double rightEdge) = ExtentX(pair.Right.Box);
        return leftEdge > rightEdge ? (leftEdge + rightEdge) / 2 : (pair.Left.Centre.X + pair.Right.Centre.X) / 2;
    }

    private (double Low, double High) ExtentX(IndexBox box)
    {
        double low = double.MaxValue;
        double high = double.MinValue;
        for (int corner = 0; corner < 8; corner++)
        {
            double x = _geometry.PositionOf(
                (corner & 1) == 0 ? box.FirstColumn : box.LastColumn,
                (corner & 2) == 0 ? box.FirstRow : box.LastRow,
                (corner & 4) == 0 ? box.FirstSection : box.LastSection).X;
            low = Math.Min(low, x);
            high = Math.Max(high, x);
        }

        return (low, high);
    }

    private Point3 Centre(Region region) => _geometry.PositionOf(region.Column, region.Row, region.Section);

    private static double Rising(double value, double none, double full) => Math.Clamp((value - none) / (full - none), 0, 1);

    private static double Falling(double value, double full, double none) => Math.Clamp((none - value) / (none - full), 0, 1);

    private sealed record Pair(Kidney Left, Kidney Right, double Confidence, string Worst);
}
