using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// The shape and the relative uptake of one kidney: a bent superellipsoid with cortex, medulla with pyramids and columns, and
/// a renal sinus that opens to the medial side, or two of them in a duplex kidney. Its own frame has the axes medial, anterior and towards the upper pole.
/// </summary>
public sealed record KidneyAnatomy
{
    private const double HalfBridge = 0.1;

    /// <summary>The side of the patient.</summary>
    public required BodySide Side { get; init; }

    /// <summary>The middle of the kidney in patient coordinates, mm.</summary>
    public required Point3 Centre { get; init; }

    /// <summary>Length from pole to pole, mm.</summary>
    public required double Length { get; init; }

    /// <summary>Width from medial to lateral, mm.</summary>
    public required double Width { get; init; }

    /// <summary>Thickness from front to back, mm.</summary>
    public required double Thickness { get; init; }

    /// <summary>How far the poles lean to the medial side against the middle, mm.</summary>
    public required double Bend { get; init; }

    /// <summary>Unit vector to the medial side, in patient coordinates.</summary>
    public required Point3 Medial { get; init; }

    /// <summary>Unit vector to the front, in patient coordinates.</summary>
    public required Point3 Anterior { get; init; }

    /// <summary>Unit vector to the upper pole, in patient coordinates.</summary>
    public required Point3 Upward { get; init; }

    /// <summary>Concentration in the medulla relative to the cortex.</summary>
    public required double Medulla { get; init; }

    /// <summary>Concentration in the renal sinus relative to the cortex.</summary>
    public required double Pelvis { get; init; }

    /// <summary>Size of the renal sinus relative to the usual one: above 1 in a wide pelvis.</summary>
    public required double SinusScale { get; init; }

    /// <summary>Depth of foetal lobulation relative to the radius.</summary>
    public required double Lobulation { get; init; }

    /// <summary>Where lobulation and pyramids begin, radians.</summary>
    public required double Phase { get; init; }

    /// <summary>Number of pyramids from pole to pole.</summary>
    public required int Pyramids { get; init; }

    /// <summary>How much the spleen or liver flattens the upper lateral side, relative to the half-width.</summary>
    public required double Impression { get; init; }

    /// <summary>Where the cortex begins: the distance from the middle line in units of the surface's.</summary>
    public double CortexFrom { get; init; } = 0.7;

    /// <summary>Part of the uptake that the end of the upper pole has less than the middle, with an even slope between; 0 in most.</summary>
    public double PaleUpperPole { get; init; }

    /// <summary>What is unusual about it besides defects.</summary>
    public KidneyVariant Variants { get; init; }

    /// <summary>Height, from -1 to 1, of the bridge of cortex between the two collecting systems of a duplex kidney; null in a single one.</summary>
    public double? Bridge { get; init; }

    /// <summary>Depth of the notch in the outline at the bridge, relative to the half-width.</summary>
    public double Notch { get; init; }

    /// <summary>Part of the injected activity that the kidney would hold without its defects, decay corrected.</summary>
    public required double Uptake { get; init; }

    /// <summary>Whether there is no such kidney: never grown, or taken out. What it would be is of no account then.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>The cortical defects, the largest first; none in a normal kidney.</summary>
    public IReadOnlyList<CorticalDefect> Defects { get; init; } = [];

    /// <summary>Whether the kidney has any cortical defect (the definition of S1).</summary>
    public bool IsAbnormal => Defects.Count > 0;

    /// <summary>A radius about the centre outside of which there is nothing of the kidney, mm.</summary>
    public double BoundingRadius => (Length / 2 * 1.08) + Bend + 2;

    /// <summary>A point of patient coordinates in the kidney's own frame.</summary>
    public Point3 ToOwnFrame(Point3 patient)
    {
        Point3 offset = patient - Centre;
        return new(offset.Dot(Medial), offset.Dot(Anterior), offset.Dot(Upward));
    }

    /// <summary>A point of the kidney's own frame in patient coordinates.</summary>
    public Point3 FromOwnFrame(Point3 own) => Centre + (own.X * Medial) + (own.Y * Anterior) + (own.Z * Upward);

    /// <summary>Whether there would be cortex or medulla at a point if there were no defects: inside the surface, not in the sinus.</summary>
    /// <param name="own">A point of the kidney's own frame, mm.</param>
    public bool IsTissueAt(Point3 own) => StructureAt(own) > Pelvis;

    /// <summary>The concentration relative to normal cortex, without defects; 0 outside the kidney.</summary>
    /// <param name="own">A point of the kidney's own frame, mm.</param>
    public double IntactUptakeAt(Point3 own)
    {
        double upper = Math.Clamp(own.Z / (Length / 2), 0, 1);
        return StructureAt(own) * (1 - (PaleUpperPole * upper));
    }

