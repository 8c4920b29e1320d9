using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Interactive;

/// <summary>A fused model by what it reads and adds.</summary>
internal static class FusedModelDrawing
{
    public static string Text(FusedModel model) => string.Create(CultureInfo.InvariantCulture,
        $"One ONNX model of {model.Bytes.Length / 1024.0:N0} KiB: {string.Join(", ", model.InputColumns)} in, {string.Join(", ", model.OutputColumns)} out");

    public static Markup Html(FusedModel model) => Markup.Of($"<p>{Text(model)}.</p>");
}
