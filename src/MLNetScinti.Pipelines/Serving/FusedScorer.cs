using Microsoft.ML.OnnxRuntime;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>Scores with a fused model directly in ONNX Runtime, several cases at once.</summary>
public sealed class FusedScorer : IDisposable
{
    private readonly FusedModel _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    /// <summary>Loads the model.</summary>
    /// <param name="model">The fused model.</param>
    /// <param name="threads">Threads within one run.</param>
    public FusedScorer(FusedModel model, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(model.Bytes.ToArray(), options);
    }

    /// <summary>Scores cases.</summary>
    /// <param name="cases">For each case, the values of each input column in the model's order.</param>
    /// <returns>Each case's score, probability and decision.</returns>
    public IReadOnlyList<(float Score, float Probability, bool PredictedLabel)> Score(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0)
        {
            return [];
        }

        OrtValue[] inputs = ModelInputs.Of(_model.Inputs, cases);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, [.. _model.InputColumns], inputs, [.. _model.OutputColumns]);
            float[] scores = outputs[0].GetTensorDataAsSpan<float>().ToArray(), probabilities = outputs[1].GetTensorDataAsSpan<float>().ToArray();
            bool[] decisions = outputs[2].GetTensorDataAsSpan<bool>().ToArray();
            return [.. scores.Select((score, index) => (score, probabilities[index], decisions[index]))];
        }
        finally
        {
            ModelInputs.Dispose(inputs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
