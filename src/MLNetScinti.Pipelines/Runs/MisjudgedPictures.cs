using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Pictures of the wrongly called kidneys: their three projections, as the eye of a reader would have them.</summary>
internal static class MisjudgedPictures
{
    private const int Height = 192;

    public static IReadOnlyList<CasePicture> Draw(ConvolutionalNetworkTransformer network, TestSet test, BinaryEvaluation evaluation)
    {
        HashSet<string> cases = [.. evaluation.Misjudged.Select(misjudged => misjudged.Case.CaseId)];
        HashSet<string> patients = [.. evaluation.Misjudged.Select(misjudged => misjudged.Case.PatientId)];
        if (cases.Count == 0)
        {
            return [];
        }

        List<CasePicture> pictures = [];
        using FeatureCursor cursor = new(PatientSetView.Of(test, KidneyDataView.PatientColumn, patients), ["Image"], "Label", "CaseId", KidneyDataView.PatientColumn);
        while (cursor.MoveNext())
        {
            if (cases.Contains(cursor.Case))
            {
                pictures.Add(new CasePicture(cursor.Case, PngEncoder.Encode(Draw(cursor.Features[0], cursor.Shapes[0])),
                    "Maximum intensity projections: transverse, sagittal, coronal",
                    $"Kidney {cursor.Case}, truly {(cursor.Label ? "abnormal" : "normal")}: maximum intensity projections from below, from the side and from the front."));
            }
        }

        return pictures;
    }

    private static PngImage Draw(float[] image, ImageShape shape)
    {
        ProjectionAxis[] axes = [ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal];
        float maximum = Math.Max(image.Max(), 1e-6f);
        return PngImage.SideBySide([.. axes.Select(axis =>
        {
            MaximumIntensityProjection project = new(axis);
            ImageShape plane = project.OutputShape(shape);
            return PngImage.Draw(project.Apply(image, shape), plane, ColourMap.InverseGrey, 0, maximum).Enlarge(Math.Max(1, Height / plane.Rows));
        })]);
    }
}
