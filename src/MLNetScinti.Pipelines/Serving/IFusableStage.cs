using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

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
