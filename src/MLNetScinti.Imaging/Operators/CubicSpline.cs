namespace MLNetScinti.Imaging;

/// <summary>
/// Interpolation by cubic B-splines (Unser, IEEE Signal Processing Magazine 1999;16(6):22): the smoothest curve through all values. What is seen in
/// voxels of a third of its width comes out as it is, where linear interpolation would blur it by up to a voxel. The image is mirrored at
/// its edges. The same bits on every processor.
/// </summary>
internal sealed class CubicSpline
{
    // The pole of the filter that turns values into coefficients, and how many steps of it still count.
    private const double Pole = -0.26794919243112270647, Gain = 6;
    private const int Reach = 24;

    private readonly float[] _coefficients;
    private readonly ImageShape _shape;
    private readonly double _lowest;

    /// <summary>Takes an image.</summary>
    /// <param name="values">Its values, the last dimension fastest; they stay as they are.</param>
    /// <param name="shape">Its shape.</param>
    public CubicSpline(ReadOnlySpan<float> values, ImageShape shape)
    {
        _shape = shape;
        _coefficients = values.ToArray();
        // Between large and small values a spline swings: what has none below a value is given none.
        _lowest = values.Length == 0 ? 0 : System.Numerics.Tensors.TensorPrimitives.Min(values);
        Filter(shape.Columns, 1, line => line * shape.Columns, shape.Sections * shape.Rows);
        Filter(shape.Rows, shape.Columns, line => (line / shape.Columns * shape.PlaneLength) + (line % shape.Columns), shape.Sections * shape.Columns);
        Filter(shape.Sections, shape.PlaneLength, line => line, shape.PlaneLength);
    }

    /// <summary>The value at a place within the image's field.</summary>
    /// <param name="place">Column (X), row (Y) and section (Z).</param>
    public double At(Point3 place)
    {
        Span<int> columns = stackalloc int[4], rows = stackalloc int[4], sections = stackalloc int[4];
        Span<double> x = stackalloc double[4], y = stackalloc double[4], z = stackalloc double[4];
        Weights(place.X, _shape.Columns, columns, x);
        Weights(place.Y, _shape.Rows, rows, y);
        Weights(place.Z, _shape.Sections, sections, z);
        double sum = 0;
        for (int s = 0; s < 4; s++)
        {
            for (int r = 0; r < 4; r++)
            {
                int line = (sections[s] * _shape.PlaneLength) + (rows[r] * _shape.Columns);
                double along = 0;
                for (int c = 0; c < 4; c++)
                {
                    along += x[c] * _coefficients[line + columns[c]];
                }

                sum += z[s] * y[r] * along;
            }
        }

        return Math.Max(sum, _lowest);
    }

    private static void Weights(double place, int count, Span<int> indices, Span<double> weights)
    {
        double inside = Math.Clamp(place, 0, count - 1);
        int below = (int)inside;
        double t = inside - below, u = 1 - t;
        (weights[0], weights[1], weights[2], weights[3]) = (u * u * u / 6, ((3 * t * t * t) - (6 * t * t) + 4) / 6, ((3 * u * u * u) - (6 * u * u) + 4) / 6, t * t * t / 6);
        for (int i = 0; i < 4; i++)
        {
            indices[i] = Mirrored(below - 1 + i, count);
        }
    }

    private static int Mirrored(int index, int count)
    {
        int last = count - 1;
        return last == 0 ? 0 : index < 0 ? -index : index > last ? Math.Max(0, (2 * last) - index) : index;
    }

    private void Filter(int count, int stride, Func<int, int> start, int lines)
    {
        if (count < 2)
        {
            return;
        }

        double[] line = new double[count];
        for (int number = 0; number < lines; number++)
        {
            int at = start(number);
            for (int i = 0; i < count; i++)
            {
                line[i] = Gain * _coefficients[at + (i * stride)];
            }

            double first = line[0], power = Pole;
            for (int i = 1; i < Reach; i++, power *= Pole)
            {
                first += power * line[Mirrored(i % (2 * (count - 1)), count)];
            }

            line[0] = first;
            for (int i = 1; i < count; i++)
            {
                line[i] += Pole * line[i - 1];
            }

            line[^1] = Pole / ((Pole * Pole) - 1) * ((Pole * line[^2]) + line[^1]);
            for (int i = count - 2; i >= 0; i--)
            {
                line[i] = Pole * (line[i + 1] - line[i]);
            }

            for (int i = 0; i < count; i++)
            {
                _coefficients[at + (i * stride)] = (float)line[i];
            }
        }
    }
}
