using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Made-up counts: noise and round blobs. The same number gives the same image.</summary>
internal static class Pattern
{
    /// <summary>Noise of a few counts, and blobs of a width of two pixels at the given places.</summary>
    public static float[] Blobs(ImageShape shape, int number, string stream, params (double Section, double Row, double Column, double Height)[] blobs)
    {
        CounterRandom random = new(7, 0, (ulong)number, stream);
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int section, int row, int column) = (i / shape.PlaneLength, i / shape.Columns % shape.Rows, i % shape.Columns);
            double counts = 20 * random.NextDouble();
            foreach ((double s, double r, double c, double height) in blobs)
            {
                double distance = (section - s) * (section - s) + ((row - r) * (row - r)) + ((column - c) * (column - c));
                counts += height * Math.Exp(-distance / 8);
            }

            values[i] = (float)Math.Round(counts);
        }

        return values;
    }
}
