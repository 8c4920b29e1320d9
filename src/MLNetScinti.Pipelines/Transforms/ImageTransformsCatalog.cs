using Microsoft.ML;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// Image transforms for <see cref="MLContext.Transforms"/>. Images are vector columns of Single with the image's dimensions:
/// [rows, columns] or [sections, rows, columns]. The output column comes first, as everywhere in ML.NET; without an input
/// column the output column is replaced. Every transform can write itself as ONNX.
/// </summary>
public static class ImageTransformsCatalog
{
    /// <summary>Applies any operator that can write itself as ONNX nodes.</summary>
    public static ImageOperatorEstimator ApplyImageOperator(this TransformsCatalog catalog, string outputColumnName, IImageOperator operation, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, operation);

    /// <summary>Divides each image by its own maximum; an image without positive values gives zeros.</summary>
    public static ImageOperatorEstimator NormalizeByMaximum(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new NormalizeByMaximum());

    /// <summary>Divides each image by a column's value, the maximum of the study that it comes from.</summary>
    public static StudyNormalizingEstimator NormalizeByStudyMaximum(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, string maximumColumnName = "StudyMaximum") =>
        new(catalog, outputColumnName, inputColumnName, maximumColumnName);

    /// <summary>Maps each image's minimum to 0 and its maximum to 1.</summary>
    public static ImageOperatorEstimator NormalizeImageMinMax(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new NormalizeMinMax());

    /// <summary>Adds empty sections on both ends of each volume, up to a number of sections.</summary>
    public static ImageOperatorEstimator PadSections(this TransformsCatalog catalog, string outputColumnName, int sections = 128, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new PadSections(sections));

    /// <summary>
    /// Projects each volume by its maximum: transverse to [rows, columns], coronal to [sections, columns], sagittal to [sections, rows].
    /// </summary>
    public static ImageOperatorEstimator MaximumIntensityProjection(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, ProjectionAxis axis) =>
        new(catalog, outputColumnName, inputColumnName, new MaximumIntensityProjection(axis));

    /// <summary>Measures each kidney by hand-made rules: a vector of <see cref="KidneyMeasures"/>, for a classifier without a network.</summary>
    public static KidneyMeasuringEstimator MeasureKidneys(this TransformsCatalog catalog, string outputColumnName = "Features", KidneyMeasureColumns? columns = null) =>
        new(catalog, outputColumnName, columns ?? new KidneyMeasureColumns());
}
