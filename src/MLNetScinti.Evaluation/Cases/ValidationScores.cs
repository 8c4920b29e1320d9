namespace MLNetScinti.Evaluation;

/// <summary>Scored cases of the validation side: thresholds and calibration are fitted on these, and only on these.</summary>
public sealed class ValidationScores : ScoreSet
{
    /// <summary>Takes the scored cases of the validation patients.</summary>
    /// <exception cref="ArgumentException">A case without pseudonyms, a case twice, or a score that is no number.</exception>
    public ValidationScores(IEnumerable<ScoredCase> cases)
        : base("validation", cases)
    {
    }
}
