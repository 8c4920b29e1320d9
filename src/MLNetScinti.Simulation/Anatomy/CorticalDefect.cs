using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>A cortical defect: a body about a point of the kidney's surface, in which part of the uptake is missing.</summary>
/// <param name="Location">The part of the kidney.</param>
/// <param name="Centre">The point of the surface, in the kidney's own frame: medial, anterior, towards the upper pole; mm.</param>
/// <param name="Normal">The outward unit vector there, in the kidney's own frame.</param>
/// <param name="Radius">Reach along the surface, mm.</param>
/// <param name="Depth">Reach into the kidney, mm.</param>
/// <param name="Retained">Part of the uptake that is left in its middle, from 0 (none) to below 1.</param>
/// <param name="MissingMillilitres">Missing uptake as a volume of normal cortex, ml.</param>
public sealed record CorticalDefect(
    DefectLocation Location, Point3 Centre, Point3 Normal, double Radius, double Depth, double Retained, double MissingMillilitres)
{
    /// <summary>The shape.</summary>
    public DefectShape Shape { get; init; } = DefectShape.Rounded;

    /// <summary>Part of the uptake that is missing in the middle: 1 where nothing is left.</summary>
    public double Contrast => 1 - Retained;

    /// <summary>The part of the uptake that is left at a point.</summary>
    /// <param name="point">In the kidney's own frame, mm.</param>
    public double UptakeAt(Point3 point)
    {
        double distance = DistanceOf(point);
        // The rim is soft: a scar does not end at a line, and a scarred pole less than any.
        double inside = Math.Clamp((1.15 - distance) / (Shape == DefectShape.Pole ? 0.6 : 0.35), 0, 1);
        return 1 - ((1 - Retained) * inside * inside * (3 - (2 * inside)));
    }

    /// <summary>Whether a point lies within the defect's edge; its soft rim goes a little further.</summary>
    /// <param name="point">In the kidney's own frame, mm.</param>
    public bool Contains(Point3 point) => DistanceOf(point) <= 1;

    /// <summary>1 on the defect's edge, less within.</summary>
    private double DistanceOf(Point3 point)
    {
        Point3 offset = point - Centre;
        double along = offset.Dot(Normal);
        double inward = Math.Max(0, -along) / Depth;
        if (Shape == DefectShape.Pole)
        {
            return inward;
        }

        double across = Math.Max(0, offset.Dot(offset) - (along * along)) / (Radius * Radius);
        return Shape == DefectShape.Wedge
            ? Math.Sqrt(across) + inward
            : Math.Sqrt((along * along / (Depth * Depth)) + across);
    }
}
