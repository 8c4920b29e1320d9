using System.Globalization;
using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>A change of the values of images; label maps stay as they are.</summary>
/// <param name="image">The image that is changed, or null for all of the sample.</param>
public abstract class IntensityTransform(string? image) : ISampleTransform
{
    /// <summary>The image that is changed, or null for all of the sample.</summary>
    public string? Image { get; } = image;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Operation}{(Image is null ? "" : $" of {Image}")}");

    /// <summary>The operation with its parameters.</summary>
    private protected abstract FormattableString OperationWithParameters { get; }

    private string Operation => OperationWithParameters.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    /// <exception cref="KeyNotFoundException">The sample does not have the image.</exception>
    public ImageSample Apply(ImageSample sample)
    {
        if (Image is not null)
        {
            _ = sample.Image(Image);
        }

        return sample with { Images = [.. sample.Images.Select(each => Image is null || string.Equals(each.Name, Image, StringComparison.Ordinal) ? each.With(Change(each)) : each)] };
    }

    /// <summary>The new values of an image.</summary>
    private protected abstract float[] Change(SampleImage image);

    /// <summary>The values of an image smoothed with a Gaussian, in space for a volume and in the plane for a projection.</summary>
    private protected static float[] Blurred(SampleImage image, double millimetres)
    {
        float[] values = [.. image.Values];
        ImageGeometry geometry = image.Geometry;
        GaussianFilter.Apply(values, image.Shape, millimetres / geometry.SectionSpacing, millimetres / geometry.RowSpacing, millimetres / geometry.ColumnSpacing);
        return values;
    }
}

/// <summary>Adds Gaussian noise, independent from value to value and from image to image.</summary>
/// <param name="deviation">Standard deviation, in the image's unit.</param>
/// <param name="seed">The noise's own seed: the same seed is the same noise.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class GaussianNoise(double deviation, ulong seed, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"noise(deviation {deviation:g6}, seed {seed:x})";

    private protected override float[] Change(SampleImage image)
    {
        CounterRandom random = new(seed, 0, 0, image.Name);
        float[] values = new float[image.Values.Length];
        float scale = (float)deviation;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = image.Values[i] + (scale * (float)PortableMath.NormalQuantile((random.NextUInt32() + 0.5) * (1.0 / 4294967296)));
        }

        return values;
    }
}

/// <summary>Smooths with a Gaussian.</summary>
/// <param name="millimetres">Standard deviation, mm.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class GaussianBlur(double millimetres, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"blur(deviation {millimetres:g6} mm)";

    private protected override float[] Change(SampleImage image) => Blurred(image, millimetres);
}

/// <summary>Enhances edges by an unsharp mask: adds a part of what a Gaussian filter takes away.</summary>
/// <param name="amount">The part.</param>
/// <param name="millimetres">Standard deviation of the filter, mm.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class EdgeEnhancement(double amount, double millimetres, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"edges({amount:g6} at {millimetres:g6} mm)";

    private protected override float[] Change(SampleImage image)
    {
        float[] values = Blurred(image, millimetres);
        float part = (float)amount;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = image.Values[i] + (part * (image.Values[i] - values[i]));
        }

        return values;
    }
}

/// <summary>Adds a number to all values.</summary>
/// <param name="amount">The number, in the image's unit.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class IntensityShift(double amount, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"shift({amount:g6})";

    private protected override float[] Change(SampleImage image)
    {
        float[] values = new float[image.Values.Length];
        TensorPrimitives.Add(image.Values, (float)amount, values);
        return values;
    }
}

/// <summary>Multiplies all values by a factor.</summary>
/// <param name="factor">The factor.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class IntensityScale(double factor, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"scale({factor:g6})";

    private protected override float[] Change(SampleImage image)
    {
        float[] values = new float[image.Values.Length];
        TensorPrimitives.Multiply(image.Values, (float)factor, values);
        return values;
    }
}

