namespace MLNetScinti.Pipelines.Audits;

/// <summary>An image in a few numbers: the root of the share of all counts that each of its parts holds.</summary>
internal static class ImageParts
{
    /// <summary>Parts of a planar image, or of the sum of a volume's sections: <paramref name="along"/> x <paramref name="across"/>, rows first.</summary>
    public static float[] Of(CaseImage image, int along, int across)
    {
        int rank = image.Shape.Rank, rows = rank < 2 ? 1 : image.Shape[rank - 2], columns = image.Shape[rank - 1];
        ReadOnlySpan<float> values = image.Values.Span;
        double[] sums = new double[along * across];
        double all = 0;
        for (int line = 0; line < values.Length / columns; line++)
        {
            int part = line % rows * along / rows * across;
            for (int column = 0; column < columns; column++)
            {
                float value = Math.Max(0, values[(line * columns) + column]);
                sums[part + (column * across / columns)] += value;
                all += value;
            }
        }

        return [.. sums.Select(sum => all > 0 ? (float)Math.Sqrt(sum / all) : 0)];
    }
}
