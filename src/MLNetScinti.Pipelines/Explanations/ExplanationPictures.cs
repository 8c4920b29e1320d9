using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>Maps laid over projections: the counts in grey, the map in colours, true defects outlined, a cross where the map is hottest.</summary>
public static class ExplanationPictures
{
    private const int Height = 176;
    private const int Margin = 4;

    // The counts stay darker than the map's upper colours, which are laid over them.
    private const float Brightest = 0.62f;

    private static readonly (byte Red, byte Green, byte Blue) s_outline = (86, 200, 255);
    private static readonly (byte Red, byte Green, byte Blue) s_cross = (255, 255, 255);

    /// <summary>Some views side by side, on one scale of colours, cut to the organ.</summary>
    /// <param name="image">The organ's cube of counts.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="box">What of it is shown, with a margin.</param>
    /// <param name="views">The views, and the map of each over the whole projection.</param>
    /// <param name="labels">The labels of the cube, as <see cref="FindingTruth"/> gives them; without defects where those are not known.</param>
    public static byte[] Draw(float[] image, ImageShape shape, IndexBox box, IReadOnlyList<(ProjectionAxis Axis, float[] Map)> views, byte[] labels)
    {
        float most = views.Max(view => view.Map.Max());
        float counts = Math.Max(image.Max(), 1e-6f);
        int largest = Math.Max(box.Shape.Sections, Math.Max(box.Shape.Rows, box.Shape.Columns)) + (2 * Margin);
        int factor = Math.Max(1, Height / largest);
        return PngEncoder.Encode(PngImage.SideBySide(
            [.. views.Select(view => Draw(view, image, shape, box, labels, counts, most, factor))], gap: 2 * factor, background: 0));
    }

