namespace MLNetScinti.Networks;

/// <summary>What came out of one epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainingLoss">Mean weighted binary cross-entropy over the training cases, as the steps saw them.</param>
/// <param name="ValidationLoss">Mean binary cross-entropy over the validation cases, with the same class weights.</param>
/// <param name="ValidationAccuracy">The part of the validation cases whose label is that of probability 0.5 or more.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record EpochResult(int Epoch, double TrainingLoss, double ValidationLoss, double ValidationAccuracy, double Seconds)
{
    /// <summary>
    /// Whether this epoch is better than another one: higher validation accuracy; at the same accuracy lower validation loss;
    /// at the same loss the earlier one. A loss that is not a number never wins.
    /// </summary>
    public bool IsBetterThan(EpochResult? other)
    {
        if (other is null)
        {
            return true;
        }

        int accuracy = ValidationAccuracy.CompareTo(other.ValidationAccuracy);
        if (accuracy != 0)
        {
            return accuracy > 0;
        }

        return ValidationLoss < other.ValidationLoss || (double.IsNaN(other.ValidationLoss) && !double.IsNaN(ValidationLoss));
    }
}
