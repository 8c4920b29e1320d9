using System.Globalization;
using System.Text;

namespace Microsoft.ML.Transforms;

/// <summary>The scale of one column in a model file, with a text for people beside it.</summary>
internal sealed class AffineScaleModel(AffineScale scale) : ICanSaveModel
{
    internal const string Signature = "AffineNormExec";

    public AffineScale Scale => scale;

    public void Save(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.SaveBinary("AffineNormalizer.txt", stream => stream.Write(Encoding.UTF8.GetBytes(Text())));
        ctx.Writer.Write(scale.IsDouble);
        ctx.Writer.Write(scale.Offsets is not null);
        ctx.Writer.Write(scale.Scales.Length);
        for (int i = 0; i < scale.Scales.Length; i++)
        {
            ctx.Writer.Write(scale.Scales[i]);
            ctx.Writer.Write(scale.Offsets?[i] ?? 0);
        }
    }

    internal static object Load(ModelLoadContext context)
    {
        bool isDouble = context.Reader.ReadBoolean();
        bool hasOffsets = context.Reader.ReadBoolean();
        double[] scales = new double[context.Reader.ReadCount()];
        double[] offsets = new double[scales.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = context.Reader.ReadDouble();
            offsets[i] = context.Reader.ReadDouble();
        }

        return new AffineScaleModel(new AffineScale(isDouble, scales, hasOffsets ? offsets : null));
    }

    private string Text()
    {
        StringBuilder text = new();
        for (int i = 0; i < scale.Scales.Length; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{i}\t{scale.Offsets?[i] ?? 0:R}\t{scale.Scales[i]:R}");
        }

        return text.ToString();
    }
}
