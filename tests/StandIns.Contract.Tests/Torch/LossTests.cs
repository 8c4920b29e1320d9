using System.Text.Json;
using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>The loss functions, and their gradients with respect to the logits.</summary>
[Collection(TorchCollection.Name)]
public sealed class LossTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "losses");
        foreach (string name in RecordedFile.Torch.NamesIn("losses"))
        {
            if (RecordedFile.Torch.Entry("losses", name).TryGetProperty("loss", out _))
            {
                cases.AddParts(name, TorchRecording.Trajectory, entry => Run(name, entry));
            }
        }

        cases.Add("cross_entropy all targets ignored", Comparison.Exact, () => TorchRecording.Write(F.cross_entropy(zeros(2, 3), tensor([-100L, -100L]))));
        cases.Add("cross_entropy target out of range 3 of 3 classes", Comparison.Exact, entry => TorchRecording.AsInPython(entry, () => CrossEntropyLoss().call(zeros(2, 3), tensor([0L, 3L]))));
        cases.Add("bce_with_logits shape mismatch [7] and [6]", Comparison.Exact, entry => TorchRecording.AsInPython(entry, () => BCEWithLogitsLoss().call(zeros(7), zeros(6))));
        return cases;
    }

    private static Dictionary<string, object?> Run(string name, JsonElement entry)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement p = entry.GetProperty("params");
        JsonElement inputs = entry.GetProperty("inputs");
        Tensor logits = TorchRecording.Read(entry.GetProperty("logits")).requires_grad_();
        Tensor target = TorchRecording.Read(inputs.GetProperty("target"));
        Tensor? weight = inputs.TryGetProperty("weight", out JsonElement w) ? TorchRecording.Read(w) : null;
        Reduction reduction = p.TryGetProperty("reduction", out JsonElement r) ? Enum.Parse<Reduction>(r.GetString()!, ignoreCase: true) : Reduction.Mean;
        Tensor loss = name.Split(' ')[0] switch
        {
            "bce_with_logits" => BCEWithLogitsLoss(weight, reduction, p.TryGetProperty("pos_weight", out JsonElement positive) ? tensor([positive.GetSingle()]) : null).call(logits, target),
            "cross_entropy" when p.TryGetProperty("label_smoothing", out JsonElement smoothing) => F.cross_entropy(logits, target, weight, reduction: reduction, label_smoothing: smoothing.GetDouble()),
            "cross_entropy" => CrossEntropyLoss(weight, p.TryGetProperty("ignore_index", out JsonElement ignore) ? ignore.GetInt64() : null, reduction).call(logits, target),
            "mse" => MSELoss(reduction).call(logits, target),
            "l1" => L1Loss(reduction).call(logits, target),
            "smooth_l1" => SmoothL1Loss(reduction).call(logits, target),
            "nll_loss" => NLLLoss(weight, reduction).call(F.log_softmax(logits, 1), target),
            _ => throw new NotSupportedException($"No test runs '{name}'."),
        };
        loss.sum().backward();
        return RecordedValue.Map(("loss", TorchRecording.Write(loss)), ("grad", TorchRecording.Write(logits.grad!)));
    }
}
