namespace MLNetScinti.Imaging;

/// <summary>Two images on one grid at one resolution of a deformable registration.</summary>
/// <remarks>
/// Symmetric log-domain demons (Vercauteren, Pennec, Perchant and Ayache, MICCAI 2008): the map is the exponential of a stationary velocity
/// field, so that its inverse is known, and each step takes the mean of the forces both ways.
/// </remarks>
internal sealed class DemonsLevel
{
    private readonly ImageGeometry _grid;
    private readonly float[] _first, _second;
    private readonly bool[] _firstSeen, _secondSeen;
    private readonly int _threads;
    private readonly float _flat;

    /// <summary>Takes values from 0 to 1 on one grid, negative ones where an image's field does not reach.</summary>
    public DemonsLevel(Volume first, Volume second, double flatSlope, int threads)
    {
        (_grid, _flat, _threads) = (first.Geometry, (float)flatSlope, threads);
        (_firstSeen, _secondSeen) = (Seen(first), Seen(second));
        // Air beyond the field: no force is taken from there.
        (_first, _second) = (Array.ConvertAll(first.Voxels, value => Math.Max(0, value)), Array.ConvertAll(second.Voxels, value => Math.Max(0, value)));
    }

    /// <summary>Improves a velocity field.</summary>
    /// <param name="velocity">The field; it is changed.</param>
    /// <param name="iterations">Steps, at most.</param>
    /// <param name="elastic">Standard deviation in voxels with which the field is smoothed after each step.</param>
    /// <param name="fluid">Standard deviation in voxels with which each step is smoothed.</param>
    /// <param name="cancel">Stops it.</param>
    public void Improve(VectorField velocity, int iterations, double elastic, double fluid, CancellationToken cancel)
    {
        VectorField one = new(_grid, _threads), two = new(_grid, _threads), step = new(_grid, _threads);
        float[] warped = new float[_first.Length];
        double last = double.PositiveInfinity;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            cancel.ThrowIfCancellationRequested();
            VectorField map = velocity.Exponential(1, one, two);
            map.Warp(_second, warped);
            double difference = Push(_first, _firstSeen, warped, map, _secondSeen, 0.5f, step);
            map = velocity.Exponential(-1, one, two);
            map.Warp(_first, warped);
            difference += Push(_second, _secondSeen, warped, map, _firstSeen, -0.5f, step);
            step.Smooth(fluid);
            velocity.ForSections(s =>
            {
                int plane = _grid.Rows * _grid.Columns;
                for (int i = s * plane; i < (s + 1) * plane; i++)
                {
                    velocity.A[i] += step.A[i];
                    velocity.B[i] += step.B[i];
                    velocity.C[i] += step.C[i];
                }
            });
            velocity.Smooth(elastic);
            // Looked at now and then: a single step may go up.
            if (iteration % 5 == 4)
            {
                if (difference > 0.9995 * last)
                {
                    return;
                }

                last = difference;
            }
        }
    }

    /// <summary>The images' agreement where both fields reach and one of them shows something: the second seen through a map.</summary>
    /// <returns>Correlation and mean square of differences, of values from 0 to 1.</returns>
    public (double Correlation, double MeanSquare) Agreement(VectorField map)
    {
        float[] warped = new float[_first.Length];
        map.Warp(_second, warped);
        RigidSums[] sections = new RigidSums[_grid.Sections];
        double[] squares = new double[_grid.Sections];
        map.ForSections(s =>
        {
            RigidSums sums = new();
            int i = s * _grid.Rows * _grid.Columns;
            for (int r = 0; r < _grid.Rows; r++)
            {
                for (int c = 0; c < _grid.Columns; c++, i++)
                {
                    // Air beside air agrees however the rest lies.
                    if (_firstSeen[i] && (_first[i] > 0 || warped[i] > 0) && IsSeen(_secondSeen, map, i, c, r, s))
                    {
                        sums.Add(_first[i], warped[i]);
                        squares[s] += (warped[i] - _first[i]) * (warped[i] - _first[i]);
                    }
                }
            }

            sections[s] = sums;
        });
        RigidSums all = new();
        foreach (RigidSums one in sections)
        {
            all.Add(one);
        }

        return (all.Correlation, all.Count > 0 ? squares.Sum() / all.Count : double.PositiveInfinity);
    }

    /// <summary>The demons' force of an image on another one seen through a map, by the mean of both gradients; its share is put into a step, or added to it.</summary>
    private double Push(float[] still, bool[] stillSeen, float[] warped, VectorField map, bool[] movingSeen, float share, VectorField step)
    {
        ImageShape shape = _grid.Shape;
        (float perA, float perB, float perC) = ((float)(0.25 / _grid.ColumnSpacing), (float)(0.25 / _grid.RowSpacing), (float)(0.25 / _grid.SectionSpacing));
        float voxel = (float)Math.Min(_grid.ColumnSpacing, Math.Min(_grid.RowSpacing, _grid.SectionSpacing));
        // No step is longer than a voxel.
        float shortest = 1 / (4 * voxel * voxel), flat = _flat / voxel;
        double[] squares = new double[shape.Sections];
        step.ForSections(s =>
        {
            int i = s * shape.PlaneLength;
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++, i++)
                {
                    float a = 0, b = 0, d = 0;
                    if (stillSeen[i] && IsSeen(movingSeen, map, i, c, r, s))
                    {
                        float difference = still[i] - warped[i];
                        squares[s] += difference * difference;
                        (int left, int right) = (c > 0 ? i - 1 : i, c + 1 < shape.Columns ? i + 1 : i);
                        (int above, int below) = (r > 0 ? i - shape.Columns : i, r + 1 < shape.Rows ? i + shape.Columns : i);
                        (int near, int far) = (s > 0 ? i - shape.PlaneLength : i, s + 1 < shape.Sections ? i + shape.PlaneLength : i);
                        float slopeA = perA * (still[right] - still[left] + warped[right] - warped[left]);
                        float slopeB = perB * (still[below] - still[above] + warped[below] - warped[above]);
                        float slopeC = perC * (still[far] - still[near] + warped[far] - warped[near]);
                        float factor = difference / ((slopeA * slopeA) + (slopeB * slopeB) + (slopeC * slopeC) + (shortest * difference * difference) + (flat * flat));
                        (a, b, d) = (share * factor * slopeA, share * factor * slopeB, share * factor * slopeC);
                    }

                    if (share > 0)
                    {
                        (step.A[i], step.B[i], step.C[i]) = (a, b, d);
                    }
                    else
                    {
                        step.A[i] += a;
                        step.B[i] += b;
                        step.C[i] += d;
                    }
                }
            }
        });
        return squares.Sum();
    }

    private bool IsSeen(bool[] seen, VectorField map, int i, int column, int row, int section)
    {
        int c = (int)MathF.Floor(column + (map.A[i] / (float)_grid.ColumnSpacing) + 0.5f), r = (int)MathF.Floor(row + (map.B[i] / (float)_grid.RowSpacing) + 0.5f), s = (int)MathF.Floor(section + (map.C[i] / (float)_grid.SectionSpacing) + 0.5f);
        return (uint)c < (uint)_grid.Columns && (uint)r < (uint)_grid.Rows && (uint)s < (uint)_grid.Sections && seen[(((s * _grid.Rows) + r) * _grid.Columns) + c];
    }

    // Whose neighbours are seen as well: a field's edge is no edge of what is in it.
    private static bool[] Seen(Volume volume)
    {
        bool[] seen = Array.ConvertAll(volume.Voxels, value => value >= 0);
        return Array.TrueForAll(seen, one => one) ? seen : Morphology.Erode(seen, volume.Shape);
    }
}
