using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Training that stops and goes on from what was written ends where training without a stop ends, to the last bit.</summary>
[Collection(TorchCollection.Name)]
public sealed class OptimizerStateTests
{
    public static TheoryData<string> Kinds => ["Adam", "Adam amsgrad", "AdamW", "SGD"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Resuming_from_files_changes_nothing(string kind)
    {
        using MemoryStream weights = new();
        using MemoryStream state = new();
        float[] whole = Train(kind, 6, network => { }, (step, network, optimizer) =>
        {
            if (step == 3)
            {
                network.save(weights);
                optimizer.save_state_dict(new BinaryWriter(state));
            }
        });
        weights.Position = 0;
        state.Position = 0;
        float[] resumed = Train(kind, 3, network => network.load(weights), (step, network, optimizer) =>
        {
            if (step == 0)
            {
                optimizer.load_state_dict(new BinaryReader(state));
            }
        });
        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void The_state_of_another_kind_of_optimizer_is_refused()
    {
        using MemoryStream state = new();
        Parameter parameter = new(ones(2));
        optim.SGD([parameter], 0.1).save_state_dict(new BinaryWriter(state));
        state.Position = 0;
        Assert.Throws<InvalidDataException>(() => optim.Adam([parameter]).load_state_dict(new BinaryReader(state)));
    }

    [Fact]
    public void The_state_can_be_read_and_put_into_another_optimizer()
    {
        Parameter parameter = new(tensor([1f, 2f]));
        using Adam first = optim.Adam([parameter]);
        (parameter * parameter).sum().backward();
        first.step();
        using Adam second = optim.Adam([parameter], 0.5);
        second.load_state_dict(first.state_dict());
        Assert.Equal(1, ((Adam.State)second.state_dict().State[0]).step);
        Assert.Equal(1e-3, second.ParamGroups.Single().LearningRate);
        Assert.True(second.state_dict().State[0].ApproximatelyEquals(first.state_dict().State[0]));
    }

    private static float[] Train(string kind, int steps, Action<Sequential> begin, Action<int, Sequential, OptimizerHelper> atStep)
    {
        manual_seed(3);
        Sequential network = Sequential(Linear(3, 4), ReLU(), Linear(4, 1));
        Tensor input = rand(5, 3);
        begin(network);
        using OptimizerHelper optimizer = kind switch
        {
            "Adam" => optim.Adam(network.parameters(), 0.01, weight_decay: 1e-3),
            "Adam amsgrad" => optim.Adam(network.parameters(), 0.01, amsgrad: true),
            "AdamW" => optim.AdamW(network.parameters(), 0.01, weight_decay: 1e-2),
            _ => optim.SGD(network.parameters(), 0.01, momentum: 0.9),
        };
        for (int step = 0; step < steps; step++)
        {
            atStep(step, network, optimizer);
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            network.call(input).square().sum().backward();
            optimizer.step();
        }

        return [.. network.parameters().SelectMany(p => p.data<float>().ToArray())];
    }
}
