namespace Microsoft.ML.Transforms;

/// <summary>Each slot becomes (value - offset) * scale. No offsets: zero stays zero.</summary>
internal sealed record AffineScale(bool IsDouble, double[] Scales, double[] Offsets);
