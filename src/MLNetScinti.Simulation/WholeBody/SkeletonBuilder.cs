using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// The skeleton and the organs of a posed patient. Places and extents follow boxes of 2925 scans (BS-80K) and an overlay on a real scan; depths, and how
/// bones run between these, are judgements. Later parts take the place of earlier ones where both are.
/// </summary>
internal sealed class SkeletonBuilder
{
    // Spine, lateral point and sternal end of the ribs, parts of the body's length.
    private static readonly (double X, double Y)[][] s_ribs =
    [
        [(.014, .178), (.045, .190), (.018, .198)], [(.014, .190), (.062, .212), (.014, .220)], [(.014, .201), (.072, .231), (.013, .241)],
        [(.014, .213), (.078, .249), (.013, .265)], [(.014, .225), (.083, .265), (.014, .287)], [(.014, .236), (.086, .278), (.018, .308)],
        [(.014, .248), (.088, .291), (.028, .328)], [(.014, .260), (.090, .303), (.042, .342)], [(.014, .271), (.090, .312), (.060, .346)],
        [(.014, .283), (.088, .320), (.080, .338)], [(.014, .295), (.080, .327), (.080, .331)], [(.014, .307), (.062, .331), (.062, .331)],
    ];

    private readonly BodyFrame _frame;
    private readonly WholeBodyPatient _patient;
    private readonly List<BodyPart> _parts = [];
    private readonly List<Tube> _limbs = [];

    private SkeletonBuilder(WholeBodyPatient patient, BodyFrame frame) => (_patient, _frame) = (patient, frame);

    /// <summary>The parts in the order in which they take their place, and the flesh of the limbs.</summary>
    public static (IReadOnlyList<BodyPart> Parts, IReadOnlyList<Tube> Limbs) Build(WholeBodyPatient patient, BodyFrame frame)
    {
        SkeletonBuilder builder = new(patient, frame);
        builder.AddOrgans();
        builder.AddTrunk();
        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            builder.AddShoulder(side);
            builder.AddArm(side);
            builder.AddPelvis(side);
            builder.AddLeg(side);
        }

