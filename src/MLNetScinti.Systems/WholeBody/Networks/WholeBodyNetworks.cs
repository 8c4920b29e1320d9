using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>The networks for whole-body scans, by the names that definitions use.</summary>
public static class WholeBodyNetworks
{
    /// <summary>The network that takes both views of a scan; all others take one.</summary>
    public const string TwoViews = "dscint-two-views";

    private const string DspicPaper = "Lin et al. 2021 (dSPIC)", DscintPaper = "Lin et al. 2021 (Dscint)";

    private static readonly (string Name, string Source, Func<WholeBodyNetworkOptions?, NetworkGraph> Form)[] s_forms =
    [
        ("dspic-am", $"{DspicPaper}, with attention; maps averaged to 6 x 6 before the first fully connected layer (ours)", options => LinNetworks.Dspic(AddedLayer.Attention, options)),
        ("dspic-rm", $"{DspicPaper}, with a residual module; averaged as above", options => LinNetworks.Dspic(AddedLayer.Residual, options)),
        ("dspic", $"{DspicPaper}, without an added layer; averaged as above", options => LinNetworks.Dspic(AddedLayer.None, options)),
        ("dspic-am-without-pooling", $"{DspicPaper}, with attention, without its two poolings; averaged as above", options => LinNetworks.Dspic(AddedLayer.Attention, options, pooling: false)),
        ("dspic-am-as-printed", $"{DspicPaper}, with attention, as its table has it", options => LinNetworks.Dspic(AddedLayer.Attention, options, asPrinted: true)),
        ("dspic-rm-as-printed", $"{DspicPaper}, with a residual module, as its table has it", options => LinNetworks.Dspic(AddedLayer.Residual, options, asPrinted: true)),
        ("si-clf", $"SI_CLF of {DspicPaper}", options => LinNetworks.SiClf(attention: false, residual: false, options)),
        ("si-clf-am", $"SI_CLF of {DspicPaper}, with attention", options => LinNetworks.SiClf(attention: true, residual: false, options)),
        ("si-clf-rm", $"SI_CLF of {DspicPaper}, with a residual module", options => LinNetworks.SiClf(attention: false, residual: true, options)),
        ("si-clf-am-rm", $"SI_CLF of {DspicPaper}, with both", options => LinNetworks.SiClf(attention: true, residual: true, options)),
        ("alexnet-dspic", $"AlexNet as in {DspicPaper}: four convolutions", LinNetworks.AlexNetOfDspic),
        ("dscint", DscintPaper, LinNetworks.Dscint),
        ("alexnet", "Krizhevsky et al. 2012, in one tower", ReferenceNetworks.AlexNet),
        ("resnet-18", "He et al. 2016", ReferenceNetworks.ResNet18),
        ("vgg-16", "Simonyan and Zisserman 2015", ReferenceNetworks.Vgg16),
        ("inception-v4", "Szegedy et al. 2016", InceptionV4.Create),
        ("densenet-121", "Huang et al. 2017", ReferenceNetworks.DenseNet121),
        (TwoViews, "ours: Dscint's convolutions on both views with the same weights, the posterior view mirrored", LinNetworks.TwoViews),
    ];

    /// <summary>All of them: those of both papers, and ours for both views at once.</summary>
    public static IReadOnlyList<ShippedNetwork> All { get; } =
        [.. s_forms.Select(network => new ShippedNetwork(network.Name, "whole-body", network.Source, () => network.Form(null)))];

    /// <summary>A network with these sizes.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static NetworkGraph Create(string name, WholeBodyNetworkOptions? options = null)
    {
        (_, _, Func<WholeBodyNetworkOptions?, NetworkGraph>? form) = Array.Find(s_forms, network => string.Equals(network.Name, name, StringComparison.Ordinal));
        return form is not null
            ? form(options)
            : throw new ArgumentException($"expected one of {string.Join(", ", s_forms.Select(network => network.Name))}, found '{name}'", nameof(name));
    }
}
