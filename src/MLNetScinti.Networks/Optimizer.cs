using System.Globalization;

namespace MLNetScinti.Networks;

/// <summary>A way from gradients to weights.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with weight decay of its own (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    Sgd,
}

/// <summary>How weights follow their gradients: the kind of step and its settings, in PyTorch's meaning of each.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The kind of step.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adam;

    /// <summary>The step size.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Adam's memory of the gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's memory of the squared gradient.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's addend in the denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How strongly weights are drawn to 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The memory of the step of gradient descent.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether gradient descent looks ahead along its momentum (Nesterov).</summary>
    public bool Nesterov { get; init; }

    /// <summary>For example "Adam, learning rate 0.0001, beta 0.9 and 0.999, epsilon 1E-08".</summary>
    public override string ToString() => string.Join(", ", Settings().Select(setting => setting.Name == "optimizer" ? setting.Value : $"{setting.Name} {setting.Value}"));

    /// <summary>Numbers that the optimizer keeps for each trained weight.</summary>
    internal int StatePerWeight => Kind != OptimizerKind.Sgd ? 2 : Momentum > 0 ? 1 : 0;

    /// <summary>What decides the steps, by name.</summary>
    internal IEnumerable<(string Name, string Value)> Settings()
    {
        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        yield return ("optimizer", Kind switch { OptimizerKind.Sgd => "SGD", var kind => kind.ToString() });
        yield return ("learning rate", Text(LearningRate));
        if (Kind == OptimizerKind.Sgd)
        {
            yield return ("momentum", Text(Momentum) + (Nesterov ? " (Nesterov)" : ""));
        }
        else
        {
            yield return ("beta", $"{Text(Beta1)} and {Text(Beta2)}");
            yield return ("epsilon", Text(Epsilon));
        }

        yield return ("weight decay", Text(WeightDecay));
    }

    /// <exception cref="ArgumentOutOfRangeException">A setting cannot be; the message names it.</exception>
    internal void Check()
    {
        static void Must(bool right, string name, double value, string expected)
        {
            if (!right)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be {expected}.");
            }
        }

        Must(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Must(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "from 0 to below 1");
        Must(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "from 0 to below 1");
        Must(Epsilon >= 0 && double.IsFinite(Epsilon), nameof(Epsilon), Epsilon, "0 or more");
        Must(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more");
        Must(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "from 0 to below 1");
        Must(!Nesterov || Momentum > 0, nameof(Momentum), Momentum, "above 0 for Nesterov's step");
    }
}
