using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>How a patient is built and lies: everything that moves bones away from where an atlas has them.</summary>
public sealed record BodyPosture
{
    /// <summary>Lengths along the body, as in the reference, at which <see cref="Stretch"/> holds; between them it is interpolated.</summary>
    internal static IReadOnlyList<double> StretchAt { get; } = [0, 0.13, 0.312, 0.417, 0.497, 0.705, 0.935, 1];

    /// <summary>By how much the places of <see cref="StretchAt"/> lie lower than in the reference, in parts of the body's length.</summary>
    public IReadOnlyList<double> Stretch { get; init; } = [0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Width of the skeleton relative to the reference.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Tilt of the whole body, degrees, the feet to the patient's left.</summary>
    public double Tilt { get; init; }

    /// <summary>Shift of the whole body to its left, mm.</summary>
    public double Shift { get; init; }

    /// <summary>From the upper edge of the image to the crown, mm; negative where the crown is cut off.</summary>
    public double Crown { get; init; } = 72;

    /// <summary>What is missing of the feet where a scan ends early, mm; 0 for none.</summary>
    public double CutFeet { get; init; }

    /// <summary>Turn of the head as the shift of the face to the patient's left, in parts of the body's length.</summary>
    public double HeadTurn { get; init; }

    /// <summary>Sideward amplitude of a scoliosis, in parts of the body's length.</summary>
    public double Scoliosis { get; init; }

    /// <summary>Angle of the left and the right upper arm from the body's axis, degrees, 180 for arms raised beside the head.</summary>
    public (double Left, double Right) UpperArm { get; init; } = (7.4, 7.4);

    /// <summary>Angle of the left and the right forearm from the body's axis, degrees; negative towards the middle.</summary>
    public (double Left, double Right) Forearm { get; init; } = (1, 1);

    /// <summary>Whether the forearms lie on the belly.</summary>
    public bool ArmsOnBelly { get; init; }

    /// <summary>Sideward shift of the knees, in parts of the body's length, and as much again of the feet.</summary>
    public double LegSpread { get; init; }

    /// <summary>An arm or a leg that is missing, from the elbow or the knee down.</summary>
    public MissingLimb MissingLimb { get; init; }

    internal double Along(double y)
    {
        int i = 1;
        while (i < StretchAt.Count - 1 && y > StretchAt[i])
        {
            i++;
        }

        double t = (y - StretchAt[i - 1]) / (StretchAt[i] - StretchAt[i - 1]);
        return y + Stretch[i - 1] + (t * (Stretch[i] - Stretch[i - 1]));
    }

    internal double Upper(BodySide side) => side == BodySide.Left ? UpperArm.Left : UpperArm.Right;

    internal double Fore(BodySide side) => side == BodySide.Left ? Forearm.Left : Forearm.Right;
}

/// <summary>A limb that is missing from its middle joint down.</summary>
public enum MissingLimb
{
    /// <summary>None.</summary>
    None,

    /// <summary>The left forearm.</summary>
    LeftArm,

    /// <summary>The right forearm.</summary>
    RightArm,

    /// <summary>The left leg below the knee.</summary>
    LeftLeg,

    /// <summary>The right leg below the knee.</summary>
    RightLeg,
}
