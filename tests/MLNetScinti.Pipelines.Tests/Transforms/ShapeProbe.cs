using Microsoft.ML;

namespace MLNetScinti.Pipelines.Tests.Transforms;

/// <summary>Remembers the shape that a chain tells its estimators: ML.NET offers no other way from a view to its shape.</summary>
internal sealed class ShapeProbe : IEstimator<ITransformer>
{
    private SchemaShape? _seen;

    public static SchemaShape ShapeOf(IDataView view)
    {
        ShapeProbe probe = new();
        new MLContext().Transforms.SelectColumns([.. view.Schema.Select(column => column.Name)]).Append(probe).Fit(view);
        return probe._seen!;
    }

    public ITransformer Fit(IDataView input) => new MLContext().Transforms.CopyColumns("copy of the probe", input.Schema[0].Name).Fit(input);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _seen = inputSchema;
        return inputSchema;
    }
}