    /// <summary>The same where both poles are alike.</summary>
    private double StructureAt(Point3 own)
    {
        double height = own.Z / (Length / 2);
        if (Math.Abs(height) > 1.1)
        {
            return 0;
        }

        double radius = RadiusAt(own);
        if (radius > 1)
        {
            return 0;
        }

        if (InAnySinus(own, height))
        {
            return Pelvis;
        }

        if (radius > CortexFrom || (Bridge is double bridge && Math.Abs(height - bridge) < HalfBridge))
        {
            return 1;
        }

        // Columns of cortex reach between the pyramids of the medulla.
        double column = Math.Cos((Pyramids * Math.PI * height) + Phase);
        return Medulla + ((1 - Medulla) * 0.45 * column * column);
    }

    /// <summary>The concentration relative to normal cortex; 0 outside the kidney.</summary>
    /// <param name="own">A point of the kidney's own frame, mm.</param>
    public double UptakeAt(Point3 own)
    {
        double uptake = IntactUptakeAt(own);
        if (uptake > 0)
        {
            foreach (CorticalDefect defect in Defects)
            {
                uptake *= defect.UptakeAt(own);
            }
        }

        return uptake;
    }

    /// <summary>Whether a point is certain to lie outside the kidney, and everything within a distance of it as well: quick, and never wrong when it says so.</summary>
    /// <param name="own">A point of the kidney's own frame, mm.</param>
    /// <param name="distance">The distance, mm.</param>
    internal bool IsBeyond(Point3 own, double distance)
    {
        // What flattens or notches the outline takes from it; lobulation alone adds, at most its depth.
        double largest = 1 / (1 - Lobulation);
        double height = Math.Max(0, Math.Abs(own.Z) - distance) / (Length / 2);
        if (height > largest)
        {
            return true;
        }

        // The middle line bends by at most its slope at the poles times the distance along it.
        double lean = Lean(own.Z / (Length / 2));
        double sideways = distance * (1 + (4 * Bend / Length * (1.1 + (distance / Length))));
        double medial = Math.Max(0, Math.Abs(own.X - lean) - sideways) / (Width / 2);
        double front = Math.Max(0, Math.Abs(own.Y) - distance) / (Thickness / 2);
        return (medial * medial) + (front * front) > largest * largest;
    }

    /// <summary>The distance from the middle line in units of the surface's: 1 on the surface.</summary>
    /// <param name="own">A point of the kidney's own frame, mm.</param>
    public double RadiusAt(Point3 own)
    {
        double height = own.Z / (Length / 2);
        double medial = (own.X - Lean(height)) / (Width / 2);
        double front = own.Y / (Thickness / 2);
        if (Impression > 0 && medial < 0 && height > -0.2)
        {
            double upper = Math.Min(1, (height + 0.2) / 0.5);
            medial /= 1 - (Impression * upper);
        }

        if (Notch > 0 && medial < 0 && Bridge is double bridge)
        {
            double distance = (height - bridge) / 0.13;
            medial /= 1 - (Notch * Math.Exp(-distance * distance));
        }

        double across = (medial * medial) + (front * front);
        double radius = Math.Pow(Math.Pow(across, 1.15) + Math.Pow(Math.Abs(height), 2.3), 1 / 2.3);
        if (Lobulation > 0)
        {
            radius *= 1 + (Lobulation * Math.Cos((Pyramids * Math.PI * height) + Phase) * Math.Min(1, across));
        }

        return radius;
    }

    private bool InAnySinus(Point3 own, double height)
    {
        double reach = 0.42 * SinusScale;
        if (Bridge is not double bridge)
        {
            return InSinus(own, height, 0, reach, SinusScale);
        }

        // The sinuses of a duplex kidney lie above and below the bridge; the upper one is the smaller.
        double upper = 0.45 * reach;
        double lower = 0.56 * reach;
        return InSinus(own, height, bridge + HalfBridge + upper, upper, 0.72 * SinusScale)
            || InSinus(own, height, bridge - HalfBridge - lower, lower, 0.9 * SinusScale);
    }

    private bool InSinus(Point3 own, double height, double at, double reach, double size)
    {
        double medial = (own.X - Lean(height) - (0.55 * Width / 2)) / (0.62 * Width / 2 * size);
        double front = own.Y / (0.42 * Thickness / 2 * size);
        double along = (height - at) / reach;
        return (medial * medial) + (front * front) + (along * along) < 1;
    }

    /// <summary>How far the middle line leans to the medial side at a height from -1 to 1, mm.</summary>
    internal double Lean(double height) => Bend * ((height * height) - 0.3);
}
