using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

public sealed class OnnxScoringEstimator : TrivialEstimator<OnnxTransformer>
{
    internal OnnxScoringEstimator(
        IHostEnvironment environment,
        OnnxModelSource source,
        string[] outputColumnNames,
        string[] inputColumnNames,
        IDictionary<string, int[]> shapes,
        int? gpuDeviceId,
        bool fallbackToCpu,
        int? interOpNumThreads = null,
        int? intraOpNumThreads = null)
        : base(
            environment.Register(nameof(OnnxTransformer)),
            new OnnxTransformer(environment, source, outputColumnNames, inputColumnNames, shapes, gpuDeviceId, fallbackToCpu, interOpNumThreads, intraOpNumThreads))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        foreach (OnnxNode node in Transformer.Inputs)
        {
            SchemaShape.Column column = inputSchema.Input(node.Name);
            if (column.Kind == SchemaShape.Column.VectorKind.VariableVector)
            {
                continue;
            }

            if (!column.ItemType.Equals(node.ItemType) || column.IsKey)
            {
                throw Guard.SchemaMismatch(nameof(inputSchema), "input", node.Name, node.ItemType.ToString(), column.ItemType.ToString());
            }
        }

        return inputSchema.With(Transformer.Outputs.Select(output => SchemaShape.Column.Of(output.Name, output.Type, output.Annotations)));
    }
}
