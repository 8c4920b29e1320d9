using System.Numerics.Tensors;

namespace MLNetScinti.Simulation;

/// <summary>What two opposed detectors look at: activity in planes parallel to them, and the body's surfaces.</summary>
internal interface IPlanarObject
{
    /// <summary>Columns, counted towards the patient's left.</summary>
    int Columns { get; }

    /// <summary>Rows, counted from the head down.</summary>
    int Rows { get; }

    /// <summary>Planes, counted from the table up.</summary>
    int Planes { get; }

    /// <summary>Edge of a pixel, mm.</summary>
    double Pixel { get; }

    /// <summary>Thickness of a plane, mm.</summary>
    double PlaneThickness { get; }

    /// <summary>Height of the body's back above the table in each row of a column, mm.</summary>
    ReadOnlySpan<float> Back(int column);

    /// <summary>Height of the body's front in each row of a column, mm; not above the back where there is no body.</summary>
    ReadOnlySpan<float> Front(int column);

    /// <summary>Writes the activity of a plane, column after column.</summary>
    void Fill(int plane, Span<float> activity);
}

/// <summary>
/// A camera with one detector above and one below a lying patient: the planes are weakened by what lies between them and the surface on the
/// detector's side, blurred as the collimator does at their distance, and scattered photons and those that come through the septa are laid on top.
/// </summary>
/// <param name="acquisition">How it is done.</param>
internal sealed class PlanarCamera(PlanarAcquisition acquisition)
{
    /// <summary>The view of the detector below the table.</summary>
    public const int Posterior = 0;

    /// <summary>The view of the detector above the patient.</summary>
    public const int Anterior = 1;

    /// <summary>The mean counts of both views for a unit of activity, columns towards the patient's left in both.</summary>
    /// <param name="body">The object.</param>
    /// <param name="cancellation">Stops the work.</param>
    public Projections Expect(IPlanarObject body, CancellationToken cancellation = default)
    {
        Projections result = new(2, body.Columns, body.Rows);
        bool scatters = acquisition is { Scatter: true, Attenuation: > 0 } && acquisition.NarrowAttenuation > acquisition.Attenuation;
        double narrow = scatters ? acquisition.NarrowAttenuation : acquisition.Attenuation;
        float top = 0;
        for (int column = 0; column < body.Columns; column++)
        {
            top = Math.Max(top, TensorPrimitives.Max(body.Front(column)));
        }

        Scratch scratch = new(body);
        for (int view = Posterior; view <= Anterior; view++)
        {
            Project(body, view, top, narrow, scratch, cancellation);
            for (int column = 0; column < body.Columns; column++)
            {
                scratch.Image.Line(column)[..body.Rows].CopyTo(result.Line(view, column));
            }

            if (scatters)
            {
                AddScatter(body, view, scratch, result);
            }

            if (acquisition.GeometricPart < 1)
            {
                SeptalPenetration.Apply(result, view, body.Pixel, acquisition.GeometricPart);
            }
        }

        return result;
    }

    /// <summary>How deep below the surface on the detector's side a height lies.</summary>
    private static double Depth(IPlanarObject body, int view, int column, int row, double height) =>
        view == Posterior ? height - body.Back(column)[row] : body.Front(column)[row] - height;

