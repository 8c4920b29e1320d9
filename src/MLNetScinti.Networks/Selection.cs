using System.Globalization;

namespace MLNetScinti.Networks;

/// <summary>
/// Which validation figure decides the epoch whose weights are kept. At the same figure the lower loss wins, at the same
/// loss the earlier epoch; what is not a number never wins.
/// </summary>
/// <param name="Figure">The figure's name: "loss", or one of <see cref="EpochResult.Figures"/>.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
public sealed record Selection(string Figure, bool HigherIsBetter)
{
    /// <summary>The lowest validation loss.</summary>
    public static Selection Loss { get; } = new("loss", HigherIsBetter: false);

    /// <summary>The highest part of right answers.</summary>
    public static Selection Accuracy { get; } = new("accuracy", HigherIsBetter: true);

    /// <summary>The largest area under the receiver operating characteristic.</summary>
    public static Selection Auc { get; } = new("auc", HigherIsBetter: true);

    /// <summary>The highest overlap of masks.</summary>
    public static Selection Dice { get; } = new("dice", HigherIsBetter: true);

    /// <summary>Whether an epoch is better than an earlier one.</summary>
    public bool IsBetter(EpochResult epoch, EpochResult? earlier)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        if (earlier is null)
        {
            return true;
        }

        int order = Compare(epoch.Figure(Figure), earlier.Figure(Figure), HigherIsBetter);
        return (order != 0 ? order : Compare(epoch.ValidationLoss, earlier.ValidationLoss, higher: false)) > 0;
    }

    /// <summary>A sentence for the reader where the kept epoch is among the first few of a training that went on for long; else null.</summary>
    public string? Warning(EpochResult best, int epochs)
    {
        ArgumentNullException.ThrowIfNull(best);
        int few = Math.Max(3, epochs / 20);
        return epochs >= 10 && best.Epoch <= few
            ? string.Create(CultureInfo.InvariantCulture, $"The weights of epoch {best.Epoch} of {epochs} are kept, because none of the epochs after it had a better validation {Figure}: the training that followed did not help, or the validation cases are too few to tell.")
            : null;
    }

    /// <summary>For example "highest validation accuracy".</summary>
    public override string ToString() => $"{(HigherIsBetter ? "highest" : "lowest")} validation {Figure}";

    private static int Compare(double value, double other, bool higher) =>
        double.IsNaN(value) || double.IsNaN(other) ? double.IsNaN(other).CompareTo(double.IsNaN(value))
        : higher ? value.CompareTo(other) : other.CompareTo(value);
}