        builder.AddHead();
        return (builder._parts, builder._limbs);
    }

    private static double Sign(BodySide side) => side == BodySide.Left ? 1 : -1;

    private static string Side(BodySide side) => side == BodySide.Left ? "left" : "right";

    private void Add(BodyRegion region, SkeletalBone bone, BodySide? side, string name, params IReadOnlyList<BodyShape> shapes) =>
        _parts.Add(new BodyPart(region, bone, side, name, shapes) { Uptake = _patient.UptakeOf(region, side) });

    /// <summary>A superellipsoid; half-axes across and along in parts of the length, in depth in mm.</summary>
    private Superellipsoid Solid(double x, double y, double depth, double a, double b, double c, double degrees = 0, double power = 2, double hollow = 0) =>
        new(_frame.At(x, y, depth), new(a * _frame.WidthAt(y) * _frame.Length, b * _frame.Length, c * Math.Sqrt(_frame.Girth)), degrees + _frame.Posture.Tilt, power, hollow);

    private Tube Line(double radius, params ReadOnlySpan<(double X, double Y, double Depth)> points) => Tapered(radius, radius, points);

    private Tube Tapered(double first, double last, params ReadOnlySpan<(double X, double Y, double Depth)> points)
    {
        Point3[] line = new Point3[points.Length];
        double[] radii = new double[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            line[i] = _frame.At(points[i].X, points[i].Y, points[i].Depth);
            radii[i] = (first + ((last - first) * i / Math.Max(1, points.Length - 1))) * _frame.Length;
        }

        return new Tube(line, radii);
    }

    /// <summary>Flesh along points with a radius each, in parts of the length of the reference.</summary>
    private void Flesh(params ReadOnlySpan<(double X, double Y, double Depth, double Radius)> points)
    {
        Point3[] line = new Point3[points.Length];
        double[] radii = new double[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            line[i] = _frame.At(points[i].X, points[i].Y, points[i].Depth);
            radii[i] = points[i].Radius * _frame.Length * _frame.Girth;
        }

        _limbs.Add(new Tube(line, radii));
    }

    private void AddHead()
    {
        Add(BodyRegion.Cranium, SkeletalBone.Skull, null, "cranium", Solid(0, .047, 9, .044, .046, 84, power: 2, hollow: .86));
        Add(BodyRegion.Face, SkeletalBone.Skull, null, "face", Solid(0, .090, 12.5, .026, .022, 30, power: 2.5));
        Add(BodyRegion.Mandible, SkeletalBone.Mandible, null, "mandible", Line(.0052, (-.027, .100, 9.5), (-.024, .116, 11), (-.012, .126, 14.5), (0, .128, 15.5), (.012, .126, 14.5), (.024, .116, 11), (.027, .100, 9.5)));
    }

    private void AddTrunk()
    {
        AddVertebrae(BodyRegion.CervicalSpine, "C", 7, .128, .172, (.0075, 11, 6.2), (.010, 8, 4.6), 0);
        AddVertebrae(BodyRegion.ThoracicSpine, "T", 12, .172, .312, (.0082, 14, 6.2), (.0145, 9, 3.8), .0002);
        AddVertebrae(BodyRegion.LumbarSpine, "L", 5, .312, .417, (.0128, 17, 8.2), (.0175, 11, 5.0), .0002);
        Add(BodyRegion.Sacrum, SkeletalBone.Spine, null, "sacrum", Solid(0, .443, 5.2, .027, .028, 17, power: 2.5));
        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            double sign = Sign(side);
            for (int i = 0; i < s_ribs.Length; i++)
            {
                (double X, double Y) spine = s_ribs[i][0], lateral = s_ribs[i][1], end = s_ribs[i][2];
                // Floating ribs end in the flank, true ones at the sternum; the chest is deepest in the middle.
                double front = i >= 10 ? 10 : i >= 7 ? 15.5 : 18.2 - (.35 * Math.Abs(i - 3)), middle = i >= 10 ? 8 : 10;
                (double X, double Y, double Depth)[] points =
                [
                    (sign * spine.X, spine.Y, 4.6), (sign * .75 * lateral.X, spine.Y + (.3 * (lateral.Y - spine.Y)), 3.2),
                    (sign * .94 * lateral.X, spine.Y + (.62 * (lateral.Y - spine.Y)), 5.6), (sign * lateral.X, lateral.Y, middle),
                    (sign * ((.7 * lateral.X) + (.3 * end.X)), (.6 * lateral.Y) + (.4 * end.Y) + .003, .3 * middle + (.7 * front)), (sign * end.X, end.Y, front),
                ];
                Add(BodyRegion.Ribs, SkeletalBone.Ribs, side, $"{Side(side)} rib {i + 1}", Line(.0035, points));
            }
        }

        Add(BodyRegion.SternalBody, SkeletalBone.Sternum, null, "body of sternum", Solid(0, .240, 19, .011, .035, 7, power: 4));
        Add(BodyRegion.Manubrium, SkeletalBone.Sternum, null, "manubrium", Solid(0, .190, 18, .018, .014, 8, power: 4));
    }

    private void AddVertebrae(BodyRegion region, string letter, int count, double top, double bottom, (double Across, double Deep, double Depth) body, (double Across, double Deep, double Depth) arch, double growth)
    {
        double pitch = (bottom - top) / count;
        for (int i = 0; i < count; i++)
        {
            double y = top + ((i + .5) * pitch), across = body.Across + (growth * i);
            Add(region, SkeletalBone.Spine, null, $"{letter}{i + 1}", Solid(0, y, body.Depth, across, .45 * pitch, body.Deep, power: 4), Solid(0, y + (.1 * pitch), arch.Depth, arch.Across, .46 * pitch, arch.Deep));
        }
    }

    private void AddShoulder(BodySide side)
    {
        double s = Sign(side);
        Add(BodyRegion.Scapula, SkeletalBone.Scapula, side, $"{Side(side)} scapula",
            Line(.0042, (s * .050, .181, 3.6), (s * .070, .172, 3.8), (s * .088, .156, 6.5)),
            Line(.0036, (s * .050, .181, 3.6), (s * .054, .208, 3.2), (s * .064, .229, 3.2)),
            Line(.0042, (s * .064, .229, 3.2), (s * .076, .200, 4.2), (s * .083, .168, 6)),
            Solid(s * .066, .195, 3.6, .015, .026, 3.5, -15 * s));
        Add(BodyRegion.Clavicle, SkeletalBone.Clavicle, side, $"{Side(side)} clavicle", Line(.0042, (s * .014, .174, 17), (s * .035, .164, 15.5), (s * .060, .158, 12), (s * .084, .153, 9)));
    }

    private void AddArm(BodySide side)
    {
        double s = Sign(side), shoulderX = .090, shoulderY = .163;
        BodyPosture pose = _frame.Posture;
        // Lengths along the arm are given from the shoulder; the arm lies where its angles take it, not where the trunk bends.
        (double sine, double cosine) = Math.SinCos(pose.Upper(side) * Math.PI / 180);
        (double foreSine, double foreCosine) = Math.SinCos(pose.Fore(side) * Math.PI / 180);
        double onBelly = pose.ArmsOnBelly ? 1 : 0;
        (double X, double Y, double Depth) Upper(double t, double off = 0) => (s * (shoulderX + (t * sine) + (off * cosine)), shoulderY + (t * cosine) - (off * sine), 6 - (1.2 * t / .17));
        (double X, double Y, double Depth) elbow = Upper(.171);
        (double X, double Y, double Depth) Fore(double t, double off = 0) => (elbow.X + (s * ((t * foreSine) + (off * foreCosine))), elbow.Y + (t * foreCosine) - (off * foreSine), elbow.Depth + (t / .157 * ((19 * onBelly) - 1.5)));
        Flesh((Upper(-.004).X, Upper(-.004).Y, 6, .031), (Upper(.07).X, Upper(.07).Y, 5.6, .029), (elbow.X, elbow.Y, elbow.Depth + .5, .023));
        Add(BodyRegion.HumeralShaft, SkeletalBone.Humerus, side, $"{Side(side)} humeral shaft", Tapered(.0075, .0068, Upper(.005), Upper(.08), Upper(.158)));
        (double x, double y, double depth) = Upper(0);
        Add(BodyRegion.HumeralHead, SkeletalBone.Humerus, side, $"{Side(side)} humeral head", Solid(x, y, depth, .0145, .0145, 24));
        (x, y, depth) = Upper(.162);
        Add(BodyRegion.Elbow, SkeletalBone.Humerus, side, $"{Side(side)} distal humerus", Solid(x, y, depth, .013, .008, 12, s * pose.Upper(side)));
        if (pose.MissingLimb == (side == BodySide.Left ? MissingLimb.LeftArm : MissingLimb.RightArm))
        {
            return;
        }

        Flesh((elbow.X, elbow.Y, elbow.Depth + .5, .023), (Fore(.05).X, Fore(.05).Y, Fore(.05).Depth, .022), (Fore(.15).X, Fore(.15).Y, Fore(.15).Depth, .0155));
        Flesh((Fore(.15).X, Fore(.15).Y, Fore(.15).Depth, .0155), (Fore(.19).X, Fore(.19).Y, Fore(.19).Depth, .0165), (Fore(.232).X, Fore(.232).Y, Fore(.232).Depth, .010));
        Add(BodyRegion.Radius, SkeletalBone.Radius, side, $"{Side(side)} radius", Tapered(.0042, .0062, Fore(.010, .005), Fore(.08, .006), Fore(.148, .006)));
        Add(BodyRegion.Ulna, SkeletalBone.Ulna, side, $"{Side(side)} ulna", Tapered(.0052, .0040, Fore(.008, -.005), Fore(.08, -.006), Fore(.146, -.006)));
        (x, y, depth) = Fore(.007);
        Add(BodyRegion.Elbow, SkeletalBone.Ulna, side, $"{Side(side)} proximal ulna", Solid(x, y, depth, .009, .009, 12, s * pose.Fore(side)));
        (x, y, depth) = Fore(.160);
        List<BodyShape> hand = [Solid(x, y, depth, .013, .009, 9, s * pose.Fore(side))];
        for (int finger = 0; finger < 5; finger++)
        {
            double spread = (finger - 2) * .0055, tip = finger == 0 ? .205 : .235 - (.004 * Math.Abs(finger - 2));
            hand.Add(Tapered(.0027, .0020, Fore(.165, .7 * spread), Fore(tip, 1.3 * spread)));
        }

        Add(BodyRegion.Hand, SkeletalBone.Hand, side, $"{Side(side)} hand", hand);
    }

    private void AddPelvis(BodySide side)
    {
        double s = Sign(side);
        (double X, double Y, double Depth)[] crest = [(s * .030, .400, 5.5), (s * .045, .388, 7), (s * .060, .383, 9.5), (s * .070, .386, 12.5), (s * .072, .398, 15)];
        (double X, double Y, double Depth) roof = (s * .059, .462, 10);
        Add(BodyRegion.Ilium, SkeletalBone.Pelvis, side, $"{Side(side)} ilium",
            [Line(.0058, crest), .. crest.Select(point => Tapered(.0045, .0075, point, ((.5 * point.X) + (.5 * roof.X), (.5 * point.Y) + (.5 * roof.Y), (.5 * point.Depth) + (.5 * roof.Depth)), roof)), Line(.0065, (s * .030, .440, 6), (s * .045, .450, 8), roof)]);
        Add(BodyRegion.SacroiliacJoint, SkeletalBone.Pelvis, side, $"{Side(side)} sacroiliac joint", Solid(s * .027, .430, 5.2, .006, .023, 14, -15 * s));
        Add(BodyRegion.PubisIschium, SkeletalBone.Pelvis, side, $"{Side(side)} pubis and ischium",
            Line(.0060, (s * .005, .492, 12.5), (s * .024, .482, 13), (s * .048, .474, 11.5)),
            Line(.0055, (s * .007, .496, 12), (s * .020, .508, 9), (s * .033, .513, 6)),
            Tapered(.0085, .0075, (s * .034, .512, 6), (s * .048, .492, 7.5), (s * .056, .480, 8.5)));
        Add(BodyRegion.Hip, SkeletalBone.Pelvis, side, $"{Side(side)} acetabulum", Solid(s * .057, .472, 10, .0185, .0175, 29));
        Add(BodyRegion.Trochanter, SkeletalBone.Femur, side, $"{Side(side)} trochanters", Line(.0072, (s * .062, .476, 9.8), (s * .073, .486, 9)), Solid(s * .074, .487, 9, .0095, .013, 17));
        Add(BodyRegion.Hip, SkeletalBone.Femur, side, $"{Side(side)} femoral head", Solid(s * .060, .475, 10, .0138, .0138, 23));
    }

    private void AddLeg(BodySide side)
    {
        double s = Sign(side);
        Flesh((s * .052, .502, 8.6, .050), (s * .054, .585, 8, .046), (s * .0435, .705, 5.6, .0325));
        Add(BodyRegion.FemoralShaft, SkeletalBone.Femur, side, $"{Side(side)} femoral shaft", Tapered(.0088, .0085, (s * .071, .497, 9), (s * .058, .585, 8.5), (s * .046, .685, 6.5)));
        Add(BodyRegion.Knee, SkeletalBone.Femur, side, $"{Side(side)} distal femur", Solid(s * .0435, .695, 5.8, .0195, .0125, 26, power: 2.5));
        if (_frame.Posture.MissingLimb != (side == BodySide.Left ? MissingLimb.LeftLeg : MissingLimb.RightLeg))
        {
            Flesh((s * .0435, .705, 5.6, .0325), (s * .0435, .79, 5.2, .0305), (s * .043, .925, 3.7, .0205), (s * .043, .955, 3.8, .021), (s * .043, .985, 3.5, .017));
            Add(BodyRegion.Fibula, SkeletalBone.Fibula, side, $"{Side(side)} fibula", Tapered(.0036, .0038, (s * .059, .728, 4.6), (s * .057, .83, 4.2), (s * .053, .928, 4)));
            Add(BodyRegion.TibialShaft, SkeletalBone.Tibia, side, $"{Side(side)} tibial shaft", Tapered(.0098, .0068, (s * .043, .725, 6.2), (s * .042, .82, 7), (s * .0425, .922, 5.2)));
            Add(BodyRegion.Knee, SkeletalBone.Tibia, side, $"{Side(side)} proximal tibia", Solid(s * .0435, .716, 5.8, .0195, .0095, 23, power: 2.5));
            Add(BodyRegion.Ankle, SkeletalBone.Tibia, side, $"{Side(side)} distal tibia", Solid(s * .043, .928, 4.6, .0120, .0075, 15));
            Add(BodyRegion.Foot, SkeletalBone.Foot, side, $"{Side(side)} foot", Solid(s * .044, .960, 4, .0135, .012, 14), Line(.0034, (s * .037, .962, 4), (s * .036, .990, 5)), Line(.0034, (s * .043, .962, 4), (s * .043, .993, 5)), Line(.0034, (s * .049, .962, 4), (s * .051, .990, 5)));
            Add(BodyRegion.Ankle, SkeletalBone.Foot, side, $"{Side(side)} talus and calcaneus", Solid(s * .043, .943, 3.9, .0120, .0095, 22));
        }

        Add(BodyRegion.Patella, SkeletalBone.Femur, side, $"{Side(side)} patella", Solid(s * .043, .691, 9.6, .0105, .0110, 9));
    }

    private void AddOrgans()
    {
        Add(BodyRegion.Liver, SkeletalBone.None, null, "liver", Solid(-.034, .305, 11, .048, .030, 55));
        Add(BodyRegion.Stomach, SkeletalBone.None, null, "stomach", Solid(.040, .312, 12, .026, .020, 28, -30));
        Add(BodyRegion.Bowel, SkeletalBone.None, null, "bowel", Line(.011, (-.052, .425, 12), (-.054, .385, 12), (-.030, .368, 14), (.030, .366, 14), (.054, .382, 12), (.052, .425, 12)), Line(.010, (-.030, .410, 14), (0, .402, 14), (.026, .412, 14), (.002, .424, 14)));
        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            double s = Sign(side);
            Add(BodyRegion.Lung, SkeletalBone.None, side, $"{Side(side)} lung", Solid(s * .046, .245, 10, .030, .056, 62));
            // The liver keeps the right kidney a little lower.
            Add(BodyRegion.Kidney, SkeletalBone.None, side, $"{Side(side)} kidney", Solid(s * .040, side == BodySide.Right ? .342 : .335, 7, .016, _patient.KidneyLength(side) / 2 / _frame.Length, 23, 15 * s));
            Add(BodyRegion.SalivaryGlands, SkeletalBone.None, side, $"{Side(side)} parotid", Solid(s * .034, .100, 9, .008, .013, 14), Solid(s * .020, .130, 11.5, .008, .006, 10));
            Add(BodyRegion.Thyroid, SkeletalBone.None, side, $"{Side(side)} thyroid bed", Solid(s * .009, .160, 11, .006, .012, 8));
        }

        Add(BodyRegion.Nose, SkeletalBone.None, null, "nose", Solid(0, .086, 17.5, .008, .010, 12));
        Add(BodyRegion.Bladder, SkeletalBone.None, null, "bladder", Solid(0, .462 - (.4 * (_patient.BladderSize - 1) * .019), 13, .024 * _patient.BladderSize, .019 * _patient.BladderSize, 28 * _patient.BladderSize));
    }
}
