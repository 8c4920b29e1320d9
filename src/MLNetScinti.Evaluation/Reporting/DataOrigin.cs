namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Where the images come from: the first thing a reader of figures has to know.</summary>
public enum DataOrigin
{
    /// <summary>Nobody said.</summary>
    Unstated,

    /// <summary>Simulated patients.</summary>
    Simulated,

    /// <summary>Real patients.</summary>
    Real,

    /// <summary>Simulated and real patients together.</summary>
    Mixed,
}
