using System.Numerics.Tensors;

namespace MLNetScinti.Simulation;

/// <summary>
/// The scattered photons that fall into the photopeak's window. How many: what the attenuation of a broad beam lets through and
/// that of a narrow beam does not, so that the share of scatter grows with depth and the sum of both is the broad beam's. Where: around
/// the source's own line, spread by an exponential kernel whose length grows with the source's depth, and only on lines that cross the body. All of it
/// is smooth, so that it is computed on cells of some voxels.
/// </summary>
internal sealed class ScatterModel
{
    private const int Cell = ScatterCells.Cell;
    private readonly SpectAcquisition _acquisition;
    private readonly int _columns;
    private readonly int _sections;
    private readonly int _bins;
    private readonly double _middle;
    private readonly float[] _activity;

    /// <summary>The model of an object.</summary>
    public ScatterModel(ActivityMap activity, SpectAcquisition acquisition)
    {
        _acquisition = acquisition;
        _columns = (activity.Size + Cell - 1) / Cell;
        _sections = (activity.Sections + Cell - 1) / Cell;
        _bins = (acquisition.Bins + Cell - 1) / Cell;
        _middle = (activity.Size - 1) / 2.0;
        _activity = new float[_columns * _columns * _sections];
        for (int r = 0; r < activity.Size; r++)
        {
            for (int c = 0; c < activity.Size; c++)
            {
                ReadOnlySpan<float> line = activity.Line(r, c);
                Span<float> cells = _activity.AsSpan(((r / Cell * _columns) + (c / Cell)) * _sections, _sections);
                for (int s = 0; s < cells.Length; s++)
                {
                    cells[s] += TensorPrimitives.Sum(line[(s * Cell)..Math.Min(line.Length, (s + 1) * Cell)]);
                }
            }
        }
    }

    /// <summary>Adds a view's scatter to its primary photons.</summary>
    /// <param name="sine">Sine of the view's angle.</param>
    /// <param name="cosine">Cosine of the view's angle.</param>
    /// <param name="near">For each bin, where its line leaves the body towards the detector, mm.</param>
    /// <param name="chord">For each bin, how long its line runs through the body, mm; 0 where it passes by.</param>
    /// <param name="scale">Counts for a unit of activity that nothing weakens.</param>
    /// <param name="view">The view's number.</param>
    /// <param name="result">The views.</param>
    public void Add(double sine, double cosine, ReadOnlySpan<double> near, ReadOnlySpan<double> chord, double scale, int view, Projections result)
    {
        float[] spread = new float[_bins * _sections];
        float[] level = new float[_bins * _sections];
        IReadOnlyList<(double Depth, double Length)> levels = PhysicsConstants.ScatterKernels;
        for (int k = 0; k < levels.Count; k++)
        {
            level.AsSpan().Clear();
            Gather(sine, cosine, near, k == 0 ? double.NegativeInfinity : levels[k - 1].Depth, levels[k].Depth, level);
            ScatterCells.Spread(level, _bins, _sections, levels[k].Length / (Cell * _acquisition.Pixel));
            TensorPrimitives.Add(spread, level, spread);
        }

        // Scatter comes out of matter: in proportion to what a line's length of it takes from a beam; none of it is lost by that.
        int bins = _acquisition.Bins;
        double[] share = new double[bins];
        double wanted = 0;
        double found = 0;
        for (int bin = 0; bin < bins; bin++)
        {
            share[bin] = 1 - Math.Exp(-_acquisition.NarrowAttenuation * chord[bin]);
            (int low, float upper) = ScatterCells.Place(bin, _bins);
            double here = ((1 - upper) * TensorPrimitives.Sum(spread.AsSpan(low * _sections, _sections)))
                + (upper * TensorPrimitives.Sum(spread.AsSpan((low + 1) * _sections, _sections)));
            wanted += here;
            found += here * share[bin];
        }

        double part = found > 0 ? scale * wanted / found / (Cell * Cell) : 0;
        for (int bin = 0; bin < bins; bin++)
        {
            if (share[bin] <= 0)
            {
                continue;
            }

            (int low, float upper) = ScatterCells.Place(bin, _bins);
            float weight = (float)(part * share[bin]);
            ReadOnlySpan<float> before = spread.AsSpan(low * _sections, _sections);
            ReadOnlySpan<float> after = spread.AsSpan((low + 1) * _sections, _sections);
            Span<float> line = result.Line(view, bin);
            for (int s = 0; s < line.Length; s++)
            {
                (int down, float up) = ScatterCells.Place(s, _sections);
                float lower = before[down] + (upper * (after[down] - before[down]));
                float higher = _sections > 1 ? before[down + 1] + (upper * (after[down + 1] - before[down + 1])) : lower;
                line[s] += weight * (lower + (up * (higher - lower)));
            }
        }
    }

    /// <summary>Sums what is scattered out of the cells of a range of depths onto the detector.</summary>
    private void Gather(double sine, double cosine, ReadOnlySpan<double> near, double above, double upTo, Span<float> level)
    {
        double pixel = _acquisition.Pixel;
        for (int cell = 0; cell < _columns * _columns; cell++)
        {
            double x = (((cell % _columns) * Cell) + ((Cell - 1) / 2.0) - _middle) * pixel;
            double y = (((cell / _columns) * Cell) + ((Cell - 1) / 2.0) - _middle) * pixel;
            double bin = (((x * cosine) - (y * sine)) / pixel) + ((_acquisition.Bins - 1) / 2.0);
            double depth = near[Math.Clamp((int)Math.Round(bin), 0, near.Length - 1)] - ((x * sine) + (y * cosine));
            if (depth <= above || depth > upTo)
            {
                continue;
            }

            depth = Math.Max(0, depth);
            double scattered = Math.Exp(-_acquisition.Attenuation * depth) - Math.Exp(-_acquisition.NarrowAttenuation * depth);
            double place = ((bin + 0.5) / Cell) - 0.5;
            int low = (int)Math.Floor(place);
            for (int neighbour = low; neighbour <= low + 1; neighbour++)
            {
                float weight = (float)(scattered * (1 - Math.Abs(place - neighbour)));
                if (neighbour >= 0 && neighbour < _bins && weight > 0)
                {
                    Span<float> target = level.Slice(neighbour * _sections, _sections);
                    TensorPrimitives.MultiplyAdd(_activity.AsSpan(cell * _sections, _sections), weight, target, target);
                }
            }
        }
    }
}
