using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>
/// Random plane operators drawn together and composed into one affine map, so that the image is interpolated only once.
/// Each draws from its own stream: taking one away leaves the draws of the others as they were.
/// </summary>
public sealed class Augmentation
{
    private readonly IRandomOperator[] _operators;
    private readonly string[] _streams;

    /// <summary>An augmentation that applies the operators in the given order.</summary>
    /// <param name="operators">Random operators whose draws are plane operators.</param>
    public Augmentation(params IEnumerable<IRandomOperator> operators)
    {
        _operators = [.. operators];
        _streams = new string[_operators.Length];
        for (int i = 0; i < _operators.Length; i++)
        {
            int earlier = _operators.Take(i).Count(other => string.Equals(other.Name, _operators[i].Name, StringComparison.Ordinal));
            _streams[i] = earlier == 0 ? _operators[i].Name : $"{_operators[i].Name}#{earlier + 1}";
        }
    }

    /// <summary>No augmentation.</summary>
    public static Augmentation None { get; } = new();

    /// <summary>The operators, in the order in which they act.</summary>
    public IReadOnlyList<IRandomOperator> Operators => _operators;

    /// <summary>The affine map of one sample in one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="sample">The sample's number.</param>
    /// <param name="shape">The shape of the image.</param>
    /// <exception cref="InvalidOperationException">An operator drew something that is not a plane operator.</exception>
    public Affine Draw(ulong seed, long epoch, ulong sample, ImageShape shape)
    {
        PlaneTransform whole = PlaneTransform.Identity;
        for (int i = 0; i < _operators.Length; i++)
        {
            CounterRandom random = new(seed, epoch, sample, _streams[i]);
            IImageOperator drawn = _operators[i].Draw(ref random, shape);
            whole = drawn is IPlaneOperator plane
                ? whole.Then(plane.Transform)
                : throw new InvalidOperationException($"{drawn.Name} is no affine map of the plane and cannot be composed.");
        }

        return new Affine(whole);
    }
}

/// <summary>The random partner of a deterministic operator: it draws the parameters, the operator does the work.</summary>
public interface IRandomOperator
{
    /// <summary>The operator's name, which is also the name of its random stream.</summary>
    string Name { get; }

    /// <summary>The name with the settings, in words: what a training is bound to.</summary>
    string Description => Name;

    /// <summary>Draws the parameters and returns the operator that has them.</summary>
    /// <param name="random">The generator; its state moves on.</param>
    /// <param name="shape">The shape of the image.</param>
    IImageOperator Draw(ref CounterRandom random, ImageShape shape);
}

/// <summary>Mirrors columns and rows, each with probability 1/2.</summary>
/// <param name="horizontal">Whether columns may be mirrored.</param>
/// <param name="vertical">Whether rows may be mirrored.</param>
public sealed class RandomFlip(bool horizontal, bool vertical) : IRandomOperator
{
    /// <inheritdoc/>
    public string Name => "RandomFlip";

    /// <inheritdoc/>
    public string Description => string.Join(' ', ((string[])["RandomFlip", horizontal ? "horizontal" : "", vertical ? "vertical" : ""]).Where(word => word.Length > 0));

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Flip(random.NextBoolean() && horizontal, random.NextBoolean() && vertical);
}

/// <summary>Enlarges or shrinks by up to a part, uniformly.</summary>
/// <param name="maximum">The largest change of size: 0.2 draws factors from 0.8 to 1.2.</param>
public sealed class RandomZoom(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum is >= 0 and < 1 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest change must lie from 0 to below 1.");

    /// <inheritdoc/>
    public string Name => "RandomZoom";

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"RandomZoom by {_maximum}");

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Zoom(random.NextDouble(1 - _maximum, 1 + _maximum));
}

/// <summary>Turns by up to an angle in either direction, uniformly.</summary>
/// <param name="maximum">The largest angle, in degrees.</param>
public sealed class RandomRotate(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum >= 0 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest angle must be 0 degrees or more.");

    /// <inheritdoc/>
    public string Name => "RandomRotate";

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"RandomRotate by {_maximum} degrees");

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Rotate(random.NextDouble(-_maximum, _maximum));
}

/// <summary>Moves by up to a number of pixels in both directions of the plane, uniformly.</summary>
/// <param name="maximum">The largest shift, in pixels.</param>
public sealed class RandomTranslate(double maximum) : IRandomOperator
{
    private readonly double _maximum = maximum >= 0 ? maximum : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The largest shift must be 0 pixels or more.");

    /// <inheritdoc/>
    public string Name => "RandomTranslate";

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"RandomTranslate by {_maximum} pixels");

    /// <inheritdoc/>
    public IImageOperator Draw(ref CounterRandom random, ImageShape shape) =>
        new Translate(random.NextDouble(-_maximum, _maximum), random.NextDouble(-_maximum, _maximum));
}
