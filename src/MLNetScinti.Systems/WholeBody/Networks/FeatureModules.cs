using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>What the map of places is multiplied with at the end of an attention module.</summary>
public enum AttentionForm
{
    /// <summary>The features after the channels were weighed, as in Woo et al. 2018 (CBAM).</summary>
    Woo2018,

    /// <summary>The features as they came in, as Lin et al. 2021 print it in both papers: M = fS(fC(F) x F) x F.</summary>
    AsPrinted,
}

/// <summary>The modules that Lin et al. 2021 add behind a pooling layer: hybrid attention and a residual block. Both keep the shape.</summary>
internal static class FeatureModules
{
    /// <summary>Channels of the features for one hidden unit of the attention's perceptron: neither paper says; 16 is Woo's.</summary>
    internal const int Reduction = 16;

    /// <summary>
    /// Channel attention, sigma(MLP(mean over space) + MLP(maximum over space)) with one perceptron for both, then attention to
    /// places, sigma(convolution 7 x 7 of [mean over channels; maximum over channels]).
    /// </summary>
    /// <param name="network">The network to add to.</param>
    /// <param name="name">The module's name, the first part of its layers' names.</param>
    /// <param name="features">What it weighs, [channels, rows, columns].</param>
    /// <param name="form">What the map of places is multiplied with.</param>
    /// <param name="weightsOf">The name of an earlier module whose weights this one uses as well; null for its own.</param>
    internal static string HybridAttention(this NetworkGraphBuilder network, string name, string features, AttentionForm form, string? weightsOf = null)
    {
        int channels = (int)network.ShapeOf(features).Channels;
        int hidden = Math.Max(1, channels / Reduction);
        string mean = Perceptron("mean", network.GlobalAveragePooling($"{name}_mean", features), weightsOf);
        string largest = Perceptron("largest", network.GlobalMaxPooling($"{name}_largest", features), weightsOf ?? name);
        string channelGate = network.Sigmoid($"{name}_channel_gate", network.Sum($"{name}_channel_logits", mean, largest));
        string weighed = network.Multiply($"{name}_weighed", features, channelGate);
        string places = network.Concatenate($"{name}_places", network.ChannelMean($"{name}_place_mean", weighed), network.ChannelMax($"{name}_place_largest", weighed));
        string placeLogits = network.Add(new Convolution($"{name}_place_logits", places, 1, 7) { WeightsOf = weightsOf is null ? null : $"{weightsOf}_place_logits" });
        string placeGate = network.Sigmoid($"{name}_place_gate", placeLogits);
        return network.Multiply($"{name}_out", form == AttentionForm.Woo2018 ? weighed : features, placeGate);

        // The perceptron stands under "mean"; whoever shares it names the module that has it.
        string Perceptron(string part, string values, string? owner)
        {
            string first = network.Add(new Dense($"{name}_{part}_hidden", values, hidden) { WeightsOf = owner is null ? null : $"{owner}_mean_hidden" });
            string relu = network.Relu($"{name}_{part}_relu", first);
            return network.Add(new Dense($"{name}_{part}_logits", relu, channels) { Gain = 1, WeightsOf = owner is null ? null : $"{owner}_mean_logits" });
        }
    }

    /// <summary>R = delta(convolution 3 x 3 of delta(convolution 3 x 3 of F) + F), delta the rectified linear unit.</summary>
    internal static string ResidualModule(this NetworkGraphBuilder network, string name, string features)
    {
        int channels = (int)network.ShapeOf(features).Channels;
        string first = network.Relu($"{name}_relu1", network.Convolution($"{name}_conv1", features, channels));
        string second = network.Convolution($"{name}_conv2", first, channels);
        return network.Relu($"{name}_relu2", network.Sum($"{name}_sum", second, features));
    }
}
