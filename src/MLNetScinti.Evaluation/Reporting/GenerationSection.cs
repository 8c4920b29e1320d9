using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MLNetScinti.Evaluation.Generated;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Images that were made and trained on beside patients': how they were made, what they are like, and some of them.</summary>
public sealed record GenerationSection
{
    /// <summary>How they were made, a sentence each.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>What they are like beside the real ones.</summary>
    public required GeneratedImages Images { get; init; }

    /// <summary>Real and made images of each kind side by side.</summary>
    public IReadOnlyList<CasePicture> Pictures { get; init; } = [];
}

/// <summary>The made images in metrics.json; the pictures are on the page.</summary>
internal sealed record GenerationPart
{
    public required IReadOnlyList<string> Methods { get; init; }

    [Description("What was found, a sentence each; the verdict on copies first.")]
    public required IReadOnlyList<string> Findings { get; init; }

    [Description("Whether more made images are near to one patient's than chance allows.")]
    public required bool Copies { get; init; }

    [Description("The share of made images that are near to one patient's.")]
    public required FigurePart Near { get; init; }

    [Range(0d, 1d), Description("A share from which on it would be called copying.")]
    public required double SmallestFound { get; init; }

    public required IReadOnlyList<GeneratedKindPart> Kinds { get; init; }

    [Description("The mean power of real and made images by ring of spatial frequencies, up to half a cycle a pixel.")]
    public required IReadOnlyList<PowerPart> Spectrum { get; init; }

    public required IReadOnlyList<CountSpreadPart> Counts { get; init; }

    public static GenerationPart Of(GenerationSection section) => new()
    {
        Methods = section.Methods,
        Findings = section.Images.Sentences,
        Copies = section.Images.Copies,
        Near = FigurePart.Of(section.Images.Near),
        SmallestFound = section.Images.SmallestFound,
        Kinds = [.. section.Images.Kinds.Select(kind => new GeneratedKindPart { Kind = kind.Kind, Real = kind.Real, Made = kind.Made, Near = kind.Near })],
        Spectrum = [.. section.Images.RealPower.Zip(section.Images.MadePower, (real, made) => new PowerPart { Real = Finite.Of(real), Made = Finite.Of(made) })],
        Counts = [.. section.Images.Counts.Select(spread => new CountSpreadPart
        {
            Figure = spread.Name,
            Kind = spread.Kind,
            Real = [.. spread.Real.Where(double.IsFinite)],
            Made = [.. spread.Made.Where(double.IsFinite)],
            LargestGap = Finite.Of(spread.LargestGap),
        })],
    };
}

internal sealed record GeneratedKindPart
{
    public required string Kind { get; init; }

    public required int Real { get; init; }

    public required int Made { get; init; }

    public required int Near { get; init; }
}

internal sealed record PowerPart
{
    [Description("Left out where images so small have no frequency of the ring.")]
    public double? Real { get; init; }

    public double? Made { get; init; }
}

internal sealed record CountSpreadPart
{
    [Description("sum or maximum of what the network reads.")]
    public required string Figure { get; init; }

    public required string Kind { get; init; }

    [Description("5 %, 50 % and 95 % of the real images.")]
    public required IReadOnlyList<double> Real { get; init; }

    [Description("The same of the made ones.")]
    public required IReadOnlyList<double> Made { get; init; }

    [Range(0d, 1d)]
    public double? LargestGap { get; init; }
}
