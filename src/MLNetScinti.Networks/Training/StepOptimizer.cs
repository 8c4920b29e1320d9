using MLNetScinti.Networks.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Training;

/// <summary>An optimizer whose state a checkpoint can hold: for each parameter a count of steps, and some tensors of its shape.</summary>
internal abstract class StepOptimizer : IDisposable
{
    public static StepOptimizer Create(IReadOnlyList<Parameter> parameters, OptimizerOptions options, Reproducibility reproducibility) => options.Kind switch
    {
        _ when parameters.Count == 0 => throw new ArgumentException("Every layer of the network is frozen: there is nothing to train.", nameof(parameters)),
        OptimizerKind.Sgd => new TorchSgd(parameters, options),
        _ when reproducibility == Reproducibility.Portable => new PortableAdam(parameters, options),
        OptimizerKind.AdamW => new TorchAdamW(parameters, options),
        _ => new TorchAdam(parameters, options),
    };

    /// <summary>Changes the parameters by their gradients.</summary>
    public abstract void Step();

    /// <summary>For each parameter, how many steps it has done.</summary>
    public abstract IReadOnlyList<long> Steps { get; }

    /// <summary>The state's tensors, in an order that depends on options and steps alone.</summary>
    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Makes the state one of as many steps, whose tensors are written next.</summary>
    public abstract void Restore(IReadOnlyList<long> steps);

    public abstract void Dispose();
}

/// <summary>An optimizer of TorchSharp.</summary>
internal abstract class TorchOptimizer<TState>(OptimizerHelper optimizer) : StepOptimizer
    where TState : OptimizerState
{
    protected IReadOnlyList<TState> States { get; } = [.. optimizer.state_dict().State.Cast<TState>()];

    public override void Step() => optimizer.step()?.Dispose();

    public override void Dispose() => optimizer.Dispose();
}

internal sealed class TorchAdam(IReadOnlyList<Parameter> parameters, OptimizerOptions options) : TorchOptimizer<Adam.State>(
    optim.Adam(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay))
{
    public override IReadOnlyList<long> Steps => [.. States.Select(state => state.step)];

    public override IReadOnlyList<Tensor> Tensors => [.. States.SelectMany(state => (Tensor[])[state.exp_avg, state.exp_avg_sq])];

    public override void Restore(IReadOnlyList<long> steps)
    {
        for (int index = 0; index < steps.Count; index++)
        {
            States[index].step = steps[index];
        }
    }
}

internal sealed class TorchAdamW(IReadOnlyList<Parameter> parameters, OptimizerOptions options) : TorchOptimizer<AdamW.State>(
    optim.AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay))
{
    public override IReadOnlyList<long> Steps => [.. States.Select(state => state.step)];

    public override IReadOnlyList<Tensor> Tensors => [.. States.SelectMany(state => (Tensor[])[state.exp_avg, state.exp_avg_sq])];

    public override void Restore(IReadOnlyList<long> steps)
    {
        for (int index = 0; index < steps.Count; index++)
        {
            States[index].step = steps[index];
        }
    }
}

internal sealed class TorchSgd(IReadOnlyList<Parameter> parameters, OptimizerOptions options) : TorchOptimizer<SGD.State>(
    optim.SGD(parameters, options.LearningRate, options.Momentum, 0, options.WeightDecay, options.Nesterov))
{
    // There is a buffer from the first step with momentum on: whether there is one is all that the steps decide.
    public override IReadOnlyList<long> Steps => [.. States.Select(state => state.momentum_buffer is null ? 0L : 1L)];

    public override IReadOnlyList<Tensor> Tensors => [.. States.Select(state => state.momentum_buffer).OfType<Tensor>()];

    public override void Restore(IReadOnlyList<long> steps)
    {
        for (int index = 0; index < steps.Count; index++)
        {
            if (steps[index] > 0 && States[index].momentum_buffer is null)
            {
                States[index].momentum_buffer = zeros_like(parameters[index], requires_grad: false).DetachFromDisposeScope();
            }
        }
    }
}

/// <summary>
/// Adam and AdamW without a square root, the one operation of a step that libtorch computes to other last bits on another
/// processor: 1 / (1 / sqrt(v)) comes out the same everywhere. m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// p = p - rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon).
/// </summary>
internal sealed class PortableAdam : StepOptimizer
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly OptimizerOptions _options;
    private readonly long[] _steps;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    public PortableAdam(IReadOnlyList<Parameter> parameters, OptimizerOptions options)
    {
        (_parameters, _options, _steps) = (parameters, options, new long[parameters.Count]);
        _first = [.. parameters.Select(Zeros)];
        _second = [.. parameters.Select(Zeros)];
    }

    public override IReadOnlyList<long> Steps => _steps;

    public override IReadOnlyList<Tensor> Tensors => [.. _first.Zip(_second, (first, second) => (Tensor[])[first, second]).SelectMany(pair => pair)];

    public override void Step()
    {
        using IDisposable noGradient = no_grad();
        for (int index = 0; index < _parameters.Count; index++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (_parameters[index].grad is not { } gradient)
            {
                continue;
            }

            long step = ++_steps[index];
            double first = 1 - Math.Pow(_options.Beta1, step);
            double second = Math.Sqrt(1 - Math.Pow(_options.Beta2, step));
            using Scalar correction = KeptScalar.New(second), rate = KeptScalar.New(-_options.LearningRate / first);
            if (_options.WeightDecay > 0)
            {
                if (_options.Kind == OptimizerKind.AdamW)
                {
                    _parameters[index].mul_(KeptScalar.Of(1 - (_options.LearningRate * _options.WeightDecay)));
                }
                else
                {
                    gradient = gradient.add(_parameters[index], KeptScalar.Of(_options.WeightDecay));
                }
            }

            _first[index].mul_(KeptScalar.Of(_options.Beta1)).add_(gradient, KeptScalar.Of(1 - _options.Beta1));
            _second[index].mul_(KeptScalar.Of(_options.Beta2)).addcmul_(gradient, gradient, KeptScalar.Of(1 - _options.Beta2));
            Tensor denominator = _second[index].rsqrt().reciprocal_().div_(correction).add_(KeptScalar.Of(_options.Epsilon));
            _parameters[index].addcdiv_(_first[index], denominator, rate);
        }
    }

    public override void Restore(IReadOnlyList<long> steps) => steps.ToArray().CopyTo(_steps, 0);

    public override void Dispose()
    {
        foreach (Tensor tensor in _first.Concat(_second))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Zeros(Parameter parameter) => zeros(parameter.shape, device: parameter.device).DetachFromDisposeScope();
}
