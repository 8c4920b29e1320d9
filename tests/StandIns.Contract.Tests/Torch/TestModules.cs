using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

#pragma warning disable CA1812, CS0649, IDE0044, IDE0051, IDE0052, CA1823, CS0169, S2933, CA1852, CA2213, MA0090 // Fields that only RegisterComponents sees.

/// <summary>The module of the recorded cases: fields, a named Sequential, a parameter, a buffer with a name of its own, an unset field.</summary>
internal sealed class Net : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1 = Conv2d(1, 2, 3, padding: 1);
    private readonly Module<Tensor, Tensor> bn = BatchNorm2d(2);
    private readonly Module<Tensor, Tensor> body = Sequential(("relu", ReLU()), ("pool", MaxPool2d(2)), ("flat", Flatten()), ("fc", Linear(8, 2)));
    private readonly Module<Tensor, Tensor>? unset;
    private readonly Parameter scale = new(ones(1));
    private readonly Tensor buf = zeros(2);

    public Net()
        : base(nameof(Net))
    {
        register_buffer("counter", buf);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => body.call(bn.call(conv1.call(input))) * scale;
}

internal sealed class Net2 : Module<Tensor, Tensor>
{
    private readonly Sequential s = Sequential(Linear(2, 3), ReLU(), Linear(3, 1));

    public Net2()
        : base(nameof(Net2)) => RegisterComponents();

    public override Tensor forward(Tensor input) => s.call(input);
}

internal sealed class Unregistered : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> linear = Linear(2, 1);

    public Unregistered()
        : base(nameof(Unregistered))
    {
    }

    public override Tensor forward(Tensor input) => linear.call(input);
}

internal sealed class Listed : Module<Tensor, Tensor>
{
    private readonly ModuleList<Module<Tensor, Tensor>> items = ModuleList<Module<Tensor, Tensor>>(Linear(2, 2), Linear(2, 1));

    public Listed()
        : base(nameof(Listed)) => RegisterComponents();

    public override Tensor forward(Tensor input) => items.Aggregate(input, (at, layer) => layer.call(at));
}
