namespace Microsoft.ML.Runtime;

/// <summary>A named part of a context: it has its own random stream, and its messages carry its name.</summary>
internal sealed class ComponentHost : IHost, IHostEnvironmentInternal
{
    private readonly MLContext _context;
    private readonly string _name;

    public ComponentHost(MLContext context, string name, Random random)
    {
        _context = context;
        _name = name;
        Rand = random;
    }

    public Random Rand { get; }

    public ComponentCatalog ComponentCatalog => _context.ComponentCatalog;

    public string ContextDescription => _name;

    public int? Seed => ((IHostEnvironmentInternal)_context).Seed;

    public string TempFilePath { get => _context.TempFilePath; set => _context.TempFilePath = value; }

    public bool FallbackToCpu { get => _context.FallbackToCpu; set => _context.FallbackToCpu = value; }

    public int? GpuDeviceId { get => _context.GpuDeviceId; set => _context.GpuDeviceId = value; }

    public IHost Register(string name, int? seed = null, bool? verbose = null) =>
        new ComponentHost(_context, $"{_name}; {name}", new Random(seed ?? Rand.Next()));

    public IChannel Start(string name) => new Channel(_context, $"{_name}; {name}");

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new SilentPipe<TMessage>(_name);

    public IProgressChannel StartProgressChannel(string name) => new SilentProgress();

    public TException Process<TException>(TException ex)
        where TException : Exception => ex;

    public bool TryAddOption<T>(string name, T value) => _context.TryAddOption(name, value);

    public void SetOption<T>(string name, T value) => _context.SetOption(name, value);

    public bool TryGetOption<T>(string name, out T value) => _context.TryGetOption(name, out value);

    public T GetOptionOrDefault<T>(string name) => _context.GetOptionOrDefault<T>(name);

    public bool RemoveOption(string name) => _context.RemoveOption(name);
}
