namespace MLNetScinti.Networks;

/// <summary>A weight that a layer needs.</summary>
/// <param name="Name">Its name within the layer, such as "weight" or "running_mean".</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Initialisation">How it starts.</param>
public sealed record WeightDefinition(string Name, TensorShape Shape, WeightInitialisation Initialisation)
{
    /// <summary>Whether gradient descent changes it; running statistics are kept and saved, but not trained.</summary>
    public bool Trained { get; init; } = true;

    /// <summary>Inputs that each output of the layer sums over; for <see cref="WeightInitialisation.KaimingUniform"/>.</summary>
    public long FanIn { get; init; } = 1;

    /// <summary>The factor of <see cref="WeightInitialisation.KaimingUniform"/>.</summary>
    public double Gain { get; init; } = Math.Sqrt(2);
}
