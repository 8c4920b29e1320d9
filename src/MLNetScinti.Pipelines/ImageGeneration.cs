using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines;

/// <summary>
/// Training images that a generator adds (<see cref="AdversarialStep"/>): it learns from the training cases alone, kind by kind, and its
/// images are trained on and never validated or tested.
/// </summary>
/// <param name="Factors">For each class the rows of its cases and of its generated images together, as a multiple of its cases: 1 adds none.</param>
/// <param name="Several">The same for cases of several classes at once.</param>
public sealed record ImageGeneration(IReadOnlyDictionary<string, double> Factors, double Several)
{
    /// <summary>How generator and judge are built, and how they learn.</summary>
    public AdversarialOptions Networks { get; init; } = new();

    /// <summary>Passes over the training cases.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Cases in a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Pixels along each edge that become one for the generator; its images are enlarged again by linear interpolation. 1, 2, 4 or 8.</summary>
    public int Downsample { get; init; } = 1;

    /// <summary>The generator's checkpoint; null for none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Is told of each of the generator's epochs; null for nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>How many images are added to so many cases of a kind.</summary>
    public int CountFor(LearningTask task, Target kind, int cases) =>
        (int)Math.Round(cases * TrainingCopies.FactorOf(task, kind, Factors, Several), MidpointRounding.AwayFromZero) - cases;

    /// <summary>For example "generated images: first 2.5, several 10; 100 epochs, batches of 16, 64 numbers of noise, 16 filters, every pixel, Adam, ...".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"generated images: {string.Join(", ", Factors.OrderBy(factor => factor.Key, StringComparer.Ordinal).Select(factor => string.Create(CultureInfo.InvariantCulture, $"{factor.Key} {factor.Value}")))}{(Several != 1 ? string.Create(CultureInfo.InvariantCulture, $", several {Several}") : "")}; {Epochs} epochs, batches of {BatchSize}, {Networks.NoiseCount} numbers of noise, {Networks.Filters} filters, {(Downsample == 1 ? "every pixel" : $"{Downsample} x {Downsample} pixels as one")}, {Networks.Optimizer}");

    /// <summary>The image that the generator makes for images of these shapes: a channel for each of them.</summary>
    /// <exception cref="ColumnException">They are not planar images of one shape that can be halved often enough.</exception>
    internal TensorShape ImageOf(IReadOnlyList<ImageShape> shapes)
    {
        ImageShape shape = shapes[0];
        if (shapes.Any(other => other != shape) || shape.IsVolume)
        {
            throw new ColumnException($"Training images are generated where the network reads planar images of one shape; it reads {string.Join(" and ", shapes)}.");
        }

        TensorShape image = [shapes.Count, shape.Rows / Downsample, shape.Columns / Downsample];
        return shape.Rows % Downsample == 0 && shape.Columns % Downsample == 0 && AdversarialStep.Doublings(image) > 0 ? image
            : throw new ColumnException($"A generator doubles its image step by step: expected extents of at least 8 that can be halved, found {shape}{(Downsample > 1 ? $" of which {Downsample} x {Downsample} pixels become one" : "")}.");
    }
}