    private void Project(IPlanarObject body, int view, double top, double attenuation, Scratch scratch, CancellationToken cancellation)
    {
        int rows = body.Rows;
        double pixel = body.Pixel, thickness = body.PlaneThickness;
        // From the far side on: down to the table for the detector below it, up for the one above.
        int first = view == Posterior ? body.Planes - 1 : 0, step = view == Posterior ? -1 : 1;
        Span<float> weights = scratch.Weights, plane = scratch.Plane;
        for (int column = 0; column < body.Columns; column++)
        {
            Span<float> line = weights.Slice(column * rows, rows);
            TensorPrimitives.Multiply(view == Posterior ? body.Back(column) : body.Front(column), (float)(view == Posterior ? attenuation : -attenuation), line);
            float start = (float)((first + 0.5) * thickness * attenuation);
            TensorPrimitives.Add(line, view == Posterior ? -start : start, line);
            TensorPrimitives.Exp(line, line);
            ReadOnlySpan<float> back = body.Back(column), front = body.Front(column);
            for (int row = 0; row < rows; row++)
            {
                // Nothing weakens what lies beside the body.
                line[row] = front[row] > back[row] ? line[row] : float.MaxValue;
            }
        }

        float nearer = (float)Math.Exp(attenuation * thickness);
        scratch.Image.Clear();
        scratch.Levels.AsSpan().Clear();
        double reached = double.NaN;
        for (int k = first; k >= 0 && k < body.Planes; k += step)
        {
            cancellation.ThrowIfCancellationRequested();
            double height = (k + 0.5) * thickness;
            if (acquisition.Collimator is { } collimator)
            {
                double distance = view == Posterior ? acquisition.PosteriorGap + height : acquisition.AnteriorGap + Math.Max(0, top - height);
                double wanted = collimator.Variance(distance) / (pixel * pixel);
                if (scratch.Image.HasCounts)
                {
                    scratch.Image.Blur(reached - wanted);
                }

                reached = wanted;
            }

            body.Fill(k, plane);
            scratch.Gather(body, view, k, height, acquisition);
            TensorPrimitives.Min(weights, 1f, scratch.Passed);
            TensorPrimitives.Multiply(plane, scratch.Passed, plane);
            for (int column = 0; column < body.Columns; column++)
            {
                Span<float> line = scratch.Image.Line(column)[..rows];
                TensorPrimitives.Add(line, plane.Slice(column * rows, rows), line);
            }

            scratch.Image.Added();
            TensorPrimitives.Multiply(weights, nearer, weights);
        }

        if (acquisition.Collimator is not null)
        {
            scratch.Image.Blur(reached);
        }
    }

