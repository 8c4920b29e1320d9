using System.Globalization;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>How a network's answer to several classes is read.</summary>
public enum ClassHead
{
    /// <summary>One class a case: probabilities that sum to 1.</summary>
    Softmax,

    /// <summary>Any number of classes a case: each probability on its own.</summary>
    Sigmoid,
}

/// <summary>Sizes and forms of the whole-body networks. The defaults are the papers': one view, 1024 rows of 256, full width.</summary>
public sealed record WholeBodyNetworkOptions
{
    /// <summary>Rows of a view, head to feet.</summary>
    public int Rows { get; init; } = 1024;

    /// <summary>Columns of a view.</summary>
    public int Columns { get; init; } = 256;

    /// <summary>Classes that the network tells apart; null for as many as the network's paper has.</summary>
    public int? Classes { get; init; }

    /// <summary>How the answers are read.</summary>
    public ClassHead Head { get; init; } = ClassHead.Softmax;

    /// <summary>The form of attention modules.</summary>
    public AttentionForm Attention { get; init; } = AttentionForm.Woo2018;

    /// <summary>A factor on the number of filters and units of every layer: 1 is the published network.</summary>
    public double Width { get; init; } = 1;

    /// <summary>The options, where a network can be made of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it.</exception>
    internal static WholeBodyNetworkOptions Checked(WholeBodyNetworkOptions? options) => options switch
    {
        null => new WholeBodyNetworkOptions(),
        { Rows: < 1 or > 16384 } => throw new ArgumentOutOfRangeException(nameof(options), options.Rows, "Rows must be from 1 to 16384."),
        { Columns: < 1 or > 16384 } => throw new ArgumentOutOfRangeException(nameof(options), options.Columns, "Columns must be from 1 to 16384."),
        { Classes: < 1 or > 4096 } => throw new ArgumentOutOfRangeException(nameof(options), options.Classes, "Classes must be from 1 to 4096."),
        { Width: not (> 0 and <= 16) } => throw new ArgumentOutOfRangeException(nameof(options), options.Width, "Width must be above 0 and at most 16."),
        _ => options,
    };

    /// <summary>So many filters or units at this width, at least one.</summary>
    internal int Scaled(int count) => Math.Max(1, (int)Math.Round(count * Width));

    /// <summary>Adds the input "Image", [1, rows, columns].</summary>
    internal string Input(NetworkGraphBuilder network) => network.Input("Image", [1, Rows, Columns]);

    /// <summary>Adds fully connected layers with ReLU, then the classes, and gives the network.</summary>
    /// <param name="network">The network so far.</param>
    /// <param name="features">A vector of features.</param>
    /// <param name="units">Units of the layers before the classes.</param>
    /// <param name="classes">Classes where the options name none.</param>
    /// <param name="dropout">The rate of the dropout behind each layer; 0 for none.</param>
    internal NetworkGraph Classify(NetworkGraphBuilder network, string features, IReadOnlyList<int> units, int classes, double dropout = 0)
    {
        string value = features;
        for (int layer = 0; layer < units.Count; layer++)
        {
            string number = (layer + 1).ToString(CultureInfo.InvariantCulture);
            value = network.Relu($"fc{number}_relu", network.Dense($"fc{number}", value, Scaled(units[layer])));
            if (dropout > 0)
            {
                value = network.Dropout($"fc{number}_dropout", value, dropout);
            }
        }

        return network.Build(network.Dense("classes", value, Classes ?? classes, gain: 1), Head == ClassHead.Softmax ? OutputActivation.Softmax : OutputActivation.Sigmoid);
    }
}
