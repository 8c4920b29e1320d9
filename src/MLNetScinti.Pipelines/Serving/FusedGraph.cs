using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>A column that a fused model reads or adds: its name, the dimensions of one row's values (none for a scalar), the element type.</summary>
internal sealed record FusedColumn(string Name, IReadOnlyList<int> Dimensions, OnnxElement Element = OnnxElement.Float)
{
    /// <summary>One row's shape in the graph, where a scalar is one value.</summary>
    public long[] GraphShape => Dimensions.Count == 0 ? [1] : [.. Dimensions.Select(dimension => (long)dimension)];
}

/// <summary>A fitted step of a pipeline that can write itself into an ONNX graph.</summary>
internal interface IFusableStage
{
    /// <summary>The columns that are read, with the dimensions they had when the step was fitted.</summary>
    IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>The columns that are added.</summary>
    IReadOnlyList<FusedColumn> Outputs { get; }

    /// <summary>Writes the step. <paramref name="values"/> maps a column's name to its value in the graph; the outputs are entered there.</summary>
    void WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values);
}

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
    public static OnnxModel Write(
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

        return graph.BuildModel();
    }
}