    /// <summary>Scatter comes out of matter: in proportion to what a line's length of it takes from a beam; none of it is lost by that.</summary>
    private void AddScatter(IPlanarObject body, int view, Scratch scratch, Projections result)
    {
        int across = scratch.Across, along = scratch.Along, cells = across * along;
        float[] spread = new float[cells];
        IReadOnlyList<(double Depth, double Length)> levels = PhysicsConstants.ScatterKernels;
        for (int level = 0; level < levels.Count; level++)
        {
            Span<float> one = scratch.Levels.AsSpan(level * cells, cells);
            ScatterCells.Spread(one, across, along, levels[level].Length / (ScatterCells.Cell * body.Pixel));
            TensorPrimitives.Add(spread, one, spread);
        }

        float[] share = new float[body.Rows];
        double wanted = 0, found = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            float part = found > 0 ? (float)(wanted / found / (ScatterCells.Cell * ScatterCells.Cell)) : 0;
            for (int column = 0; column < body.Columns; column++)
            {
                TensorPrimitives.Subtract(body.Front(column), body.Back(column), share);
                TensorPrimitives.Multiply(share, (float)-acquisition.NarrowAttenuation, share);
                TensorPrimitives.Exp(share, share);
                (int low, float right) = ScatterCells.Place(column, across);
                ReadOnlySpan<float> before = spread.AsSpan(low * along, along), after = spread.AsSpan(Math.Min(low + 1, across - 1) * along, along);
                Span<float> line = result.Line(view, column);
                for (int row = 0; row < line.Length; row++)
                {
                    (int down, float up) = ScatterCells.Place(row, along);
                    int next = Math.Min(down + 1, along - 1);
                    float lower = before[down] + (right * (after[down] - before[down]));
                    float higher = before[next] + (right * (after[next] - before[next]));
                    float here = lower + (up * (higher - lower)), taken = 1 - share[row];
                    if (pass == 0)
                    {
                        wanted += here;
                        found += here * taken;
                    }
                    else
                    {
                        line[row] += part * taken * here;
                    }
                }
            }
        }
    }

    /// <summary>What is needed while a view is made, and what both views share.</summary>
    private sealed class Scratch
    {
        private readonly float[] _cells;
        private readonly bool[] _known;

        public Scratch(IPlanarObject body)
        {
            int stride = (body.Rows + ActivityMap.SectionBlock - 1) / ActivityMap.SectionBlock * ActivityMap.SectionBlock;
            Image = new PlaneBlur(body.Columns, stride);
            Weights = new float[body.Columns * body.Rows];
            Plane = new float[body.Columns * body.Rows];
            Passed = new float[body.Columns * body.Rows];
            (Across, Along) = (ScatterCells.Of(body.Columns), ScatterCells.Of(body.Rows));
            Levels = new float[PhysicsConstants.ScatterKernels.Count * Across * Along];
            _cells = new float[body.Planes * Across * Along];
            _known = new bool[body.Planes];
        }

        public PlaneBlur Image { get; }

        public float[] Weights { get; }

        public float[] Plane { get; }

        public float[] Passed { get; }

        public int Across { get; }

        public int Along { get; }

        /// <summary>What is scattered out of each range of depths.</summary>
        public float[] Levels { get; }

        /// <summary>Sorts what a plane scatters into ranges of depths.</summary>
        public void Gather(IPlanarObject body, int view, int plane, double height, PlanarAcquisition acquisition)
        {
            if (!acquisition.Scatter)
            {
                return;
            }

            Span<float> cells = _cells.AsSpan(plane * Across * Along, Across * Along);
            if (!_known[plane])
            {
                Sum(body, cells);
                _known[plane] = true;
            }

            IReadOnlyList<(double Depth, double Length)> kernels = PhysicsConstants.ScatterKernels;
            for (int a = 0; a < Across; a++)
            {
                int column = Math.Min((a * ScatterCells.Cell) + (ScatterCells.Cell / 2), body.Columns - 1);
                for (int b = 0; b < Along; b++)
                {
                    float activity = cells[(a * Along) + b];
                    if (activity <= 0)
                    {
                        continue;
                    }

                    int row = Math.Min((b * ScatterCells.Cell) + (ScatterCells.Cell / 2), body.Rows - 1);
                    double depth = Math.Max(0, Depth(body, view, column, row, height));
                    int level = 0;
                    while (depth > kernels[level].Depth)
                    {
                        level++;
                    }

                    Levels[(level * Across * Along) + (a * Along) + b] += activity * (float)(Math.Exp(-acquisition.Attenuation * depth) - Math.Exp(-acquisition.NarrowAttenuation * depth));
                }
            }
        }

        private void Sum(IPlanarObject body, Span<float> cells)
        {
            for (int column = 0; column < body.Columns; column++)
            {
                ReadOnlySpan<float> line = Plane.AsSpan(column * body.Rows, body.Rows);
                Span<float> into = cells.Slice(column / ScatterCells.Cell * Along, Along);
                for (int b = 0; b < Along; b++)
                {
                    float sum = 0;
                    foreach (float value in line[(b * ScatterCells.Cell)..Math.Min(line.Length, (b + 1) * ScatterCells.Cell)])
                    {
                        sum += value;
                    }

                    into[b] += sum;
                }
            }
        }
    }
}

/// <summary>
/// Photons that come through the collimator's septa: tails around every source, half of them even, half in the six directions in which septa
/// are thinnest. They are smooth, so they are computed on cells.
/// </summary>
internal static class SeptalPenetration
{
    private const int Cell = 4;

