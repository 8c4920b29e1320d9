using System.Globalization;
using System.Text;

namespace Microsoft.ML.Calibrators;

/// <summary>A probability from a score by a sigmoid: 1 / (1 + exp(slope * score + offset)).</summary>
public sealed class PlattCalibrator : ICanSaveModel
{
    internal const string Signature = "PlattCaliExec";

    internal PlattCalibrator(double slope, double offset)
    {
        Slope = slope;
        Offset = offset;
    }

    public double Slope { get; }

    public double Offset { get; }

    internal static object Load(ModelLoadContext context) => new PlattCalibrator(context.Reader.ReadDouble(), context.Reader.ReadDouble());

    internal float Probability(float score) => float.IsNaN(score) ? score : (float)(1 / (1 + Math.Exp(Slope * score + Offset)));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Guard.NotNull(ctx, nameof(ctx));
        ctx.Begin(Signature);
        ctx.Writer.Write(Slope);
        ctx.Writer.Write(Offset);
        ctx.SaveBinary("Calibrator.txt", stream => stream.Write(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"Platt calibrator\nP(x) = 1 / (1 + exp({Slope} * x + {Offset}))\n"))));
    }
}
