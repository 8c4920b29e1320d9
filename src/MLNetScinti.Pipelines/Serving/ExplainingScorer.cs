using Microsoft.ML.OnnxRuntime;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>Scores and explains cases with an explaining model in ONNX Runtime. Calls may come from several threads.</summary>
public sealed class ExplainingScorer : IDisposable
{
    private readonly ExplainingModel _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    /// <summary>Loads the model.</summary>
    /// <param name="model">The explaining model.</param>
    public ExplainingScorer(ExplainingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model.Bytes.ToArray(), options);
    }

    /// <summary>Scores and explains cases.</summary>
    /// <param name="cases">For each case, the values of each input column in the model's order.</param>
    public IReadOnlyList<ExplainedScore> Explain(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0)
        {
            return [];
        }

        OrtValue[] inputs = ModelInputs.Of(_model.Inputs, cases);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                _session.Run(_run, [.. _model.InputColumns], inputs, [ExplainingStage.ScoreColumn, .. _model.Maps.Select(map => map.Name)]);
            float[][] values = [.. outputs.Select(output => output.GetTensorDataAsSpan<float>().ToArray())];
            return [.. Enumerable.Range(0, cases.Count).Select(index => new ExplainedScore(
                values[0][index],
                [.. values.Skip(1).Select(maps => maps.AsSpan(index * (maps.Length / cases.Count), maps.Length / cases.Count).ToArray())]))];
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
