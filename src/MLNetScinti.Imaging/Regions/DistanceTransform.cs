using System.Buffers;

namespace MLNetScinti.Imaging;

/// <summary>
/// The exact Euclidean distance to a mask, with a spacing of its own along each axis (Felzenszwalb and Huttenlocher, Theory of
/// Computing 8 (2012) 415: the lower envelope of parabolas, one axis after another).
/// </summary>
public static class DistanceTransform
{
    /// <summary>
    /// The squared distance from each element's centre to the centre of the nearest element of a mask, mm²: 0 in the mask, and
    /// infinity everywhere where it is empty.
    /// </summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    /// <exception cref="ArgumentException">Lengths do not go with the shape, or a spacing is not positive.</exception>
    public static double[] Squared(ReadOnlySpan<bool> mask, ImageShape shape, params ReadOnlySpan<double> spacing)
    {
        if (mask.Length != shape.Length || spacing.Length != shape.Rank)
        {
            throw new ArgumentException($"A distance in an image of {shape} needs {shape.Length} values and {shape.Rank} spacings, found {mask.Length} and {spacing.Length}.", nameof(mask));
        }

        foreach (double step in spacing)
        {
            if (!(step > 0) || !double.IsFinite(step))
            {
                throw new ArgumentException($"Spacings must be positive millimetres, found {step}.", nameof(spacing));
            }
        }

        double[] squared = new double[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            squared[i] = mask[i] ? 0 : double.PositiveInfinity;
        }

        // From the slowest axis to the fastest, so that squares are added in the order of the dimensions.
        using Envelope envelope = new(Math.Max(shape.Columns, Math.Max(shape.Rows, shape.Sections)));
        if (shape.IsVolume)
        {
            for (int i = 0; i < shape.PlaneLength; i++)
            {
                envelope.Apply(squared, i, shape.PlaneLength, shape.Sections, spacing[0]);
            }
        }

        for (int s = 0; s < shape.Sections; s++)
        {
            for (int c = 0; c < shape.Columns; c++)
            {
                envelope.Apply(squared, (s * shape.PlaneLength) + c, shape.Columns, shape.Rows, spacing[^2]);
            }
        }

        for (int line = 0; line < shape.Sections * shape.Rows; line++)
        {
            envelope.Apply(squared, line * shape.Columns, 1, shape.Columns, spacing[^1]);
        }

        return squared;
    }

    /// <summary>The distance from each element's centre to the centre of the nearest element of a mask, mm; infinity where it is empty.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    /// <exception cref="ArgumentException">Lengths do not go with the shape, or a spacing is not positive.</exception>
    public static double[] To(ReadOnlySpan<bool> mask, ImageShape shape, params ReadOnlySpan<double> spacing) =>
        Array.ConvertAll(Squared(mask, shape, spacing), Math.Sqrt);

    /// <summary>The parabolas of one line of elements.</summary>
    private sealed class Envelope(int longest) : IDisposable
    {
        private readonly double[] _values = ArrayPool<double>.Shared.Rent(longest);
        private readonly double[] _from = ArrayPool<double>.Shared.Rent(longest);
        private readonly int[] _at = ArrayPool<int>.Shared.Rent(longest);

        public void Apply(double[] squared, int first, int step, int count, double spacing)
        {
            int parabolas = 0;
            bool isDone = true;
            for (int i = 0; i < count; i++)
            {
                double value = squared[first + (i * step)];
                _values[i] = value;
                if (value != 0)
                {
                    isDone = false;
                }

                if (double.IsPositiveInfinity(value))
                {
                    continue;
                }

                double from = double.NegativeInfinity;
                while (parabolas > 0)
                {
                    int last = _at[parabolas - 1];
                    // Where the new parabola becomes the lower one, in steps.
                    from = (((value - _values[last]) / (spacing * spacing * (i - last))) + i + last) / 2;
                    if (from > _from[parabolas - 1])
                    {
                        break;
                    }

                    parabolas--;
                    from = double.NegativeInfinity;
                }

                (_at[parabolas], _from[parabolas]) = (i, from);
                parabolas++;
            }

            if (isDone || parabolas == 0)
            {
                return;
            }

            int lowest = 0;
            for (int i = 0; i < count; i++)
            {
                while (lowest + 1 < parabolas && _from[lowest + 1] < i)
                {
                    lowest++;
                }

                double distance = (i - _at[lowest]) * spacing;
                squared[first + (i * step)] = _values[_at[lowest]] + (distance * distance);
            }
        }

        public void Dispose()
        {
            ArrayPool<double>.Shared.Return(_values);
            ArrayPool<double>.Shared.Return(_from);
            ArrayPool<int>.Shared.Return(_at);
        }
    }
}
