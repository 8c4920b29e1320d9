namespace MLNetScinti.Imaging;

/// <summary>Moves by up to a number of pixels in both directions of the plane, uniformly.</summary>
/// <param name="maximum">The largest shift, in pixels.</param>
public sealed class RandomTranslate(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum >= 0 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest shift must be 0 pixels or more.");

    /// <inheritdoc/>
    public string Name => "RandomTranslate";

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Translate(random.NextDouble(-_maximum, _maximum), random.NextDouble(-_maximum, _maximum));
}
