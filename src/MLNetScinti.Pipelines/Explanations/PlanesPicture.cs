using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>The one picture of a case: its planes, and below them the same with what lies over them.</summary>
internal static class PlanesPicture
{
    public static PngImage Of(IReadOnlyList<CasePlane> planes)
    {
        PlanePicture[] overlaid = [.. planes.Where(plane => plane.Map is not null).Select(Overlaid)];
        PlanePicture[] grey = [.. planes.Select(Grey)];
        return PlanePicture.Draw(overlaid.Length > 0 ? [grey, overlaid] : [grey]);
    }

    private static PlanePicture Grey(CasePlane plane) => Placed(plane, plane.Grey(), new ColourScale(part => ColourMaps.ColourOf(ColourMap.InverseGrey, part), 0, plane.Most));

    private static PlanePicture Overlaid(CasePlane plane) => Placed(plane, plane.Overlaid()!, new ColourScale(ExplanationPictures.ColourOf, 0, plane.Hottest));

    private static PlanePicture Placed(CasePlane plane, PngImage drawn, ColourScale colours) => new(drawn, plane.WidthMillimetres, plane.HeightMillimetres, colours)
    {
        Left = plane.Left,
        Right = plane.Right,
        Top = plane.Top,
        Bottom = plane.Bottom,
    };
}
