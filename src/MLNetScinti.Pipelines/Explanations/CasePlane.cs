using System.Numerics.Tensors;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>A plane of a case as pictures of it are made: a projection of a volume, or a planar image, with what lies over it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">Its values.</param>
/// <param name="Map">What speaks for a class, or the labels that a model drew, on its pixels; null where there is none.</param>
/// <param name="WidthMillimetres">Its width.</param>
/// <param name="HeightMillimetres">Its height.</param>
/// <param name="Left">The letter of its left edge (L, R, A, P, H, F); empty where directions are not known.</param>
/// <param name="Right">That of its right edge.</param>
/// <param name="Top">That of its upper edge.</param>
/// <param name="Bottom">That of its lower edge.</param>
internal sealed record CasePlane(string Name, ImageShape Shape, float[] Values, float[]? Map, double WidthMillimetres, double HeightMillimetres, string Left, string Right, string Top, string Bottom)
{
    private static readonly ProjectionAxis[] s_axes = [ProjectionAxis.Transverse, ProjectionAxis.Sagittal, ProjectionAxis.Coronal];

    /// <summary>The value of the darkest grey.</summary>
    public float Most => Math.Max(TensorPrimitives.Max<float>(Values), 1e-6f);

    /// <summary>The value of the map's last colour.</summary>
    public float Hottest => Map is null ? 0 : TensorPrimitives.Max<float>(Map);

    /// <summary>The plane alone, white for nothing and black for the most.</summary>
    public PngImage Grey() => PngImage.Draw(Values, Shape, ColourMap.InverseGrey, 0, Most);

    /// <summary>The plane with its map; null where there is none.</summary>
    public PngImage? Overlaid() => Map is null ? null : ExplanationPictures.Overlay(Values, Map, Shape, Most, Hottest);

    /// <summary>Every plane of a case: its planar images, or the three projections of its first volume.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system.</param>
    /// <param name="one">The case with its images.</param>
    /// <param name="answers">What the model says of it: the last one has the labels of a model that draws.</param>
    /// <param name="explained">What speaks for a class; null where that is not known.</param>
    /// <param name="maps">How the maps lie; null where there are none.</param>
    public static IEnumerable<CasePlane> Of(ModelBundle bundle, SystemDefinition system, Case one, IReadOnlyList<float[]> answers, ExplainedScore? explained, ExplainingModel? maps)
    {
        CaseImage first = one.Images[0];
        return first.Shape.IsVolume ? OfVolume(bundle, system, first, answers, explained, maps) : one.Images.Select((image, index) => OfPlane(bundle, one, index, answers, explained, maps));
    }

    private static CasePlane OfPlane(ModelBundle bundle, Case one, int index, IReadOnlyList<float[]> answers, ExplainedScore? explained, ExplainingModel? maps)
    {
        CaseImage image = one.Images[index];
        ImageGeometry place = image.Place;
        // Inputs that are images themselves stand in the images' order.
        float[]? map = explained is not null && maps!.Placed.Count == one.Images.Count && maps.Placed[index].Input.Count == 2
            ? MapSurface.Over(maps.Placed[index].Map, explained.Maps[index], maps.Placed[index].InputShape, image.Shape) : null;
        map ??= index == 0 && bundle.Model.Task is SegmentationTask ? answers[^1] : null;
        string name = bundle.Card.Envelope?.Grid.ElementAtOrDefault(index)?.Image ?? "image";
        return Placed(name, image.Shape, image.Values.ToArray(), map, image.Geometry, image.FromBehind ? Turned(place.RowDirection) : place.RowDirection, place.ColumnDirection, place.ColumnSpacing, place.RowSpacing);
    }

    private static IEnumerable<CasePlane> OfVolume(ModelBundle bundle, SystemDefinition system, CaseImage volume, IReadOnlyList<float[]> answers, ExplainedScore? explained, ExplainingModel? maps)
    {
        ImageGeometry place = volume.Place;
        string architecture = bundle.Card.Network.Split(',')[0];
        float[]? whole = bundle.Model.Task is SegmentationTask ? answers[^1]
            : explained is not null && maps!.Placed is [{ Input.Count: 3 } only] ? MapSurface.Over(only.Map, explained.Maps[0], only.InputShape, volume.Shape) : null;
        foreach (ProjectionAxis axis in s_axes)
        {
            MaximumIntensityProjection project = new(axis);
            ImageShape plane = project.OutputShape(volume.Shape);
            float[]? map = whole is null ? null : project.Apply(whole, volume.Shape);
            for (int i = 0; map is null && explained is not null && i < maps!.Placed.Count; i++)
            {
                map = maps.Placed[i].Input.Count == 2 && system.ProjectionOf(architecture, maps.Placed[i].Map.Input) == axis ? MapSurface.Over(maps.Placed[i].Map, explained.Maps[i], maps.Placed[i].InputShape, plane) : null;
            }

            (Point3 across, Point3 down, double acrossMm, double downMm) = axis switch
            {
                ProjectionAxis.Transverse => (place.RowDirection, place.ColumnDirection, place.ColumnSpacing, place.RowSpacing),
                ProjectionAxis.Sagittal => (place.ColumnDirection, place.SectionDirection, place.RowSpacing, place.SectionSpacing),
                _ => (place.RowDirection, place.SectionDirection, place.ColumnSpacing, place.SectionSpacing),
            };
            yield return Placed($"{axis.ToString().ToLowerInvariant()} maximum intensity projection", plane, project.Apply(volume.Values.Span, volume.Shape), map, volume.Geometry, across, down, acrossMm, downMm);
        }
    }

    private static CasePlane Placed(string name, ImageShape shape, float[] values, float[]? map, ImageGeometry? known, Point3 across, Point3 down, double acrossMm, double downMm)
    {
        string Letter(Point3 direction) => known is null ? "" : LetterOf(direction);
        return new(name, shape, values, map, shape.Columns * acrossMm, shape.Rows * downMm, Letter(Turned(across)), Letter(across), Letter(Turned(down)), Letter(down));
    }

    private static Point3 Turned(Point3 direction) => new(-direction.X, -direction.Y, -direction.Z);

    // Towards the patient's left, back and head coordinates grow (DICOM PS3.3 C.7.6.2.1.1).
    private static string LetterOf(Point3 direction)
    {
        (double x, double y, double z) = (Math.Abs(direction.X), Math.Abs(direction.Y), Math.Abs(direction.Z));
        return x >= y && x >= z ? (direction.X > 0 ? "L" : "R") : y >= z ? (direction.Y > 0 ? "P" : "A") : direction.Z > 0 ? "H" : "F";
    }
}
