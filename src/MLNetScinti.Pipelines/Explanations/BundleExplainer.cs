using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>The model of a bundle that explains itself, run on cases.</summary>
internal sealed class BundleExplainer : IDisposable
{
    private readonly ModelBundle _bundle;
    private readonly ExplainingScorer _scorer;

    private BundleExplainer(ModelBundle bundle, ExplainingModel model)
    {
        (_bundle, Model) = (bundle, model);
        _scorer = new ExplainingScorer(model);
    }

    /// <summary>How the maps lie.</summary>
    public ExplainingModel Model { get; }

    /// <summary>The explaining model of a bundle.</summary>
    /// <exception cref="NotAFusedModelException">It has none: the message says why, and what there is instead.</exception>
    public static BundleExplainer Of(ModelBundle bundle)
    {
        string? reason = bundle.Model.Task is not BinaryTask ? $"its answer is a {bundle.Model.Task.Name}, and maps are made of one answer, yes or no"
            : bundle.Card.Members is not null ? "it is the mean of several models: explain one of them"
            : !bundle.Card.Files.ContainsKey(ModelBundle.ExplanationFile) ? "its network does not end in averages over the image, or it was kept without"
            : null;
        return reason is null
            ? new BundleExplainer(bundle, ExplainingModel.Load(Path.Combine(bundle.Folder, ModelBundle.ExplanationFile)))
            : throw new NotAFusedModelException($"{bundle.Source}: the model holds no {ModelBundle.ExplanationFile} ({reason}); 'scinti score --report' shows its answers beside the images.");
    }

    /// <summary>The same where there is one that can be used; null else.</summary>
    public static BundleExplainer? OrNone(ModelBundle bundle)
    {
        try
        {
            return Of(bundle);
        }
        catch (NotAFusedModelException)
        {
            // None, or one of an earlier version: whoever asks says that there are no maps.
            return null;
        }
    }

    /// <summary>Scores and explains a case.</summary>
    public ExplainedScore Explain(Case one, CaseSchema schema)
    {
        Dictionary<string, ReadOnlyMemory<float>> values = _bundle.Model.InputColumns.Zip(_bundle.Model.ValuesOf(one, schema)).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return _scorer.Explain([[.. Model.InputColumns.Select(name => values[name])]])[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _scorer.Dispose();
}
