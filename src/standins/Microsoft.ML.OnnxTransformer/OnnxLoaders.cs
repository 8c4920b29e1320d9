namespace Microsoft.ML.Transforms.Onnx;

internal sealed class OnnxLoaders : IComponentLoaders
{
    public void Register() => ComponentLoaders.Register(OnnxTransformer.Signature, OnnxTransformer.Load);
}
