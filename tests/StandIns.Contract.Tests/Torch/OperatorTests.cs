using System.Text.Json;
using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Each operator of a convolutional network: its output, and the gradient of each input.</summary>
[Collection(TorchCollection.Name)]
public sealed class OperatorTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "operators");
        foreach (string name in RecordedFile.Torch.NamesIn("operators"))
        {
            cases.AddParts(name, TorchRecording.Trajectory, entry => Run(name, entry));
        }

        return cases;
    }

    private static Dictionary<string, object?> Run(string name, JsonElement entry)
    {
        using DisposeScope scope = NewDisposeScope();
        var inputs = entry.GetProperty("inputs").EnumerateObject().ToDictionary(input => input.Name, input => TorchRecording.Read(input.Value).requires_grad_(), StringComparer.Ordinal);
        Tensor output = Output(name, new Parameters(entry.GetProperty("params")), inputs["x"], inputs.GetValueOrDefault("w"), inputs.GetValueOrDefault("b"), inputs.GetValueOrDefault("y"));
        (output * TorchRecording.GradientOf(output)).sum().backward();
        return RecordedValue.Map(
            ("output", TorchRecording.Write(output)),
            ("gradients", inputs.ToDictionary(input => input.Key, input => (object?)TorchRecording.Write(input.Value.grad!), StringComparer.Ordinal)));
    }

    private static Tensor Output(string name, Parameters p, Tensor x, Tensor? w, Tensor? b, Tensor? y) => name.Split(' ')[0] switch
    {
        "conv2d" => F.conv2d(x, w!, b, p.Sizes("stride", 2), p.Sizes("padding", 2), p.Sizes("dilation", 2, 1), p.Whole("groups", 1)),
        "conv3d" => F.conv3d(x, w!, b, p.Sizes("stride", 3), p.Sizes("padding", 3)),
        "conv_transpose2d" => F.conv_transpose2d(x, w!, b, p.Sizes("stride", 2), p.Sizes("padding", 2)),
        "conv_transpose3d" => F.conv_transpose3d(x, w!, b, p.Sizes("stride", 3), p.Sizes("padding", 3), p.Sizes("output_padding", 3)),
        "max_pool2d" => MaxPool2d(p.Whole("kernel"), p.Whole("stride"), p.Whole("padding", 0), ceil_mode: p.Flag("ceil_mode")).call(x),
        "max_pool3d" => MaxPool3d(p.Whole("kernel"), p.Whole("stride")).call(x),
        "avg_pool2d" => AvgPool2d(p.Whole("kernel"), p.Whole("stride"), p.Whole("padding"), count_include_pad: p.Flag("count_include_pad")).call(x),
        "adaptive_avg_pool2d" => AdaptiveAvgPool2d(p.Sizes("output_size", 2)).call(x),
        "adaptive_avg_pool3d" => AdaptiveAvgPool3d(p.Whole("output_size")).call(x),
        "adaptive_max_pool2d" => AdaptiveMaxPool2d(p.Whole("output_size")).call(x),
        "linear" => F.linear(x, w!, b),
        "relu" => F.relu(x),
        "leaky_relu" => LeakyReLU(p.Real("slope")).call(x),
        "prelu" => x.prelu(w!),
        "elu" => ELU().call(x),
        "gelu" => GELU().call(x),
        "silu" => SiLU().call(x),
        "sigmoid" => Sigmoid().call(x),
        "softmax" => Softmax(p.Whole("dim")).call(x),
        "log_softmax" => LogSoftmax(p.Whole("dim")).call(x),
        "dropout" => F.dropout(x, p.Real("p"), p.Flag("training")),
        "batch_norm" => F.batch_norm(x, TorchRecording.Floats(p["running_mean"]), TorchRecording.Floats(p["running_var"]), w, b, p.Flag("training"), eps: p.Real("eps")),
        "instance_norm" => F.instance_norm(x, weight: w, bias: b, eps: p.Real("eps")),
        "group_norm" => F.group_norm(x, p.Whole("groups"), w, b, p.Real("eps")),
        "layer_norm" => F.layer_norm(x, [3], w!, b!, p.Real("eps")),
        "interpolate" => F.interpolate(x, scale_factor: Enumerable.Repeat(p.Real("scale"), (int)x.Dimensions - 2).ToArray(), mode: Enum.Parse<InterpolationMode>(p["mode"].GetString()!, ignoreCase: true), align_corners: p.Has("align_corners") ? p.Flag("align_corners") : null),
        "cat" => cat([x, y!], p.Whole("dim")),
        "pad" => F.pad(x, p.Sizes("pad", 4), name.StartsWith("pad reflect", StringComparison.Ordinal) ? PaddingModes.Reflect : PaddingModes.Constant, p.Has("value") ? p.Real("value") : 0),
        _ => throw new NotSupportedException($"No test runs '{name}'."),
    };

    private sealed class Parameters(JsonElement recorded)
    {
        public JsonElement this[string name] => recorded.GetProperty(name);

        public bool Has(string name) => recorded.TryGetProperty(name, out _);

        public bool Flag(string name) => Has(name) && this[name].GetBoolean();

        public double Real(string name) => this[name].GetDouble();

        public long Whole(string name) => this[name].GetInt64();

        public long Whole(string name, long otherwise) => Has(name) ? Whole(name) : otherwise;

        public long[] Sizes(string name, int count, long otherwise = 0) =>
            !Has(name) ? [.. Enumerable.Repeat(otherwise, count)]
            : this[name].ValueKind == JsonValueKind.Array ? [.. this[name].EnumerateArray().Select(size => size.GetInt64())]
            : [.. Enumerable.Repeat(Whole(name), count)];
    }
}
