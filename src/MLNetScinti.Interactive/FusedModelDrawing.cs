using MLNetScinti.Evaluation.Html;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Interactive;

/// <summary>A fused model by what it reads and adds.</summary>
internal static class FusedModelDrawing
{
    public static string Text(FusedModel model) => 
        $"One ONNX model for {model.Task}: {string.Join(", ", model.InputColumns)} in, {string.Join(", ", model.OutputColumns)} out";

    public static Markup Html(FusedModel model) => Markup.Of($"<p>{Text(model)}.</p>");

    public static string Text(ModelBundle bundle) => $"{bundle.Card.Name}: {bundle.Card.Network}. {Text(bundle.Model)}.{(bundle.Card.Simulated ? " Trained on simulated patients." : "")} {bundle.Card.IntendedUse}";

    public static Markup Html(ModelBundle bundle) => Markup.Of($"<p>{Text(bundle)}</p>");
}
