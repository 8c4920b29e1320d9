namespace MLNetScinti.Networks;

/// <summary>What an explained network explains.</summary>
public sealed record ExplanationOptions
{
    /// <summary>The unit of the output whose value is explained: 0, the logit of the positive class, where there is one unit.</summary>
    public int Unit { get; init; }

    /// <summary>
    /// Whether only what speaks for the class is kept, as Grad-CAM does. Without it the map also has what speaks against it:
    /// its elements then add up to the value, less what the biases of the dense layers give.
    /// </summary>
    public bool Rectified { get; init; } = true;

    /// <summary>What stands before the names of the weights, where a graph holds several networks.</summary>
    public string Prefix { get; init; } = "";
}
