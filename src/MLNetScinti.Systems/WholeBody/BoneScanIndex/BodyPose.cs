using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>How the arm of a side lies before it is fitted: angles of upper arm and forearm from the body's axis, degrees.</summary>
internal readonly record struct ArmPosition(double Upper, double Fore, bool HasForearm = true)
{
    /// <summary>What is tried: beside the body, apart from it, across the belly, raised beside the head, without a forearm.</summary>
    public static IReadOnlyList<ArmPosition> Tried { get; } =
        [new(7, 1), new(12, 8), new(20, 14), new(32, 20), new(7, -85), new(20, -60), new(160, 180), new(150, 195), new(170, 168), new(130, 200), new(7, 1, false)];
}

/// <summary>
/// Where the atlas's body lies in a scan, as some numbers: crown, length, tilt; places along the body between its landmarks (chin, shoulders, lowest ribs, iliac crest, hips, knees, ankles)
/// by which it is stretched; the line of the spine; widths of head, chest and pelvis; shifts of the legs; angles and lengths of the arms in their joints. Between
/// landmarks everything is interpolated, so that the map is smooth. Each number has a spread that it is expected to keep to.
/// </summary>
internal sealed class BodyPose
{
    // Landmarks in parts of the body's length.
    private static readonly double[] s_stretchAt = [0, .13, .19, .25, .312, .365, .417, .497, .60, .705, .82, .935, 1];
    private static readonly double[] s_spineAt = [.05, .13, .20, .27, .34, .41, .48];

    private const int CrownAt = 0, LengthAt = 1, TiltAt = 2, ShiftAt = 3, Stretch = 4, Spine = Stretch + 11, AcrossAt = Spine + 7, Legs = AcrossAt + 4, Arms = Legs + 4, PerArm = 4;

    /// <summary>Numbers that a pose has.</summary>
    public const int Count = Arms + (2 * PerArm);

    /// <summary>What each number is expected to keep to.</summary>
    public static IReadOnlyList<double> Spreads { get; } = MakeSpreads();

    // Neighbours of these two kinds differ little.
    public static IReadOnlyList<(int First, int Second, double Spread)> Ties { get; } =
        [.. Enumerable.Range(Stretch, 10).Select(i => (i, i + 1, .006)), .. Enumerable.Range(Spine, 6).Select(i => (i, i + 1, .014))];

    /// <summary>The numbers of an arm of a side.</summary>
    public static Range ArmNumbers(BodySide side) => side == BodySide.Left ? Arms..(Arms + PerArm) : (Arms + PerArm)..(Arms + (2 * PerArm));

    // The body along itself, mm by mm, from 400 mm above the crown on.
    private const int Above = 400, Table = 3000;
    private readonly float[] _v = new float[Table], _slope = new float[Table], _centre = new float[Table], _width = new float[Table], _left = new float[Table], _right = new float[Table];
    private readonly double _sine, _cosine, _crown, _middleX, _middleY;
    private readonly Arm _leftArm, _rightArm;

    /// <summary>A pose.</summary>
    /// <param name="start">What was known before fitting: crown and middle, mm in the image, and length, mm.</param>
    /// <param name="arms">How the left and the right arm lie.</param>
    /// <param name="numbers">The numbers, relative to that.</param>
    public BodyPose(PoseStart start, (ArmPosition Left, ArmPosition Right) arms, ReadOnlySpan<double> numbers)
    {
        Length = start.Length * Math.Exp(numbers[LengthAt]);
        _crown = start.Crown + numbers[CrownAt];
        (_sine, _cosine) = Math.SinCos((start.Tilt + numbers[TiltAt]) * Math.PI / 180);
        (_middleX, _middleY) = (start.Middle + (numbers[ShiftAt] * Length), _crown + (.5 * Length));
        Span<double> stretch = stackalloc double[s_stretchAt.Length];
        stretch.Clear();
        numbers.Slice(Stretch, 11).CopyTo(stretch[1..]);
        FillTable(numbers, stretch);
        Widths = (Math.Exp(numbers[AcrossAt + 1]), Math.Exp(numbers[AcrossAt + 3]));
        _leftArm = MakeArm(1, arms.Left, numbers[ArmNumbers(BodySide.Left)]);
        _rightArm = MakeArm(-1, arms.Right, numbers[ArmNumbers(BodySide.Right)]);
    }

