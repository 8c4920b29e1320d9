using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>
/// Adam (Kingma and Ba 2015), in the order of operations of PyTorch. Our own, because a checkpoint holds the moments as plain
/// arrays, in one file with the weights, and goes on from them bit for bit: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// p = p - rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon).
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    public AdamOptimizer(IReadOnlyList<Parameter> parameters, TrainingOptions options)
    {
        (_parameters, _options) = (parameters, options);
        _first = [.. parameters.Select(Zeros)];
        _second = [.. parameters.Select(Zeros)];
    }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    public void Step()
    {
        Steps++;
        double first = 1 - Math.Pow(_options.Beta1, Steps);
        double second = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));
        using IDisposable noGradient = no_grad();
        for (int index = 0; index < _parameters.Count; index++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor? gradient = _parameters[index].grad;
            if (gradient is null)
            {
                continue;
            }

            _first[index].mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
            _second[index].mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
            Tensor denominator = _second[index].sqrt().div_(second).add_(_options.Epsilon);
            _parameters[index].addcdiv_(_first[index], denominator, -_options.LearningRate / first);
        }
    }

    public (IReadOnlyList<float[]> First, IReadOnlyList<float[]> Second) Read() =>
        ([.. _first.Select(TensorValues.Read)], [.. _second.Select(TensorValues.Read)]);

    public void Write(long steps, IReadOnlyList<float[]> first, IReadOnlyList<float[]> second)
    {
        Steps = steps;
        for (int index = 0; index < _parameters.Count; index++)
        {
            TensorValues.Write(_first[index], first[index]);
            TensorValues.Write(_second[index], second[index]);
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _first.Concat(_second))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Zeros(Parameter parameter) =>
        zeros(parameter.shape, device: parameter.device).DetachFromDisposeScope();
}
