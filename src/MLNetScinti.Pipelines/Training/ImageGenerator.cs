using System.Globalization;
using System.Numerics.Tensors;
using MLNetScinti.Evaluation.Generated;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Training;

/// <summary>The images that a generator made: to be trained on, and what there is to tell of them.</summary>
/// <param name="Store">The images with what they show.</param>
/// <param name="Section">For the report.</param>
internal sealed record MadeImages(FeatureStore Store, GenerationSection Section) : IDisposable
{
    public void Dispose() => Store.Dispose();
}

/// <summary>
/// Trains a generator on the features of training cases, and makes images with it. Values go in as the root of their place between the
/// smallest and the largest, from -1 to 1: the noise of counts is then the same in dark and in bright places.
/// </summary>
internal sealed class ImageGenerator : ITrainingSamples
{
    private const int PicturesOfKind = 4, PictureHeight = 256;

    private readonly FeatureStore _cases;
    private readonly ImageGeneration _options;
    private readonly ImageShape _full;
    private readonly ImageShape _small;
    private readonly TensorShape _image;
    private readonly Target[] _kinds;
    private readonly int[] _kindOf;
    private readonly float[] _low;
    private readonly float[] _high;

    private ImageGenerator(FeatureStore cases, ImageGeneration options)
    {
        (_cases, _options, _image) = (cases, options, options.ImageOf(cases.Shapes));
        _full = cases.Shapes[0];
        _small = new ImageShape((int)_image[1], (int)_image[2]);
        _kinds = [.. cases.Targets.DistinctBy(target => target.Pattern, StringComparer.Ordinal).OrderBy(target => target.Pattern, StringComparer.Ordinal)];
        Dictionary<string, int> places = _kinds.Select((kind, index) => (kind.Pattern, index)).ToDictionary(pair => pair.Pattern, pair => pair.index, StringComparer.Ordinal);
        _kindOf = [.. cases.Targets.Select(target => places[target.Pattern])];
        (_low, _high) = Range();
    }

    int ITrainingSamples.Count => _cases.Count;

    IReadOnlyList<TensorShape> ITrainingSamples.InputShapes => [_image];

    TensorShape ITrainingSamples.TargetShape { get; } = [1];

    string ITrainingSamples.Description => string.Create(CultureInfo.InvariantCulture, $"{_options.Downsample} x {_options.Downsample} pixels as one, roots");

    string ITrainingSamples.ContentHash => _cases.ContentHash;

    /// <summary>Trains a generator and makes images.</summary>
    /// <param name="cases">The training cases.</param>
    /// <param name="patients">Whose each of them is, by pseudonym.</param>
    /// <param name="options">How.</param>
    /// <param name="training">How the network is trained behind it: seed, device and what binds a checkpoint are the same.</param>
    /// <param name="budget">Bytes of images that are held in memory.</param>
    /// <param name="cancellation">Stops the training after the step in hand.</param>
    /// <exception cref="ColumnException">There is nothing to make, or the images are of shapes that no generator makes.</exception>
    public static MadeImages Make(FeatureStore cases, IReadOnlyList<string> patients, ImageGeneration options, TrainingOptions training, long budget, CancellationToken cancellation)
    {
        ImageGenerator generator = new(cases, options);
        int[] wanted = [.. generator._kinds.Select((kind, index) => options.CountFor(cases.Task, kind, generator._kindOf.Count(own => own == index)))];
        if (wanted.Sum() == 0)
        {
            throw new ColumnException("The factors ask for no generated image among the training cases: give a class a larger one.");
        }

        AdversarialStep step = new(generator._image, generator._kinds.Length, options.Networks);
        // What a generator is judged by are the images that it learns from: it may see no other patient's.
        TrainingResult trained = TrainingLoop.Run(step, generator, generator, training with
        {
            Epochs = options.Epochs,
            BatchSize = options.BatchSize,
            Selection = AdversarialStep.SmallestDistance,
            Inferer = Inferer.WholeImage,
            Start = null,
            CheckpointPath = options.CheckpointPath,
        }, options.Progress, cancellation);
        return generator.Made(step, trained, wanted, patients, training.Seed, budget, cancellation);
    }

