namespace MLNetScinti.Imaging.Tests;

/// <summary>A torso in Hounsfield units as a function of the place: a spine, ribs, the wings of a pelvis, and soft parts with their texture. No two heights look alike.</summary>
internal static class TorsoPhantom
{
    /// <summary>Seen on a grid; the map takes a point of the grid to that of the phantom.</summary>
    public static Volume On(ImageGeometry grid, Func<Point3, Point3> map, double noise = 0, ulong seed = 0, double scale = 1)
    {
        Volume volume = new(grid);
        Parallel.For(0, grid.Sections, new ParallelOptions { MaxDegreeOfParallelism = 2 }, s =>
        {
            CounterRandom random = new(seed, s, 0, "noise");
            for (int r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.Columns; c++)
                {
                    volume[s, r, c] = (float)(At((1 / scale) * map(grid.PositionOf(c, r, s))) + (noise > 0 ? random.NextNormal(0, noise) : 0));
                }
            }
        });
        return volume;
    }

    public static double At(Point3 p)
    {
        double value = Mix(-1000, -90, Edge(1 - Norm(p, default, 175, 120, 1e9), 150));
        value = Mix(value, 45, Edge(1 - Norm(p, default, 150, 98, 1e9), 120));
        // Soft parts: a large one on the right, smaller ones elsewhere, a hollow one.
        value = Mix(value, 110, Edge(1 - Norm(p, new(-70, -10, 30), 65, 60, 60), 60));
        value = Mix(value, 80, Edge(1 - Norm(p, new(85, 25, 45), 32, 38, 40), 35));
        value = Mix(value, 5, Edge(1 - Norm(p, new(-62, 45, -35), 26, 24, 48), 30));
        value = Mix(value, 10, Edge(1 - Norm(p, new(66, 45, -25), 26, 24, 50), 30));
        value = Mix(value, -600, Edge(1 - Norm(p, new(60, -50, 0), 25, 20, 60), 25));
        value = Mix(value, -100, Edge(1 - Norm(p, new(0, -60, -70), 60, 22, 40), 25));
        value += 18 * Math.Sin(p.X / 17) * Math.Cos(p.Y / 21) * Math.Sin((p.Z / 19) + (p.X / 50));
        for (int k = -5; k <= 5; k++)
        {
            double tall = 11 + (0.4 * k);
            Point3 middle = new(0, 62 + (0.15 * k * k), 31 * k);
            double body = Norm(p, middle, 23 - (0.8 * k), 17 - (0.4 * k), tall);
            value = Mix(value, body < 0.75 ? 220 : 520, Edge(1 - body, 14));
            value = Mix(value, 600, Edge(1 - Norm(p, middle + new Point3(0, 33, -6), 4, 14, 6), 6));
        }

        for (int k = -1; k <= 5; k++)
        {
            double angle = Math.Atan2(p.Y / 90, p.X / 140);
            Point3 rib = new(140 * Math.Cos(angle), 90 * Math.Sin(angle), (31 * k) - 14 - (26 * (1 - Math.Sin(angle))));
            // They do not meet in front, and the lowest are short.
            double reach = k < 1 ? 0.6 : -0.7;
            value = Math.Sin(angle) > reach ? Mix(value, 480 + (30 * k), Edge(6.5 - (p - rib).Length, 1)) : value;
        }

        foreach (int side in (int[])[-1, 1])
        {
            double wing = Norm(p, new(side * 80, 30, -150), 46, 55, 60);
            value = Mix(value, 550, Edge(0.12 - Math.Abs(wing - 0.9), 45));
        }

        return value;
    }

    private static double Norm(Point3 p, Point3 middle, double x, double y, double z)
    {
        Point3 d = p - middle;
        return Math.Sqrt((d.X * d.X / x / x) + (d.Y * d.Y / y / y) + (d.Z * d.Z / z / z));
    }

    // From 0 to 1 over a millimetre or two at the edge: no sampling sees a jump.
    private static double Edge(double within, double millimetres) => 1 / (1 + Math.Exp(-Math.Clamp(within * millimetres / 0.8, -40, 40)));

    private static double Mix(double a, double b, double part) => a + (part * (b - a));
}
