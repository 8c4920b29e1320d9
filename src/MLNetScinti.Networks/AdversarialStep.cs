using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>How a generator of images is built and trained.</summary>
public sealed record AdversarialOptions
{
    /// <summary>Random numbers that each image is made of.</summary>
    public int NoiseCount { get; init; } = 64;

    /// <summary>Filters at the finest step; each coarser one has twice as many.</summary>
    public int Filters { get; init; } = 16;

    /// <summary>How both networks follow their gradients: Radford's numbers unless told otherwise.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LearningRate = 2e-4, Beta1 = 0.5 };
}

/// <summary>
/// A generator of images and its judge, trained in turn: deep convolutional networks after Radford et al. (ICLR 2016, arXiv
/// 1511.06434), conditional on the kind of image. The generator turns noise and a kind into an image by transposed convolutions;
/// the judge says, for each kind, how real an image is as one of it, and is asked for the image's own. Losses are Goodfellow's, the
/// generator's the one that does not saturate. Images have values from -1 to 1; their answer is the number of their kind, [1].
/// </summary>
/// <remarks>
/// The validation figure "distance" compares made images with the given ones, pixel by pixel: the root mean square difference of
/// their means, plus that of their standard deviations. The given ones are those to learn from: nobody else's images are looked at.
/// </remarks>
public sealed class AdversarialStep : ITrainingStep
{
    /// <summary>The names of the two networks.</summary>
    public const string GeneratorName = "generator", JudgeName = "discriminator";

    /// <summary>The epoch with the smallest distance is kept.</summary>
    public static Selection SmallestDistance { get; } = new(Distance, HigherIsBetter: false);

    // Kernels of 4 in steps of 2 reach every place equally often: no chessboard.
    private const int Kernel = 4, Coarsest = 4, MostDoublings = 6;
    private const string Distance = "distance";

    private readonly AdversarialOptions _options;
    private readonly TensorShape _image;
    private readonly int _kinds;

    /// <summary>Both networks for images of a shape.</summary>
    /// <param name="image">[channels, rows, columns] or [channels, sections, rows, columns]; extents of at least 8 that can be halved.</param>
    /// <param name="kinds">How many kinds of image there are.</param>
    /// <param name="options">How they are built and trained.</param>
    /// <exception cref="ArgumentException">The extents cannot be halved.</exception>
    public AdversarialStep(TensorShape image, int kinds, AdversarialOptions options)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(kinds, 1);
        if (options.NoiseCount < 1 || options.Filters < 1)
        {
            throw new ArgumentException($"A generator needs noise and filters: found {options.NoiseCount} numbers and {options.Filters} filters.", nameof(options));
        }

        (_image, _kinds, _options) = (image, kinds, options);
        int doublings = Doublings(image);
        if (doublings == 0)
        {
            throw new ArgumentException($"A generator doubles its image step by step: expected extents of at least {2 * Coarsest} that can be halved, found {image}.", nameof(image));
        }

        Networks =
        [
            new(GeneratorName, Generator(doublings), options.Optimizer),
            new(JudgeName, Judge(doublings), options.Optimizer),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<StepNetwork> Networks { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["step"] = "adversarial",
        ["kinds"] = _kinds.ToString(CultureInfo.InvariantCulture),
        ["noise"] = string.Create(CultureInfo.InvariantCulture, $"{_options.NoiseCount} numbers from -1 to 1"),
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> FigureNames { get; } = [Distance];

    /// <summary>The generator's network.</summary>
    public NetworkGraph GeneratorGraph => Networks[0].Graph;

    /// <summary>How often an image's extents can be halved until one of them is as small as a generator begins with; 0 where it cannot.</summary>
    public static int Doublings(TensorShape image)
    {
        ArgumentNullException.ThrowIfNull(image);
        int count = 0;
        for (long[] extents = [.. image.Spatial]; extents.Length > 1 && count < MostDoublings && extents.All(extent => extent % 2 == 0 && extent / 2 >= Coarsest); count++)
        {
            extents = [.. extents.Select(extent => extent / 2)];
        }

        return count;
    }

    /// <summary>What the generator makes an image of: noise that belongs to seed and number alone, and the kind.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="number">The image's number.</param>
    /// <param name="kind">Its kind.</param>
    public float[] NoiseOf(ulong seed, ulong number, int kind)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(kind, _kinds);
        CounterRandom random = new(seed, 0, number, "generate");
        float[] values = new float[_options.NoiseCount + _kinds];
        for (int i = 0; i < _options.NoiseCount; i++)
        {
            values[i] = (float)random.NextDouble(-1, 1);
        }

        values[_options.NoiseCount + kind] = 1;
        return values;
    }

    /// <inheritdoc/>
    public ITrainingStep Fit(ITrainingSamples training, ITrainingSamples validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        foreach (ITrainingSamples samples in (ITrainingSamples[])[training, validation])
        {
            if (samples.InputShapes is not [var shape] || !shape.Equals(_image) || !samples.TargetShape.Equals([1]))
            {
                throw new ArgumentException($"A generator of images of {_image} learns from such images and the number of their kind, found inputs {string.Join(", ", samples.InputShapes)} and answers {samples.TargetShape}.", nameof(training));
            }
        }

        return this;
    }

    /// <inheritdoc/>
    public double Train(TrainingContext context, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        (NetworkInTraining generator, NetworkInTraining judge) = (context[GeneratorName], context[JudgeName]);
        Tensor kinds = OneOf(batch.Target, context.Device);
        Tensor made = Make(generator, kinds, context.Device);
        Tensor told = Loss(judge.Run(batch.Inputs), judge.Run([made.detach()]), kinds);
        told.backward();
        judge.Update();

        Tensor believed = Softened(Own(judge.Run([made]), kinds).neg()).mean();
        believed.backward();
        judge.ZeroGradients();
        generator.Update();
        return told.item<float>() + believed.item<float>();
    }

    /// <inheritdoc/>
    public ValidationResult Validate(TrainingContext context, IEnumerable<TrainingBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batches);
        Moments given = new(_image.ElementCount), made = new(_image.ElementCount);
        double loss = 0;
        int count = 0;
        foreach (TrainingBatch batch in batches)
        {
            Tensor kinds = OneOf(batch.Target, context.Device);
            Tensor image = Make(context[GeneratorName], kinds, context.Device);
            NetworkInTraining judge = context[JudgeName];
            loss += Loss(judge.Run(batch.Inputs), judge.Run([image]), kinds).item<float>() * (double)batch.Count;
            count += batch.Count;
            given.Add(batch.Inputs[0], batch.Count);
            made.Add(image, batch.Count);
        }

        return new ValidationResult(loss / count, new Dictionary<string, double>(StringComparer.Ordinal) { [Distance] = given.DistanceTo(made) });
    }

