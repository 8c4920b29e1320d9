using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNetScinti.Pipelines;

/// <summary>What goes to <see cref="MLContext.Log"/> beside an object's own progress.</summary>
internal sealed class PipelineLog
{
    private const string Source = "MLNetScinti";

    private readonly IHostEnvironment? _environment;

    private PipelineLog(IHostEnvironment? environment) => _environment = environment;

    /// <summary>Nobody listens.</summary>
    public static PipelineLog None { get; } = new(null);

    public static PipelineLog Of(MLContext ml) => new(ml);

    // A catalog knows its context, but keeps it to ML.NET's own assemblies: it is asked by name, and where a later version has
    // another one the log is silent and nothing else changes.
    public static PipelineLog Of(object catalog)
    {
        PropertyInfo? environment = typeof(MLContext).Assembly.GetType("Microsoft.ML.Data.IInternalCatalog")?.GetProperty("Environment");
        return new(environment?.DeclaringType?.IsInstanceOfType(catalog) == true ? environment.GetValue(catalog) as IHostEnvironment : null);
    }

    public void Info(string sentence)
    {
        if (_environment is not null)
        {
            using IChannel channel = _environment.Start(Source);
            channel.Info(MessageSensitivity.None, sentence);
        }
    }

    public void Warning(string sentence)
    {
        if (_environment is not null)
        {
            using IChannel channel = _environment.Start(Source);
            channel.Warning(MessageSensitivity.None, sentence);
        }
    }
}
