using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;

namespace MLNetScinti.Interactive;

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
