using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>The random numbers after a seed, and the parameters that layers begin with.</summary>
[Collection(TorchCollection.Name)]
public sealed class InitialisationTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    [Fact]
    public void The_state_of_the_generator_can_be_put_back()
    {
        manual_seed(5);
        randn(3);
        Tensor state = get_rng_state();
        float[] first = randn(7).data<float>().ToArray();
        set_rng_state(state);
        Assert.Equal(first, randn(7).data<float>().ToArray());
    }

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "initialisation");
        Seeded("manual_seed(1): randn(5)", () => TorchRecording.Write(randn(5)));
        Seeded("manual_seed(1): rand(5)", () => TorchRecording.Write(rand(5)));
        Seeded("manual_seed(1): randperm(8)", () => TorchRecording.Write(randperm(8)));
        Seeded("manual_seed(1): Linear(3,2) weight, bias", () => Parameters(Linear(3, 2)));
        Seeded("manual_seed(1): Conv2d(1,2,3) weight, bias", () => Parameters(Conv2d(1, 2, 3)));
        Seeded("manual_seed(1): dropout p 0.5 of ones(10), training", () => TorchRecording.Write(Dropout(0.5).call(ones(10))));
        Seeded("manual_seed(1): randn(20) (16 and more use another code path)", () => TorchRecording.Write(randn(20)));
        Seeded("Conv2d(4,8,3): max |weight| <= 1/sqrt(36)", () => Conv2d(4, 8, 3).weight!.abs().max().item<float>() <= 1 / 6f);
        return cases;

        void Seeded(string name, Func<object?> seen) => cases.AddWhole(name, TorchRecording.Values, () =>
        {
            manual_seed(1);
            return seen();
        });
    }

    private static object Parameters(Module module) => module.parameters().Select(TorchRecording.Write).ToArray();
}
