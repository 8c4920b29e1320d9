using System.Globalization;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>One of several runs of a definition: with another seed of the training, or another fold tested.</summary>
/// <param name="Name">Its name and its folder's: "seed-4", "fold-2".</param>
/// <param name="Description">What it is, in a few words for its report.</param>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Split">Who trains, validates and tests.</param>
/// <param name="Fold">Which fold it is ("fold 2 of 5"), in place of the definition's split; empty where the definition's split holds.</param>
internal sealed record RunMember(string Name, string Description, ulong Seed, PatientSplit Split, string Fold = "")
{
    /// <summary>Patients that it is trained on.</summary>
    public int TrainingPatients => Split.Train.Patients.Count;

    /// <summary>What decides its result: what decides that of the definition's own run, and in what it differs from that.</summary>
    public RunKey Key(PipelineDefinition definition, CaseView cases)
    {
        Dictionary<string, string> parts = new(RunCases.PartsOf(definition), StringComparer.Ordinal);
        if (Fold.Length > 0)
        {
            parts["split"] = Fold;
        }

        if (Seed != definition.Seed)
        {
            parts["training.seed"] = Seed.ToString(CultureInfo.InvariantCulture);
        }

        return RunKey.Of(parts, cases.Fingerprint(), RunCases.ReproducibilityOf(definition), definition.System.GetType().Assembly);
    }
}

/// <summary>The model that a finished run left.</summary>
internal static class FinishedRun
{
    /// <summary>
    /// The model of a finished run of this key; null where there is none: an unfinished run, one of another key, or a damaged model,
    /// all of which are answered by doing the run.
    /// </summary>
    public static ModelBundle? Bundle(string folder, RunKey key)
    {
        if (!File.Exists(Path.Combine(folder, ModelBundle.CardFile)) || File.Exists(Path.Combine(folder, PipelineRunner.CheckpointName)))
        {
            return null;
        }

        try
        {
            ModelBundle bundle = ModelBundle.Load(folder);
            return bundle.Card.RunKey == key.Hash ? bundle : null;
        }
        catch (Exception problem) when (problem is ModelBundleException or NotAFusedModelException or IOException or InvalidDataException)
        {
            return null;
        }
    }
}
