using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Interactive;

/// <summary>Which types are drawn, and how. Pictures come as image/png, the rest as text/html; everything as text/plain too.</summary>
public static class ResultDrawings
{
    private static readonly Dictionary<Type, ResultFormatter[]> s_formatters = new ResultFormatter[][]
    {
        Picture<PngImage>(ImageDrawing.Of),
        Picture<PlanarImage>(ImageDrawing.Of),
        Picture<Volume>(ImageDrawing.Of),
        Picture<ScintigraphyImage>(ImageDrawing.Of),
        Picture<CasePicture>(ImageDrawing.Of),
        Html<KidneySeparation>(KidneyDrawing.Html, KidneyDrawing.Text),
        Html<PatientSplit>(SplitDrawing.Html, split => split.ToString()),
        Html<IDataView>(ViewDrawing.Html, ViewDrawing.Text),
        Html<DataFrame>(FrameDrawing.Html, FrameDrawing.Text),
        Html<NetworkGraph>(NetworkDrawing.Html, NetworkDrawing.Text),
        Html<TrainingResult>(TrainingDrawing.Html, TrainingDrawing.Text),
        Html<TrainingHistory>(TrainingDrawing.Html, TrainingDrawing.Text),
        Html<NetworkTransformer>(TrainingDrawing.Html, TrainingDrawing.Text),
        Html<FittedPipeline>(TrainingDrawing.Html, TrainingDrawing.Text),
        Html<ModelBundle>(FusedModelDrawing.Html, FusedModelDrawing.Text),
        Html<FusedModel>(FusedModelDrawing.Html, FusedModelDrawing.Text),
        Html<BinaryEvaluation>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<ModelComparison>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<MulticlassEvaluation>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<MultiLabelEvaluation>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<SegmentationEvaluation>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<RegressionEvaluation>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<EvaluationReport>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<ComparisonReport>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<FigureComparison>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<TaskComparisonReport>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<TrainingsReport>(EvaluationDrawing.Html, EvaluationDrawing.Text),
        Html<RocCurve>(CurveDrawing.Html, CurveDrawing.Text),
        Html<PrecisionRecallCurve>(CurveDrawing.Html, CurveDrawing.Text),
    }.ToDictionary(formatters => formatters[0].Type);

    /// <summary>The formatters of a type or, where it has none of its own, of an interface that it implements; else none.</summary>
    public static IReadOnlyList<ResultFormatter> For(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return s_formatters.GetValueOrDefault(type) ?? s_formatters.Values.FirstOrDefault(known => known[0].Type.IsAssignableFrom(type)) ?? [];
    }

    private static ResultFormatter[] Picture<T>(Func<T, DrawnPicture> draw) =>
    [
        new(typeof(T), "text/html", value => draw((T)value).Html().Html),
        new(typeof(T), "image/png", value => Convert.ToBase64String(draw((T)value).Png)),
        new(typeof(T), "text/plain", value => draw((T)value).Description),
    ];

    private static ResultFormatter[] Html<T>(Func<T, Markup> html, Func<T, string> text) =>
    [
        new(typeof(T), "text/html", value => html((T)value).Html),
        new(typeof(T), "text/plain", value => text((T)value)),
    ];
}

/// <summary>
/// Draws values of a type in one format. .NET Interactive uses <see cref="Type"/>, <see cref="MimeType"/> and
/// <see cref="Format"/> by name.
/// </summary>
public sealed class ResultFormatter
{
    private readonly Func<object, string> _draw;

    internal ResultFormatter(Type type, string mimeType, Func<object, string> draw)
    {
        Type = type;
        MimeType = mimeType;
        _draw = draw;
    }

    /// <summary>The type of the values.</summary>
    public Type Type { get; }

    /// <summary>The format: text/html, text/plain, or image/png in base64.</summary>
    public string MimeType { get; }

    /// <summary>Writes a value; false where it is of another type.</summary>
    public bool Format(object instance, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (!Type.IsInstanceOfType(instance))
        {
            return false;
        }

        writer.Write(_draw(instance));
        return true;
    }
}

/// <summary>
/// Makes the formatters of a type. It is what <c>TypeFormatterSource</c> attributes name; .NET Interactive makes one and calls
/// <see cref="CreateTypeFormatters"/> by name.
/// </summary>
/// <typeparam name="T">The type to draw.</typeparam>
public sealed class FormatterSource<T>
{
    /// <summary>The formatters; none for a type that nothing here knows to draw.</summary>
    public IEnumerable<object> CreateTypeFormatters() => ResultDrawings.For(typeof(T));
}
