using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>Several fitted steps written into one ONNX graph.</summary>
internal static class FusedGraph
{
    /// <summary>The columns that the steps read and none of them makes, in the order of their first use.</summary>
    public static IReadOnlyList<FusedColumn> InputsOf(IEnumerable<IFusableStage> stages)
    {
        List<FusedColumn> inputs = [];
        HashSet<string> made = new(StringComparer.Ordinal);
        foreach (IFusableStage stage in stages)
        {
            inputs.AddRange(stage.Inputs.Where(column => !made.Contains(column.Name) && inputs.TrueForAll(there => there.Name != column.Name)));
            made.UnionWith(stage.Outputs.Select(column => column.Name));
        }

        return inputs;
    }

    /// <summary>Writes the steps. The graph's inputs bear the columns' names, unless <paramref name="inputNames"/> gives others.</summary>
    public static byte[] Write(
        string name, IReadOnlyList<IFusableStage> stages, string documentation, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, string>? inputNames = null)
    {
        OnnxGraphBuilder graph = new(name) { Documentation = documentation };
        foreach ((string key, string value) in metadata)
        {
            graph.Metadata[key] = value;
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (FusedColumn column in InputsOf(stages))
        {
            values[column.Name] = graph.Input(inputNames?.GetValueOrDefault(column.Name) ?? column.Name, column.GraphShape, column.Element);
        }

        foreach (IFusableStage stage in stages)
        {
            stage.WriteNodes(graph, values);
        }

        foreach (FusedColumn column in stages[^1].Outputs)
        {
            graph.Output(values[column.Name], column.Name, column.GraphShape, column.Element);
        }

        return graph.Build();
    }
}
