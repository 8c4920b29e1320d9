namespace MLNetScinti.Evaluation;

/// <summary>Scored cases of the test side: only judged, never fitted on.</summary>
public sealed class TestScores : ScoreSet
{
    /// <summary>Takes the scored cases of the test patients.</summary>
    /// <exception cref="ArgumentException">A case without pseudonyms, a case twice, or a score that is no number.</exception>
    public TestScores(IEnumerable<ScoredCase> cases)
        : base("test", cases)
    {
    }
}
