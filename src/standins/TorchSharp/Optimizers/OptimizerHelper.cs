using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>What all optimizers share: their groups, the state of each parameter, and how both are kept in a file.</summary>
public abstract class OptimizerHelper : Optimizer
{
    protected OptimizerOptions _defaults;

    private protected readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    public void save_state_dict(string location)
    {
        using FileStream stream = File.Create(location);
        using var writer = new BinaryWriter(stream);
        save_state_dict(writer);
    }

    public void save_state_dict(BinaryWriter writer)
    {
        StateDictionary state = state_dict();
        writer.Write(GetType().Name);
        writer.Encode(state.Options.Count);
        writer.Encode(state.State.Count);
        state.Options.ForEach(o => o.SaveStateDict(writer));
        state.State.ForEach(s => s.SaveStateDict(writer));
        writer.Flush();
    }

    public void load_state_dict(string location)
    {
        using FileStream stream = File.OpenRead(location);
        using var reader = new BinaryReader(stream);
        load_state_dict(reader);
    }

    public void load_state_dict(BinaryReader reader)
    {
        string found = reader.ReadString();
        if (found != GetType().Name)
        {
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{found}' in the loaded stream.");
        }

        StateDictionary state = state_dict();
        Fitting(reader.Decode(), reader.Decode(), state);
        state.Options.ForEach(o => o.LoadStateDict(reader));
        state.State.ForEach(s => s.LoadStateDict(reader));
    }

    public virtual void load_state_dict(StateDictionary state_dict)
    {
        StateDictionary state = this.state_dict();
        Fitting(state_dict.Options.Count, state_dict.State.Count, state);
        for (int i = 0; i < state.Options.Count; i++)
        {
            if (!ReferenceEquals(state.Options[i], state_dict.Options[i]))
            {
                state.Options[i].LoadStateDict(state_dict.Options[i]);
            }
        }

        for (int i = 0; i < state.State.Count; i++)
        {
            if (!ReferenceEquals(state.State[i], state_dict.State[i]))
            {
                state.State[i].LoadStateDict(state_dict.State[i]);
            }
        }
    }

    public virtual StateDictionary state_dict()
    {
        var state = new StateDictionary();
        foreach (ParamGroup group in _parameter_groups)
        {
            state.Options.Add(group.Options);
            state.State.AddRange(group.Parameters.Select(p => _states[p]));
        }

        return state;
    }

    public void to(Device device)
    {
        foreach (OptimizerState state in _states.Values)
        {
            state.to(device);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (OptimizerState state in _states.Values)
            {
                (state as IDisposable)?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private protected override void zero_gradients()
    {
        foreach (ParamGroup group in _parameter_groups)
        {
            var (_, gradients) = WithGradients(group);
            if (gradients.Length > 0)
            {
                using (no_grad())
                {
                    Aten.ForeachZeroInPlace.Apply(gradients);
                }

                Release(gradients);
            }
        }
    }

    /// <summary>Adds a group whose parameters are listed once and for all.</summary>
    private protected void Add(ParamGroup group, Func<Parameter, OptimizerState> state)
    {
        Parameter[] parameters = group.Parameters.ToArray();
        group.Parameters = parameters;
        group.Options.InitialLearningRate = group.Options.LearningRate.Value;
        _parameter_groups.Add(group);
        foreach (Parameter parameter in parameters)
        {
            _states[parameter] = state(parameter);
        }
    }

    /// <summary>The group's parameters that have a gradient, and those gradients, which the caller lets go of.</summary>
    private protected static unsafe (Parameter[] Parameters, Tensor[] Gradients) WithGradients(ParamGroup group)
    {
        Parameter[] all = group.Parameters as Parameter[] ?? group.Parameters.ToArray();
        var handles = new nint[all.Length];
        var found = new nint[all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            handles[i] = all[i].Handle;
        }

        fixed (nint* from = handles, to = found)
        {
            NativeMethods.Check(NativeMethods.scinti_get_grads(from, all.Length, to));
        }

        GC.KeepAlive(all);
        var parameters = new List<Parameter>(all.Length);
        var gradients = new List<Tensor>(all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            if (found[i] != 0)
            {
                parameters.Add(all[i]);
                gradients.Add(new Tensor(found[i]));
            }
        }

        return ([.. parameters], [.. gradients]);
    }

    private protected static void Release(IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }
    }

    /// <summary>One step of every group, without gradients being recorded and with nothing left behind.</summary>
    private protected Tensor Step(Action<ParamGroup> body, Func<Tensor> closure)
    {
        Tensor loss = null;
        if (closure is not null)
        {
            using (enable_grad())
            {
                loss = closure();
            }
        }

        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (ParamGroup group in _parameter_groups)
            {
                body(group);
            }
        }

        return loss;
    }

    private protected static Tensor[] Tensors(Parameter[] parameters) => Array.ConvertAll(parameters, p => (Tensor)p);

    private protected static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }

    private static void Fitting(long options, long states, StateDictionary target)
    {
        if (options != target.Options.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
        }

        if (states != target.State.Count)
        {
            throw new ArgumentException("Invalid optimizer state -- different number of states.");
        }
    }
}
