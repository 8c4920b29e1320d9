namespace MLNetScinti.Imaging;

/// <summary>Turns by up to an angle in either direction, uniformly.</summary>
/// <param name="maximum">The largest angle, in degrees.</param>
public sealed class RandomRotate(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum >= 0 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest angle must be 0 degrees or more.");

    /// <inheritdoc/>
    public string Name => "RandomRotate";

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Rotate(random.NextDouble(-_maximum, _maximum));
}
