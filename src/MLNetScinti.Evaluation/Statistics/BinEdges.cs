namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Which bin a probability on an edge belongs to. The expected calibration error depends on it.</summary>
public enum BinEdges
{
    /// <summary>[a, b), the last bin [a, 1]: an edge belongs to the bin above (torchmetrics).</summary>
    LeftClosed,

    /// <summary>(a, b], the first bin [0, b]: an edge belongs to the bin below (Guo et al. 2017).</summary>
    RightClosed,
}
