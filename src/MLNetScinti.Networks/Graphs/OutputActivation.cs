namespace MLNetScinti.Networks;

/// <summary>
/// What turns a network's output into probabilities. Training sees the values before it (logits), because the loss is
/// more exact there; the served form has it as its last node.
/// </summary>
public enum OutputActivation
{
    /// <summary>The output is served as it is.</summary>
    None,

    /// <summary>Each output on its own: 1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The outputs of a case sum to 1, over axis 1 (classes, or channels of a map).</summary>
    Softmax,
}
