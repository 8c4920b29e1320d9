namespace MLNetScinti.Pipelines.Definitions;

/// <summary>A simulated cohort. Key <c>data.simulation</c>.</summary>
/// <param name="Patients">The number of patients.</param>
/// <param name="Seed">The seed of the cohort: the same seed gives the same files.</param>
public sealed record SimulationDefinition(
    int Patients,
    ulong Seed)
{
    /// <summary>Patients drawn so that a balanced validation set of this size can be taken: a quarter of each pattern of labels.</summary>
    public int BalancedValidation { get; init; }

    /// <summary>The same for a balanced test set.</summary>
    public int BalancedTest { get; init; }
}
