using System.Text.Json;
using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Batch normalisation in training: the running variance is the unbiased one, the normalisation uses the biased one.</summary>
[Collection(TorchCollection.Name)]
public sealed class BatchNormTests
{
    private const string Section = "batch_norm train";

    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, Section);
        cases.AddParts("train call 1", TorchRecording.Trajectory, _ => Train(1));
        cases.AddParts("train call 2", TorchRecording.Trajectory, _ => Train(2));
        cases.AddParts("eval call", TorchRecording.Trajectory, Evaluate);
        cases.Add("train call on one value per channel [1,2,1,1]", Comparison.Exact, entry => TorchRecording.AsInPython(entry, () => Fresh().call(zeros(1, 2, 1, 1))));
        cases.AddParts("momentum None (cumulative average) after x, 2x", TorchRecording.Values, Cumulative);
        return cases;
    }

    private static BatchNorm2d Fresh()
    {
        BatchNorm2d norm = BatchNorm2d(2);
        using (no_grad())
        {
            norm.weight!.copy_(tensor([1.5f, 0.5f]));
            norm.bias!.copy_(tensor([0.1f, -0.1f]));
        }

        return norm;
    }

    private static Dictionary<string, object?> Train(int calls)
    {
        BatchNorm2d norm = Fresh();
        Dictionary<string, object?> seen = [];
        for (int call = 1; call <= calls; call++)
        {
            norm.zero_grad();
            Tensor input = TorchRecording.Read(RecordedFile.Torch.Entry(Section, $"train call {call}").GetProperty("input")).requires_grad_();
            Tensor output = norm.call(input);
            (output * TorchRecording.GradientOf(output)).sum().backward();
            seen = RecordedValue.Map(
                ("output", TorchRecording.Write(output)),
                ("running_mean", TorchRecording.Write(norm.running_mean!)),
                ("running_var", TorchRecording.Write(norm.running_var!)),
                ("num_batches_tracked", norm.num_batches_tracked!.ToInt64()),
                ("grad_input", TorchRecording.Write(input.grad!)),
                ("grad_weight", TorchRecording.Write(norm.weight!.grad!)),
                ("grad_bias", TorchRecording.Write(norm.bias!.grad!)));
        }

        return seen;
    }

    private static Dictionary<string, object?> Evaluate(JsonElement entry)
    {
        BatchNorm2d norm = Fresh();
        foreach (int call in (int[])[1, 2])
        {
            norm.call(TorchRecording.Read(RecordedFile.Torch.Entry(Section, $"train call {call}").GetProperty("input")));
        }

        norm.eval();
        return RecordedValue.Map(
            ("output", TorchRecording.Write(norm.call(TorchRecording.Read(entry.GetProperty("input"))))),
            ("running_mean", TorchRecording.Write(norm.running_mean!)));
    }

    private static Dictionary<string, object?> Cumulative(JsonElement entry)
    {
        // A momentum of 0 is how TorchSharp asks for the cumulative average.
        BatchNorm2d norm = BatchNorm2d(2, momentum: 0);
        Tensor input = TorchRecording.Read(entry.GetProperty("input"));
        norm.call(input);
        norm.call(input * 2);
        return RecordedValue.Map(("running_mean", TorchRecording.Write(norm.running_mean!)), ("running_var", TorchRecording.Write(norm.running_var!)));
    }
}
