using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What a model says of the studies of a folder, for who looks at these next: no truth is known, and nothing is judged.</summary>
[TypeFormatterSource(typeof(WorkList))]
public sealed record WorkList
{
    /// <summary>The list's title.</summary>
    public required string Title { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The key of the run that made the model; empty where it was made otherwise.</summary>
    public string RunKey { get; init; } = "";

    /// <summary>What is asked of a case, in a sentence.</summary>
    public required string Question { get; init; }

    /// <summary>Where the studies come from.</summary>
    public required DataOrigin Origin { get; init; }

    /// <summary>Whether the model was trained on simulated patients.</summary>
    public bool TrainedOnSimulated { get; init; }

    /// <summary>What cases are called.</summary>
    public required TaskWords Words { get; init; }

    /// <summary>What the probabilities mean, and what the risk is, each a sentence.</summary>
    public IReadOnlyList<string> Meaning { get; init; } = [];

    /// <summary>What the model was trained on: names and values; empty where it does not say.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TrainedOn { get; init; } = [];

    /// <summary>What the model cannot do, each a sentence.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>The cases, in the order of their pseudonyms.</summary>
    public required IReadOnlyList<WorkListCase> Cases { get; init; }

    /// <summary>Studies that were read and refused, by pseudonym, with the reason.</summary>
    public IReadOnlyList<SkippedInput> Refused { get; init; } = [];

    /// <summary>Files that gave no case, by pseudonym, with the reason.</summary>
    public IReadOnlyList<SkippedInput> LeftOut { get; init; } = [];
}

/// <summary>A case of a work list. Pseudonyms only.</summary>
public sealed record WorkListCase
{
    /// <summary>The case's pseudonym.</summary>
    public required string CaseId { get; init; }

    /// <summary>The patient's pseudonym.</summary>
    public required string PatientId { get; init; }

    /// <summary>The file's pseudonym; scinti who finds the file by it.</summary>
    public required string FileId { get; init; }

    /// <summary>What is known of it: names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>What is called, in words.</summary>
    public required string Decision { get; init; }

    /// <summary>What stands behind it: a line for each class or finding; none of masks.</summary>
    public IReadOnlyList<WorkListAnswer> Answers { get; init; } = [];

    /// <summary>Volumes that a model drew: names and millilitres.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Volumes { get; init; } = [];

    /// <summary>What is unusual about the study, a sentence each: in what it lies outside of what the model was trained on, and warnings of reading.</summary>
    public IReadOnlyList<string> Unusual { get; init; } = [];

    /// <summary>Its pictures.</summary>
    public IReadOnlyList<WorkListPanel> Pictures { get; init; } = [];
}

/// <summary>What a model says of one class or finding.</summary>
/// <param name="Name">The class.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Threshold">From which probability on it is called; null where the most probable class is.</param>
/// <param name="IsCalled">Whether it is called.</param>
/// <param name="Prevalence">How common it is said to be where the studies come from; null where that is not said.</param>
/// <param name="Risk">The calibrated risk at that prevalence; null where it cannot be said.</param>
public sealed record WorkListAnswer(string Name, double Probability, double? Threshold, bool IsCalled, double? Prevalence, double? Risk);

/// <summary>A plane of a case: a projection of a volume or a planar image, from which side each edge is, and how large it is.</summary>
/// <param name="Name">What it is ("coronal projection").</param>
/// <param name="Image">The plane as PNG, white for nothing and black for the most.</param>
/// <param name="Map">The same with what speaks for the positive class, or what a model drew, in colours, as PNG; null where there is none.</param>
/// <param name="WidthMillimetres">Its width.</param>
/// <param name="HeightMillimetres">Its height.</param>
/// <param name="Left">The letter of the left edge: L, R, A, P, H or F; empty where directions are not known.</param>
/// <param name="Right">That of the right edge.</param>
/// <param name="Top">That of the upper edge.</param>
/// <param name="Bottom">That of the lower edge.</param>
public sealed record WorkListPanel(string Name, StoredPicture Image, StoredPicture? Map, double WidthMillimetres, double HeightMillimetres, string Left, string Right, string Top, string Bottom)
{
    /// <summary>Whether it is known how large it is and from which side: else there is no scale, and no letters.</summary>
    public bool IsPlaced => Left.Length > 0;

    /// <summary>What the map is, in a sentence.</summary>
    public string MapWords { get; init; } = "";
}
