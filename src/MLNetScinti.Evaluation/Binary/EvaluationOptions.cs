namespace MLNetScinti.Evaluation;

/// <summary>How an evaluation is made. The defaults are what reports use.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Coverage of the intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Replicates of the bootstrap by patient; 0 leaves out the intervals that need it.</summary>
    public int BootstrapReplicates { get; init; } = 2000;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of equally wide bins of the reliability curve.</summary>
    public int CalibrationBins { get; init; } = 10;

    /// <summary>Whether the figures at the test ROC's own threshold, as in the paper, are given beside ours, marked as optimistic.</summary>
    public bool WithPaperProtocol { get; init; }

    /// <summary>What one case is called in reports, such as "kidney".</summary>
    public string CaseNoun { get; init; } = "case";

    /// <summary>What several cases are called in reports, such as "kidneys".</summary>
    public string CasesNoun { get; init; } = "cases";

    /// <summary>The model's name in tables.</summary>
    public string Model { get; init; } = "model";
}
