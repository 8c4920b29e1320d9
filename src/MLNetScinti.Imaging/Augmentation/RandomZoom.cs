namespace MLNetScinti.Imaging;

/// <summary>Enlarges or shrinks by up to a part, uniformly.</summary>
/// <param name="maximum">The largest change of size: 0.2 draws factors from 0.8 to 1.2.</param>
public sealed class RandomZoom(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum is >= 0 and < 1 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest change must lie from 0 to below 1.");

    /// <inheritdoc/>
    public string Name => "RandomZoom";

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Zoom(random.NextDouble(1 - _maximum, 1 + _maximum));
}
