using System.Collections.Concurrent;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class MLContext : IHostEnvironmentInternal
{
    private readonly ConcurrentDictionary<string, object> _options = new(StringComparer.Ordinal);
    private readonly Random _random;
    private readonly int? _seed;

    public MLContext(int? seed = null)
    {
        _seed = seed;
        _random = seed is { } given ? new Random(given) : new Random();
        BinaryClassification = new BinaryClassificationCatalog(this);
        MulticlassClassification = new MulticlassClassificationCatalog(this);
        Transforms = new TransformsCatalog(this);
        Model = new ModelOperationsCatalog(this);
        Data = new DataOperationsCatalog(this);
    }

    public event EventHandler<LoggingEventArgs> Log;

    public BinaryClassificationCatalog BinaryClassification { get; }

    public MulticlassClassificationCatalog MulticlassClassification { get; }

    public TransformsCatalog Transforms { get; }

    public ModelOperationsCatalog Model { get; }

    public DataOperationsCatalog Data { get; }

    public ComponentCatalog ComponentCatalog { get; } = new();

    public string TempFilePath { get; set; } = Path.GetTempPath();

    public bool FallbackToCpu { get; set; }

    public int? GpuDeviceId { get; set; }

    int? IHostEnvironmentInternal.Seed => _seed;

    string IExceptionContext.ContextDescription => "HostEnvironment";

    public bool TryAddOption<T>(string name, T value) => _options.TryAdd(name, value);

    public void SetOption<T>(string name, T value) => _options[name] = value;

    public bool TryGetOption<T>(string name, out T value)
    {
        bool found = _options.TryGetValue(name, out object stored);
        value = found ? (T)stored : default;
        return found;
    }

    public T GetOptionOrDefault<T>(string name) => TryGetOption(name, out T value) ? value : default;

    public bool RemoveOption(string name) => _options.TryRemove(name, out _);

    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose)
    {
        Guard.NotEmpty(name, nameof(name));
        lock (_random)
        {
            return new ComponentHost(this, name, new Random(seed ?? _random.Next()));
        }
    }

    IChannel IChannelProvider.Start(string name) => new Channel(this, name);

    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => new SilentPipe<TMessage>(name);

    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => new SilentProgress();

    TException IExceptionContext.Process<TException>(TException ex) => ex;

    internal void Publish(string source, ChannelMessage message)
    {
        if (Log is { } log)
        {
            log(this, new LoggingEventArgs(message.Message, message.Kind, source));
        }
    }
}
