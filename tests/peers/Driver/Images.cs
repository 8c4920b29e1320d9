using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>Augmentation and projections of images of uniform noise.</summary>
internal static class Images
{
    /// <summary>One draw of S1's augmentation, with the drawing. The answer is the map from a pixel of the result back to where it comes from.</summary>
    public static void Augment(string input, string output, ImageShape shape, ulong sample)
    {
        float[] image = RawFile.Read<float>(input), result = new float[shape.Length];
        Affine drawn = Draw();
        PlaneTransform back = drawn.Transform.Inverse();
        drawn.Apply(image, shape, result);
        RawFile.Write<float>(output, result);
        Turns.Serve([back.RowRow, back.RowColumn, back.ColumnRow, back.ColumnColumn, back.RowShift, back.ColumnShift], () => Draw().Apply(image, shape, result));

        Affine Draw() => DmsaAugmentation.Published.Draw(seed: 1, epoch: 0, sample, shape);
    }

    /// <summary>The three maximum intensity projections of a volume.</summary>
    public static void Project(string input, string output, ImageShape shape)
    {
        float[] volume = RawFile.Read<float>(input);
        float[] result = new float[(shape.Rows * shape.Columns) + (shape.Sections * shape.Rows) + (shape.Sections * shape.Columns)];
        Memory<float> transverse = result.AsMemory(0, shape.Rows * shape.Columns);
        Memory<float> sagittal = result.AsMemory(transverse.Length, shape.Sections * shape.Rows);
        Memory<float> coronal = result.AsMemory(transverse.Length + sagittal.Length);
        Work();
        RawFile.Write<float>(output, result);
        Turns.Serve(0, Work);

        void Work() => MaximumIntensityProjections.Project(volume, shape, transverse.Span, sagittal.Span, coronal.Span);
    }
}
