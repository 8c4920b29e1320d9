using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>A chain in a model file: one folder a step.</summary>
internal static class TransformerChainFormat
{
    public static void Save(ModelSaveContext context, ITransformer[] transformers, TransformerScope[] scopes)
    {
        context.Begin("TransformerChain");
        context.Writer.Write(transformers.Length);
        for (int i = 0; i < transformers.Length; i++)
        {
            context.Writer.Write((int)scopes[i]);
            context.SaveModel(transformers[i], Folder(i));
        }
    }

    public static object Load(ModelLoadContext context)
    {
        int count = context.Reader.ReadInt32();
        Guard.Decoded(count >= 0);
        ITransformer[] transformers = new ITransformer[count];
        TransformerScope[] scopes = new TransformerScope[count];
        for (int i = 0; i < count; i++)
        {
            scopes[i] = (TransformerScope)context.Reader.ReadInt32();
            transformers[i] = context.LoadModel<ITransformer>(Folder(i));
        }

        return new TransformerChain<ITransformer>(transformers, scopes);
    }

    private static string Folder(int step) => string.Create(CultureInfo.InvariantCulture, $"Transform_{step:000}");
}
