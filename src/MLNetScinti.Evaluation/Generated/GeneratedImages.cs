using System.Globalization;
using MathNet.Numerics.Statistics;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Generated;

/// <summary>How near a made image comes to the images that its maker learnt from.</summary>
/// <param name="Image">The made image.</param>
/// <param name="Distance">To the nearest image that was learnt from.</param>
/// <param name="Ratio">That distance as a part of the one to the nearest image of another patient: near 1 where no patient stands out.</param>
/// <param name="Patient">Whose image is nearest, by pseudonym.</param>
/// <param name="IsNear">Whether it is nearer than nearly all real images are to another patient's, and stands out towards that one patient.</param>
public sealed record GeneratedImage(ImageSummary Image, double Distance, double Ratio, string Patient, bool IsNear);

/// <summary>A figure of real and of made images of one kind: its median, and from where to where nine of ten lie.</summary>
/// <param name="Name">Sum or maximum.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Real">5 %, 50 % and 95 % of the real ones.</param>
/// <param name="Made">The same of the made ones.</param>
/// <param name="LargestGap">The largest gap between both distributions, 0 to 1 (Kolmogorov and Smirnov's statistic).</param>
public sealed record CountSpread(string Name, string Kind, IReadOnlyList<double> Real, IReadOnlyList<double> Made, double LargestGap);

/// <summary>How many made images of a kind there are, and how many of them are near to one patient's.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Real">Real ones to learn from.</param>
/// <param name="Made">Made ones.</param>
/// <param name="Near">Those that are near.</param>
public sealed record GeneratedKind(string Kind, int Real, int Made, int Near);

/// <summary>
/// Made images beside the real ones that their maker learnt from: how their spectrum, sums and maxima compare, and whether they are copies.
/// </summary>
/// <remarks>
/// An image counts as near where two things come together that each hold of one real image in twenty: its distance to the nearest real
/// one is below the 5 % quantile of the distances of real images to the nearest of another patient; and that distance, as a part of the
/// one to the next patient, is below the same quantile of the real ones'. The second guards against blur, which brings an image nearer to
/// all. Distances are of likenesses of at most 64 pixels a side, mirrored or not (<see cref="ImageSummary.DistanceTo"/>).
/// </remarks>
public sealed class GeneratedImages
{
    /// <summary>The share of real images that would count as near by either measure alone.</summary>
    public const double Chance = 0.05;

    /// <summary>Patients without whom nothing can be said of real images' distances.</summary>
    public const int FewestPatients = 20;

    private GeneratedImages(IReadOnlyList<ImageSummary> real, IReadOnlyList<GeneratedImage> made, double distance, double ratio, double level) =>
        (Real, Made, NearDistance, NearRatio, Level) = (real, made, distance, ratio, level);

    /// <summary>The images that were learnt from.</summary>
    public IReadOnlyList<ImageSummary> Real { get; }

    /// <summary>The made images.</summary>
    public IReadOnlyList<GeneratedImage> Made { get; }

    /// <summary>The distance below which an image may be near; NaN where real patients are too few.</summary>
    public double NearDistance { get; }

    /// <summary>The ratio below which an image may be near; NaN where real patients are too few.</summary>
    public double NearRatio { get; }

    /// <summary>Coverage of intervals.</summary>
    public double Level { get; }

    /// <summary>The share of made images that are near to one patient's, with its interval.</summary>
    public Metric Near => double.IsNaN(NearDistance)
        ? Metric.Undefined($"real images of {Real.Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count()} patients are too few to say how far apart patients are; it takes {FewestPatients}", Made.Count, 0)
        : Metric.Of((double)NearCount / Made.Count, Made.Count, 0, BinomialInterval.Wilson(NearCount, Made.Count, Level));

    /// <summary>Whether the maker copies: more images are near than chance allows.</summary>
    public bool Copies => Near.Interval is { } interval && interval.Lower > Chance;

    /// <summary>The smallest share of copies among so many images that would be found.</summary>
    public double SmallestFound =>
        (double)Enumerable.Range(1, Made.Count).First(near => near == Made.Count || BinomialInterval.Wilson(near, Made.Count, Level).Lower > Chance) / Made.Count;

    /// <summary>The kinds of image.</summary>
    public IReadOnlyList<GeneratedKind> Kinds => [.. Made.GroupBy(one => one.Image.Kind, StringComparer.Ordinal)
        .Select(kind => new GeneratedKind(kind.Key, Real.Count(one => one.Kind == kind.Key), kind.Count(), kind.Count(one => one.IsNear)))];

    /// <summary>The mean power of real images in each ring of spatial frequencies.</summary>
    public IReadOnlyList<double> RealPower => Mean(Real);

    /// <summary>The same of made images.</summary>
    public IReadOnlyList<double> MadePower => Mean([.. Made.Select(one => one.Image)]);

    /// <summary>The power of made images in the finest quarter of frequencies as a multiple of the real ones': below 1 they are smoother.</summary>
    public double FinestPower => Finest(MadePower) / Finest(RealPower);

    /// <summary>Sums and maxima by kind.</summary>
    public IReadOnlyList<CountSpread> Counts => [.. Kinds.SelectMany(kind => (CountSpread[])[Spread("sum", kind.Kind, one => one.Sum), Spread("maximum", kind.Kind, one => one.Maximum)])];

