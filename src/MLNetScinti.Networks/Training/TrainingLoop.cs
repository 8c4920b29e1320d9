using System.Runtime.ExceptionServices;
using MLNetScinti.Networks.Native;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>
/// Trains a network with one output on normal and abnormal cases: weighted binary cross-entropy, Adam, the best epoch by
/// validation accuracy. The same seed gives the same weights, bit for bit, whatever the number of cores and reader threads,
/// and whether or not the run was killed and resumed on the way (on a CPU; a GPU's sums may differ in the last digits).
/// </summary>
public static class TrainingLoop
{
    /// <summary>Trains, or goes on from the checkpoint where there is one, to the last epoch.</summary>
    /// <param name="graph">The network; its output is one logit.</param>
    /// <param name="training">The cases to learn from.</param>
    /// <param name="validation">The cases that choose the epoch; of other patients.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellation">Stops after the running step; what the checkpoint holds is kept.</param>
    /// <exception cref="ArgumentException">Network, cases and options do not fit together.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or of another training.</exception>
    /// <exception cref="InvalidOperationException">The loss became infinite or not a number.</exception>
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
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        Check(graph, training, "training");
        Check(graph, validation, "validation");

        NativeLibraries.Load();

        // The number of lanes is a property of the thread that computes, and of those that its parallel regions start.
        TrainingResult? result = null;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            int lanes = get_num_threads();
            try
            {
                set_num_threads(options.Lanes);
                using TrainingSession session = new(graph, training, validation, options, progress, cancellation);
                result = session.Run();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                set_num_threads(lanes);
            }
        })
        { IsBackground = true, Name = "training" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Check(TrainingOptions options)
    {
        (double Minimum, double Value, string Name)[] limits =
        [
            (1, options.Epochs, nameof(options.Epochs)),
            (1, options.BatchSize, nameof(options.BatchSize)),
            (double.Epsilon, options.LearningRate, nameof(options.LearningRate)),
            (1, options.Lanes, nameof(options.Lanes)),
            (1, options.ReaderThreads, nameof(options.ReaderThreads)),
            (1, options.CheckpointEvery, nameof(options.CheckpointEvery)),
        ];
        foreach ((double minimum, double value, string name) in limits)
        {
            if (!(value >= minimum))
            {
                string limit = minimum < 1 ? "above 0" : "at least 1";
                throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must be {limit}.");
            }
        }

        if (options.Beta1 is not (>= 0 and < 1) || options.Beta2 is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"Beta1 and Beta2 must be from 0 to below 1; found {options.Beta1} and {options.Beta2}.");
        }
    }

    private static void Check(NetworkGraph graph, ITrainingSamples samples, string role)
    {
        if (graph.OutputShape.ElementCount != 1)
        {
            throw new ArgumentException($"Training needs a network with one output; this one gives {graph.OutputShape}.", nameof(graph));
        }

        if (samples.Count < 1)
        {
            throw new ArgumentException($"There are no {role} cases.", nameof(samples));
        }

        if (!graph.Inputs.Select(input => input.Shape).SequenceEqual(samples.InputShapes))
        {
            throw new ArgumentException(
                $"The {role} cases have inputs {string.Join(", ", samples.InputShapes)}; the network takes {string.Join(", ", graph.Inputs.Select(input => $"{input.Name} {input.Shape}"))}.",
                nameof(samples));
        }

        for (int index = 0; index < samples.Count; index++)
        {
            if (samples.Label(index) is not (0 or 1))
            {
                throw new ArgumentException($"The {role} case {index} has the label {samples.Label(index)}; expected 0 (normal) or 1 (abnormal).", nameof(samples));
            }
        }
    }
}
