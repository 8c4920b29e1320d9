using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// Takes the reference body, whose places are in parts of its length from the crown down and from the spine sideward and whose depths are in cm
/// above the table, into the posed body of a patient, mm; and back.
/// </summary>
internal sealed class BodyFrame
{
    private readonly BodyPosture _posture;
    private readonly double _sine;
    private readonly double _cosine;

    public BodyFrame(WholeBodyPatient patient)
    {
        _posture = patient.Posture;
        Length = patient.Height * 10;
        // Widths and depths of the body go with the square root of its weight by its height; those of bones with half of that.
        Girth = Math.Sqrt(patient.Weight / patient.Height / (75.0 / 170));
        Shoulders = (patient.Sex == Sex.Female ? 0.94 : 1) * _posture.Width;
        Pelvis = (patient.Sex == Sex.Female ? 1.03 : 1) * _posture.Width;
        (_sine, _cosine) = Math.SinCos(_posture.Tilt * Math.PI / 180);
    }

    /// <summary>The body's length, crown to toes, mm.</summary>
    public double Length { get; }

    /// <summary>Widths and depths of soft tissue relative to the reference.</summary>
    public double Girth { get; }

    /// <summary>Width of the shoulders relative to the reference.</summary>
    public double Shoulders { get; }

    /// <summary>Width of the pelvis relative to the reference.</summary>
    public double Pelvis { get; }

    /// <summary>How the patient lies.</summary>
    public BodyPosture Posture => _posture;

    /// <summary>Width of the skeleton at a level, relative to the reference.</summary>
    public double WidthAt(double y) => y < 0.14 ? 1 : y < 0.34 ? Shoulders : Pelvis;

    /// <summary>A point of the posed body.</summary>
    /// <param name="x">Sideward, to the patient's left, parts of the length.</param>
    /// <param name="y">Down from the crown, parts of the length.</param>
    /// <param name="depth">Above the table, cm of the reference.</param>
    public Point3 At(double x, double y, double depth)
    {
        double across = (x * WidthAt(y)) + Bend(y) + Legs(x, y) + (y < 0.14 && depth > 10 ? _posture.HeadTurn : 0);
        return Pose(across * Length, _posture.Along(y) * Length, depth * 10 * Girth);
    }

    /// <summary>Turns and shifts a point in mm of the body lying straight.</summary>
    public Point3 Pose(double x, double y, double z)
    {
        double below = y - (0.5 * Length);
        return new((x * _cosine) + (below * _sine) + _posture.Shift, (below * _cosine) - (x * _sine) + (0.5 * Length), z);
    }

    /// <summary>Where a point of the posed body lies in the body lying straight, mm.</summary>
    public (double X, double Y) Unpose(double x, double y)
    {
        double across = x - _posture.Shift, below = y - (0.5 * Length);
        return ((across * _cosine) - (below * _sine), (across * _sine) + (below * _cosine) + (0.5 * Length));
    }

    private double Bend(double y) => y is > 0.13 and < 0.45 ? _posture.Scoliosis * Math.Sin(2 * Math.PI * (y - 0.13) / 0.32) : 0;

    private double Legs(double x, double y) => y <= 0.5 ? 0 : Math.Sign(x) * _posture.LegSpread * Math.Min(2, (y - 0.5) / 0.205);
}