/// <summary>Raises what lies between an image's smallest and largest value to a power; both stay. A constant image stays as it is.</summary>
/// <param name="exponent">The power: below 1 brightens, above 1 darkens.</param>
/// <param name="image">The image, or null for all.</param>
public sealed class GammaCorrection(double exponent, string? image = null) : IntensityTransform(image)
{
    private protected override FormattableString OperationWithParameters => $"gamma({exponent:g6})";

    private protected override float[] Change(SampleImage image)
    {
        float least = TensorPrimitives.Min(image.Values), range = TensorPrimitives.Max(image.Values) - least;
        float[] values = [.. image.Values];
        if (!(range > 0) || !float.IsFinite(range))
        {
            return values;
        }

        for (int i = 0; i < values.Length; i++)
        {
            double part = (double)(values[i] - least) / range;
            if (part > 0 && part < 1)
            {
                values[i] = least + (range * (float)PortableMath.Exp(exponent * PortableMath.Log(part)));
            }
        }

        return values;
    }
}

/// <summary>A random change of values whose one amount is drawn uniformly from a range.</summary>
public abstract record RandomIntensity : RandomTransform
{
    /// <summary>The least amount.</summary>
    public required double Least { get; init; }

    /// <summary>The largest amount.</summary>
    public required double Most { get; init; }

    /// <summary>The image that is changed, or null for all of the sample, with the same amount.</summary>
    public string? Image { get; init; }
}

/// <summary>Adds Gaussian noise; the amount is its standard deviation, in the image's unit.</summary>
public sealed record RandomGaussianNoise : RandomIntensity
{
    /// <inheritdoc/>
    public override string Operation => "noise";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new GaussianNoise(random.NextDouble(Least, Most), random.NextUInt64(), Image);

    private protected override void Check() => ExpectRange(Least, Most, 0, float.MaxValue);
}

/// <summary>Smooths with a Gaussian; the amount is its standard deviation, mm.</summary>
public sealed record RandomGaussianBlur : RandomIntensity
{
    /// <inheritdoc/>
    public override string Operation => "blur";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new GaussianBlur(random.NextDouble(Least, Most), Image);

    private protected override void Check() => ExpectRange(Least, Most, 0, 1000);
}

/// <summary>Enhances edges; the amount is the part of what is added.</summary>
public sealed record RandomEdgeEnhancement : RandomIntensity
{
    /// <summary>Standard deviation of the filter, mm.</summary>
    public required double Millimetres { get; init; }

    /// <inheritdoc/>
    public override string Operation => "edges";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new EdgeEnhancement(random.NextDouble(Least, Most), Millimetres, Image);

    private protected override void Check()
    {
        ExpectRange(Least, Most, 0, 100);
        Expect(Millimetres is > 0 and <= 1000, $"a deviation above 0 mm and up to 1000 mm, found {Millimetres}");
    }
}

/// <summary>Adds a number to all values; the amount is in the image's unit.</summary>
public sealed record RandomIntensityShift : RandomIntensity
{
    /// <inheritdoc/>
    public override string Operation => "shift";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new IntensityShift(random.NextDouble(Least, Most), Image);

    private protected override void Check() => ExpectRange(Least, Most, -float.MaxValue / 4, float.MaxValue / 4);
}

/// <summary>Multiplies all values; the amount is the factor.</summary>
public sealed record RandomIntensityScale : RandomIntensity
{
    /// <inheritdoc/>
    public override string Operation => "scale";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new IntensityScale(random.NextDouble(Least, Most), Image);

    private protected override void Check() => ExpectRange(Least, Most, 0, 1e6);
}

/// <summary>Raises values to a power; the amount is the exponent.</summary>
public sealed record RandomGamma : RandomIntensity
{
    /// <inheritdoc/>
    public override string Operation => "gamma";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) => new GammaCorrection(random.NextDouble(Least, Most), Image);

    private protected override void Check() => ExpectRange(Least, Most, 0.01, 100);
}
