namespace MLNetScinti.Networks;

/// <summary>How a network is written as ONNX nodes.</summary>
public sealed record OnnxNetworkOptions
{
    /// <summary>Whether a batch normalisation behind a convolution becomes part of the convolution's weights: fewer nodes, the same answer.</summary>
    public bool FoldBatchNormalization { get; init; } = true;

    /// <summary>Whether the network's output activation is written; without it the output is the logits.</summary>
    public bool WithActivation { get; init; } = true;

    /// <summary>What stands before the names of the weights, where a graph holds several networks.</summary>
    public string Prefix { get; init; } = "";
}
