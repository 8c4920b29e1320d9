using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class ModelOperationsCatalog
{
    private const string ModelFolder = "TransformerChain";
    private const string SchemaEntry = "Schema";
    private const string Version = "5.0.0";

    internal ModelOperationsCatalog(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        Guard.Argument(!string.IsNullOrEmpty(filePath), nameof(filePath), "filePath cannot be null or empty");
        using FileStream stream = File.Create(filePath);
        Save(model, inputSchema, stream);
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        Guard.NotNull(stream, nameof(stream));
        using ModelRepositoryWriter repository = new(stream);
        repository.Write("TrainingInfo/Version.txt", entry => entry.Write(Encoding.UTF8.GetBytes(Version + "\n")));
        if (model is not null)
        {
            repository.SaveModel(model, ModelFolder);
        }

        if (inputSchema is not null)
        {
            using MemoryStream schema = new();
            SchemaCodec.Write(schema, inputSchema);
            repository.Write(SchemaEntry, entry => schema.WriteTo(entry));
        }
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        Guard.Argument(!string.IsNullOrEmpty(filePath), nameof(filePath), "filePath cannot be null or empty");
        using FileStream stream = File.OpenRead(filePath);
        return Load(stream, out inputSchema);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        Guard.NotNull(stream, nameof(stream));
        using ModelRepositoryReader repository = new((MLContext)Environment, stream);
        ITransformer model = repository.LoadModel<ITransformer>(ModelFolder);
        if (model is null)
        {
            throw new InvalidOperationException(
                "Could not load legacy format model",
                new InvalidOperationException("Repository doesn't contain entry DataLoaderModel/Model.key"));
        }

        byte[] schema = repository.ReadOrNull(SchemaEntry);
        inputSchema = schema is null ? null : SchemaCodec.Read(schema);
        return model;
    }

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(
        ITransformer transformer,
        bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class
        where TDst : class, new() =>
        new(transformer, ignoreMissingColumns, inputSchemaDefinition, outputSchemaDefinition, ownsTransformer: true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class
        where TDst : class, new() =>
        new(transformer, ignoreMissingColumns: false, SchemaDefinition.Of(typeof(TSrc), Guard.NotNull(inputSchema, nameof(inputSchema))), null, ownsTransformer: true);

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class
        where TDst : class, new()
    {
        Guard.NotNull(options, nameof(options));
        return new(transformer, options.IgnoreMissingColumns, options.InputSchemaDefinition, options.OutputSchemaDefinition, options.OwnsTransformer);
    }
}
