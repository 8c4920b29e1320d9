namespace MLNetScinti.Networks;

/// <summary>What layers and optimizers take where nobody says, as frameworks differ in it.</summary>
public sealed record NetworkDefaults
{
    /// <summary>PyTorch's numbers; weights begin as in He et al. 2015 with zero biases, which is what networks with ReLU are given there by hand.</summary>
    public static NetworkDefaults PyTorch { get; } = new();

    /// <summary>
    /// What TensorFlow's (Keras') layers take: Glorot's start with zero biases, normalisations with 1e-3 and a running momentum of .99
    /// (here the weight of the newest batch, .01), Adam with 1e-7.
    /// </summary>
    public static NetworkDefaults TensorFlow { get; } = new() { Initialisation = WeightInitialisation.GlorotUniform, NormalizationEpsilon = 1e-3, NormalizationMomentum = 0.01, AdamEpsilon = 1e-7 };

    /// <summary>How kernels and dense weights start.</summary>
    public WeightInitialisation Initialisation { get; init; } = WeightInitialisation.KaimingUniform;

    /// <summary>What normalisations add to the variance.</summary>
    public double NormalizationEpsilon { get; init; } = 1e-5;

    /// <summary>The weight of the newest batch in running statistics.</summary>
    public double NormalizationMomentum { get; init; } = 0.1;

    /// <summary>Adam's addend in the denominator.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;
}

/// <summary>
/// Builds a network layer by layer. Each call returns the name of what it added, to be given to the next; a layer that does
/// not fit is refused at once, by name.
/// </summary>
/// <example>
/// <code>
/// NetworkGraphBuilder network = new();
/// string x = network.Input("image", [1, 128, 128]);
/// x = network.Relu("relu1", network.Convolution("conv1", x, filters: 32));
/// x = network.Dense("score", network.GlobalAveragePooling("pool", x), units: 1);
/// NetworkGraph graph = network.Build(x, OutputActivation.Sigmoid);
/// </code>
/// </example>
public sealed class NetworkGraphBuilder
{
    private readonly List<NetworkInput> _inputs = [];
    private readonly List<NetworkLayer> _layers = [];
    private readonly NetworkDefaults _defaults;

    /// <summary>An empty network.</summary>
    /// <param name="defaults">What layers take where a call does not say; null for PyTorch's.</param>
    public NetworkGraphBuilder(NetworkDefaults? defaults = null) => _defaults = defaults ?? NetworkDefaults.PyTorch;

    /// <summary>Adds an input. The shape is that of one case: [channels, rows, columns] or [channels, sections, rows, columns].</summary>
    public string Input(string name, TensorShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _inputs.Add(new NetworkInput(name, shape));
        return name;
    }

    /// <summary>Adds a layer of any kind, and returns its name.</summary>
    /// <exception cref="NetworkGraphException">The layer does not fit what it is given, or its name is taken.</exception>
    public string Add(NetworkLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _layers.Add(layer);
        try
        {
            _ = Build(layer.Name);
        }
        catch (NetworkGraphException)
        {
            _layers.RemoveAt(_layers.Count - 1);
            throw;
        }

        return layer.Name;
    }

    /// <summary>Adds a convolution that keeps the size where the stride is 1.</summary>
    public string Convolution(string name, string input, int filters, PerAxis? kernel = null, PerAxis? stride = null, bool bias = true) =>
        Add(new Convolution(name, input, filters, kernel ?? 3) { Stride = stride ?? 1, Bias = bias, Initialisation = _defaults.Initialisation });

    /// <summary>Adds a transposed convolution that multiplies the size by the factor.</summary>
    public string ConvolutionTranspose(string name, string input, int filters, PerAxis? factor = null) =>
        Add(new ConvolutionTranspose(name, input, filters, factor ?? 2) { Initialisation = _defaults.Initialisation });

    /// <summary>Adds a batch normalisation.</summary>
    public string BatchNormalization(string name, string input) =>
        Add(new BatchNormalization(name, input) { Epsilon = _defaults.NormalizationEpsilon, Momentum = _defaults.NormalizationMomentum });

    /// <summary>Adds a rectified linear unit.</summary>
    public string Relu(string name, string input) => Add(new Relu(name, input));