    /// <summary>What was found, a sentence each; the verdict on copies first.</summary>
    public IReadOnlyList<string> Sentences
    {
        get
        {
            Metric near = Near;
            CountSpread widest = Counts.MaxBy(spread => spread.LargestGap)!;
            return
            [
                near.Interval is not { } interval
                    ? $"Whether the generated images are copies cannot be said: {near.UndefinedReason}."
                    : Copies
                        ? Text($"The generator copies: {NearCount} of {Made.Count} images ({near.Value:P0}; {interval.Lower:P0} to {interval.Upper:P0}) are nearer to a training image than {1 - Chance:P0} of real images are to another patient's, and stand out towards that one patient; by chance at most {Chance:P0} would. They add nothing that was not there, and show patients.")
                        : Text($"No sign of copies: {NearCount} of {Made.Count} images ({near.Value:P0}; {interval.Lower:P0} to {interval.Upper:P0}) are nearer to a training image than {1 - Chance:P0} of real images are to another patient's and stand out towards that one patient; by chance up to {Chance:P0} would. A share of {SmallestFound:P0} or more would be called copying. Copies of parts of an image, and mixtures of several, are not seen."),
                Text($"In the finest quarter of spatial frequencies generated images hold {FinestPower:0.00} times the power of real ones{(FinestPower < 0.5 ? ": they are smoother, and a network may learn that" : FinestPower > 2 ? ": they are rougher, and a network may learn that" : "")}."),
                Text($"Of sums and maxima, the {widest.Name} of {widest.Kind} differs most: the distributions lie up to {widest.LargestGap:0.00} apart (0 for the same, 1 for no overlap)."),
            ];
        }
    }

    private int NearCount => Made.Count(one => one.IsNear);

    /// <summary>Compares made images with the real ones that their maker learnt from.</summary>
    /// <param name="real">The real ones, each with its patient.</param>
    /// <param name="made">The made ones.</param>
    /// <param name="level">Coverage of intervals.</param>
    /// <exception cref="ArgumentException">One of the sets is empty.</exception>
    public static GeneratedImages Of(IReadOnlyList<ImageSummary> real, IReadOnlyList<ImageSummary> made, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(made);
        if (real.Count == 0 || made.Count == 0)
        {
            throw new ArgumentException($"Real and made images are compared: found {real.Count} real ones and {made.Count} made ones.", nameof(real));
        }

        double distance = double.NaN, ratio = double.NaN;
        if (real.Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count() >= FewestPatients)
        {
            (double Distance, double Ratio, string Patient)[] apart = new (double, double, string)[real.Count];
            Parallel.For(0, real.Count, index => apart[index] = Nearest(real[index], real));
            distance = Quantile([.. apart.Select(one => one.Distance)], Chance);
            ratio = Quantile([.. apart.Select(one => one.Ratio)], Chance);
        }

        GeneratedImage[] found = new GeneratedImage[made.Count];
        Parallel.For(0, made.Count, index =>
        {
            (double nearest, double part, string patient) = Nearest(made[index], real);
            found[index] = new GeneratedImage(made[index], nearest, part, patient, nearest < distance && part < ratio);
        });
        return new GeneratedImages(real, found, distance, ratio, level);
    }

    // The nearest image of another patient, and how much farther the one of the next patient is.
    private static (double Distance, double Ratio, string Patient) Nearest(ImageSummary image, IReadOnlyList<ImageSummary> real)
    {
        Dictionary<string, double> patients = new(StringComparer.Ordinal);
        foreach (ImageSummary other in real)
        {
            if (image.Patient.Length > 0 && other.Patient == image.Patient)
            {
                continue;
            }

            double distance = image.DistanceTo(other);
            if (!patients.TryGetValue(other.Patient, out double before) || distance < before)
            {
                patients[other.Patient] = distance;
            }
        }

        KeyValuePair<string, double>[] nearest = [.. patients.OrderBy(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(2)];
        return nearest.Length < 2 ? (nearest.Length == 0 ? double.NaN : nearest[0].Value, double.NaN, nearest.Length == 0 ? "" : nearest[0].Key)
            : (nearest[0].Value, nearest[1].Value > 0 ? nearest[0].Value / nearest[1].Value : 1, nearest[0].Key);
    }

    private CountSpread Spread(string name, string kind, Func<ImageSummary, double> value)
    {
        double[] real = [.. Real.Where(one => one.Kind == kind).Select(value).Order()], made = [.. Made.Where(one => one.Image.Kind == kind).Select(one => value(one.Image)).Order()];
        double gap = real.Length == 0 ? double.NaN : real.Concat(made).Max(at => Math.Abs(Share(real, at) - Share(made, at)));
        return new CountSpread(name, kind, Quantiles(real), Quantiles(made), gap);

        static double Share(double[] values, double at) => (double)values.Count(one => one <= at) / values.Length;

        static double[] Quantiles(double[] values) => [Quantile(values, 0.05), Quantile(values, 0.5), Quantile(values, 0.95)];
    }

    private static double[] Mean(IReadOnlyList<ImageSummary> images) => [.. Enumerable.Range(0, ImageSummary.Rings).Select(ring => images.Average(image => image.Power[ring]))];

    private static double Finest(IReadOnlyList<double> power) => power.Skip(power.Count * 3 / 4).Where(ring => !double.IsNaN(ring)).DefaultIfEmpty(double.NaN).Average();

    private static double Quantile(double[] values, double part) => ArrayStatistics.QuantileCustomInplace([.. values], part, QuantileDefinition.R7);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
