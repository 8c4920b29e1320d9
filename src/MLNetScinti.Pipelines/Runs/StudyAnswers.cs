using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a model says of a case, and the picture of that.</summary>
/// <param name="Told">What it says.</param>
/// <param name="Picture">The images, and where the model keeps maps, the same with what speaks for the positive class.</param>
public sealed record AnsweredStudyCase(WorkListCase Told, PngImage Picture);

/// <summary>Answers for the studies of a folder, case by case, with a picture of each.</summary>
public static class StudyAnswers
{
    /// <summary>Scores and draws, lazily and in the order of the files.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="settings">How.</param>
    /// <param name="leftOut">Is told of files that gave no case, when the end is reached.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="Serving.NotAFusedModelException">The model reads other columns than a case has.</exception>
    public static IEnumerable<AnsweredStudyCase> Of(ModelBundle bundle, SystemDefinition system, string folder, WorkListSettings settings, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        using BundleExplainer? explainer = BundleExplainer.OrNone(bundle);
        foreach ((Case one, IReadOnlyList<float[]> answers, CaseSchema schema) in FolderScoring.Answers(bundle, system, folder, settings, leftOut, cancellation))
        {
            yield return new(WorkListMaking.CaseOf(bundle, system, settings, one, answers), PlanesPicture.Of([.. CasePlane.Of(bundle, system, one, answers, explainer?.Explain(one, schema), explainer?.Model)]));
        }
    }
}