    /// <summary>Replaces part of a view by its tails; what would leave the field of view is lost.</summary>
    /// <param name="views">The views.</param>
    /// <param name="view">Which of them.</param>
    /// <param name="pixel">Edge of a pixel, mm.</param>
    /// <param name="geometric">The part that comes through the holes.</param>
    public static void Apply(Projections views, int view, double pixel, double geometric)
    {
        int across = (views.Bins + Cell - 1) / Cell, along = (views.Sections + Cell - 1) / Cell;
        float[] coarse = new float[across * along];
        for (int bin = 0; bin < views.Bins; bin++)
        {
            ReadOnlySpan<float> line = views.Line(view, bin);
            for (int s = 0; s < line.Length; s++)
            {
                coarse[(bin / Cell * along) + (s / Cell)] += line[s];
            }
        }

        (int reach, float[] kernel) = Kernel(Cell * pixel);
        int width = (2 * reach) + 1;
        float[] tails = new float[coarse.Length];
        for (int a = 0; a < across; a++)
        {
            Span<float> into = tails.AsSpan(a * along, along);
            for (int from = Math.Max(0, a - reach); from <= Math.Min(across - 1, a + reach); from++)
            {
                ReadOnlySpan<float> source = coarse.AsSpan(from * along, along);
                ReadOnlySpan<float> weights = kernel.AsSpan((a - from + reach) * width, width);
                for (int shift = -reach; shift <= reach; shift++)
                {
                    int start = Math.Max(0, shift), end = Math.Min(along, along + shift);
                    if (end > start)
                    {
                        Span<float> target = into[start..end];
                        TensorPrimitives.MultiplyAdd(source[(start - shift)..(end - shift)], weights[shift + reach], target, target);
                    }
                }
            }
        }

        float part = (float)((1 - geometric) / (Cell * Cell));
        for (int bin = 0; bin < views.Bins; bin++)
        {
            (int low, float right) = Between(bin, across);
            ReadOnlySpan<float> before = tails.AsSpan(low * along, along), after = tails.AsSpan(Math.Min(low + 1, across - 1) * along, along);
            Span<float> line = views.Line(view, bin);
            for (int s = 0; s < line.Length; s++)
            {
                (int down, float up) = Between(s, along);
                int next = Math.Min(down + 1, along - 1);
                float lower = before[down] + (right * (after[down] - before[down]));
                float higher = before[next] + (right * (after[next] - before[next]));
                line[s] = (float)(geometric * line[s]) + (part * (lower + (up * (higher - lower))));
            }
        }
    }

    /// <summary>The tails of a point, of sum 1, on cells of an edge in mm.</summary>
    private static (int Reach, float[] Kernel) Kernel(double edge)
    {
        int reach = (int)(4 * PhysicsConstants.PenetrationArmLength / edge), width = (2 * reach) + 1;
        double[] even = new double[width * width], arms = new double[width * width];
        const int fine = 5;
        for (int i = 0; i < width * fine; i++)
        {
            for (int j = 0; j < width * fine; j++)
            {
                double x = (((i + 0.5) / fine) - 0.5 - reach) * edge, y = (((j + 0.5) / fine) - 0.5 - reach) * edge;
                double r = Math.Sqrt((x * x) + (y * y));
                int at = (i / fine * width) + (j / fine);
                even[at] += Math.Exp(-r / PhysicsConstants.PenetrationLength);
                // One pair of arms runs along the body's axis.
                double turn = Math.Atan2(x, y) / (Math.PI / 3), off = r * Math.Sin((turn - Math.Round(turn)) * (Math.PI / 3)) / PhysicsConstants.PenetrationArmWidth;
                arms[at] += Math.Exp((-r / PhysicsConstants.PenetrationArmLength) - (off * off / 2));
            }
        }

        double evenSum = even.Sum(), armSum = arms.Sum();
        return (reach, [.. even.Zip(arms, (a, b) => (float)((a / evenSum / 2) + (b / armSum / 2)))]);
    }

    private static (int Low, float Upper) Between(int index, int cells)
    {
        float place = Math.Clamp(((index + 0.5f) / Cell) - 0.5f, 0, cells - 1);
        int low = Math.Clamp((int)place, 0, Math.Max(0, cells - 2));
        return (low, place - low);
    }
}
