using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>Runs the graph once a row, however many of its outputs are read.</summary>
internal sealed class OnnxRowScorer(OnnxModel model, DataViewRow row, OnnxInput[] inputs, string[] outputs) : IDisposable
{
    private readonly string[] _inputNames = [.. inputs.Select(input => input.Name)];
    private readonly OrtValue[] _inputValues = new OrtValue[inputs.Length];
    private readonly RunOptions _options = new();
    private IDisposableReadOnlyCollection<OrtValue> _results;
    private long _position = -1;

    public void Read<T>(OnnxNode output, ref VBuffer<T> value)
    {
        Run();
        if (output.Shape.Length == 0)
        {
            // A tensor without dimensions has no length that ML.NET could take: this is how it says so.
            throw new ArgumentNullException("source");
        }

        OrtValue result = _results[Array.IndexOf(outputs, output.Name)];
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            string[] texts = result.GetStringTensorAsArray();
            VBufferEditor<T> text = VBufferEditor.Create(ref value, texts.Length);
            for (int i = 0; i < texts.Length; i++)
            {
                text.Values[i] = (T)(object)texts[i].AsMemory();
            }

            value = text.Commit();
            return;
        }

        ReadOnlySpan<byte> bytes = result.GetTensorMutableRawData();
        OnnxValues.Copy(bytes, ref value);
    }

    public void Dispose()
    {
        _results?.Dispose();
        _options.Dispose();
        foreach (OnnxInput input in inputs)
        {
            input.Dispose();
        }
    }

    private void Run()
    {
        if (_results is not null && row.Position == _position)
        {
            return;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            _inputValues[i] = inputs[i].Fetch();
        }

        _results?.Dispose();
        _results = null;
        _results = model.Session.Run(_options, _inputNames, _inputValues, outputs);
        _position = row.Position;
    }
}
