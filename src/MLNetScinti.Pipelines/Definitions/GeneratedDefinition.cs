using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>
/// Training images that a generator makes of the training cases, kind by kind; validation and test see none. Key
/// <c>augmentation.generated</c>.
/// </summary>
/// <param name="Factors">Of each class that has one, the rows of its cases and generated images together as a multiple of its cases.</param>
/// <param name="Several">The same for cases of several classes at once.</param>
/// <param name="Epochs">The generator's passes over the training cases.</param>
/// <param name="BatchSize">Cases a step.</param>
/// <param name="LearningRate">The step size of generator and judge.</param>
/// <param name="Filters">The generator's filters at its finest step.</param>
/// <param name="NoiseCount">Random numbers that an image is made of.</param>
/// <param name="Downsample">Pixels along each edge that become one for the generator: 1, 2, 4 or 8.</param>
public sealed record GeneratedDefinition(
    IReadOnlyList<(string Class, double Factor)> Factors, double Several, int Epochs, int BatchSize, double LearningRate, int Filters, int NoiseCount, int Downsample)
{
    /// <summary>The key.</summary>
    internal const string Key = "generated";

    /// <summary>The same images.</summary>
    public bool Equals(GeneratedDefinition? other) => other is not null && Factors.SequenceEqual(other.Factors)
        && (Several, Epochs, BatchSize, LearningRate, Filters, NoiseCount, Downsample) == (other.Several, other.Epochs, other.BatchSize, other.LearningRate, other.Filters, other.NoiseCount, other.Downsample);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Factors.Count, Several, Epochs, BatchSize, LearningRate, Filters, NoiseCount, Downsample);

    /// <summary>For example "generated images: first 2.5, several 10; 100 epochs, ...".</summary>
    public override string ToString() => Make().ToString();

    /// <summary>What the trainer is told.</summary>
    internal ImageGeneration Make() => new(Factors.ToDictionary(factor => factor.Class, factor => factor.Factor, StringComparer.Ordinal), Several)
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        Downsample = Downsample,
        Networks = new AdversarialOptions { Filters = Filters, NoiseCount = NoiseCount, Optimizer = new AdversarialOptions().Optimizer with { LearningRate = LearningRate } },
    };

    /// <summary>Reads the section; null where it is not there.</summary>
    internal static GeneratedDefinition? Read(DefinitionSection augmentation, SystemDefinition system, NetworkDefinition network)
    {
        if (!augmentation.Has(Key))
        {
            return null;
        }

        if (system.Task is SegmentationTask)
        {
            throw augmentation.Refuse(Key, $"the system {system.Name} draws masks, and generated images have none: expected whole-case instead.");
        }

        DefinitionSection section = augmentation.Section(Key);
        (IReadOnlyList<(string Class, double Factor)> factors, double several) = CopiesDefinition.ReadFactors(section, system);
        GeneratedDefinition definition = new(factors, several,
            section.Whole("epochs", 100, least: 1, most: 100_000),
            section.Whole("batch-size", 16, least: 2, most: 4096),
            section.Number("learning-rate", 2e-4, least: 1e-12, most: 1000),
            section.Whole("filters", 16, least: 1, most: 1024),
            section.Whole("noise", 64, least: 1, most: 4096),
            section.Whole("downsample", 1, least: 1, most: 8));
        if (!int.IsPow2(definition.Downsample))
        {
            throw section.Refuse("downsample", string.Create(CultureInfo.InvariantCulture, $"expected 1, 2, 4 or 8, found '{definition.Downsample}'."));
        }

        section.Done();
        if (factors.Count == 0 && several <= 1)
        {
            throw augmentation.Refuse(Key, "expected a class of by-class, or several, with a number above 1, found none: nothing would be generated.");
        }

        try
        {
            _ = definition.Make().ImageOf([.. system.Network(network).Inputs.Select(input => ShapeOf(input.Shape))]);
            return definition;
        }
        catch (ColumnException problem)
        {
            throw augmentation.Refuse(Key, problem.Message);
        }

        static ImageShape ShapeOf(TensorShape shape) => shape.SpatialRank == 3 ? new((int)shape[1], (int)shape[2], (int)shape[3]) : new((int)shape[1], (int)shape[2]);
    }
}
