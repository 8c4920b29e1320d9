using System.Runtime.ExceptionServices;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using MLNetScinti.Networks.Training;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>A training that cannot be done as it is asked for: its loss left the numbers, or this computer lacks what the options name. The message is one line and says what to change.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public TrainingException(string message)
        : base(PlainText.Message(message))
    {
    }
}

/// <summary>
/// Trains networks. The same seed gives the same weights, bit for bit, whatever the number of cores and reader threads, and
/// whether or not the run was killed and resumed on the way: on one kind of processor, or with
/// <see cref="TrainingOptions.Reproducibility"/> on every processor with AVX2. A GPU's sums may differ in the last digits.
/// </summary>
public static class TrainingLoop
{
    /// <summary>Trains one network by one loss, or goes on from the checkpoint where there is one, to the last epoch.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="training">The cases to learn from.</param>
    /// <param name="validation">The cases that choose the epoch; of other patients.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellation">Stops after the running step; what the checkpoint holds is kept.</param>
    /// <exception cref="ArgumentException">Network, cases and options do not fit together.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or of another training.</exception>
    /// <exception cref="NativeLibraryException">libtorch cannot be loaded, or is loaded with other arithmetic than the options ask for.</exception>
    /// <exception cref="TrainingException">The loss became infinite or not a number, or this computer lacks what the options ask for.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static TrainingResult Run(
        NetworkGraph graph,
        ITrainingSamples training,
        ITrainingSamples validation,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        SupervisedStep step = new(graph, options.Loss, options.Optimizer) { Inferer = options.Inferer, Start = options.Start };
        return Run(step, training, validation, options, progress, cancellation);
    }

    /// <summary>Trains by a step of the caller's, which brings its own networks, losses and optimizers: those of the options, and their inferer and start, are not used.</summary>
    /// <inheritdoc cref="Run(NetworkGraph, ITrainingSamples, ITrainingSamples, TrainingOptions, IProgress{TrainingProgress}?, CancellationToken)"/>
    public static TrainingResult Run(
        ITrainingStep step,
        ITrainingSamples training,
        ITrainingSamples validation,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(options);
        Check(step, options);
        Check(training, "training");
        Check(validation, "validation");
        NativeLibraries.Load(options.Reproducibility);

        // The number of lanes is a property of the thread that computes, and of those that its parallel regions start.
        TrainingResult? result = null;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                int lanes = get_num_threads();
                try
                {
                    set_num_threads(options.Lanes);
                    using TrainingSession session = new(step, training, validation, options, progress, cancellation);
                    result = session.Run();
                }
                finally
                {
                    set_num_threads(lanes);
                }
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "training" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <summary>Refuses a training whose device or arithmetic this computer lacks, without beginning it.</summary>
    /// <exception cref="NativeLibraryException">libtorch cannot be loaded, or is loaded with other arithmetic than the options ask for.</exception>
    /// <exception cref="TrainingException">There is no such device or arithmetic; the message says what to ask for instead.</exception>
    public static void MustCompute(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // What is so on every computer is not asked of libtorch, which takes a second to load.
        if (options.Device == TrainingDevice.Cuda || options.Precision == TrainingPrecision.BFloat16)
        {
            NativeLibraries.Load(options.Reproducibility);
            _ = TrainingSession.DeviceOf(options);
        }
    }

    private static void Check(ITrainingStep step, TrainingOptions options)
    {
        (int Value, string Name)[] counts =
        [
            (options.Epochs, nameof(options.Epochs)),
            (options.BatchSize, nameof(options.BatchSize)),
            (options.Lanes, nameof(options.Lanes)),
            (options.ReaderThreads, nameof(options.ReaderThreads)),
            (options.CheckpointEvery, nameof(options.CheckpointEvery)),
        ];
        foreach ((int value, string name) in counts)
        {
            if (value < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must be at least 1.");
            }
        }

        if (step.Networks.Count == 0 || step.Networks.Select(network => network.Name).Distinct(StringComparer.Ordinal).Count() != step.Networks.Count)
        {
            throw new ArgumentException("A training step has one network or more, each with a name of its own.", nameof(step));
        }

        foreach (StepNetwork network in step.Networks)
        {
            network.Optimizer.Check();
        }

        if (options.Precision == TrainingPrecision.BFloat16 && options.Reproducibility == Reproducibility.Portable)
        {
            throw new ArgumentException("bfloat16 has no portable results, because few processors have its arithmetic: set the precision to Float32, or the reproducibility to Processor.", nameof(options));
        }

        string[] figures = ["loss", .. step.FigureNames];
        if (!figures.Contains(options.Selection.Figure, StringComparer.Ordinal))
        {
            throw new ArgumentException($"The epoch is to be chosen by the validation figure '{options.Selection.Figure}'; this training has {string.Join(", ", figures)}.", nameof(options));
        }
    }

    private static void Check(ITrainingSamples samples, string role)
    {
        if (samples.Count < 1)
        {
            throw new ArgumentException($"There are no {role} cases.", nameof(samples));
        }
    }
}

/// <summary>A checkpoint that cannot be gone on from: damaged, or of another training. The message says which and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Whether the file itself is damaged; otherwise it is whole, and of a training with another setting.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>An exception without a message of its own.</summary>
    public CheckpointException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public CheckpointException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}