    private static PngImage Draw(
        (ProjectionAxis Axis, float[] Map) view, float[] image, ImageShape shape, IndexBox box, byte[] cube, float counts, float most, int factor)
    {
        MaximumIntensityProjection project = new(view.Axis);
        ImageShape plane = project.OutputShape(shape);
        float[] values = project.Apply(image, shape);
        byte[] labels = FindingTruth.Project(cube, shape, view.Axis);
        (int firstRow, int lastRow, int firstColumn, int lastColumn) = view.Axis switch
        {
            ProjectionAxis.Transverse => (box.FirstRow, box.LastRow, box.FirstColumn, box.LastColumn),
            ProjectionAxis.Sagittal => (box.FirstSection, box.LastSection, box.FirstRow, box.LastRow),
            _ => (box.FirstSection, box.LastSection, box.FirstColumn, box.LastColumn),
        };
        (firstRow, lastRow) = (Math.Max(0, firstRow - Margin), Math.Min(plane.Rows - 1, lastRow + Margin));
        (firstColumn, lastColumn) = (Math.Max(0, firstColumn - Margin), Math.Min(plane.Columns - 1, lastColumn + Margin));
        int width = (lastColumn - firstColumn + 1) * factor, height = (lastRow - firstRow + 1) * factor;
        byte[] samples = new byte[3 * width * height];
        int hottest = Hottest(view.Map, labels);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int row = firstRow + (y / factor), column = firstColumn + (x / factor), pixel = (row * plane.Columns) + column;
                (byte Red, byte Green, byte Blue) colour = Blend(values[pixel] / counts, most > 0 ? view.Map[pixel] / most : 0);
                if (IsRim(labels, plane, row, column, x % factor, y % factor, factor))
                {
                    colour = s_outline;
                }

                if (hottest >= 0 && IsCross(x, y, (hottest % plane.Columns) - firstColumn, (hottest / plane.Columns) - firstRow, factor))
                {
                    colour = s_cross;
                }

                (samples[3 * ((y * width) + x)], samples[(3 * ((y * width) + x)) + 1], samples[(3 * ((y * width) + x)) + 2]) = colour;
            }
        }

        return new PngImage(width, height, 3, samples);
    }

    /// <summary>A map laid over a plane of values: these in grey, the map in colours where it is not near zero.</summary>
    /// <param name="values">The plane.</param>
    /// <param name="map">The map, on its pixels.</param>
    /// <param name="plane">Its shape.</param>
    /// <param name="counts">The value of the lightest grey.</param>
    /// <param name="most">The value of the map's last colour.</param>
    internal static PngImage Overlay(ReadOnlySpan<float> values, ReadOnlySpan<float> map, ImageShape plane, float counts, float most)
    {
        byte[] samples = new byte[3 * plane.Length];
        for (int i = 0; i < plane.Length; i++)
        {
            (samples[3 * i], samples[(3 * i) + 1], samples[(3 * i) + 2]) = Blend(values[i] / counts, most > 0 ? map[i] / most : 0);
        }

        return new PngImage(plane.Columns, plane.Rows, 3, samples);
    }

    /// <summary>The colour of a part of a map's range, as it lies over half of the most counts.</summary>
    /// <param name="part">From 0 to 1.</param>
    internal static (byte Red, byte Green, byte Blue) ColourOf(float part) => Blend(0.5f, part);

    private static (byte Red, byte Green, byte Blue) Blend(float counts, float heat)
    {
        float grey = Math.Clamp(counts, 0, 1) * Brightest * 255;
        float part = Math.Clamp(heat, 0, 1);
        if (part < 0.15f)
        {
            return ((byte)grey, (byte)grey, (byte)grey);
        }

        (byte red, byte green, byte blue) = ColourMaps.ColourOf(ColourMap.Heat, 0.25f + (0.75f * part));
        float cover = 0.3f + (0.55f * part);
        byte Mix(byte colour) => (byte)((grey * (1 - cover)) + (colour * cover));
        return (Mix(red), Mix(green), Mix(blue));
    }

    /// <summary>The hottest place in the organ, as <see cref="Pointing"/> takes it; -1 where there is none.</summary>
    private static int Hottest(float[] map, byte[] labels)
    {
        int hottest = -1;
        for (int pixel = 0; pixel < map.Length; pixel++)
        {
            if (labels[pixel] > 0 && map[pixel] > (hottest < 0 ? 0 : map[hottest]))
            {
                hottest = pixel;
            }
        }

        return hottest;
    }

    /// <summary>Whether a point of the enlarged picture lies on the inner rim of a defect: a line as thin as the picture can have.</summary>
    private static bool IsRim(byte[] labels, ImageShape plane, int row, int column, int x, int y, int factor)
    {
        bool Defect(int r, int c) => r >= 0 && r < plane.Rows && c >= 0 && c < plane.Columns && labels[(r * plane.Columns) + c] >= FindingTruth.FirstFinding;
        return Defect(row, column)
            && ((x == 0 && !Defect(row, column - 1)) || (x == factor - 1 && !Defect(row, column + 1))
                || (y == 0 && !Defect(row - 1, column)) || (y == factor - 1 && !Defect(row + 1, column)));
    }

    private static bool IsCross(int x, int y, int column, int row, int factor)
    {
        int dx = Math.Abs(x - (column * factor) - (factor / 2)), dy = Math.Abs(y - (row * factor) - (factor / 2));
        return Math.Min(dx, dy) == 0 && Math.Max(dx, dy) is >= 2 and <= 6;
    }
}

/// <summary>What there is to explain: a trained network with maps, and the test cases with their scores.</summary>
/// <param name="Definition">The run's definition.</param>
/// <param name="Network">The trained network.</param>
/// <param name="Explaining">The network in the form that gives maps.</param>
/// <param name="Fused">The model that serves.</param>
/// <param name="Cases">The test cases; read again on each pass.</param>
/// <param name="Test">Their scores.</param>
/// <param name="Options">How the run is evaluated.</param>
/// <param name="Threads">Cases at once; the result does not depend on it.</param>
public sealed record ExplanationRequest(
    PipelineDefinition Definition, NetworkTransformer Network, ExplainingModel Explaining, FusedModel Fused, CaseView Cases, TestScores Test, EvaluationOptions Options, int Threads);

/// <summary>Says, for a system, where in its images a model's answers come from, and how that agrees with what is known.</summary>
public abstract class CaseExplainer
{
    /// <summary>The words by which a definition names the map of a network on which the verdict rests, the usual one first.</summary>
    public virtual IReadOnlyList<string> MapsOf(NetworkDefinition network) => [];

    /// <summary>Explains the test cases.</summary>
    public abstract ExplanationSection Explain(ExplanationRequest request, CancellationToken cancellation);
}
