namespace Microsoft.ML.Trainers;

public sealed class LinearBinaryModelParameters : LinearModelParameters
{
    internal const string Signature = "Linear2CExec";

    internal LinearBinaryModelParameters(float[] weights, float bias)
        : base(weights, bias)
    {
    }

    internal static object Load(ModelLoadContext context)
    {
        float bias = context.Reader.ReadSingle();
        var weights = new float[context.Reader.ReadCount()];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = context.Reader.ReadSingle();
        return new LinearBinaryModelParameters(weights, bias);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.Writer.Write(Bias);
        ctx.Writer.Write(Weights.Count);
        foreach (float weight in Weights)
            ctx.Writer.Write(weight);
    }
}
