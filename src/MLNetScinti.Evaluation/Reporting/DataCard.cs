namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What came in, and what was left out.</summary>
public sealed record DataCard
{
    /// <summary>Where the images come from.</summary>
    public DataOrigin Origin { get; init; }

    /// <summary>What the data are, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>Files (or studies) that were offered.</summary>
    public int Offered { get; init; }

    /// <summary>Files (or studies) that were read.</summary>
    public int Read { get; init; }

    /// <summary>What was left out and why.</summary>
    public IReadOnlyList<SkippedInput> Skipped { get; init; } = [];

    /// <summary>How many were on each side of the split.</summary>
    public IReadOnlyList<SplitCount> Splits { get; init; } = [];

    /// <summary>Further facts, name and value: camera, matrix, isotope, label source.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}

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

/// <summary>An input that was left out, and why.</summary>
/// <param name="Name">A name that identifies no patient: a pseudonym, or a file name where file names hold no identity.</param>
/// <param name="Reason">What was wrong, in one sentence.</param>
public sealed record SkippedInput(string Name, string Reason);

/// <summary>How many were on one side of the split.</summary>
/// <param name="Name">"training", "validation" or "test".</param>
/// <param name="Patients">Patients.</param>
/// <param name="Cases">Cases.</param>
/// <param name="Classes">How many of them are of which class, as far as that is worth a column: the positive one of two, each of several.</param>
public sealed record SplitCount(string Name, int Patients, int Cases, params IReadOnlyList<ClassCount> Classes);

/// <summary>How many cases are of a class.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Cases">Cases.</param>
public sealed record ClassCount(string Name, int Cases);
