namespace MLNetScinti.Networks.Tests;

/// <summary>Runs a model in ONNX Runtime, into arrays.</summary>
internal sealed class OnnxRun : IDisposable
{
    public OnnxRun(byte[] model) => Session = OnnxSession.Open(model);

    public OnnxSession Session { get; }

    public float[] Run(params (string Name, float[] Values, long[] Shape)[] inputs) => RunAll(inputs)[0];

    public float[][] RunAll(params (string Name, float[] Values, long[] Shape)[] inputs)
    {
        using OnnxAnswers answers = Session.Run([.. inputs.Select(input => new OnnxInput(input.Name, input.Values, input.Shape))]);
        return [.. Enumerable.Range(0, answers.Names.Count).Select(output => answers.Floats(output).ToArray())];
    }

    public float[] Run(NetworkGraph graph, float[][] inputs, int batch) => RunAll(graph, inputs, batch)[0];

    public float[][] RunAll(NetworkGraph graph, float[][] inputs, int batch) =>
        RunAll([.. graph.Inputs.Select((input, index) => (input.Name, inputs[index], input.Shape.WithBatch(batch)))]);

    public void Dispose() => Session.Dispose();
}
