using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Several models on the same test cases, side by side: the same content goes to the console, to JSON and to the HTML page.</summary>
[TypeFormatterSource(typeof(ComparisonReport))]
public sealed record ComparisonReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The models in the order in which tables show them.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>The paired tests of the same models: <c>ModelComparison.Of(models.Select(one => one.Evaluation))</c>.</summary>
    public required ModelComparison Comparison { get; init; }

    /// <summary>What came in.</summary>
    public required DataCard Data { get; init; }

    /// <summary>How to do it again.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>
    /// What was done to the models, in a sentence: "Trained here with the preset quick (12 epochs instead of the paper's 300).".
    /// It is among the first things that the report says.
    /// </summary>
    public string Protocol { get; init; } = "";

    /// <summary>Makes the report of models that were judged on the same cases.</summary>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other cases or other labels, or a class is absent.</exception>
    public static ComparisonReport Of(string title, IReadOnlyList<ComparedModel> models, DataCard data, RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new() { Title = title, Models = models, Comparison = ModelComparison.Of([.. models.Select(one => one.Evaluation)]), Data = data, Run = run };
    }

    /// <summary>The models that are not baselines, against the baselines: one sentence per baseline about the best of the others.</summary>
    internal IEnumerable<string> AgainstBaselines()
    {
        HashSet<string> baselines = [.. Models.Where(one => one.IsBaseline).Select(one => one.Name)];
        string? best = Comparison.Models.Select(one => one.Model).FirstOrDefault(name => !baselines.Contains(name));
        return best is null ? [] : Comparison.Models.Where(one => baselines.Contains(one.Model)).Select(one => $"Against the baseline: {Lower(Comparison.Between(best, one.Model))}");

        static string Lower(string sentence) => sentence.StartsWith("This ", StringComparison.Ordinal) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
    }
}

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
