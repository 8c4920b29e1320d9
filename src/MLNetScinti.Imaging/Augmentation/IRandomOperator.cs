namespace MLNetScinti.Imaging;

/// <summary>The random partner of a deterministic operator: it draws the parameters, the operator does the work.</summary>
public interface IRandomOperator
{
    /// <summary>The operator's name, which is also the name of its random stream.</summary>
    string Name { get; }

    /// <summary>Draws the parameters and returns the operator that has them.</summary>
    /// <param name="random">The generator; its state moves on.</param>
    /// <param name="shape">The shape of the image.</param>
    IImageOperator Draw(ref CounterRandom random, ImageShape shape);
}
