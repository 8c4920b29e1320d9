using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public class AdamW : OptimizerHelper, IBetas
{
    public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        Require(lr >= 0, $"Invalid learning rate: {lr}");
        Require(eps >= 0, $"Invalid ε: {eps}");
        Require(beta1 is >= 0 and < 1, $"Invalid beta1: {beta1}");
        Require(beta2 is >= 0 and < 1, $"Invalid beta2: {beta2}");
        Require(weight_decay >= 0, $"Invalid weight_decay value: {weight_decay}");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    public (double, double) Betas
    {
        get => (((Options)_defaults).beta1.Value, ((Options)_defaults).beta2.Value);
        set
        {
            ((Options)_defaults).beta1 = value.Item1;
            ((Options)_defaults).beta2 = value.Item2;
        }
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var defaults = (Options)_defaults;
        var options = (Options)(param_group.Options ??= new Options());
        options.LearningRate ??= defaults.LearningRate;
        options.beta1 ??= defaults.beta1;
        options.beta2 ??= defaults.beta2;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.amsgrad ??= defaults.amsgrad;
        options.maximize ??= defaults.maximize;
        Add(param_group, p => new State(p, options.amsgrad.Value));
    }

    public override Tensor step(Func<Tensor> closure = null) => Step(StepOf, closure);

    // The operators and their order are PyTorch's for one tensor after the other; the _foreach_ forms only save calls.
    private void StepOf(Modules.ParamGroup group)
    {
        var options = (Options)group.Options;
        double beta1 = options.beta1.Value, beta2 = options.beta2.Value, rate = options.LearningRate.Value, decay = options.weight_decay.Value;
        var (parameters, gradients) = WithGradients(group);
        if (parameters.Length == 0)
        {
            return;
        }

        if (options.maximize.Value)
        {
            gradients = Aten.ForeachNeg.CallList(gradients);
        }

        if (decay != 0)
        {
            Aten.ForeachMulInPlace.Apply(Tensors(parameters), 1 - (rate * decay));
        }

        // Parameters that joined later, or lacked a gradient for a while, are at another step than the rest.
        foreach (IGrouping<long, int> same in Enumerable.Range(0, parameters.Length).GroupBy(i => ++((State)_states[parameters[i]]).step))
        {
            int[] these = [.. same];
            State[] states = Array.ConvertAll(these, i => (State)_states[parameters[i]]);
            Tensor[] gradient = Array.ConvertAll(these, i => gradients[i]);
            Tensor[] average = Array.ConvertAll(states, s => s.exp_avg);
            Tensor[] square = Array.ConvertAll(states, s => s.exp_avg_sq);
            double correction1 = 1 - Math.Pow(beta1, same.Key), correction2 = 1 - Math.Pow(beta2, same.Key);

            Aten.ForeachMulInPlace.Apply(average, beta1);
            Aten.ForeachAddListInPlace.Apply(average, gradient, 1 - beta1);
            Aten.ForeachMulInPlace.Apply(square, beta2);
            Aten.ForeachAddcmulInPlace.Apply(square, gradient, gradient, 1 - beta2);
            if (options.amsgrad.Value)
            {
                Tensor[] largest = Aten.ForeachMaximum.CallList(Array.ConvertAll(states, s => s.max_exp_avg_sq), square);
                for (int i = 0; i < states.Length; i++)
                {
                    states[i].max_exp_avg_sq.Dispose();
                    states[i].max_exp_avg_sq = largest[i].DetachFromDisposeScope();
                }

                square = largest;
            }

            Tensor[] denominator = Aten.ForeachSqrt.CallList(square);
            Aten.ForeachDivScalarInPlace.Apply(denominator, Math.Sqrt(correction2));
            Aten.ForeachAddScalarInPlace.Apply(denominator, options.eps.Value);
            Aten.ForeachAddcdivInPlace.Apply(Array.ConvertAll(these, i => (Tensor)parameters[i]), average, denominator, -(rate / correction1));
        }
    }

    public class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor max_exp_avg_sq;

        internal State(Parameter parameter, bool amsgrad)
            : base(parameter)
        {
            exp_avg = Fresh(parameter);
            exp_avg_sq = Fresh(parameter);
            max_exp_avg_sq = amsgrad ? Fresh(parameter) : null;
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }

        public override void to(Device device)
        {
            exp_avg = Moved(exp_avg, device);
            exp_avg_sq = Moved(exp_avg_sq, device);
            max_exp_avg_sq = Moved(max_exp_avg_sq, device);
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            exp_avg.Save(writer);
            exp_avg_sq.Save(writer);
            SaveMaybe(writer, max_exp_avg_sq);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            exp_avg.Load(reader);
            exp_avg_sq.Load(reader);
            max_exp_avg_sq = LoadMaybe(reader, max_exp_avg_sq, _parameter);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var from = (State)source;
            step = from.step;
            exp_avg = Taken(exp_avg, from.exp_avg);
            exp_avg_sq = Taken(exp_avg_sq, from.exp_avg_sq);
            max_exp_avg_sq = Taken(max_exp_avg_sq, from.max_exp_avg_sq);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && exp_avg.allclose(state.exp_avg) && exp_avg_sq.allclose(state.exp_avg_sq)
            && (max_exp_avg_sq is null || max_exp_avg_sq.allclose(state.max_exp_avg_sq));
    }

    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(beta1.Value);
            writer.Write(beta2.Value);
            writer.Write(eps.Value);
            writer.Write(weight_decay.Value);
            writer.Write(amsgrad.Value);
            writer.Write(maximize.Value);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            beta1 = reader.ReadDouble();
            beta2 = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            amsgrad = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var from = (Options)source;
            beta1 = from.beta1;
            beta2 = from.beta2;
            eps = from.eps;
            weight_decay = from.weight_decay;
            amsgrad = from.amsgrad;
            maximize = from.maximize;
        }
    }

    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize })
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1.Value, Options.beta2.Value);
            set
            {
                Options.beta1 = value.Item1;
                Options.beta2 = value.Item2;
            }
        }
    }
}
