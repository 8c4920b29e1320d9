namespace MLNetScinti.Imaging;

/// <summary>Mirrors columns and rows, each with probability 1/2 (S1).</summary>
/// <param name="horizontal">Whether columns may be mirrored.</param>
/// <param name="vertical">Whether rows may be mirrored.</param>
public sealed class RandomFlip(bool horizontal, bool vertical) : IRandomOperator
{
    /// <inheritdoc/>
    public string Name => "RandomFlip";

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Flip(random.NextBoolean() && horizontal, random.NextBoolean() && vertical);
}