    private NetworkGraph Generator(int doublings)
    {
        NetworkGraphBuilder network = new();
        int rank = _image.SpatialRank, filters = _options.Filters << (doublings - 1);
        int[] start = [.. _image.Spatial.ToArray().Select(extent => (int)(extent >> doublings))];
        string x = network.Input("noise", TensorShape.Create([_options.NoiseCount + _kinds, .. Enumerable.Repeat(1L, rank)]));
        x = network.Add(new ConvolutionTranspose("project", x, filters, PerAxis.Create(start)));
        for (int step = 1; step <= doublings; step++)
        {
            x = network.Relu($"relu{step}", network.BatchNormalization($"norm{step}", x));
            filters /= 2;
            x = network.Add(new ConvolutionTranspose($"up{step}", x, step == doublings ? (int)_image.Channels : filters, Kernel) { Stride = 2, Padding = 1 });
        }

        return network.Build(network.Tanh("image", x));
    }

    private NetworkGraph Judge(int doublings)
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", _image);
        int filters = _options.Filters;
        for (int step = 1; step <= doublings; step++, filters *= 2)
        {
            x = network.Add(new Convolution($"down{step}", x, filters, Kernel) { Stride = 2, Padding = 1, Bias = step == 1 });
            x = network.LeakyRelu($"leak{step}", step == 1 ? x : network.BatchNormalization($"norm{step}", x), 0.2);
        }

        return network.Build(network.Dense("real", network.Flatten("flat", x), _kinds, gain: 1));
    }

    // Uniform, as Radford's: no processor computes it to other digits.
    private Tensor Make(NetworkInTraining generator, Tensor kinds, Device device)
    {
        Tensor noise = rand([kinds.shape[0], _options.NoiseCount], device: device).mul(KeptScalar.Of(2)).sub(KeptScalar.Of(1));
        long[] shape = [kinds.shape[0], _options.NoiseCount + _kinds, .. Enumerable.Repeat(1L, _image.SpatialRank)];
        return generator.Run([cat([noise, kinds], 1).reshape(shape)]);
    }

    private Tensor OneOf(Tensor target, Device device) =>
        tensor((float[])[.. Enumerable.Range(0, _kinds)], [1, _kinds], device: device).eq(target).to_type(ScalarType.Float32);

    private static Tensor Own(Tensor answers, Tensor kinds) => answers.mul(kinds).sum(dim: 1);

    private static Tensor Loss(Tensor given, Tensor made, Tensor kinds) => Softened(Own(given, kinds).neg()).add(Softened(Own(made, kinds)), KeptScalar.Of(1)).mean();

    // log(1 + exp(x)), of operations that come out the same on every processor.
    private static Tensor Softened(Tensor x) => x.relu().add(x.abs().neg().exp().add(KeptScalar.Of(1)).log(), KeptScalar.Of(1));

    /// <summary>Mean and deviation of each pixel over many images.</summary>
    private sealed class Moments(long pixels)
    {
        private readonly double[] _sum = new double[pixels];
        private readonly double[] _squares = new double[pixels];
        private int _count;

        public void Add(Tensor images, int count)
        {
            float[] sum = TensorValues.Read(images.sum(dim: 0)), squares = TensorValues.Read(images.mul(images).sum(dim: 0));
            for (int i = 0; i < sum.Length; i++)
            {
                _sum[i] += sum[i];
                _squares[i] += squares[i];
            }

            _count += count;
        }

        public double DistanceTo(Moments other)
        {
            double means = 0, deviations = 0;
            for (int i = 0; i < _sum.Length; i++)
            {
                (double mean, double deviation) = At(i);
                (double otherMean, double otherDeviation) = other.At(i);
                means += (mean - otherMean) * (mean - otherMean);
                deviations += (deviation - otherDeviation) * (deviation - otherDeviation);
            }

            return Math.Sqrt(means / _sum.Length) + Math.Sqrt(deviations / _sum.Length);
        }

        private (double Mean, double Deviation) At(int pixel)
        {
            double mean = _sum[pixel] / _count;
            return (mean, Math.Sqrt(Math.Max(0, (_squares[pixel] / _count) - (mean * mean))));
        }
    }
}
