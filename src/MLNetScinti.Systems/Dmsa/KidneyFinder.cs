using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>
/// The search behind <see cref="KidneySeparation"/>. Lengths in mm, volumes in ml; section indices and positions are those of the
/// frame in which the volume stands, whose other sections are zeros that nothing needs to look at.
/// </summary>
internal sealed class KidneyFinder : IDisposable
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
    private const double Blur = 15;
    private const float Faint = 0.1f, Beside = 0.16f;
    private const string FaintWords = "The other side shows less than a tenth of the uptake: only one kidney was found";

    private readonly ImageGeometry _frame;
    private readonly ImageShape _shape;
    private readonly int _before;
    private readonly double _voxelMillilitres;
    private readonly ReadOnlyMemory<float> _values;
    private readonly float[]? _copy;
    private readonly float[] _lineMaxima;
    private readonly RunRegions _left;
    private readonly RunRegions _right;
    private double _middle;

    /// <summary>A search in a volume that stands in the middle of a frame of sections.</summary>
    public KidneyFinder(Volume volume, ImageGeometry frame, int before)
    {
        _frame = frame;
        _before = before;
        _shape = volume.Shape;
        _voxelMillilitres = frame.VoxelVolume / 1000;
        _values = volume.AsMemory();
        _lineMaxima = ArrayPool<float>.Shared.Rent(Lines);
        if (!Survey())
        {
            _copy = ArrayPool<float>.Shared.Rent(_shape.Length);
            _values = _copy.AsMemory(0, _shape.Length);
            ImageOperators.CopyFinite(volume.AsSpan(), _copy.AsSpan(0, _shape.Length));
            _ = Survey();
        }

        _left = new RunRegions(_shape, before);
        _right = new RunRegions(_shape, before);
    }

    private int Lines => _shape.Sections * _shape.Rows;

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        ArrayPool<float>.Shared.Return(_lineMaxima);
        if (_copy is not null)
        {
            ArrayPool<float>.Shared.Return(_copy);
        }
    }

    public KidneySeparation Find()
    {
        float maximum = RobustMaximum(half: null);
        _middle = maximum > 0 ? BodyMiddle(maximum) : 0;
        if (!(maximum > 0))
        {
            return Result(null, null, _middle, 0, "The volume has no counts.");
        }

        Pair? best = null;
        foreach (double fraction in s_fractions)
        {
            Pair? pair = BestPair(RegionsAbove((float)(fraction * maximum)), fraction);
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
            Pair? halves = SearchHalves(out string? why);
            if (halves is not null && (best is null || halves.Confidence > best.Confidence))
            {
                best = halves;
            }

            if (best is null || (best.Confidence < KidneySeparation.MinimumConfidence && (why ??= WhyAlone(maximum)) is not null))
            {
                return OneKidneyOrNone(maximum, why ?? WhyAlone(maximum));
            }
        }

        if (Math.Min(best.Left.Counts, best.Right.Counts) < KidneySeparation.LeastShare * (best.Left.Counts + best.Right.Counts))
        {
            return OneKidneyOrNone(maximum, "The other side holds less than a twentieth of both sides' counts: only one kidney was found");
        }

        double plane = PlaneBetween(best);
        string? reason = best.Confidence < KidneySeparation.MinimumConfidence
            ? string.Create(CultureInfo.InvariantCulture, $"The pair found is doubtful (confidence {best.Confidence:0.00}): {best.Worst}.")
            : null;
        return Result(best.Left, best.Right, plane, best.Confidence, reason);
    }

    private KidneySeparation Result(Kidney? left, Kidney? right, double plane, double confidence, string? reason) =>
        new(_frame, left, right, plane, confidence, reason);

    // What lies beyond the hottest region and its blur is next to nothing: its own edge may reach across the middle.
    private string? WhyAlone(float maximum)
    {
        if (RegionsAbove(0.4f * maximum).Regions is not [var main, ..])
        {
            return null;
        }

        ((double low, double high), bool isLeft, double middle) = (ExtentX(main.Box), Centre(main).X > _middle, _middle);
        _middle = isLeft ? low - Blur : high + Blur;
        float other = RobustMaximum(isLeft ? BodySide.Right : BodySide.Left);
        _middle = middle;
        return other < Beside * maximum ? "The other side shows less than a sixth of the uptake, as spleen and liver do: only one kidney was found" : null;
    }

    private KidneySeparation OneKidneyOrNone(float maximum, string? why)
    {
        Found regions = RegionsAbove(0.4f * maximum);
        if (regions.Regions.Length == 0 || regions.Regions[0].Voxels * _voxelMillilitres < SmallestKidney)
        {
            return Result(null, null, _middle, 0, "No region of kidney size stands out.");
        }

        Region only = regions.Regions[0];
        (double low, double high) = ExtentX(only.Box);
        if (low < _middle - 25 && high > _middle + 25)
        {
            return Result(null, null, _middle, 0, "The activity reaches across the middle of the body at every threshold: the kidneys touch, or it is no kidney.");
        }

        Kidney kidney = Describe(regions, Fragments(regions, only, _middle), _middle);
        (bool isLeft, (low, high)) = (kidney.Side == BodySide.Left, ExtentX(kidney.Box));
        // The kidney is whole on its side of the plane, also where it reaches across the middle.
        double plane = isLeft ? Math.Min(_middle, low - _frame.ColumnSpacing) : Math.Max(_middle, high + _frame.ColumnSpacing);
        return Result(isLeft ? kidney : null, isLeft ? null : kidney, plane, why is null ? 0 : ConfidenceOf(regions, kidney), $"{why ?? "Only one kidney was found"}, on the {(isLeft ? "left" : "right")} side.");
    }

    // That the other side is empty was seen before; this is whether what there is looks like a kidney, and on which side it is.
    private double ConfidenceOf(Found regions, Kidney kidney) =>
        Rising(kidney.Millilitres, 0, 4) * Falling(kidney.Millilitres, 220, LargestKidney) * Rising(Math.Abs(kidney.Centre.X - _middle), 4, 12)
        * Falling(OtherActivity(regions, kidney, kidney) / kidney.Millilitres, 0.2, 2.2) * (kidney.Box.IsCutBy(_frame, 0) ? 0.5 : 1);

    /// <summary>The largest value of each line; false where a value is not finite.</summary>
    private bool Survey()
    {
        for (int line = 0; line < Lines; line++)
        {
            ReadOnlySpan<float> values = LineOf(line);
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
            {
                return false;
            }

            _lineMaxima[line] = TensorPrimitives.Max(values);
        }

        return true;
    }

    private ReadOnlySpan<float> LineOf(int line) => _values.Span.Slice(line * _shape.Columns, _shape.Columns);

    /// <summary>The columns of a line that lie in a half of the body: X rises or falls along a line, so they are neighbours.</summary>
    private (int First, int End) ColumnsOf(int line, BodySide half) => KidneySeparation.ColumnsOf(_frame, line % _shape.Rows, (line / _shape.Rows) + _before, _middle, half);

    /// <summary>The value that half a millilitre of the voxels exceeds: noise and single hot voxels do not move it much.</summary>
    private float RobustMaximum(BodySide? half)
    {
        int rank = Math.Max(1, (int)Math.Round(0.5 / _voxelMillilitres));
        PriorityQueue<float, float> highest = new(Math.Min(rank, _shape.Length) + 1);
        float least = 0;
        for (int line = 0; line < Lines; line++)
        {
            // The order of the lines does not matter, so one without a larger value need not be looked at.
            if (!(_lineMaxima[line] > least))
            {
                continue;
            }

            (int first, int end) = half is { } side ? ColumnsOf(line, side) : (0, _shape.Columns);
            foreach (float value in LineOf(line)[first..end])
            {
                if (!(value > least))
                {
                    continue;
                }

                if (highest.Count == rank)
                {
                    highest.DequeueEnqueue(value, value);
                }
                else
                {
                    highest.Enqueue(value, value);
                }

                least = highest.Count == rank ? highest.Peek() : 0;
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
        double step = _frame.ColumnSpacing * _frame.RowDirection.X;
        int columns = _shape.Columns;
        double[] places = new double[columns], weights = new double[columns], moments = new double[columns];
        float[] capped = new float[columns];
        double placed = double.NaN;
        // One sum after the other in the order of the voxels: another order would be another middle in the last digits.
        for (int line = 0; line < Lines; line++)
        {
            if (!(_lineMaxima[line] > 0))
            {
                continue;
            }

            double start = _frame.PositionOf(0, line % _shape.Rows, (line / _shape.Rows) + _before).X;
            if (start != placed)
            {
                for (int c = 0; c < places.Length; c++)
                {
                    places[c] = start + (c * step);
                }

                placed = start;
            }

            TensorPrimitives.Clamp(LineOf(line), 0f, cap, capped);
            TensorPrimitives.ConvertTruncating<float, double>(capped, weights);
            TensorPrimitives.Multiply(weights, places, moments);
            (weight, moment) = Add(weight, moment, weights, moments);
        }

        return moment / weight;
    }

    // On its own, so that both sums stay in registers.
    private static (double Weight, double Moment) Add(double weight, double moment, ReadOnlySpan<double> weights, ReadOnlySpan<double> moments)
    {
        moments = moments[..weights.Length];
        for (int c = 0; c < weights.Length; c++)
        {
            weight += weights[c];
            moment += moments[c];
        }

        return (weight, moment);
    }

    private Found RegionsAbove(float threshold)
    {
        _left.Clear();
        for (int line = 0; line < Lines; line++)
        {
            if (_lineMaxima[line] > threshold)
            {
                _left.AddLine(LineOf(line), threshold);
            }
            else
            {
                _left.AddEmptyLine();
            }
        }

        return new Found(_left.Join(Connectivity.Faces, IsFragment), _left);
    }

    private Found RegionsAbove(float threshold, BodySide half)
    {
        RunRegions runs = half == BodySide.Left ? _left : _right;
        runs.Clear();
        for (int line = 0; line < Lines; line++)
        {
            if (_lineMaxima[line] > threshold && threshold > 0)
            {
                (int first, int end) = ColumnsOf(line, half);
                runs.AddLine(LineOf(line)[first..end], threshold, first);
            }
            else
            {
                runs.AddEmptyLine();
            }
        }

        return new Found(runs.Join(Connectivity.Faces, IsFragment), runs);
    }

    /// <summary>What is smaller counts for nothing.</summary>
    private bool IsFragment(int voxels) => voxels * _voxelMillilitres >= Fragment;

    private Pair? BestPair(Found regions, double fraction)
    {
        Region[] candidates = [.. regions.Regions.TakeWhile(region => region.Voxels * _voxelMillilitres >= SmallestKidney).Take(8)];
        Pair? best = null;
        for (int i = 0; i < candidates.Length; i++)
        {
            for (int j = i + 1; j < candidates.Length; j++)
            {
                Pair? pair = Judge(regions, candidates[i], regions, candidates[j], fraction);
                if (pair is not null && (best is null || pair.Confidence > best.Confidence))
                {
                    best = pair;
                }
            }
        }

        return best;
    }

    /// <summary>Each half of the body at 40 % of its own maximum.</summary>
    private Pair? SearchHalves(out string? why)
    {
        why = null;
        float leftMaximum = RobustMaximum(BodySide.Left), rightMaximum = RobustMaximum(BodySide.Right);
        if (Math.Min(leftMaximum, rightMaximum) < Faint * Math.Max(leftMaximum, rightMaximum))
        {
            why = FaintWords;
            return null;
        }

        Found left = RegionsAbove(0.4f * leftMaximum, BodySide.Left), right = RegionsAbove(0.4f * rightMaximum, BodySide.Right);
        if (IsEmpty(left) || IsEmpty(right))
        {
            return null;
        }

        // A region that is cut by the middle plane is one organ on both sides, not two kidneys.
        double gap = _frame.ColumnSpacing * 2;
        (double leftLow, _) = ExtentX(left.Regions[0].Box);
        (_, double rightHigh) = ExtentX(right.Regions[0].Box);
        if (leftLow < _middle + gap && rightHigh > _middle - gap)
        {
            return null;
        }

        return Judge(left, left.Regions[0], right, right.Regions[0], 0.2);

        bool IsEmpty(Found found) => found.Regions.Length == 0 || found.Regions[0].Voxels * _voxelMillilitres < SmallestKidney;
    }

    private Pair? Judge(Found aRegions, Region a, Found bRegions, Region b, double fraction)
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

        Kidney left = first.Side == BodySide.Left ? first : second;
        Kidney right = first.Side == BodySide.Left ? second : first;
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
            (Falling(Math.Abs(between - _middle), 15, 60), "the kidneys do not lie to both sides of the body's middle"),
            (Falling(other, 0.2, 2.2), "other regions are as active as the kidneys"),
            (left.Box.IsCutBy(_frame, 0) || right.Box.IsCutBy(_frame, 0) ? 0.5 : 1, "a kidney reaches the edge of the volume"),
        ];
        double confidence = terms.Aggregate(1.0, (product, term) => product * term.Value);
        return new(left, right, confidence, terms.MinBy(term => term.Value).Doubt);
    }

    /// <summary>The region and what a defect may have cut off it: smaller regions near it on the same side.</summary>
    private Region[] Fragments(Found regions, Region main, double between)
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
    private double OtherActivity(Found regions, Kidney left, Kidney right) => regions.Regions
        .Where(region => region.Voxels * _voxelMillilitres >= SmallestKidney)
        .Where(region => !Inside(left.Box, region) && !Inside(right.Box, region))
        .Sum(region => region.Voxels * _voxelMillilitres);

    private static bool Inside(IndexBox box, Region region) =>
        box.Contains((int)Math.Round(region.Section), (int)Math.Round(region.Row), (int)Math.Round(region.Column));

    private Kidney Describe(Found regions, Region[] parts, double between)
    {
        IndexBox box = parts.Select(part => part.Box).Aggregate((a, b) => a.Union(b));
        bool[] isPart = new bool[regions.Regions.Length + 1];
        foreach (Region part in parts)
        {
            isPart[part.Label] = true;
        }

        double counts = 0;
        foreach (RunRegions.Run run in regions.Runs.Runs)
        {
            if (isPart[run.Label])
            {
                foreach (float value in LineOf(run.Line)[run.First..run.End])
                {
                    counts += value;
                }
            }
        }

        double voxels = parts.Sum(part => (double)part.Voxels);
        double column = parts.Sum(part => part.Column * part.Voxels) / voxels;
        double row = parts.Sum(part => part.Row * part.Voxels) / voxels;
        double section = parts.Sum(part => part.Section * part.Voxels) / voxels;
        Point3 centre = _frame.PositionOf(column, row, section);
        BodySide side = centre.X > between ? BodySide.Left : BodySide.Right;
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
            double x = _frame.PositionOf(
                (corner & 1) == 0 ? box.FirstColumn : box.LastColumn,
                (corner & 2) == 0 ? box.FirstRow : box.LastRow,
                (corner & 4) == 0 ? box.FirstSection : box.LastSection).X;
            low = Math.Min(low, x);
            high = Math.Max(high, x);
        }

        return (low, high);
    }

    private Point3 Centre(Region region) => _frame.PositionOf(region.Column, region.Row, region.Section);

    private static double Rising(double value, double none, double full) => Math.Clamp((value - none) / (full - none), 0, 1);

    private static double Falling(double value, double full, double none) => Math.Clamp((none - value) / (none - full), 0, 1);

    private sealed record Pair(Kidney Left, Kidney Right, double Confidence, string Worst);

    /// <summary>Regions, and the runs that they are made of.</summary>
    private readonly record struct Found(Region[] Regions, RunRegions Runs);
}
