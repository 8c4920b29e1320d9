namespace MLNetScinti.Evaluation.Reporting;

/// <summary>One model of a comparison: its figures, and how it came about.</summary>
public sealed record ComparedModel
{
    /// <summary>The model's figures on the cases that all models were judged on.</summary>
    public required BinaryEvaluation Evaluation { get; init; }

    /// <summary>The model's name: that of its evaluation.</summary>
    public string Name => Evaluation.Model;

    /// <summary>What it is, in a few words, such as "three MIPs, one branch each".</summary>
    public string Description { get; init; } = "";

    /// <summary>How it was trained, in a few words, such as "12 epochs, preset quick" or "loaded, trained before".</summary>
    public string Training { get; init; } = "";

    /// <summary>Whether it is the simple method that the others have to beat.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Its model card, where there is one.</summary>
    public ModelCard? Card { get; init; }

    /// <summary>How it was made, where that is another command than the comparison's: its seed, versions and hashes.</summary>
    public RunRecord? Run { get; init; }

    /// <summary>How long it took, where it was trained now; shown in the table of trials.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Its own report, as a path relative to the comparison's, with forward slashes; null where there is none.</summary>
    public string? ReportLink { get; init; }

    /// <summary>What the publication reports of the same model, where it does.</summary>
    public PublishedResult? Published { get; init; }
}
