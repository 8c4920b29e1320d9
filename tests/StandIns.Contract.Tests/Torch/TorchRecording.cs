using System.Runtime.InteropServices;
using System.Text.Json;
using MLNetScinti.StandIns.Contract.Recorded;
using static TorchSharp.torch;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Tensors to and from the form in which they are recorded.</summary>
internal static class TorchRecording
{
    public static Comparison Values { get; } = Comparison.Within(1e-5, 1e-5);

    /// <summary>Gradients and what a network does over several steps.</summary>
    public static Comparison Trajectory { get; } = Comparison.Within(1e-4, 1e-4);

    public static Tensor Read(JsonElement recorded)
    {
        long[] shape = [.. recorded.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        JsonElement data = recorded.GetProperty("data");
        bool whole = recorded.TryGetProperty("dtype", out JsonElement type) && type.GetString() == "int64";
        return whole
            ? tensor([.. data.EnumerateArray().Select(value => value.GetInt64())], shape)
            : tensor([.. data.EnumerateArray().Select(value => value.GetSingle())], shape);
    }

    public static Tensor Floats(JsonElement list) => tensor([.. list.EnumerateArray().Select(value => value.GetSingle())], [list.GetArrayLength()]);

    public static Dictionary<string, object?> Write(Tensor seen)
    {
        bool whole = seen.dtype == ScalarType.Int64;
        using Tensor local = seen.detach();
        Dictionary<string, object?> map = new(StringComparer.Ordinal) { ["shape"] = local.shape };
        if (whole)
        {
            map["dtype"] = "int64";
        }

        map["data"] = whole ? local.data<long>().ToArray() : local.data<float>().ToArray();
        return map;
    }

    /// <summary>The weights of a sum that gives each element of the output a gradient of its own.</summary>
    public static Tensor GradientOf(Tensor output)
    {
        float[] values = new float[output.numel()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((((5 * i) + 1) % 9) - 4) / 4f;
        }

        return tensor(values, output.shape);
    }

    /// <summary>An error recorded in Python: libtorch's words are the same, the type of the exception is TorchSharp's.</summary>
    public static object? AsInPython(JsonElement recorded, Func<object?> attempt)
    {
        JsonElement throws = recorded.GetProperty("throws");
        try
        {
            return attempt();
        }
        catch (ExternalException exception)
        {
            string text = throws.GetProperty("message").GetString()!;
            string message = exception.Message.Split('\n')[0];
            bool same = Plain(message) == Plain(text);
            return new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["throws"] = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["type"] = throws.GetProperty("type").GetString(),
                    ["message"] = same ? text : message,
                },
            };
        }
    }

    // Python writes a size as torch.Size([1, 2]).
    private static string Plain(string message) =>
        message.Replace("torch.Size", "", StringComparison.Ordinal).Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
}
