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
