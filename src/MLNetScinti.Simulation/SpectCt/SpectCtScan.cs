using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>Where kidneys truly are, as labels.</summary>
public static class SpectCtTruth
{
    /// <summary>Labels of masks: functioning tissue of the kidneys, and their cysts. Sinus and urine are outside.</summary>
    public const byte Left = 1, Right = 2, LeftCyst = 3, RightCyst = 4;

    /// <summary>The label of a tissue.</summary>
    public static byte LabelOf(Tissue tissue) => tissue switch
    {
        Tissue.LeftCortex or Tissue.LeftMedulla => Left,
        Tissue.RightCortex or Tissue.RightMedulla => Right,
        Tissue.LeftCyst => LeftCyst,
        Tissue.RightCyst => RightCyst,
        _ => 0,
    };

    /// <summary>The Dice coefficient of a label in two masks; not a number where it is in neither.</summary>
    public static double Dice(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, byte label)
    {
        int both = 0, sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            both += a[i] == label && b[i] == label ? 1 : 0;
            sum += (a[i] == label ? 1 : 0) + (b[i] == label ? 1 : 0);
        }

        return sum > 0 ? 2.0 * both / sum : double.NaN;
    }
}

/// <summary>What one tissue holds at a visit.</summary>
/// <param name="Tissue">The tissue.</param>
/// <param name="Millilitres">Its volume within the SPECT's field, ml.</param>
/// <param name="BecquerelPerMillilitre">Its concentration during the SPECT.</param>
/// <param name="IntegralPerMillilitre">Its time-integrated activity from the injection on for ever, MBq h in each ml.</param>
public readonly record struct TissueActivity(Tissue Tissue, double Millilitres, double BecquerelPerMillilitre, double IntegralPerMillilitre);

/// <summary>What a visit gives: a CT, where one is done, a SPECT, where one is done, and their truth.</summary>
public sealed record SpectCtScan
{
    /// <summary>The visit; null where there is only a CT.</summary>
    public required SpectCtVisit? Visit { get; init; }

    /// <summary>The CT in HU; null where the first visit's serves.</summary>
    public required Volume? Ct { get; init; }

    /// <summary>True labels on the CT's grid (<see cref="SpectCtTruth"/>), at the CT's phase of breathing; empty without a CT.</summary>
    public required byte[] CtMask { get; init; }

    /// <summary>The SPECT in Bq/ml; null without one.</summary>
    public Volume? Spect { get; init; }

    /// <summary>True labels on the SPECT's grid, at the mean place of the organs during the SPECT.</summary>
    public byte[] SpectMask { get; init; } = [];

    /// <summary>The CT's true labels on the SPECT's grid.</summary>
    public byte[] CtMaskOnSpect { get; init; } = [];

    /// <summary>The tissue of most of each of the SPECT's voxels, as a number.</summary>
    public byte[] SpectTissues { get; init; } = [];

    /// <summary>The true concentration on the SPECT's grid in Bq/ml, with the blur of breathing.</summary>
    public Volume? TrueConcentration { get; init; }

    /// <summary>What each tissue holds.</summary>
    public IReadOnlyList<TissueActivity> Tissues { get; init; } = [];

    /// <summary>Counts of the photopeak's window over all views.</summary>
    public double Counts { get; init; }

    /// <summary>Bq/ml for each count of a voxel and view, by which the image was calibrated.</summary>
    public double Calibration { get; init; }
}
