using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>One run of the training loop, on one thread.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly ITrainingSamples _training;
    private readonly ITrainingSamples _validation;
    private readonly TrainingOptions _options;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly Device _device;
    private readonly ClassWeights _classWeights;
    private readonly Dictionary<string, string> _settings;
    private readonly TorchNetwork _network;
    private readonly AdamOptimizer _optimizer;
    private readonly List<EpochResult> _history = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private NetworkWeights? _bestWeights;
    private EpochResult? _best;
    private TimeSpan _lastReport;

    public TrainingSession(
        NetworkGraph graph,
        ITrainingSamples training,
        ITrainingSamples validation,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        (_training, _validation, _options, _progress, _cancellation) = (training, validation, options, progress, cancellation);
        int abnormal = Enumerable.Range(0, training.Count).Count(index => training.Label(index) >= 0.5f);
        _classWeights = options.ClassWeights ?? ClassWeights.Balanced(training.Count - abnormal, abnormal);
        _device = DeviceOf(options.Device);
        _settings = Settings(graph);

        Checkpoint? checkpoint = null;
        if (options.CheckpointPath is { } path && File.Exists(path))
        {
            checkpoint = Checkpoint.Load(path);
            checkpoint.MustBeOf(_settings, path);
        }

        _network = new TorchNetwork(graph, checkpoint?.Weights ?? NetworkWeights.Initialise(graph, options.Seed), _device);
        _optimizer = new AdamOptimizer(_network.Trained, options);
        if (checkpoint is not null)
        {
            _optimizer.Write(checkpoint.OptimizerSteps, checkpoint.FirstMoments, checkpoint.SecondMoments);
            _history.AddRange(checkpoint.History);
            (_best, _bestWeights) = (checkpoint.BestEpoch, checkpoint.BestWeights);
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
            (double validationLoss, double accuracy) = Validate(reader);
            EpochResult result = new(epoch, loss, validationLoss, accuracy, (_clock.Elapsed - start).TotalSeconds);
            _history.Add(result);
            if (result.IsBetterThan(_best))
            {
                (_best, _bestWeights) = (result, _network.ReadWeights());
            }

            if (epoch % _options.CheckpointEvery == 0 || epoch == _options.Epochs)
            {
                SaveCheckpoint();
            }

            Report(epoch, resumed, Batches(_training.Count).Count, loss, result);
        }

        return new TrainingResult
        {
            BestWeights = _bestWeights!,
            FinalWeights = _network.ReadWeights(),
            BestEpoch = _best!,
            History = [.. _history],
            ClassWeights = _classWeights,
            ResumedEpochs = resumed,
            Device = DeviceName,
            GraphHash = _network.Graph.Hash,
        };
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }

    private string DeviceName => _device.type == DeviceType.CUDA ? "cuda" : "cpu";

    private static Device DeviceOf(TrainingDevice wanted) => wanted switch
    {
        TrainingDevice.Cpu => CPU,
        TrainingDevice.Auto when !cuda.is_available() => CPU,
        TrainingDevice.Cuda when !cuda.is_available() => throw new ArgumentException("Device is Cuda, but this computer or this build of libtorch has no GPU: use Auto or Cpu.", nameof(wanted)),
        _ => CUDA,
    };

    private double TrainEpoch(int epoch, int resumed, BatchReader reader)
    {
        _network.train();
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
                Tensor loss = Loss(batch, out _);
                loss.backward();
                _optimizer.Step();
                _network.zero_grad();
                float value = loss.item<float>();
                sum += float.IsFinite(value) ? value * batch.Count : throw new InvalidOperationException(
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

    private (double Loss, double Accuracy) Validate(BatchReader reader)
    {
        _network.eval();
        using IDisposable noGradient = no_grad();
        double sum = 0;
        int right = 0;
        foreach (int _ in Batches(_validation.Count))
        {
            _cancellation.ThrowIfCancellationRequested();
            BatchReader.Batch batch = reader.Next();
            using (DisposeScope scope = NewDisposeScope())
            {
                sum += Loss(batch, out Tensor logits).item<float>() * (double)batch.Count;
                float[] values = TensorValues.Read(logits);
                for (int item = 0; item < batch.Count; item++)
                {
                    right += values[item] >= 0 == batch.Labels[item] >= 0.5f ? 1 : 0;
                }
            }

            reader.Return(batch);
        }

        return (sum / _validation.Count, (double)right / _validation.Count);
    }

    private Tensor Loss(BatchReader.Batch batch, out Tensor logits)
    {
        Tensor[] inputs = [.. batch.Inputs.Select((values, index) =>
            torch.tensor(values, _network.Graph.Inputs[index].Shape.WithBatch(batch.Count), device: _device))];
        long[] shape = _network.Graph.OutputShape.WithBatch(batch.Count);
        float[] weights = [.. batch.Labels.Select(label => (float)_classWeights.Of(label))];
        logits = _network.call(inputs);
        return functional.binary_cross_entropy_with_logits(
            logits,
            torch.tensor(batch.Labels, shape, device: _device),
            torch.tensor(weights, shape, device: _device));
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

        if (sizes.Count > 1 && sizes[^1] == 1)
        {
            sizes.RemoveAt(sizes.Count - 1);
            sizes[^1]++;
        }

        return sizes;
    }

    private void SaveCheckpoint()
    {
        if (_options.CheckpointPath is not { } path)
        {
            return;
        }

        (IReadOnlyList<float[]> first, IReadOnlyList<float[]> second) = _optimizer.Read();
        new Checkpoint
        {
            Settings = _settings,
            History = _history,
            Weights = _network.ReadWeights(),
            BestWeights = _bestWeights!,
            BestEpoch = _best!,
            OptimizerSteps = _optimizer.Steps,
            FirstMoments = first,
            SecondMoments = second,
        }.Save(path);
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
    private Dictionary<string, string> Settings(NetworkGraph graph)
    {
        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["network"] = graph.Hash,
            ["training set"] = Fingerprint(_training),
            ["validation set"] = Fingerprint(_validation),
            ["batch size"] = Text(_options.BatchSize),
            ["learning rate"] = Text(_options.LearningRate),
            ["beta 1"] = Text(_options.Beta1),
            ["beta 2"] = Text(_options.Beta2),
            ["epsilon"] = Text(_options.Epsilon),
            ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
            ["class weights"] = $"{Text(_classWeights.Normal)} and {Text(_classWeights.Abnormal)}",
            ["lanes"] = Text(_options.Lanes),
            ["device"] = DeviceName,
        };
    }

    private static string Fingerprint(ITrainingSamples samples)
    {
        float[] labels = [.. Enumerable.Range(0, samples.Count).Select(samples.Label)];
        string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(labels.AsSpan())));
        return $"{samples.Count} cases ({hash[..12]})";
    }
}
