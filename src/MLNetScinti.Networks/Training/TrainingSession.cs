using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Training;

/// <summary>One run of the training loop, on one thread.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const int Probes = 8;

    private readonly ITrainingStep _step;
    private readonly ITrainingSamples _training;
    private readonly ITrainingSamples _validation;
    private readonly TrainingOptions _options;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly Device _device;
    private readonly Dictionary<string, string> _settings;
    private readonly List<NetworkInTraining> _networks = [];
    private readonly TrainingContext _context;
    private readonly List<EpochResult> _history = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private IReadOnlyList<NetworkWeights>? _bestWeights;
    private EpochResult? _best;
    private TimeSpan _lastReport;

    public TrainingSession(
        ITrainingStep step,
        ITrainingSamples training,
        ITrainingSamples validation,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        (_training, _validation, _options, _progress, _cancellation) = (training, validation, options, progress, cancellation);
        _step = step.Fit(training, validation);
        _device = DeviceOf(options);
        _settings = Settings();
        Checkpoint? checkpoint = options.CheckpointPath is { } path && File.Exists(path) ? Checkpoint.Open(path, _settings, options.AcceptCode) : null;
        if (checkpoint is not null)
        {
            // Whose code began it stays with it, however often it is gone on with.
            _settings[Checkpoint.Code] = checkpoint.CodeSoFar;
        }

        try
        {
            foreach (StepNetwork network in _step.Networks)
            {
                _networks.Add(NewNetwork(network));
            }

            _context = new TrainingContext(_networks, _device);
            if (checkpoint is not null)
            {
                if (checkpoint.History.Count > options.Epochs)
                {
                    throw new CheckpointException(string.Create(CultureInfo.InvariantCulture,
                        $"{options.CheckpointPath}: the training that it is of has done {checkpoint.History.Count} epochs, and {options.Epochs} are asked for: delete it to begin anew, or ask for as many epochs or more."));
                }

                _bestWeights = checkpoint.Restore(_networks);
                _history.AddRange(checkpoint.History);
                _best = checkpoint.BestEpoch;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TrainingResult Run()
    {
        int resumed = _history.Count;
        using BatchReader reader = new(Requests(resumed + 1), _options.ReaderThreads, _cancellation);
        for (int epoch = resumed + 1; epoch <= _options.Epochs; epoch++)
        {
            TimeSpan start = _clock.Elapsed;
            double loss = TrainEpoch(epoch, resumed, reader);
            ValidationResult validation = Validate(reader);
            EpochResult result = new(epoch, loss, validation.Loss, validation.Figures, (_clock.Elapsed - start).TotalSeconds);
            _history.Add(result);
            if (_options.Selection.IsBetter(result, _best))
            {
                _best = result;
                KeepWeights();
            }

            if (_options.CheckpointPath is { } path && (epoch % _options.CheckpointEvery == 0 || epoch == _options.Epochs))
            {
                Checkpoint.Save(path, _settings, _history, _best!.Epoch, _networks, _bestWeights!);
            }

            Report(epoch, resumed, Batches(_training.Count).Count, loss, result);
        }

        IReadOnlyList<NetworkWeights> final = _best!.Epoch == _history.Count ? _bestWeights! : ReadWeights();
        return new TrainingResult
        {
            BestWeights = _bestWeights![0],
            FinalWeights = final[0],
            BestNetworks = ByName(_bestWeights),
            FinalNetworks = ByName(final),
            BestEpoch = _best,
            History = [.. _history],
            Selection = _options.Selection,
            Loss = (_step as SupervisedStep)?.Loss,
            Settings = _settings,
            Warnings =
            [
                .. _options.Selection.Warning(_best, _options.Epochs) is { } warning ? [warning] : Array.Empty<string>(),
                .. Checkpoint.BuildsOf(_settings[Checkpoint.Code]) is > 1 and var builds ? [string.Create(CultureInfo.InvariantCulture, $"{builds} builds of this product had a part in this training, one after the other: it need not be what any of them would have made alone.")] : Array.Empty<string>(),
            ],
            ResumedEpochs = resumed,
            Device = DeviceName,
            GraphHash = _networks[0].Network.Graph.Hash,
        };
    }

    public void Dispose() => _networks.ForEach(network => network.Dispose());

    private string DeviceName => _device.type == DeviceType.CUDA ? "cuda" : "cpu";

    internal static Device DeviceOf(TrainingOptions options)
    {
        bool gpu = options.Device != TrainingDevice.Cpu && cuda.is_available();
        if (options.Device == TrainingDevice.Cuda && !gpu)
        {
            throw new TrainingException("The device is cuda, but this computer or this build of libtorch has no GPU: use auto or cpu.");
        }

        if (gpu && options.Reproducibility == Reproducibility.Portable)
        {
            throw new TrainingException("Portable results come from the processor alone: set the device to cpu.");
        }

        if (!gpu && options.Precision == TrainingPrecision.BFloat16 && !ProcessorKind.HasBFloat16)
        {
            throw new TrainingException("This processor has no bfloat16 arithmetic (AVX512-BF16 or AMX), so that training with it would be slower, not quicker: set the precision to float32.");
        }

        return gpu ? CUDA : CPU;
    }

    private NetworkInTraining NewNetwork(StepNetwork network)
    {
        NetworkWeights weights = NetworkWeights.Initialise(network.Graph, _options.Seed);
        if (network.Start is { } start)
        {
            weights = weights.ReplacedBy(start);
        }

        // How oneDNN divides its sums in that order may depend on a processor's caches, which portable results must not.
        bool channelsLast = _device.type == DeviceType.CPU && _options.Reproducibility != Reproducibility.Portable;
        TorchNetwork torchForm = new(network.Graph, weights, _device, overwrite: true, network.Start?.Frozen ?? [], _options.Precision, channelsLast);
        try
        {
            return new NetworkInTraining(network, torchForm, StepOptimizer.Create(torchForm.Trained, network.Optimizer, _options.Reproducibility));
        }
        catch
        {
            torchForm.Dispose();
            throw;
        }
    }

    // Into the arrays of the best epoch before, where there was one: they are as large as the networks.
    private void KeepWeights()
    {
        if (_bestWeights is not { } before)
        {
            _bestWeights = ReadWeights();
            return;
        }

        for (int index = 0; index < before.Count; index++)
        {
            _networks[index].Network.ReadWeights(before[index]);
        }
    }

    private IReadOnlyList<NetworkWeights> ReadWeights() => [.. _networks.Select(network => network.Network.ReadWeights())];

    private Dictionary<string, NetworkWeights> ByName(IReadOnlyList<NetworkWeights> weights) =>
        _networks.Zip(weights).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    private double TrainEpoch(int epoch, int resumed, BatchReader reader)
    {
        _networks.ForEach(network => network.Network.train());
        List<int> batches = Batches(_training.Count);
        double sum = 0;
        int cases = 0;
        for (int step = 0; step < batches.Count; step++)
        {
            _cancellation.ThrowIfCancellationRequested();
            BatchReader.Batch batch = reader.Next();

            // Dropout draws from libtorch's generator: a start of its own for each step makes it the same after a resume.
            manual_seed((long)(new CounterRandom(_options.Seed, epoch, (ulong)step, "dropout").NextUInt64() >> 1));
            using (DisposeScope scope = NewDisposeScope())
            {
                double value = _step.Train(_context, ToTensors(batch));
                sum += double.IsFinite(value) ? value * batch.Count : throw new TrainingException(
                    $"The loss is {value.ToString(CultureInfo.InvariantCulture)} in epoch {epoch}, step {step + 1}: lower the learning rate, or look for images with values that are not numbers.");
            }

            cases += batch.Count;
            reader.Return(batch);
            if (step + 1 < batches.Count && _clock.Elapsed - _lastReport > TimeSpan.FromSeconds(1))
            {
                Report(epoch, resumed, step + 1, sum / cases, null);
            }
        }

        return sum / cases;
    }

    private ValidationResult Validate(BatchReader reader)
    {
        _networks.ForEach(network => network.Network.eval());
        using IDisposable noGradient = no_grad();
        using IEnumerator<TrainingBatch> batches = ValidationBatches(reader).GetEnumerator();
        ValidationResult result = _step.Validate(_context, Rest(batches));

        // Where a step does not go through all of them, the reader must still give them out.
        while (batches.MoveNext())
        {
        }

        return result;
    }

    private static IEnumerable<TrainingBatch> Rest(IEnumerator<TrainingBatch> batches)
    {
        while (batches.MoveNext())
        {
            yield return batches.Current;
        }
    }

    private IEnumerable<TrainingBatch> ValidationBatches(BatchReader reader)
    {
        int step = 0;
        foreach (int _ in Batches(_validation.Count))
        {
            _cancellation.ThrowIfCancellationRequested();
            BatchReader.Batch batch = reader.Next();
            manual_seed((long)(new CounterRandom(_options.Seed, 0, (ulong)step++, "validation").NextUInt64() >> 1));
            using (DisposeScope scope = NewDisposeScope())
            {
                yield return ToTensors(batch);
            }

            reader.Return(batch);
        }
    }

    private TrainingBatch ToTensors(BatchReader.Batch batch) => new(
        [.. batch.Inputs.Select((values, index) => ToTensor(values, batch.Samples.InputShapes[index].WithBatch(batch.Count)))],
        ToTensor(batch.Target, batch.Samples.TargetShape.WithBatch(batch.Count)),
        batch.Count);

    // torch.tensor copies an array into another one, which the collector then has to find: hundreds of kilobytes for each step.
    private Tensor ToTensor(float[] values, long[] shape)
    {
        Tensor tensor = empty(shape, ScalarType.Float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor.to(_device);
    }

    /// <summary>All batches from an epoch on, in the order in which the loop takes them.</summary>
    private IEnumerable<BatchReader.Request> Requests(int first)
    {
        int[] natural = [.. Enumerable.Range(0, _validation.Count)];
        for (int epoch = first; epoch <= _options.Epochs; epoch++)
        {
            int[] order = [.. Enumerable.Range(0, _training.Count)];
            CounterRandom random = new(_options.Seed, epoch, 0, "shuffle");
            random.Shuffle<int>(order);
            foreach (BatchReader.Request request in Cut(_training, order, epoch).Concat(Cut(_validation, natural, epoch)))
            {
                yield return request;
            }
        }
    }

    private IEnumerable<BatchReader.Request> Cut(ITrainingSamples samples, int[] order, int epoch)
    {
        int start = 0;
        foreach (int size in Batches(samples.Count))
        {
            yield return new BatchReader.Request(samples, epoch, order[start..(start + size)]);
            start += size;
        }
    }

    private List<int> Batches(int count)
    {
        List<int> sizes = [];
        for (int start = 0; start < count; start += _options.BatchSize)
        {
            sizes.Add(Math.Min(_options.BatchSize, count - start));
        }

        // One case has no batch statistics, unless cases come one by one anyway.
        if (sizes.Count > 1 && sizes[^1] == 1 && _options.BatchSize > 1)
        {
            sizes.RemoveAt(sizes.Count - 1);
            sizes[^1]++;
        }

        return sizes;
    }

    private void Report(int epoch, int resumed, int step, double loss, EpochResult? finished)
    {
        TimeSpan elapsed = _lastReport = _clock.Elapsed;
        int steps = Batches(_training.Count).Count;
        double done = epoch - 1 - resumed + (finished is null ? (double)step / steps : 1);
        TimeSpan? remaining = done > 0 ? elapsed * ((_options.Epochs - resumed - done) / done) : null;
        _progress?.Report(new TrainingProgress(epoch, _options.Epochs, step, steps, loss, finished, _best, elapsed, remaining));
    }

    /// <summary>What decides the course of the training. The number of epochs does not: a longer training goes on from a shorter. What others follow from comes first.</summary>
    private Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        bool several = _step.Networks.Count > 1;
        foreach (StepNetwork network in _step.Networks)
        {
            string of = several ? $" of the {network.Name}" : "";
            settings[$"network{of}"] = network.Graph.Hash;
            settings[$"starting weights{of}"] = network.Start is { } start ? start.Weights.Hash() : "drawn";
            settings[$"fresh layers{of}"] = string.Join(", ", network.Start?.Fresh ?? []);
            settings[$"frozen layers{of}"] = string.Join(", ", network.Start?.Frozen ?? []);
            foreach ((string name, string value) in network.Optimizer.Settings())
            {
                settings[name + of] = value;
            }
        }

        settings["augmentation"] = _training.Description;
        settings["training set"] = Fingerprint(_training);
        settings["validation set"] = Fingerprint(_validation);
        foreach ((string name, string value) in _step.Settings)
        {
            settings[name] = value;
        }

        // Two of them may say the same of themselves and compute otherwise.
        settings["kinds of step and loss"] = string.Join(", ", new[] { _step.GetType() }.Concat(_step is SupervisedStep own ? [own.Loss.GetType(), own.Inferer.GetType()] : Array.Empty<Type>()).Select(type => type.FullName));
        settings["selection"] = _options.Selection.ToString();
        settings["batch size"] = _options.BatchSize.ToString(CultureInfo.InvariantCulture);
        settings["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture);
        settings["precision"] = _options.Precision == TrainingPrecision.BFloat16 ? "bfloat16" : "float32";
        settings["reproducibility"] = NativeLibraries.Word(_options.Reproducibility);
        settings["lanes"] = _options.Lanes.ToString(CultureInfo.InvariantCulture);
        settings["device"] = DeviceName;
        settings["libtorch"] = $"{NativeLibraries.LibtorchVersion}, TorchSharp {typeof(torch).Assembly.GetName().Version}";
        settings["processor"] = ProcessorKind.Deciding(_options.Reproducibility);
        settings["fingerprint"] = _options.Fingerprint;

        // What draws, reads, computes and steps; whatever else came before has its mark in the content of the cases.
        settings[Checkpoint.Code] = string.Join(", ", new[] { typeof(PlainText), GetType(), _training.GetType(), _validation.GetType(), _step.GetType() }.Concat(_step is SupervisedStep supervised ? [supervised.Loss.GetType(), supervised.Inferer.GetType()] : Array.Empty<Type>()).Select(type => type.Assembly).Distinct()
            .Select(assembly => $"{assembly.GetName().Name} {assembly.ManifestModule.ModuleVersionId.ToString("N", CultureInfo.InvariantCulture)[..12]}").Order(StringComparer.Ordinal));

        // The words of an augmentation need not hold all its settings: what it does to a few cases does.
        settings["augmentation of the first cases"] = _options.CheckpointPath is null ? "" : SampleContent.HashOf(_training, Probes);
        return settings;
    }

    // To go through all that they hold costs time, and only a checkpoint asks what it was.
    private string Fingerprint(ITrainingSamples samples)
    {
        string shapes = string.Join(", ", samples.InputShapes.Append(samples.TargetShape));
        return string.Create(CultureInfo.InvariantCulture, $"{samples.Count} cases of {shapes}{(_options.CheckpointPath is null ? "" : $" ({samples.ContentHash})")}");
    }
}
