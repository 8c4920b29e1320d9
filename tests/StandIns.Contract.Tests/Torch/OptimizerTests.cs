using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>The optimisers: parameters after each step, and what they remember after the last.</summary>
[Collection(TorchCollection.Name)]
public sealed class OptimizerTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "optimizers");
        Parameter(cases, "Adam lr 1e-3 wd 1e-4", p => optim.Adam(p, 1e-3, weight_decay: 1e-4));
        Parameter(cases, "Adam lr 1e-3", p => optim.Adam(p, 1e-3));
        Parameter(cases, "Adam lr 0.1 amsgrad", p => optim.Adam(p, 0.1, amsgrad: true));
        Parameter(cases, "AdamW lr 1e-3 wd 0.01", p => optim.AdamW(p, 1e-3, weight_decay: 0.01));
        Parameter(cases, "SGD lr 0.1", p => optim.SGD(p, 0.1));
        Parameter(cases, "SGD lr 0.1 momentum 0.9", p => optim.SGD(p, 0.1, momentum: 0.9));
        Parameter(cases, "SGD lr 0.1 momentum 0.9 nesterov", p => optim.SGD(p, 0.1, momentum: 0.9, nesterov: true));
        Parameter(cases, "SGD lr 0.1 momentum 0.9 dampening 0.5 wd 1e-2", p => optim.SGD(p, 0.1, momentum: 0.9, dampening: 0.5, weight_decay: 0.01));
        Network(cases, "network, 3 steps, Adam lr 1e-3 wd 1e-4", p => optim.Adam(p, 1e-3, weight_decay: 1e-4));
        Network(cases, "network, 3 steps, SGD lr 0.1 momentum 0.9", p => optim.SGD(p, 0.1, momentum: 0.9));
        return cases;
    }

    private static void Parameter(RecordedCases cases, string name, Func<IEnumerable<Parameter>, OptimizerHelper> make) =>
        cases.AddParts(name, TorchRecording.Values, _ =>
        {
            Parameter parameter = new(tensor([1f, -2f, 0.5f]));
            Tensor c = tensor([1f, 0.5f, 4f]);
            using OptimizerHelper optimizer = make([parameter]);
            List<float[]> after = [];
            for (int step = 0; step < 5; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                (c * parameter * parameter / 2).sum().backward();
                optimizer.step();
                after.Add(parameter.data<float>().ToArray());
            }

            return RecordedValue.Map(("p after steps 1..5", after), ("state", State(optimizer.state_dict().State[0])));
        });

    private static Dictionary<string, object?> State(OptimizerState state)
    {
        if (state is SGD.State sgd)
        {
            return RecordedValue.Map(("momentum_buffer", sgd.momentum_buffer is null ? null : TorchRecording.Write(sgd.momentum_buffer)));
        }

        (long step, Tensor average, Tensor square, Tensor? largest) = state switch
        {
            Adam.State adam => (adam.step, adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq),
            AdamW.State adam => (adam.step, adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq),
            _ => throw new NotSupportedException($"No test reads a {state.GetType()}."),
        };
        Dictionary<string, object?> seen = RecordedValue.Map(
            ("step", RecordedValue.Map(("shape", Array.Empty<long>()), ("data", new[] { (float)step }))),
            ("exp_avg", TorchRecording.Write(average)),
            ("exp_avg_sq", TorchRecording.Write(square)));
        if (largest is not null)
        {
            seen["max_exp_avg_sq"] = TorchRecording.Write(largest);
        }

        return seen;
    }

    private static void Network(RecordedCases cases, string name, Func<IEnumerable<Parameter>, OptimizerHelper> make) =>
        cases.AddParts(name, TorchRecording.Trajectory, entry =>
        {
            Sequential network = Sequential(Conv2d(1, 2, 3, padding: 1), BatchNorm2d(2), ReLU(), MaxPool2d(2), Flatten(), Linear(8, 2));
            network.load_state_dict(entry.GetProperty("start").EnumerateObject().ToDictionary(start => start.Name, start => TorchRecording.Read(start.Value), StringComparer.Ordinal));
            CrossEntropyLoss loss = CrossEntropyLoss(tensor([1f, 2f]));
            Tensor input = TorchRecording.Read(entry.GetProperty("input"));
            Tensor target = tensor([0L, 1L, 1L, 0L]);
            using OptimizerHelper optimizer = make(network.parameters());
            List<float> losses = [];
            for (int step = 0; step < 3; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor value = loss.call(network.call(input), target);
                losses.Add(value.item<float>());
                value.backward();
                optimizer.step();
            }

            Dictionary<string, object?> end = network.state_dict().ToDictionary(e => e.Key, e => (object?)TorchRecording.Write(e.Value), StringComparer.Ordinal);
            network.eval();
            return RecordedValue.Map(("loss before each step", losses), ("end", end), ("eval output", TorchRecording.Write(network.call(input))));
        });
}