    /// <summary>Widths of chest and pelvis relative to the reference, parts of the length.</summary>
    public (double Chest, double Pelvis) Widths { get; }

    /// <summary>The body's length, mm.</summary>
    public double Length { get; }

    /// <summary>From a point of the image to the body lying straight: beside the middle and below the crown, mm.</summary>
    public (double X, double Y) Straight(double x, double y)
    {
        double across = x - _middleX, below = y - _middleY;
        return ((across * _cosine) - (below * _sine), (across * _sine) + (below * _cosine) + (.5 * Length));
    }

    /// <summary>Where a point of the body lying straight is in the reference's trunk, head and legs: beside the middle and below the crown in parts of the length; and the reference's square mm in a square mm, in units of the lengths' squares.</summary>
    public (double U, double V, double Area) Trunk(double x, double y)
    {
        int at = Math.Clamp((int)(y + Above), 0, Table - 1);
        double v = _v[at], u = ((x / Length) - _centre[at]) / _width[at];
        if (v > .5)
        {
            u -= u > 0 ? _left[at] : _right[at];
        }

        return (u, v, _slope[at] / _width[at]);
    }

    /// <summary>Where the same point is in the reference's arm, stretched out sideward; null where the arm of its side is not near.</summary>
    public (double U, double V, double Area)? ArmOf(BodySide side, double x, double y) => (side == BodySide.Left ? _leftArm : _rightArm).At(x / Length, y / Length);

    /// <summary>The image's place of a point of the reference (parts of its length) that is of trunk, head or legs: to find a landmark.</summary>
    public (double X, double Y) Place(double u, double v)
    {
        int at = Array.FindIndex(_v, value => value >= v);
        at = at < 0 ? Table - 1 : at;
        double x = ((((u + (v > .5 ? (u > 0 ? _left[at] : _right[at]) : 0)) * _width[at]) + _centre[at]) * Length), y = at - Above - (.5 * Length);
        return (_middleX + (x * _cosine) + (y * _sine), _middleY - (x * _sine) + (y * _cosine));
    }

    private static double[] MakeSpreads()
    {
        double[] spreads = new double[Count];
        (spreads[CrownAt], spreads[LengthAt], spreads[TiltAt], spreads[ShiftAt]) = (25, .04, 2, .03);
        spreads.AsSpan(Stretch, 11).Fill(.012);
        spreads.AsSpan(Spine, 7).Fill(.02);
        spreads.AsSpan(AcrossAt, 4).Fill(.07);
        spreads.AsSpan(Legs, 4).Fill(.012);
        for (int arm = 0; arm < 2; arm++)
        {
            ((double[])[10, 15, .06, .06]).CopyTo(spreads, Arms + (arm * PerArm));
        }

        return spreads;
    }

    private static double Between(ReadOnlySpan<double> at, ReadOnlySpan<double> values, double v)
    {
        if (v <= at[0])
        {
            return values[0];
        }

        for (int i = 1; i < at.Length; i++)
        {
            if (v <= at[i])
            {
                double t = (v - at[i - 1]) / (at[i] - at[i - 1]);
                return values[i - 1] + (t * (values[i] - values[i - 1]));
            }
        }

        return values[^1];
    }

