using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>
/// A trained network in its ONNX form, ready to score one case at a time. It runs on one thread: the same bits come out
/// whatever the machine offers, and callers score several cases at once where they want speed.
/// </summary>
internal sealed class NetworkScorer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _inputs;
    private readonly long[][] _shapes;

    public NetworkScorer(NetworkGraph network, NetworkWeights weights, IReadOnlyList<ImageShape> shapes)
    {
        Network = network;
        Weights = weights;
        Shapes = shapes;
        _inputs = [.. network.Inputs.Select(input => input.Name)];
        _shapes = [.. network.Inputs.Select(input => (long[])[1, .. input.Shape])];
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(network.ToOnnx(weights, new OnnxNetworkOptions { WithActivation = false }), options);
    }

    public NetworkGraph Network { get; }

    public NetworkWeights Weights { get; }

    public IReadOnlyList<ImageShape> Shapes { get; }

    /// <summary>The probability that a logit stands for, as ONNX's Sigmoid computes it.</summary>
    public static float Probability(float score) => 1f / (1f + MathF.Exp(-score));

    /// <summary>The network's logit for one case. May be called from several threads.</summary>
    public float Score(IReadOnlyList<float[]> features)
    {
        OrtValue[] inputs = new OrtValue[features.Count];
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = OrtValue.CreateTensorValueFromMemory(features[i], _shapes[i]);
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, _inputs, inputs, _session.OutputNames);
            return outputs[0].GetTensorDataAsSpan<float>()[0];
        }
        finally
        {
            foreach (OrtValue? input in inputs)
            {
                input?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
