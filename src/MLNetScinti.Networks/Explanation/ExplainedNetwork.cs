namespace MLNetScinti.Networks;

/// <summary>The values that an explained network has in an ONNX graph.</summary>
/// <param name="Output">The name of the network's output before its activation (logits), [N, units].</param>
/// <param name="Maps">The name of each map's value, in the order of <paramref name="Activations"/>.</param>
/// <param name="Activations">What each map is.</param>
public sealed record ExplainedNetwork(string Output, IReadOnlyList<string> Maps, IReadOnlyList<ClassActivation> Activations);
