using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>A model, opened. The session may be used by several threads at once.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly bool _fileIsOurs;
    private readonly Dictionary<string, OnnxNode> _inputs;
    private readonly Dictionary<string, OnnxNode> _outputs;

    public OnnxModel(
        IHostEnvironmentInternal environment,
        OnnxModelSource source,
        IDictionary<string, int[]> shapes,
        int? gpuDeviceId,
        bool fallbackToCpu,
        int? interOpNumThreads,
        int? intraOpNumThreads)
    {
        (Path, _fileIsOurs) = source.InFile(environment);
        try
        {
            using SessionOptions options = Options(environment.GetOnnxSessionOption(), interOpNumThreads, intraOpNumThreads);
            Session = Open(options, gpuDeviceId, fallbackToCpu);
            _inputs = Session.InputNames.ToDictionary(name => name, name => OnnxNode.Of(name, Session.InputMetadata[name], shapes), StringComparer.Ordinal);
            foreach ((string name, NodeMetadata metadata) in Session.OverridableInitializerMetadata)
            {
                _inputs[name] = OnnxNode.Of(name, metadata, shapes);
            }

            _outputs = Session.OutputNames.ToDictionary(name => name, name => OnnxNode.Of(name, Session.OutputMetadata[name], shapes), StringComparer.Ordinal);
            SlotNames = OnnxSlotNames.Read(Path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~OnnxModel() => DeleteFile();

    public string Path { get; }

    public InferenceSession Session { get; private set; }

    /// <summary>Names of the slots of outputs, as ML.NET's own exporter leaves them in a graph.</summary>
    public IReadOnlyDictionary<string, string[]> SlotNames { get; }

    public string[] InputNames => [.. Session.InputNames];

    public string[] OutputNames => [.. Session.OutputNames];

    public OnnxNode Input(string name) => _inputs.TryGetValue(name, out OnnxNode node)
        ? node
        : throw new ArgumentOutOfRangeException(
            $"Input tensor, {name}, does not exist in the ONNX model. Available input names are [{string.Join(",", Session.InputNames)}]. Available initializers are [{string.Join(",", Session.OverridableInitializerMetadata.Keys)}]",
            name,
            "name");

    public OnnxNode Output(string name) => _outputs.TryGetValue(name, out OnnxNode node)
        ? node
        : throw new ArgumentOutOfRangeException(
            $"Ouput tensor, {name}, does not exist in the ONNX model. Available output names are [{string.Join(",", Session.OutputNames)}].",
            name,
            "name");

    public void Dispose()
    {
        Session?.Dispose();
        Session = null;
        DeleteFile();
        GC.SuppressFinalize(this);
    }

    private static SessionOptions Options(OnnxSessionOptions wanted, int? interOpNumThreads, int? intraOpNumThreads)
    {
        SessionOptions options = wanted?.CreateSessionOptions?.Invoke() ?? new SessionOptions();
        if (wanted is not null && wanted.CreateSessionOptions is null)
        {
            options.EnableCpuMemArena = wanted.EnableCpuMemArena;
            options.IntraOpNumThreads = wanted.IntraOpNumThreads;
            options.InterOpNumThreads = wanted.InterOpNumThreads;
            options.GraphOptimizationLevel = wanted.GraphOptimizationLevel;
        }

        options.InterOpNumThreads = interOpNumThreads ?? options.InterOpNumThreads;
        options.IntraOpNumThreads = intraOpNumThreads ?? options.IntraOpNumThreads;
        return options;
    }

    private InferenceSession Open(SessionOptions options, int? gpuDeviceId, bool fallbackToCpu)
    {
        if (gpuDeviceId is { } device)
        {
            try
            {
                options.AppendExecutionProvider_CUDA(device);
                return new InferenceSession(Path, options);
            }
            catch (OnnxRuntimeException) when (fallbackToCpu)
            {
                options = new SessionOptions();
            }
        }

        try
        {
            return new InferenceSession(Path, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidOperationException($"Error initializing model :{error}", error);
        }
    }

    private void DeleteFile()
    {
        if (_fileIsOurs)
        {
            try
            {
                File.Delete(Path);
            }
            catch (IOException)
            {
                // It lies in the folder for temporary files, and will go with it.
            }
        }
    }
}
