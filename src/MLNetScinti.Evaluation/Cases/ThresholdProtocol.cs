namespace MLNetScinti.Evaluation;

/// <summary>Where a decision threshold comes from.</summary>
public enum ThresholdProtocol
{
    /// <summary>Fitted on validation data: the only protocol whose test figures mean what they say.</summary>
    Validation,

    /// <summary>Given beforehand, by a user or an earlier model.</summary>
    Fixed,

    /// <summary>Chosen on the test ROC curve, as in Lin et al. 2023 (S1): makes the test figures optimistic.</summary>
    Paper,
}