    /// <summary>Adds a leaky rectified linear unit.</summary>
    public string LeakyRelu(string name, string input, double slope = 0.01) => Add(new LeakyRelu(name, input, slope));

    /// <summary>Adds a hyperbolic tangent.</summary>
    public string Tanh(string name, string input) => Add(new Tanh(name, input));

    /// <summary>Adds a logistic function.</summary>
    public string Sigmoid(string name, string input) => Add(new Sigmoid(name, input));

    /// <summary>Adds a softmax over the first axis.</summary>
    public string Softmax(string name, string input) => Add(new Softmax(name, input));

    /// <summary>Adds a pooling by the largest value. Without a stride, the stride is the kernel.</summary>
    public string MaxPooling(string name, string input, PerAxis kernel, PerAxis? stride = null, PerAxis? padding = null) =>
        Add(new MaxPooling(name, input, kernel) { Stride = stride ?? kernel, Padding = padding ?? 0 });

    /// <summary>Adds a pooling by the mean. Without a stride, the stride is the kernel.</summary>
    public string AveragePooling(string name, string input, PerAxis kernel, PerAxis? stride = null, PerAxis? padding = null) =>
        Add(new AveragePooling(name, input, kernel) { Stride = stride ?? kernel, Padding = padding ?? 0 });

    /// <summary>Adds a pooling by the mean to the given extents, whatever those of the image.</summary>
    public string AdaptiveAveragePooling(string name, string input, PerAxis size) => Add(new AdaptiveAveragePooling(name, input, size));

    /// <summary>Adds a pooling by the mean over all of space.</summary>
    public string GlobalAveragePooling(string name, string input) => Add(new GlobalAveragePooling(name, input));

    /// <summary>Adds a pooling by the largest value over all of space.</summary>
    public string GlobalMaxPooling(string name, string input) => Add(new GlobalMaxPooling(name, input));

    /// <summary>Adds a mean over the channels at each place.</summary>
    public string ChannelMean(string name, string input) => Add(new ChannelMean(name, input));

    /// <summary>Adds the largest of the channels at each place.</summary>
    public string ChannelMax(string name, string input) => Add(new ChannelMax(name, input));

    /// <summary>Adds a fully connected layer. Gain: sqrt 2 before a ReLU, 1 for a layer that gives logits.</summary>
    public string Dense(string name, string input, int units, double? gain = null) =>
        Add(new Dense(name, input, units) { Gain = gain ?? Math.Sqrt(2), Initialisation = _defaults.Initialisation });

    /// <summary>Adds a dropout.</summary>
    public string Dropout(string name, string input, double rate = 0.5) => Add(new Dropout(name, input, rate));

    /// <summary>Adds a flattening.</summary>
    public string Flatten(string name, string input) => Add(new Flatten(name, input));

    /// <summary>Adds a concatenation along the first axis.</summary>
    public string Concatenate(string name, params IReadOnlyList<string> inputs) => Add(new Concatenate(name, inputs));

    /// <summary>Adds a sum.</summary>
    public string Sum(string name, params IReadOnlyList<string> inputs) => Add(new Sum(name, inputs));

    /// <summary>Adds a product, element by element; gates for the places or the channels of the first value are welcome.</summary>
    public string Multiply(string name, params IReadOnlyList<string> inputs) => Add(new Multiply(name, inputs));

    /// <summary>Adds an upsampling by repetition.</summary>
    public string Upsample(string name, string input, PerAxis? factor = null) => Add(new Upsample(name, input, factor ?? 2));

    /// <summary>Adds the index of each voxel as further channels.</summary>
    public string VoxelCoordinates(string name, string input) => Add(new VoxelCoordinates(name, input));

    /// <summary>The shape of what has been added under this name.</summary>
    public TensorShape ShapeOf(string name) =>
        _inputs.Find(input => string.Equals(input.Name, name, StringComparison.Ordinal))?.Shape ?? Build(name).ShapeOf(name);

    /// <summary>The network.</summary>
    /// <param name="output">The name of the layer that gives the output.</param>
    /// <param name="activation">What serving puts behind the output.</param>
    public NetworkGraph Build(string output, OutputActivation activation = OutputActivation.None) =>
        new(_inputs, _layers, output, activation);
}