    void ITrainingSamples.ReadTarget(int index, Span<float> target) => target[0] = _kindOf[index];

    void ITrainingSamples.Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        target.Span[0] = _kindOf[index];
        Span<float> values = inputs[0].Span;
        Small(index).CopyTo(values);
        for (int channel = 0; channel < _low.Length; channel++)
        {
            (float low, float range) = (_low[channel], _high[channel] - _low[channel]);
            foreach (ref float value in values.Slice(channel * _small.Length, _small.Length))
            {
                value = (2 * MathF.Sqrt(Math.Clamp((value - low) / range, 0, 1))) - 1;
            }
        }
    }

    private MadeImages Made(AdversarialStep step, TrainingResult trained, int[] wanted, IReadOnlyList<string> patients, ulong seed, long budget, CancellationToken cancellation)
    {
        List<ImageSummary> summaries = [];
        Dictionary<int, List<float[]>> shown = [];
        FeatureStore store = FeatureStore.Of(_cases.Shapes, _cases.Task, Rows(), budget, cancellation);
        ImageSummary[] real = new ImageSummary[_cases.Count];
        Parallel.For(0, real.Length, new ParallelOptions { CancellationToken = cancellation }, index =>
            real[index] = ImageSummary.Of(string.Create(CultureInfo.InvariantCulture, $"case-{index + 1}"), patients[index], Words(_kindOf[index]), Small(index), _small));
        return new MadeImages(store, new GenerationSection
        {
            Methods = [.. Methods(step, trained)],
            Images = GeneratedImages.Of(real, summaries),
            Pictures = [.. shown.OrderBy(pair => pair.Key).Select(pair => Picture(pair.Key, pair.Value))],
        });

        // The served form makes them, one by one: the same on any number of threads.
        IEnumerable<(float[] Values, Target Truth)> Rows()
        {
            using OnnxSession session = OnnxSession.Open(step.GeneratorGraph.ToOnnxModel(trained.BestWeights));
            ulong number = 0;
            for (int kind = 0; kind < wanted.Length; kind++)
            {
                shown[kind] = [];
                for (int i = 0; i < wanted[kind]; i++)
                {
                    using OnnxAnswers answers = session.Run(1, [step.NoiseOf(seed, number++, kind)]);
                    float[] small = answers.Floats(0).ToArray();
                    Decode(small);
                    summaries.Add(ImageSummary.Of(string.Create(CultureInfo.InvariantCulture, $"generated-{summaries.Count + 1:0000}"), "", Words(kind), small, _small));
                    if (shown[kind].Count < PicturesOfKind)
                    {
                        shown[kind].Add(small);
                    }

                    yield return (Enlarged(small), _kinds[kind]);
                }

                if (shown[kind].Count == 0)
                {
                    shown.Remove(kind);
                }
            }
        }
    }

    private string Words(int kind) => _cases.Task.Describe(_kinds[kind]);

    private IEnumerable<string> Methods(AdversarialStep step, TrainingResult trained)
    {
        yield return string.Create(CultureInfo.InvariantCulture,
            $"A deep convolutional generator and its judge (Radford et al. 2016), conditional on the kind of image: {step.Networks[0].Graph.ParameterCount:N0} and {step.Networks[1].Graph.ParameterCount:N0} weights, images of {_small}{(_options.Downsample > 1 ? $", enlarged to {_full} by linear interpolation" : "")}.");
        yield return string.Create(CultureInfo.InvariantCulture,
            $"Trained on the {_cases.Count} training cases alone for {_options.Epochs} epochs in batches of {_options.BatchSize} ({_options.Networks.Optimizer}); the weights of epoch {trained.BestEpoch.Epoch} are kept, whose images are nearest to the training images in mean and deviation, pixel by pixel ({trained.BestEpoch.Figure(AdversarialStep.SmallestDistance.Figure):0.000}, {trained.History[0].Figure(AdversarialStep.SmallestDistance.Figure):0.000} in the first epoch).");
        yield return "What is compared are the images as the network reads them, where the generator makes them. Copies are looked for in likenesses of at most 64 pixels a side, mirrored ones too.";
    }

    private CasePicture Picture(int kind, List<float[]> made)
    {
        float[][] real = [.. Enumerable.Range(0, _cases.Count).Where(index => _kindOf[index] == kind).Take(PicturesOfKind).Select(Small)];
        PngImage[] drawn = [.. real.Concat(made).SelectMany(values => Enumerable.Range(0, _low.Length).Select(channel => Draw(values.AsSpan(channel * _small.Length, _small.Length))))];
        string caption = string.Create(CultureInfo.InvariantCulture, $"{Words(kind)}: the first {real.Length} from the left are real training images, the other {made.Count} are generated");
        return new CasePicture("generated", PngEncoder.Encode(PngImage.SideBySide(drawn)), caption, $"{caption}.");
    }

    private PngImage Draw(ReadOnlySpan<float> values) =>
        PngImage.Draw(values, _small, ColourMap.InverseGrey, 0, Math.Max(TensorPrimitives.Max(values), 1e-6f)).Enlarge(Math.Max(1, PictureHeight / _small.Rows));

    /// <summary>All images of a case as the generator has them, one after the other.</summary>
    private float[] Small(int index)
    {
        float[] result = new float[_image.ElementCount], full = new float[_full.Length];
        for (int channel = 0; channel < _cases.Shapes.Count; channel++)
        {
            _cases.Read(index, channel, full);
            float[] values = full;
            // Halving by linear interpolation is the mean of the four pixels that become one: nothing is skipped.
            ImageShape shape = _full;
            for (int factor = 2; factor <= _options.Downsample; factor *= 2)
            {
                ImageShape half = new(_full.Rows / factor, _full.Columns / factor);
                values = ImageOperators.Apply(new Resample(half), values, shape);
                shape = half;
            }

            values.AsSpan(0, _small.Length).CopyTo(result.AsSpan(channel * _small.Length));
        }

        return result;
    }

    private float[] Enlarged(float[] small)
    {
        float[] result = new float[_full.Length * _low.Length];
        Resample enlarge = new(_full);
        for (int channel = 0; channel < _low.Length; channel++)
        {
            ReadOnlySpan<float> values = small.AsSpan(channel * _small.Length, _small.Length);
            Span<float> goal = result.AsSpan(channel * _full.Length, _full.Length);
            if (_options.Downsample == 1)
            {
                values.CopyTo(goal);
            }
            else
            {
                enlarge.Apply(values, _small, goal);
            }
        }

        return result;
    }

    private void Decode(float[] values)
    {
        for (int channel = 0; channel < _low.Length; channel++)
        {
            (float low, float range) = (_low[channel], _high[channel] - _low[channel]);
            foreach (ref float value in values.AsSpan(channel * _small.Length, _small.Length))
            {
                float root = (Math.Clamp(value, -1, 1) + 1) / 2;
                value = low + (range * root * root);
            }
        }
    }

    private (float[] Low, float[] High) Range()
    {
        float[] low = [.. _cases.Shapes.Select(_ => float.PositiveInfinity)], high = [.. _cases.Shapes.Select(_ => float.NegativeInfinity)];
        for (int index = 0; index < _cases.Count; index++)
        {
            float[] values = Small(index);
            for (int channel = 0; channel < low.Length; channel++)
            {
                ReadOnlySpan<float> own = values.AsSpan(channel * _small.Length, _small.Length);
                low[channel] = Math.Min(low[channel], TensorPrimitives.Min(own));
                high[channel] = Math.Max(high[channel], TensorPrimitives.Max(own));
            }
        }

        return low.Zip(high).All(range => range.Second > range.First && float.IsFinite(range.Second - range.First)) ? (low, high)
            : throw new ColumnException("The training images all have one value, or values that are no numbers: a generator learns nothing of them.");
    }
}
