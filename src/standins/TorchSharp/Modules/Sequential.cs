using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public class Sequential : Module<Tensor, Tensor>
{
    private readonly List<IModule<Tensor, Tensor>> _steps = [];

    protected internal Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        foreach ((string key, Module<Tensor, Tensor> module) in modules)
        {
            append(key, module);
        }
    }

    protected internal Sequential(params Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential))
    {
        foreach (Module<Tensor, Tensor> module in modules)
        {
            append(module);
        }
    }

    public int Count => _steps.Count;

    public IModule<Tensor, Tensor> this[int index] => _steps[index];

    public Sequential this[Range index]
    {
        get
        {
            var (start, length) = index.GetOffsetAndLength(Count);
            return Between(start, start + length);
        }
    }

    public Sequential this[(int? start, int? end) index] => Between(index.start ?? 0, index.end ?? Count);

    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        register_module(name, (Module)module);
        _steps.Add(module);
        return this;
    }

    public Sequential append(IModule<Tensor, Tensor> module) => append(_steps.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);

    public override Tensor forward(Tensor tensor)
    {
        if (_steps.Count == 0)
        {
            return tensor.alias();
        }

        // What lies between two steps is let go of as soon as the next one has it.
        Tensor at = tensor;
        foreach (IModule<Tensor, Tensor> step in _steps)
        {
            Tensor next = step.call(at);
            if (!ReferenceEquals(at, tensor) && !ReferenceEquals(at, next))
            {
                at.Dispose();
            }

            at = next;
        }

        return at;
    }

    protected override void RegisterComponents()
    {
    }

    private Sequential Between(int start, int end)
    {
        (string name, Module<Tensor, Tensor>)[] some = named_children().Skip(start).Take(end - start).Select(c => (c.name, (Module<Tensor, Tensor>)c.module)).ToArray();
        return new Sequential(some);
    }
}
