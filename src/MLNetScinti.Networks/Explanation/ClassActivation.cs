namespace MLNetScinti.Networks;

/// <summary>A class activation map of an explained network: which input it explains, and where its elements lie over that input.</summary>
/// <param name="Name">The name of the model's output that holds it, [N, rows, columns] or [N, sections, rows, columns].</param>
/// <param name="Input">The network's input that the map lies over.</param>
/// <param name="Layer">The layer whose features are weighed: the last before the global average.</param>
/// <param name="Shape">The shape of the map: [rows, columns] or [sections, rows, columns].</param>
/// <param name="Spacing">Elements of the input from one element of the map to the next, alike along every axis.</param>
/// <param name="First">Where the map's first element has its centre, as an index of the input: 0 is the centre of the first element.</param>
public sealed record ClassActivation(string Name, string Input, string Layer, IReadOnlyList<int> Shape, double Spacing, double First);
