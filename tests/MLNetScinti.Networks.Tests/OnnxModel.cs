using Microsoft.ML.OnnxRuntime;

namespace MLNetScinti.Networks.Tests;

/// <summary>Runs a model in ONNX Runtime.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxModel(byte[] model)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(model, options);
    }

    public InferenceSession Session => _session;

    public float[] Run(params (string Name, float[] Values, long[] Shape)[] inputs) => RunAll(inputs)[0];

    public float[][] RunAll(params (string Name, float[] Values, long[] Shape)[] inputs)
    {
        OrtValue[] values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape))];
        try
        {
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(
                options, [.. inputs.Select(input => input.Name)], values, _session.OutputNames);
            return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
        }
        finally
        {
            foreach (OrtValue value in values)
            {
                value.Dispose();
            }
        }
    }

    public float[] Run(NetworkGraph graph, float[][] inputs, int batch) =>
        Run([.. graph.Inputs.Select((input, index) => (input.Name, inputs[index], input.Shape.WithBatch(batch)))]);

    public float[][] RunAll(NetworkGraph graph, float[][] inputs, int batch) =>
        RunAll([.. graph.Inputs.Select((input, index) => (input.Name, inputs[index], input.Shape.WithBatch(batch)))]);

    public void Dispose() => _session.Dispose();
}
