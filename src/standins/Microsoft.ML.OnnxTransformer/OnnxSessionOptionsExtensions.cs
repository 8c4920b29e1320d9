using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

public static class OnnxSessionOptionsExtensions
{
    private const string Option = "OnnxSessionOption";

    public static OnnxSessionOptions GetOnnxSessionOption(this IHostEnvironment env) =>
        ((IHostEnvironmentInternal)env).GetOptionOrDefault<OnnxSessionOptions>(Option);

    public static void SetOnnxSessionOption(this IHostEnvironment env, OnnxSessionOptions onnxSessionOptions) =>
        ((IHostEnvironmentInternal)env).SetOption(Option, onnxSessionOptions);
}