    private void FillTable(ReadOnlySpan<double> numbers, ReadOnlySpan<double> stretch)
    {
        ReadOnlySpan<double> spine = numbers.Slice(Spine, 7), widths = numbers.Slice(AcrossAt, 4), legs = numbers.Slice(Legs, 4);
        Span<double> places = stackalloc double[s_stretchAt.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = s_stretchAt[i] + stretch[i];
            places[i] = i > 0 ? Math.Max(places[i], places[i - 1] + .004) : places[i];
        }

        ReadOnlySpan<double> widthAt = [.13, .18, .24, .31, .38], legAt = [.5, .705, .935];
        ReadOnlySpan<double> width = [Math.Exp(widths[0]), Math.Exp(widths[1]), Math.Exp(widths[1]), Math.Exp(widths[2]), Math.Exp(widths[3])];
        for (int i = 0; i < Table; i++)
        {
            double y = (i - Above + .5) / Length, v = y, slope = 1;
            int k = 1;
            if (y > places[0])
            {
                while (k < places.Length - 1 && y > places[k])
                {
                    k++;
                }

                slope = (s_stretchAt[k] - s_stretchAt[k - 1]) / (places[k] - places[k - 1]);
                v = s_stretchAt[k - 1] + ((y - places[k - 1]) * slope);
            }

            (_v[i], _slope[i]) = ((float)v, (float)slope);
            _centre[i] = (float)Between(s_spineAt, spine, v);
            _width[i] = (float)Between(widthAt, width, v);
            _left[i] = (float)Between(legAt, [0, legs[0], legs[1]], v);
            _right[i] = (float)Between(legAt, [0, legs[2], legs[3]], v);
        }
    }

    private Arm MakeArm(int sign, ArmPosition position, ReadOnlySpan<double> numbers)
    {
        int at = Array.FindIndex(_v, value => value >= Arm.ShoulderV);
        at = at < 0 ? Table - 1 : at;
        return new Arm(sign, (_centre[at] + (sign * Arm.ShoulderU * _width[at]), (at - Above) / Length), position.Upper + numbers[0], position.Fore + numbers[1], Math.Exp(numbers[2]), Math.Exp(numbers[3]), position.HasForearm);
    }

    /// <summary>An arm: two straight pieces, each turned about its upper joint.</summary>
    private sealed class Arm(int sign, (double X, double Y) shoulder, double upper, double fore, double upperLength, double foreLength, bool hasForearm)
    {
        // The reference's shoulder, the length of its upper arm, and the reach of forearm and hand, parts of its length.
        public const double ShoulderU = .090, ShoulderV = .163;
        private const double Elbow = .171, Reach = .245, Beside = .036, Trunk = .0145;
        private readonly (double Sine, double Cosine) _upper = Math.SinCos(upper * Math.PI / 180), _fore = Math.SinCos(fore * Math.PI / 180);

        public (double U, double V, double Area)? At(double x, double y)
        {
            double dx = sign * (x - shoulder.X), dy = y - shoulder.Y;
            double along = ((dx * _upper.Sine) + (dy * _upper.Cosine)) / upperLength, off = (dx * _upper.Cosine) - (dy * _upper.Sine);
            double ex = dx - (Elbow * upperLength * _upper.Sine), ey = dy - (Elbow * upperLength * _upper.Cosine);
            double foreAlong = ((ex * _fore.Sine) + (ey * _fore.Cosine)) / foreLength, foreOff = (ex * _fore.Cosine) - (ey * _fore.Sine);
            bool inUpper = along > Trunk && along <= Elbow && Math.Abs(off) < Beside, inFore = hasForearm && foreAlong > 0 && foreAlong < Reach && Math.Abs(foreOff) < Beside;
            // Around the elbow both pieces reach for the same pixels: the nearer one has them.
            if (inFore && (!inUpper || Math.Abs(foreOff) < Math.Abs(off)))
            {
                return (sign * (ShoulderU + Elbow + foreAlong), ShoulderV - foreOff, 1 / foreLength);
            }

            return inUpper ? (sign * (ShoulderU + along), ShoulderV - off, 1 / upperLength) : null;
        }
    }
}

/// <summary>What is known of a pose before it is fitted: the crown from the image's upper edge down, the middle from its middle to the patient's left, and the length, mm; the tilt, degrees.</summary>
internal readonly record struct PoseStart(double Crown, double Length, double Middle, double Tilt);
