using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>Draws the cortical defects of an abnormal kidney.</summary>
internal static class DefectGenerator
{
    private const int Attempts = 200;

    /// <summary>The kidney with its defects; its size and its uptake are as they would be without.</summary>
    public static KidneyAnatomy WithDefects(KidneyAnatomy kidney, ulong seed, ulong patient, double smallestDefect)
    {
        CounterRandom random = new(seed, 0, patient, kidney.Side == BodySide.Left ? "left defects" : "right defects");
        bool multifocal = random.NextBoolean(DmsaPrevalence.Multifocal);
        int several = random.NextInt32(DmsaPrevalence.MultifocalDefects.Fewest, DmsaPrevalence.MultifocalDefects.Most + 1);
        int wanted = DrawCount(ref random);
        wanted = multifocal ? several : wanted;
        List<CorticalDefect> defects = [];
        CorticalDefect? largest = null;
        for (int attempt = 0; defects.Count < wanted && attempt < Attempts; attempt++)
        {
            CorticalDefect defect = Draw(kidney, multifocal, ref random);
            // Of several small ones, one at least must be large enough to be seen on its own.
            double least = multifocal && defects.Count > 0 ? smallestDefect / 2 : smallestDefect;
            if (defect.MissingMillilitres >= least && defects.TrueForAll(other => Apart(defect, other)))
            {
                defects.Add(defect);
            }

            largest = largest is null || defect.MissingMillilitres > largest.MissingMillilitres ? defect : largest;
        }

        // A small kidney may have no room for so large a defect: then the largest drawn counts, and it stays abnormal.
        if (defects.Count == 0 && largest is not null)
        {
            defects.Add(largest);
        }

        return kidney with { Defects = [.. defects.OrderByDescending(defect => defect.MissingMillilitres)] };
    }

    /// <summary>The part of a kidney's uptake that its defects take away.</summary>
    public static double LostPart(KidneyAnatomy kidney)
    {
        const double step = 2;
        double whole = 0;
        double left = 0;
        double across = (kidney.Width / 2) + kidney.Bend;
        for (double x = -across; x <= across && kidney.IsAbnormal; x += step)
        {
            for (double y = -kidney.Thickness / 2; y <= kidney.Thickness / 2; y += step)
            {
                for (double z = -kidney.Length / 2; z <= kidney.Length / 2; z += step)
                {
                    Point3 at = new(x, y, z);
                    double intact = kidney.IntactUptakeAt(at);
                    whole += intact;
                    left += intact > 0 ? kidney.UptakeAt(at) : 0;
                }
            }
        }

        return whole > 0 ? 1 - (left / whole) : 0;
    }

    private static int DrawCount(ref CounterRandom random)
    {
        double draw = random.NextDouble();
        int count = 1;
        foreach (double part in DmsaPrevalence.DefectCounts)
        {
            if (draw < part)
            {
                break;
            }

            draw -= part;
            count++;
        }

        return Math.Min(count, DmsaPrevalence.DefectCounts.Count);
    }

    /// <summary>Whether two defects are two, and not one within the other.</summary>
    private static bool Apart(CorticalDefect a, CorticalDefect b) => (a.Centre - b.Centre).Length > 0.7 * (a.Radius + b.Radius);

