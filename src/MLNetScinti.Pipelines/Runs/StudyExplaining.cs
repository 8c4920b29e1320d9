using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Draws what speaks for a model's answers about some studies: a picture for each case, and a file that says what is in them.</summary>
public static class StudyExplaining
{
    /// <summary>The name of the file that says what is in the pictures.</summary>
    public const string Json = "explanations.json";

    /// <summary>Scores and explains studies. Each picture is written as its case comes; the JSON file stands there when all are.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="studies">Folders of DICOM files, or single files.</param>
    /// <param name="output">The folder for the pictures and the file; made where it is not there.</param>
    /// <param name="settings">How; the envelope of the model applies as it does to scores.</param>
    /// <param name="leftOut">Is told of files that gave no case.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <exception cref="NotAFusedModelException">The model keeps no explanation.</exception>
    /// <exception cref="NoStudyException">A folder is empty.</exception>
    /// <exception cref="Definitions.DefinitionException">A file to write belongs to the model or to the studies.</exception>
    public static ExplainedStudies Write(ModelBundle bundle, SystemDefinition system, IReadOnlyList<string> studies, string output, WorkListSettings settings, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(studies);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(leftOut);
        WorkListMaking.MustKnow(bundle, settings);
        using BundleExplainer explainer = BundleExplainer.Of(bundle);
        List<LeftOutStudy> without = [];
        List<WorkListCase> cases = [];
        Dictionary<string, ExplainedPicture> pictures = new(StringComparer.Ordinal);
        OriginsSeen origins = new();
        string Target(string name, string study)
        {
            string path = Path.Combine(output, name);
            FolderScoring.MustNotReplace(path, bundle.Source, study);
            return path;
        }

        foreach (string study in studies)
        {
            _ = Target(Json, study);
            foreach ((Case one, IReadOnlyList<float[]> answers, CaseSchema schema) in FolderScoring.Answers(bundle, system, study, settings, without.Add, cancellation))
            {
                if (pictures.ContainsKey(one.Id))
                {
                    // The same study, named twice.
                    continue;
                }

                ExplainedScore explained = explainer.Explain(one, schema);
                CasePlane[] planes = [.. CasePlane.Of(bundle, system, one, answers, explained, explainer.Model)];
                string name = $"{one.Id}.png", path = Target(name, study);
                Directory.CreateDirectory(output);
                PngEncoder.Save(PlanesPicture.Of(planes), path);
                origins.Add(one);
                cases.Add(WorkListMaking.CaseOf(bundle, system, settings, one, answers));
                pictures.Add(one.Id, new ExplainedPicture(name, explained.Score, [.. planes.Where(plane => plane.Map is not null).Select(Told)]));
            }
        }

        foreach (LeftOutStudy study in without)
        {
            leftOut(study);
        }

        ExplainedStudies all = new(WorkListMaking.Of(bundle, system, settings, cases, without, origins.Origin, hasMaps: true), pictures);
        if (cases.Count + all.List.Refused.Count > 0)
        {
            Directory.CreateDirectory(output);
            ExplanationJson.Write(all, Path.Combine(output, Json));
        }

        return all;
    }

    private static ExplainedPlane Told(CasePlane plane)
    {
        int place = Array.IndexOf(plane.Map!, plane.Hottest);
        HottestPlace? hottest = plane.Hottest > 0 ? new(
            Millimetres(place % plane.Shape.Columns, plane.Shape.Columns, plane.WidthMillimetres), Millimetres(place / plane.Shape.Columns, plane.Shape.Rows, plane.HeightMillimetres), plane.Hottest) : null;
        return new(plane.Name, plane.WidthMillimetres, plane.HeightMillimetres, $"{plane.Left}{plane.Right}{plane.Top}{plane.Bottom}", hottest);
    }

    private static double Millimetres(int pixel, int pixels, double extent) => Math.Round((pixel + 0.5) * extent / pixels, 1);
}
