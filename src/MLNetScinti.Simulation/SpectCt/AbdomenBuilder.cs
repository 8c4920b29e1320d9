using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>
/// Builds the body around the kidneys from solids, in the order in which they are painted: skin, wall, lung, spine, ribs, pelvis, organs, bowel. Sizes are those of
/// textbooks (vertebral body 45 x 32 x 27 mm, disc 9 mm, colon 30 to 60 mm) unless the anatomy says.
/// </summary>
internal static class AbdomenBuilder
{
    private static readonly uint s_cavity = TissueShape.Bits(Tissue.VisceralFat, Tissue.Lung);
    private static readonly uint s_soft = TissueShape.Bits(Tissue.SubcutaneousFat, Tissue.VisceralFat, Tissue.Lung, Tissue.Muscle);
    private static readonly uint s_fatOrGut = TissueShape.Bits(Tissue.VisceralFat, Tissue.Lung, Tissue.Bowel, Tissue.Stool, Tissue.Gas);

    // As far as any scan reaches.
    private const double Long = 1e4;

    /// <summary>What the perirenal fat and the kidneys may not replace.</summary>
    public static readonly uint Hard = TissueShape.Bits(Tissue.CompactBone, Tissue.SpongyBone, Tissue.Disc, Tissue.Air);

    /// <summary>The tissues that fat around a kidney replaces: organs beside it, no muscle.</summary>
    public static readonly uint Beside = TissueShape.Bits(Tissue.Liver, Tissue.Spleen, Tissue.Bowel, Tissue.Stool, Tissue.Gas, Tissue.Gallbladder, Tissue.Pancreas, Tissue.Tumour, Tissue.Blood);

    public static IReadOnlyList<TissueShape> Build(AbdomenAnatomy anatomy)
    {
        List<TissueShape> shapes = [];
        CounterRandom random = new(anatomy.Stream.Seed, 0, anatomy.Stream.Patient, "bowel");
        Body(anatomy, shapes);
        Spine(anatomy, shapes);
        Ribs(anatomy, shapes);
        Pelvis(anatomy, shapes);
        Organs(anatomy, shapes, ref random);
        Bowel(anatomy, shapes, ref random);
        return shapes;
    }

    /// <summary>The cavity's half-width, half-depth and middle from front to back.</summary>
    public static (double HalfWidth, double HalfDepth, double Middle) Cavity(AbdomenAnatomy anatomy)
    {
        double t = anatomy.FatThickness, wall = anatomy.WallThickness;
        double front = -(anatomy.HalfDepth - (1.25 * t) - wall), back = anatomy.HalfDepth - (0.8 * t) - (1.6 * wall);
        return (anatomy.HalfWidth - t - wall, (back - front) / 2, (back + front) / 2);
    }

