using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>What libtorch says of wrong shapes and wrong calls.</summary>
[Collection(TorchCollection.Name)]
public sealed class ErrorTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "errors");
        Add("add [2,3] + [4]", () => ones(2, 3) + ones(4));
        Add("conv2d channels 2 given, 3 expected", () => F.conv2d(ones(1, 2, 4, 4), ones(1, 3, 3, 3)));
        Add("linear [2,4] with weight [3,5]", () => F.linear(ones(2, 4), ones(3, 5)));
        Add("view [6] as [4]", () => ones(6).view(4));
        Add("backward twice", () =>
        {
            Tensor x = ones(2, requires_grad: true);
            Tensor y = (x * x).sum();
            y.backward();
            y.backward();
            return null;
        });
        Add("backward of a non-scalar", () =>
        {
            (ones(2, requires_grad: true) * 2).backward();
            return null;
        });
        Add("kernel larger than input", () => F.conv2d(ones(1, 1, 2, 2), ones(1, 1, 3, 3)));
        Add("max_pool2d padding more than half the kernel", () => MaxPool2d(2, 2, 2).call(ones(1, 1, 4, 4)));
        cases.AddWhole("float + int64 dtype", Comparison.Exact, () => "torch." + (ones(2) + ones(2, int64)).dtype.ToString().ToLowerInvariant());
        return cases;

        void Add(string name, Func<Tensor?> attempt) => cases.Add(name, Comparison.Exact, entry => TorchRecording.AsInPython(entry, () => attempt() is null ? null : "no exception"));
    }
}