    private static CorticalDefect Draw(KidneyAnatomy kidney, bool small, ref CounterRandom random)
    {
        double place = random.NextDouble();
        (double upper, double lower) = DmsaPrevalence.Poles;
        DefectLocation location = place < upper ? DefectLocation.UpperPole
            : place < upper + lower ? DefectLocation.LowerPole
            : DefectLocation.Middle;
        double sign = location == DefectLocation.LowerPole ? -1 : 1;
        double level = random.NextDouble();
        double angle = random.NextDouble(-Math.PI, Math.PI);
        double kind = random.NextDouble();
        double spread = random.NextNormal();
        double depth = random.NextDouble();
        double retained = random.NextDouble();
        if (location != DefectLocation.Middle && !small && kind < DmsaPrevalence.WholePole)
        {
            double tilt = level * DmsaPrevalence.PoleTilt;
            Point3 aslant = new(Math.Cos(angle) * Math.Sin(tilt), Math.Sin(angle) * Math.Sin(tilt), Math.Cos(tilt));
            return WholePole(kidney, location, sign * aslant, At(DmsaPrevalence.PoleDepth, depth), retained * DmsaPrevalence.MostRetained.WholePole);
        }

        // The angle is from lateral about the long axis; between the poles the medial side belongs to the hilum.
        double height = location == DefectLocation.Middle ? -0.45 + (0.9 * level) : sign * (0.5 + (0.42 * level));
        angle *= location == DefectLocation.Middle ? 0.62 : 1;
        kind = (kind - DmsaPrevalence.WholePole) / (1 - DmsaPrevalence.WholePole);
        bool wedge = (location == DefectLocation.Middle ? random.NextDouble() : kind) < DmsaPrevalence.Wedges;
        (double median, double wide, double most) = wedge ? DmsaPrevalence.WedgeRadius : DmsaPrevalence.RoundedRadius;
        double usual = median * kidney.Length * (small ? DmsaPrevalence.MultifocalDefects.Radius : 1);
        double radius = Math.Clamp(usual * Math.Exp(wide * spread), DmsaPrevalence.Smallest.Radius, most * kidney.Length);
        double reach = wedge ? At(DmsaPrevalence.WedgeDepth, depth) * kidney.Thickness / 2 : radius * At(DmsaPrevalence.RoundedDepth, depth);

        Point3 from = new(kidney.Lean(height), 0, height * kidney.Length / 2);
        Point3 centre = Surface(kidney, from, new(-Math.Cos(angle), Math.Sin(angle), 0));
        CorticalDefect defect = new(
            location, centre, Normal(kidney, centre), radius, Math.Clamp(reach, DmsaPrevalence.Smallest.Depth, 0.95 * kidney.Thickness / 2),
            retained * DmsaPrevalence.MostRetained.Usual, 0)
        {
            Shape = wedge ? DefectShape.Wedge : DefectShape.Rounded,
        };
        return defect with { MissingMillilitres = Missing(kidney, defect) };
    }

    /// <summary>The end of a pole: all that lies outward of a plane, which need not lie square to the kidney's length.</summary>
    private static CorticalDefect WholePole(KidneyAnatomy kidney, DefectLocation location, Point3 outward, double depth, double retained)
    {
        // Where that direction leaves the pole; what lies farther out than this point is lost as well.
        double sign = Math.Sign(outward.Z);
        Point3 from = new(kidney.Lean(sign * 0.7), 0, sign * 0.7 * kidney.Length / 2);
        Point3 touch = Surface(kidney, from, outward);
        CorticalDefect defect = new(
            location, touch, outward, kidney.Width / 2, Math.Max(DmsaPrevalence.Smallest.Depth, depth * kidney.Length), retained, 0)
        {
            Shape = DefectShape.Pole,
        };
        return defect with { MissingMillilitres = Missing(kidney, defect) };
    }

    private static double At((double Low, double High) range, double part) => range.Low + ((range.High - range.Low) * part);

    private static Point3 Surface(KidneyAnatomy kidney, Point3 from, Point3 direction)
    {
        double low = 0;
        double high = kidney.Length;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2;
            if (kidney.RadiusAt(from + (middle * direction)) < 1)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return from + (low * direction);
    }

    private static Point3 Normal(KidneyAnatomy kidney, Point3 at)
    {
        const double step = 0.5;
        return Unit(new(
            kidney.RadiusAt(at + new Point3(step, 0, 0)) - kidney.RadiusAt(at - new Point3(step, 0, 0)),
            kidney.RadiusAt(at + new Point3(0, step, 0)) - kidney.RadiusAt(at - new Point3(0, step, 0)),
            kidney.RadiusAt(at + new Point3(0, 0, step)) - kidney.RadiusAt(at - new Point3(0, 0, step))));
    }

    private static Point3 Unit(Point3 a) => 1 / a.Length * a;

    private static double Missing(KidneyAnatomy kidney, CorticalDefect defect)
    {
        const double step = 1.5;
        // The rim of a lost pole runs obliquely through the kidney.
        double reach = Math.Max(defect.Radius, defect.Depth) * (defect.Shape == DefectShape.Pole ? 1.4 : 1.15);
        double missing = 0;
        for (double x = -reach; x <= reach; x += step)
        {
            for (double y = -reach; y <= reach; y += step)
            {
                for (double z = -reach; z <= reach; z += step)
                {
                    Point3 at = defect.Centre + new Point3(x, y, z);
                    double left = defect.UptakeAt(at);
                    if (left < 1)
                    {
                        missing += (1 - left) * kidney.IntactUptakeAt(at);
                    }
                }
            }
        }

        return missing * step * step * step / 1000;
    }
}