    private static void Body(AbdomenAnatomy anatomy, List<TissueShape> shapes)
    {
        double t = anatomy.FatThickness;
        shapes.Add(new(Tissue.SubcutaneousFat, new Superellipsoid(default, new(anatomy.HalfWidth, anatomy.HalfDepth, Long))));
        shapes.Add(new(Tissue.Muscle, new Superellipsoid(new(0, -0.22 * t, 0), new(anatomy.HalfWidth - t, anatomy.HalfDepth - (1.03 * t), Long))));
        (double a, double b, double y) = Cavity(anatomy);
        Superellipsoid cavity = new(new(0, y, 0), new(a, b, Long));
        shapes.Add(new(Tissue.VisceralFat, cavity));
        // Lung above, and the diaphragm's dome below it.
        double scale = anatomy.SpineScale;
        shapes.Add(new(Tissue.Lung, new Superellipsoid(new(0, y, (60 * scale) + 400), new(0.98 * a, 0.98 * b, 400), Power: 4), TissueShape.Bits(Tissue.VisceralFat)));
        shapes.Add(new(Tissue.VisceralFat, new Superellipsoid(new(0, y - (0.1 * b), (20 * scale) + anatomy.SpleenShift.Z), new(0.97 * a, 0.95 * b, 95 * scale)), TissueShape.Bits(Tissue.Lung)));
        shapes.Add(new(Tissue.VisceralFat, new Superellipsoid(new(-0.4 * a, y - (0.05 * b), (35 * scale) + anatomy.LiverShift.Z), new(0.58 * a, 0.9 * b, 100 * scale)), TissueShape.Bits(Tissue.Lung)));
        if (anatomy.ArmsDown)
        {
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            {
                double x = side * (anatomy.HalfWidth + 46), radius = 34 + (0.25 * t);
                shapes.Add(new(Tissue.SubcutaneousFat, new Superellipsoid(new(x, 12, 0), new(radius, radius * 1.15, Long))));
                shapes.Add(new(Tissue.Muscle, new Superellipsoid(new(x, 12, 0), new(radius - 7, (radius * 1.15) - 7, Long))));
                // Above the elbow one bone, below it two.
                double elbow = 10 * scale;
                shapes.Add(new(Tissue.CompactBone, new Tube([new(x, 12, elbow), new(x, 12, 600)], [11, 11])));
                shapes.Add(new(Tissue.SpongyBone, new Tube([new(x, 12, elbow), new(x, 12, 600)], [6, 6])));
                foreach (int bone in (ReadOnlySpan<int>)[-1, 1])
                {
                    shapes.Add(new(Tissue.CompactBone, new Tube([new(x, 12 + (bone * 12), elbow), new(x, 12 + (bone * 15), -400)], [8, 7])));
                    shapes.Add(new(Tissue.SpongyBone, new Tube([new(x, 12 + (bone * 12), elbow), new(x, 12 + (bone * 15), -400)], [4, 3])));
                }
            }
        }

        double spine = anatomy.SpineDepth;
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            shapes.Add(new(Tissue.Muscle, new Superellipsoid(new(side * 33, spine + 40, 0), new(30, 22, Long), Power: 4), s_soft));
            shapes.Add(new(Tissue.Muscle, new Superellipsoid(new(side * 74, spine + 33, -30 * scale), new(26, 10, 85 * scale), Power: 4), s_soft));
            shapes.Add(new(Tissue.Muscle, new Tube([new(side * 27, spine + 2, 20 * scale), new(side * 38, spine - 4, -60 * scale), new(side * 58, spine - 14, -190 * scale)], [8, 19, 25]), s_soft));
        }
    }

    private static void Spine(AbdomenAnatomy anatomy, List<TissueShape> shapes)
    {
        double y = anatomy.SpineDepth, scale = anatomy.SpineScale;
        shapes.Add(new(Tissue.Disc, new Superellipsoid(new(0, y + 25, 0), new(10, 8, Long))));
        // Levels from the fourth lumbar vertebra (-2.5 steps) to the sixth thoracic.
        double z = -90 * scale - 18;
        for (int level = -4; level <= 9; level++)
        {
            double step = (level < 2 ? 36 : 36 - (1.2 * (level - 1))) * scale;
            z = level == -4 ? -126 * scale : z + step;
            double x = anatomy.Scoliosis * z * z / 1e4 * Math.Sign(z), body = (level < 2 ? 13.5 : 13.5 - (0.5 * (level - 1))) * scale, size = level < 2 ? 1 : 1 - (0.025 * (level - 1));
            shapes.Add(new(Tissue.Disc, new Superellipsoid(new(x, y, z + (step / 2)), new(22 * size, 16 * size, step / 2), Power: 4)));
            shapes.Add(new(Tissue.CompactBone, new Superellipsoid(new(x, y, z), new(23 * size, 17 * size, body), Power: 4)));
            shapes.Add(new(Tissue.SpongyBone, new Superellipsoid(new(x, y, z), new((23 * size) - 1.5, (17 * size) - 1.5, body - 1.5), Power: 4)));
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            {
                shapes.Add(new(Tissue.CompactBone, new Tube([new(x + (side * 13), y + 14, z + 3), new(x + (side * 14), y + 27, z), new(x, y + 38, z - 5)], [5, 5, 4])));
                shapes.Add(new(Tissue.CompactBone, new Tube([new(x + (side * 15), y + 26, z), new(x + (side * 40 * size), y + 32, z)], [4, 3])));
            }

            shapes.Add(new(Tissue.CompactBone, new Tube([new(x, y + 38, z - 5), new(x, Math.Min(y + 62, anatomy.HalfDepth - 12), z - 12)], [3.5, 3.5], 2.2)));
        }
    }

    private static void Ribs(AbdomenAnatomy anatomy, List<TissueShape> shapes)
    {
        double scale = anatomy.SpineScale, t = anatomy.FatThickness, wall = anatomy.WallThickness;
        double a = anatomy.HalfWidth - t - (0.5 * wall), b = anatomy.HalfDepth - t - (0.5 * wall);
        for (int rib = 12; rib >= 5; rib--)
        {
            double head = (54 + (31 * (12 - rib))) * scale;
            double reach = rib switch { 12 => 62, 11 => 88, 10 => 132, _ => 150 };
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            {
                List<Point3> points = [new(side * 24, anatomy.SpineDepth + 14, head)];
                const int steps = 12;
                for (int i = 0; i <= steps; i++)
                {
                    double angle = 25 + ((reach - 25) * i / steps);
                    (double sine, double cosine) = Math.SinCos(angle * Math.PI / 180);
                    points.Add(new(side * a * sine, b * cosine, head - (0.62 * scale * (angle - 10))));
                }

                shapes.Add(new(Tissue.CompactBone, new Tube(points, [.. points.Select(_ => 5.5)], 1.3)));
                shapes.Add(new(Tissue.SpongyBone, new Tube(points, [.. points.Select(_ => 3.5)], 1.3)));
            }
        }
    }

    private static void Pelvis(AbdomenAnatomy anatomy, List<TissueShape> shapes)
    {
        double y = anatomy.SpineDepth, scale = anatomy.SpineScale;
        shapes.Add(new(Tissue.CompactBone, new Superellipsoid(new(0, y + 12, -190 * scale), new(48, 24, 46 * scale), Power: 4)));
        shapes.Add(new(Tissue.SpongyBone, new Superellipsoid(new(0, y + 12, -190 * scale), new(46, 22, 44 * scale), Power: 4)));
        foreach (int side in (ReadOnlySpan<int>)[-1, 1])
        {
            Point3[] wing = [new(side * 46, y + 30, -165 * scale), new(side * 90, y + 8, -140 * scale), new(side * 122, y - 45, -142 * scale), new(side * 126, y - 85, -175 * scale)];
            shapes.Add(new(Tissue.CompactBone, new Tube(wing, [8, 7, 6, 8], 6), s_soft));
            shapes.Add(new(Tissue.SpongyBone, new Tube(wing, [6, 5, 4, 6], 6)));
            shapes.Add(new(Tissue.Muscle, new Superellipsoid(new(side * 80, y + 35, -220 * scale), new(60, 35, 85 * scale)), TissueShape.Bits(Tissue.SubcutaneousFat, Tissue.VisceralFat)));
        }
    }

    private static void Organs(AbdomenAnatomy anatomy, List<TissueShape> shapes, ref CounterRandom random)
    {
        (double a, double b, double y) = Cavity(anatomy);
        double scale = anatomy.SpineScale;
        // What the wall cuts off is made up for: a third of the boxes around the lobes is liver.
        double liver = Math.Cbrt(anatomy.LiverMillilitres / 1281);
        Point3 right = LiverMiddle(anatomy) + anatomy.LiverShift;
        shapes.Add(new(Tissue.Liver, new Superellipsoid(right, new(Math.Min(75 * liver, 0.56 * a), Math.Min(88 * liver, 0.98 * b), 82 * liver), Degrees: 15), s_cavity));
        shapes.Add(new(Tissue.Liver, new Superellipsoid(right + new Point3(68 * liver, -34 * liver, 26 * liver), new(78 * liver, 42 * liver, 40 * liver), Degrees: -12), s_cavity));
        foreach ((Point3 centre, double radius) in anatomy.Tumours)
        {
            shapes.Add(new(Tissue.Tumour, new Superellipsoid(right + centre, new(radius, radius, radius)), TissueShape.Bits(Tissue.Liver)));
        }

        double spleen = Math.Cbrt(anatomy.SpleenMillilitres / 198);
        Point3 place = new Point3((0.98 * a) - (27 * spleen), y + (0.36 * b), (72 * scale) + random.NextNormal(0, 6)) + anatomy.SpleenShift;
        shapes.Add(new(Tissue.Spleen, new Superellipsoid(place, new(24 * spleen, 46 * spleen, 44 * spleen), Degrees: -28), s_cavity));

        double stomach = random.NextDouble(0.75, 1.2);
        Point3 fundus = new Point3(0.48 * a, y - (0.15 * b), 72 * scale) + anatomy.SpleenShift;
        Point3[] line = [fundus, fundus + new Point3(-8, -25, -45), new Point3(0.06 * a, y - (0.55 * b), 5 * scale)];
        shapes.Add(new(Tissue.Bowel, new Tube(line, [34 * stomach, 27 * stomach, 17 * stomach]), s_cavity));
        // Gas rises to the front.
        shapes.Add(new(Tissue.Gas, new Superellipsoid(fundus + new Point3(-4, -18 * stomach, -6), new(26 * stomach, 13 * stomach, 27 * stomach)), TissueShape.Bits(Tissue.Bowel)));
        double spine = anatomy.SpineDepth;
        shapes.Add(new(Tissue.Blood, new Tube([new(10, spine - 28, 400), new(8, spine - 30, 0), new(2, spine - 31, -95 * scale)], [11, 10, 9]), s_soft | TissueShape.Bits(Tissue.Liver, Tissue.Bowel)));
        shapes.Add(new(Tissue.Blood, new Tube([new(-20, spine - 30, 110), new(-18, spine - 27, 0), new(-12, spine - 25, -100 * scale)], [12, 11, 10]), s_soft | TissueShape.Bits(Tissue.Liver, Tissue.Bowel)));
        shapes.Add(new(Tissue.Pancreas, new Tube([new(-32, spine - 48, -8), new(10, spine - 55, 10), new(72, spine - 30, 32)], [15, 10, 9]), s_cavity));
        shapes.Add(new(Tissue.Gallbladder, new Superellipsoid(right + new Point3(12, -48, -52), new(15, 19, 30), Degrees: 20), s_cavity | TissueShape.Bits(Tissue.Liver)));
    }

    /// <summary>The middle of the liver's right lobe where nothing moves it.</summary>
    public static Point3 LiverMiddle(AbdomenAnatomy anatomy)
    {
        (double a, double b, double y) = Cavity(anatomy);
        return new(-0.47 * a, y - (0.05 * b), 58 * anatomy.SpineScale);
    }

    private static void Bowel(AbdomenAnatomy anatomy, List<TissueShape> shapes, ref CounterRandom random)
    {
        (double a, double b, double y) = Cavity(anatomy);
        double scale = anatomy.SpineScale;
        double transverse = -25 - random.NextDouble(0, 45);
        Point3[][] colon =
        [
            [new(-0.72 * a, y + (0.12 * b), -190 * scale), new(-0.76 * a, y + (0.2 * b), -95 * scale), new(-0.7 * a, y - (0.05 * b), -48 * scale)],
            [new(-0.7 * a, y - (0.2 * b), -48 * scale), new(-0.25 * a, y - (0.62 * b), transverse), new(0.25 * a, y - (0.62 * b), transverse), new(0.72 * a, y - (0.05 * b), 30 * scale)],
            [new(0.74 * a, y + (0.1 * b), 30 * scale), new(0.8 * a, y + (0.28 * b), -60 * scale), new(0.74 * a, y + (0.2 * b), -190 * scale)],
        ];
        foreach (Point3[] part in colon)
        {
            double radius = random.NextDouble(15, 25);
            shapes.Add(new(Tissue.Bowel, new Tube(part, [.. part.Select(_ => radius)]), s_cavity));
            shapes.Add(new(Tissue.Stool, new Tube(part, [.. part.Select(_ => radius - 2.5)]), TissueShape.Bits(Tissue.Bowel)));
            Fill(part, radius, random.NextDouble(0.2, 0.9), shapes, ref random);
        }

        // Loops of small bowel below the stomach, in front of kidneys and spine.
        int loops = random.NextInt32(24, 40);
        for (int i = 0; i < loops; i++)
        {
            Point3 at = new(random.NextDouble(-0.6, 0.6) * a, y - (random.NextDouble(0, 0.75) * b), random.NextDouble(-200, 15) * scale);
            List<Point3> points = [at];
            double heading = random.NextDouble(0, 2 * Math.PI);
            for (int p = 0; p < 3; p++)
            {
                heading += random.NextNormal(0, 0.8);
                at += new Point3(28 * Math.Cos(heading), random.NextNormal(0, 9), 22 * Math.Sin(heading));
                points.Add(at);
            }

            double radius = random.NextDouble(9, 15);
            shapes.Add(new(Tissue.Bowel, new Tube(points, [.. points.Select(_ => radius)]), s_cavity));
            if (random.NextBoolean(0.25))
            {
                Fill([.. points], radius, 0.4, shapes, ref random);
            }
        }
    }

    private static void Fill(Point3[] line, double radius, double part, List<TissueShape> shapes, ref CounterRandom random)
    {
        int bubbles = (int)(part * 10 * line.Length);
        for (int i = 0; i < bubbles; i++)
        {
            int segment = random.NextInt32(line.Length - 1);
            double along = random.NextDouble(), size = random.NextDouble(0.35, 0.85) * radius;
            Point3 at = line[segment] + (along * (line[segment + 1] - line[segment])) + new Point3(0, -0.3 * radius, 0);
            shapes.Add(new(Tissue.Gas, new Superellipsoid(at, new(size, 0.75 * size, 1.3 * size)), s_fatOrGut & ~s_cavity));
        }
    }
}
