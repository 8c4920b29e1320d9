namespace MLNetScinti.Imaging;

/// <summary>A changed sample, and what was done to it.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="Applied">The transforms in the order in which they were applied; <see cref="SampleAugmentation.Replay"/> with them gives the same again.</param>
public sealed record AugmentedSample(ImageSample Sample, IReadOnlyList<ISampleTransform> Applied)
{
    /// <summary>What was done, in words; "none" where nothing was.</summary>
    public string Provenance => Applied.Count == 0 ? "none" : string.Join("; ", Applied.Select(transform => transform.Name));
}

/// <summary>
/// Random changes of whole samples, in a given order. Each draws from a stream of its own, keyed by seed, epoch, sample and
/// operation: neither the order of work, nor threads, nor taking another operation away changes what it draws. Movements that
/// follow each other are one map, and interpolate once.
/// </summary>
public sealed class SampleAugmentation
{
    private readonly string[] _streams;

    /// <summary>An augmentation that applies the steps in the given order.</summary>
    /// <param name="steps">The steps.</param>
    /// <exception cref="ArgumentException">A step's numbers are impossible.</exception>
    public SampleAugmentation(params IEnumerable<RandomTransform> steps)
    {
        Steps = [.. steps.Select(step => step.Checked())];
        _streams = new string[Steps.Count];
        for (int i = 0; i < Steps.Count; i++)
        {
            int earlier = Steps.Take(i).Count(other => string.Equals(other.Operation, Steps[i].Operation, StringComparison.Ordinal));
            _streams[i] = earlier == 0 ? Steps[i].Operation : $"{Steps[i].Operation}#{earlier + 1}";
        }
    }

    /// <summary>The steps, in the order in which they act.</summary>
    public IReadOnlyList<RandomTransform> Steps { get; }

    /// <summary>What one sample in one epoch goes through.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="sample">The sample's number.</param>
    public IReadOnlyList<ISampleTransform> Draw(ulong seed, long epoch, ulong sample)
    {
        List<ISampleTransform> drawn = [];
        for (int i = 0; i < Steps.Count; i++)
        {
            CounterRandom random = new(seed, epoch, sample, _streams[i]);
            // Whether it acts is always drawn, so that another probability leaves its parameters as they were.
            if (random.NextDouble() < Steps[i].Probability)
            {
                drawn.Add(Steps[i].Draw(ref random));
            }
        }

        return drawn;
    }

    /// <summary>Changes a sample.</summary>
    /// <param name="sample">The sample; it stays as it is.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="number">The sample's number.</param>
    public AugmentedSample Apply(ImageSample sample, ulong seed, long epoch, ulong number)
    {
        IReadOnlyList<ISampleTransform> drawn = Draw(seed, epoch, number);
        return new(Replay(sample, drawn), drawn);
    }

    /// <summary>Applies transforms one after another; movements that follow each other as one.</summary>
    /// <param name="sample">The sample; it stays as it is.</param>
    /// <param name="transforms">The transforms.</param>
    public static ImageSample Replay(ImageSample sample, IEnumerable<ISampleTransform> transforms)
    {
        SpatialTransform? moved = null;
        foreach (ISampleTransform transform in transforms)
        {
            if (transform is SpatialTransform next)
            {
                moved = moved?.Then(next) ?? next;
                continue;
            }

            sample = transform.Apply(moved?.Apply(sample) ?? sample);
            moved = null;
        }

        return moved?.Apply(sample) ?? sample;
    }
}
