namespace MLNetScinti.Pipelines.Definitions;

/// <summary>What is reported. Key <c>evaluation</c>.</summary>
/// <param name="Confidence">The level of all intervals.</param>
/// <param name="PaperProtocol">Also report with the threshold taken from the test ROC, as Lin et al. 2023 did; marked as optimistic.</param>
public sealed record EvaluationDefinition(
    double Confidence,
    bool PaperProtocol);
