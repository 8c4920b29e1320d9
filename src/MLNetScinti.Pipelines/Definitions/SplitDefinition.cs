namespace MLNetScinti.Pipelines.Definitions;

/// <summary>How many patients train, validate and test. Key <c>split</c>.</summary>
/// <param name="Train">Patients to train on.</param>
/// <param name="Validation">Patients to choose the epoch and the threshold on.</param>
/// <param name="Test">Patients to test on.</param>
/// <param name="Balanced">Whether validation and test hold each combination of normal and abnormal kidneys equally often, as in Lin et al. 2023 (5/5/5/5 of 20).</param>
public sealed record SplitDefinition(
    int Train,
    int Validation,
    int Test,
    bool Balanced);
