using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Training;

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
        $"{Text(History(result))}: validation accuracy {result.BestEpoch.Figure("accuracy"):0.000}, validation loss {result.BestEpoch.ValidationLoss:0.000}");

    public static Markup Html(TrainingResult result) => Markup.Of($"<p>{Text(result)}.</p>{Chart.Figure(Charts.History(History(result)), HowToRead, width: 48)}");

    public static string Text(ConvolutionalNetworkTransformer network) => string.Create(CultureInfo.InvariantCulture,
        $"Network of {network.Network.ParameterCount:N0} parameters, trained on {network.TrainingCases} cases ({network.TrainingPositives} abnormal); threshold {network.Threshold}");

    public static Markup Html(ConvolutionalNetworkTransformer network) => Markup.Of($"<p>{Text(network)}.</p>{Html(network.Training)}");

    private static TrainingHistory History(TrainingResult result) => new(
        [.. result.History.Select(epoch => new TrainingEpoch(epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.Figure("accuracy")))],
        result.BestEpoch.Epoch);
}
