using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Systems.WholeBody.Input;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>
/// Counts by body part, of one view: what anybody would measure before training a network. Parts are heights between crown and soles,
/// each divided into the right of the body's axis, its middle and its left. Of each part its share of the body's counts, and how far its
/// brightest pixel stands above the body's mean; of each height how unlike both sides are.
/// </summary>
internal static class RegionCounts
{
    // Where a part ends, as a fraction of the height from crown to soles, by an adult's proportions.
    private static readonly double[] s_heights = [0.13, 0.20, 0.33, 0.45, 0.56, 0.73, 0.90, 1];

    // Half the width of the middle, mm: the spine and what lies before it.
    private const double Middle = 60;

    /// <summary>Columns of a height: right of the axis as the image is seen, middle, left.</summary>
    private const int Sides = 3;

    /// <summary>How many measures a view has.</summary>
    public static int Count => s_heights.Length * ((2 * Sides) + 1);

    /// <summary>The measures; all 0 where no body is found.</summary>
    public static float[] Of(ReadOnlySpan<float> counts, ImageShape shape)
    {
        float[] measures = new float[Count];
        double pixel = WholeBodyCases.PixelOf1024 * 1024 / shape.Rows;
        if (BodyOutline.Find(new PlanarImage(shape.Columns, shape.Rows, pixel, pixel, counts.ToArray())) is not { } body)
        {
            return measures;
        }

        double[] sums = new double[s_heights.Length * Sides], peaks = new double[sums.Length];
        double all = 0;
        int pixels = 0;
        for (int row = body.Top; row <= body.Bottom; row++)
        {
            double height = (row - body.Top + 0.5) / (body.Bottom - body.Top + 1);
            int part = Array.FindIndex(s_heights, end => height <= end);
            for (int column = 0; column < shape.Columns; column++)
            {
                int at = (row * shape.Columns) + column;
                if (!body.Mask[at])
                {
                    continue;
                }

                double off = (column - body.AxisAt(row)) * pixel;
                int region = (part * Sides) + (off < -Middle ? 0 : off > Middle ? 2 : 1);
                sums[region] += counts[at];
                peaks[region] = Math.Max(peaks[region], counts[at]);
                all += counts[at];
                pixels++;
            }
        }

        if (all <= 0)
        {
            return measures;
        }

        double mean = all / pixels;
        for (int region = 0; region < sums.Length; region++)
        {
            measures[2 * region] = (float)(sums[region] / all);
            measures[(2 * region) + 1] = (float)Math.Log(1 + (peaks[region] / mean));
        }

        for (int part = 0; part < s_heights.Length; part++)
        {
            double one = sums[part * Sides], other = sums[(part * Sides) + 2];
            measures[(2 * sums.Length) + part] = (float)(one + other > 0 ? Math.Abs(one - other) / (one + other) : 0);
        }

        return measures;
    }
}

/// <summary>Measures views by <see cref="RegionCounts"/>. Nothing is fitted.</summary>
internal sealed class RegionCountingEstimator(TransformsCatalog catalog, string outputColumnName, IReadOnlyList<string> views) : IEstimator<RegionCountingTransformer>
{
    /// <inheritdoc/>
    /// <exception cref="ColumnException">A column is missing or holds no images.</exception>
    public RegionCountingTransformer Fit(IDataView input) => new(outputColumnName, views, [.. views.Select(view => ImageColumns.ShapeOf(input.Schema, view))]);

    /// <inheritdoc/>
    // A shape's columns cannot be made outside ML.NET: a vector of Single, as the concatenation of views would be.
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => catalog.Concatenate(outputColumnName, [.. views]).GetOutputSchema(inputSchema);
}

/// <summary>Adds a vector with the measures of each view, one view after the other.</summary>
internal sealed class RegionCountingTransformer(string outputColumnName, IReadOnlyList<string> views, IReadOnlyList<ImageShape> shapes) : RowTransformer
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> InputColumns => views;

    /// <summary>Counting is fitted to nothing, so there is nothing to save.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override void Save(ModelSaveContext context) => throw new NotSupportedException("Counts by body part are not part of a saved model: count again in front of the loaded one.");

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input) =>
        [new DataViewSchema.DetachedColumn(outputColumnName, new VectorDataViewType(NumberDataViewType.Single, views.Count * RegionCounts.Count))];

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row)
    {
        ValueGetter<VBuffer<float>>[] inputs = [.. views.Select(view => row.GetGetter<VBuffer<float>>(row.Schema[view]))];
        VBuffer<float> image = default, dense = default;
        void Get(ref VBuffer<float> output)
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref output, views.Count * RegionCounts.Count);
            for (int view = 0; view < inputs.Length; view++)
            {
                inputs[view](ref image);
                RegionCounts.Of(ImageColumns.Values(image, ref dense, shapes[view], views[view]), shapes[view]).CopyTo(editor.Values[(view * RegionCounts.Count)..]);
            }

            output = editor.Commit();
        }

        return [(ValueGetter<VBuffer<float>>)Get];
    }
}
