using MLNetScinti.Networks.Training;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>
/// What one step of a training does with a batch: which networks there are, how they change, and how the validation cases
/// judge them. The engine around it reads batches, keeps the best epoch, writes checkpoints and goes on from them. A step
/// holds nothing that changes, so that a resumed training is the uninterrupted one; chance comes from TorchSharp's
/// generator, which the engine starts anew for each batch.
/// </summary>
public interface ITrainingStep
{
    /// <summary>The networks that are trained. The first is the one that is served.</summary>
    IReadOnlyList<StepNetwork> Networks { get; }

    /// <summary>What the step is and what decides it, by name: a checkpoint is bound to it.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The names of the validation figures beside "loss".</summary>
    IReadOnlyList<string> FigureNames { get; }

    /// <summary>The step for these cases, once they are known to suit it.</summary>
    /// <exception cref="ArgumentException">They do not; the message says what is expected.</exception>
    ITrainingStep Fit(ITrainingSamples training, ITrainingSamples validation);

    /// <summary>Changes the networks by one batch.</summary>
    /// <returns>The mean loss of its cases.</returns>
    double Train(TrainingContext context, TrainingBatch batch);

    /// <summary>Judges the networks, which are in evaluation mode, by all validation cases. No gradients are kept.</summary>
    /// <param name="context">The networks.</param>
    /// <param name="batches">The validation cases, to be gone through once; the tensors of a batch live until the next one.</param>
    ValidationResult Validate(TrainingContext context, IEnumerable<TrainingBatch> batches);
}

/// <summary>A network of a training step.</summary>
/// <param name="Name">A name of its own within the step.</param>
/// <param name="Graph">The network.</param>
/// <param name="Optimizer">How its weights follow their gradients.</param>
/// <param name="Start">Weights to begin with; null for weights drawn by the seed.</param>
public sealed record StepNetwork(string Name, NetworkGraph Graph, OptimizerOptions Optimizer, TrainingStart? Start = null);

/// <summary>What the validation cases say.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Figures">Other figures by name.</param>
public sealed record ValidationResult(double Loss, IReadOnlyDictionary<string, double> Figures);

/// <summary>Cases of one batch as tensors on the device of the networks.</summary>
/// <param name="Inputs">Inputs [N, ...].</param>
/// <param name="Target">Answers [N, ...].</param>
/// <param name="Count">The number of cases, N.</param>
public sealed record TrainingBatch(IReadOnlyList<Tensor> Inputs, Tensor Target, int Count);

/// <summary>A network in training, with its optimizer.</summary>
public sealed class NetworkInTraining : IDisposable
{
    internal NetworkInTraining(StepNetwork step, TorchNetwork network, StepOptimizer optimizer) => (Step, Network, Optimizer) = (step, network, optimizer);

    /// <summary>The network's name within its step.</summary>
    public string Name => Step.Name;

    /// <summary>The network.</summary>
    public TorchNetwork Network { get; }

    internal StepNetwork Step { get; }

    internal StepOptimizer Optimizer { get; }

    /// <summary>The output [N, ...] before its activation, for inputs [N, ...].</summary>
    public Tensor Run(IReadOnlyList<Tensor> inputs) => Network.call(inputs);

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients() => Network.zero_grad();

    /// <summary>Changes the weights by their gradients, and forgets these.</summary>
    public void Update()
    {
        Optimizer.Step();
        Network.zero_grad();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }
}

/// <summary>The networks of a training step.</summary>
public sealed class TrainingContext
{
    internal TrainingContext(IReadOnlyList<NetworkInTraining> networks, Device device) => (Networks, Device) = (networks, device);

    /// <summary>The networks, in the order of the step's.</summary>
    public IReadOnlyList<NetworkInTraining> Networks { get; }

    /// <summary>Where they are.</summary>
    public Device Device { get; }

    /// <summary>A network by its name.</summary>
    public NetworkInTraining this[string name] =>
        Networks.FirstOrDefault(network => string.Equals(network.Name, name, StringComparison.Ordinal)) ?? throw new KeyNotFoundException($"The step has no network named '{name}'.");
}

/// <summary>The step that most trainings have: one network, one loss, one update for each batch.</summary>
/// <param name="Graph">The network.</param>
/// <param name="Loss">What is made small.</param>
/// <param name="Optimizer">How the weights follow their gradients.</param>
public sealed record SupervisedStep(NetworkGraph Graph, Loss Loss, OptimizerOptions Optimizer) : ITrainingStep
{
    /// <summary>How the validation cases go through the network.</summary>
    public Inferer Inferer { get; init; } = Inferer.WholeImage;

    /// <summary>Weights to begin with; null for weights drawn by the seed.</summary>
    public TrainingStart? Start { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<StepNetwork> Networks => [new StepNetwork("network", Graph, Optimizer, Start)];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(Loss.Settings, StringComparer.Ordinal) { ["inferer"] = Inferer.ToString() };

    /// <inheritdoc/>
    public IReadOnlyList<string> FigureNames => Loss.FigureNames;

    /// <inheritdoc/>
    public ITrainingStep Fit(ITrainingSamples training, ITrainingSamples validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        MustTake(training.InputShapes, "training");
        IReadOnlyList<TensorShape> windows = [.. validation.InputShapes.Select(shape => shape.SpatialRank > 0 ? Inferer.WindowOf(shape) : shape)];
        MustTake(windows, "validation");
        Loss.MustFit(Graph.OutputShape, training.TargetShape);
        CheckAnswers(training, "training");
        CheckAnswers(validation, "validation");
        return this with { Loss = Loss.Fit(training) };
    }

    /// <inheritdoc/>
    public double Train(TrainingContext context, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        NetworkInTraining network = context.Networks[0];
        Tensor loss = Loss.Compute(network.Run(batch.Inputs), batch.Target);
        loss.backward();
        network.Update();
        return loss.item<float>();
    }

    /// <inheritdoc/>
    public ValidationResult Validate(TrainingContext context, IEnumerable<TrainingBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batches);
        ValidationFigures figures = Loss.NewFigures();
        double sum = 0;
        int count = 0;
        foreach (TrainingBatch batch in batches)
        {
            Tensor output = Inferer.Infer(context.Networks[0].Run, batch.Inputs);
            sum += Loss.Compute(output, batch.Target).item<float>() * (double)batch.Count;
            count += batch.Count;
            figures.Add(output, batch.Target);
        }

        return new ValidationResult(sum / count, figures.Result());
    }

    private void MustTake(IReadOnlyList<TensorShape> shapes, string role)
    {
        if (!Graph.Inputs.Select(input => input.Shape).SequenceEqual(shapes))
        {
            throw new ArgumentException(
                $"The {role} cases have inputs {string.Join(", ", shapes)}; the network takes {string.Join(", ", Graph.Inputs.Select(input => $"{input.Name} {input.Shape}"))}.",
                nameof(shapes));
        }
    }

    private void CheckAnswers(ITrainingSamples samples, string role)
    {
        if (!Loss.AnswersAreSmall(samples.TargetShape))
        {
            return;
        }

        int index = 0;
        Loss.ForEachTarget(samples, target =>
        {
            if (Loss.Problem(target) is { } problem)
            {
                throw new ArgumentException($"The {role} case {index} has the answer {problem}.", nameof(samples));
            }

            index++;
        });
    }
}
