using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Interactive;

/// <summary>A training by its losses, and the network that came of it. Durations are left out: they differ from run to run.</summary>
internal static class TrainingDrawing
{
    private const string HowToRead = "Solid: training loss. Dashed: validation loss.";

    public static string Text(TrainingHistory history) => $"{history.Epochs.Count} epochs{(history.BestEpoch is { } best ? $", the weights of epoch {best} were kept" : "")}";

    public static Markup Html(TrainingHistory history) => history.Epochs.Count == 0
        ? Markup.Of($"<p>{Text(history)}</p>")
        : Markup.Of($"<p>{Text(history)}.</p>{Chart.Figure(Charts.History(history), HowToRead, width: 48)}");

    public static string Text(TrainingResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{Text(History(result))}: {string.Join(", ", result.BestEpoch.Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"validation {figure.Key} {figure.Value:0.000}")))}, validation loss {result.BestEpoch.ValidationLoss:0.000}");

    public static Markup Html(TrainingResult result) => Markup.Of($"<p>{Text(result)}.</p>{Chart.Figure(Charts.History(History(result)), HowToRead, width: 48)}");

    public static string Text(NetworkTransformer network) => string.Create(CultureInfo.InvariantCulture,
        $"Network of {network.Network.ParameterCount:N0} parameters, trained on {network.TrainingTargets.Count} cases ({string.Join(", ", network.Task.Count(network.TrainingTargets).Select(one => $"{one.Cases} {one.Name}"))}); decision: {network.Decision}");

    public static Markup Html(NetworkTransformer network) => Markup.Of($"<p>{Text(network)}.</p>{Html(network.Training)}");

    public static string Text(FittedPipeline pipeline) => Text(pipeline.Network) + (pipeline.Fusion.NotFused is { } sentence ? $". {sentence}" : "");

    public static Markup Html(FittedPipeline pipeline) => Markup.Of($"<p>{Text(pipeline)}.</p>{Html(pipeline.Network.Training)}");

    private static TrainingHistory History(TrainingResult result) => new(
        [.. result.History.Select(epoch => new TrainingEpoch(epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.Figure("accuracy")))],
        result.BestEpoch.Epoch);
}

/// <summary>A network as the table of its layers.</summary>
internal static class NetworkDrawing
{
    public static string Text(NetworkGraph network) => string.Create(CultureInfo.InvariantCulture,
        $"Network of {network.Layers.Count} layers with {network.ParameterCount:N0} parameters; inputs {string.Join(", ", network.Inputs.Select(input => $"{input.Name} {input.Shape}"))}; output {network.Output} {network.OutputShape}");

    public static Markup Html(NetworkGraph network) => Markup.Of($"""
        <p>{Text(network)}.</p>
        <details><summary>Layers</summary>
        <table><caption>Shapes are those of one case: channels first, then slowest to fastest</caption>
        <thead><tr><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Takes</th><th scope="col">Gives</th><th scope="col">Parameters</th></tr></thead>
        <tbody>{Markup.Each(network.Layers, layer => Row(network, layer))}</tbody></table>
        </details>
        """);

    private static Markup Row(NetworkGraph network, NetworkLayer layer)
    {
        long parameters = layer.Weights(network.InputShapesOf(layer)).Where(weight => weight.Trained).Sum(weight => weight.Shape.ElementCount);
        return Markup.Of($"""<tr><th scope="row">{layer.Name}</th><td>{layer.Kind}</td><td>{string.Join(", ", layer.Inputs)}</td><td>{network.ShapeOf(layer.Name).ToString()}</td><td>{parameters}</td></tr>""");
    }
}

/// <summary>A fused model by what it reads and adds.</summary>
internal static class FusedModelDrawing
{
    public static string Text(FusedModel model) =>
        $"One ONNX model for {model.Task}: {string.Join(", ", model.InputColumns)} in, {string.Join(", ", model.OutputColumns)} out";

    public static Markup Html(FusedModel model) => Markup.Of($"<p>{Text(model)}.</p>");

    public static string Text(ModelBundle bundle) => $"{bundle.Card.Name}: {bundle.Card.Network}. {Text(bundle.Model)}.{(bundle.Card.Simulated ? " Trained on simulated patients." : "")} {bundle.Card.IntendedUse}";

    public static Markup Html(ModelBundle bundle) => Markup.Of($"<p>{Text(bundle)}</p>");
}
