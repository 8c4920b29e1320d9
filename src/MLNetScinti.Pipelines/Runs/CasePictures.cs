using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Pictures of the wrongly called cases, and of some rightly called of two classes, as the eye of a reader would have them: a volume by its three projections, planar images as they are.</summary>
internal static class CasePictures
{
    private const int Height = 192;
    private const int Most = 40;

    public static IReadOnlyList<CasePicture> Draw(SystemDefinition system, CaseView? test, IEvaluation evaluation)
    {
        HashSet<string> wrong = evaluation switch
        {
            BinaryEvaluation binary => [.. binary.Misjudged.Select(one => one.Case.CaseId), .. binary.RightlyCalled.Select(one => one.CaseId)],
            MulticlassEvaluation classes => [.. classes.Misjudged.Take(Most).Select(one => one.CaseId)],
            _ => [],
        };
        if (wrong.Count == 0 || test is null)
        {
            return [];
        }

        HashSet<string> patients = [.. evaluation.Test.Cases.Where(one => wrong.Contains(one.CaseId)).Select(one => one.PatientId)];
        return [.. test.RestrictTo(patients).Read().Where(one => wrong.Contains(one.Id)).Select(one => Draw(system, test.Cases, one))];
    }

    private static CasePicture Draw(SystemDefinition system, CaseSchema schema, Case one)
    {
        string noun = system.Words.Task.Case, truth = one.Target is { } target ? system.Task.Describe(target) : "unknown";
        string what = $"{char.ToUpperInvariant(noun[0])}{noun[1..]} {one.Id}, truly {truth}";
        if (one.Images[0].Shape.IsVolume)
        {
            return new CasePicture(one.Id, PngEncoder.Encode(Projections(one.Images[0])), "Maximum intensity projections: transverse, sagittal, coronal",
                $"{what}: maximum intensity projections from below, from the side and from the front.");
        }

        string names = string.Join(", ", schema.Images.Select(image => image.Name));
        PngImage[] images = [.. one.Images.Select(image => PngImage.Draw(image.Values.ToArray(), image.Shape, ColourMap.InverseGrey, 0, Highest(image.Values.Span))
            .Enlarge(Math.Max(1, Height / image.Shape.Rows)))];
        return new CasePicture(one.Id, PngEncoder.Encode(PngImage.SideBySide(images)), names, $"{what}: {names}.");
    }

    private static PngImage Projections(CaseImage image)
    {
        ProjectionAxis[] axes = [ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal];
        float maximum = Highest(image.Values.Span);
        return PngImage.SideBySide([.. axes.Select(axis =>
        {
            MaximumIntensityProjection project = new(axis);
            ImageShape plane = project.OutputShape(image.Shape);
            return PngImage.Draw(project.Apply(image.Values.Span, image.Shape), plane, ColourMap.InverseGrey, 0, maximum).Enlarge(Math.Max(1, Height / plane.Rows));
        })]);
    }

    private static float Highest(ReadOnlySpan<float> values) => Math.Max(global::System.Numerics.Tensors.TensorPrimitives.Max(values), 1e-6f);
}
