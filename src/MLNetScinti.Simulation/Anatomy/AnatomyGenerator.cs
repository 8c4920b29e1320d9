using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Draws anatomy at random. Every part draws from its own stream, so that a defect in one kidney leaves the rest of
/// the patient as it would be without.
/// </summary>
internal static class AnatomyGenerator
{
    public static PatientAnatomy Draw(ulong seed, ulong patient, bool leftAbnormal, bool rightAbnormal, double smallestDefect)
    {
        CounterRandom random = new(seed, 0, patient, "anatomy");
        Sex sex = random.NextBoolean() ? Sex.Female : Sex.Male;
        double age = DrawAge(ref random);
        double stature = Math.Clamp(random.NextNormal(), -2.5, 2.5);
        double height = GrowthReference.Height(age, sex) * (1 + (GrowthReference.HeightSpread * stature));
        // Taller children of an age weigh more: weight goes with about the square of height.
        double relative = height / GrowthReference.Height(age, sex);
        double weight = GrowthReference.Weight(age, sex) * relative * relative
            * Math.Exp(GrowthReference.WeightSpread * Math.Clamp(random.NextNormal(), -2.5, 2.5));

        // The trunk's cross-section is about 1.4 times that of a cylinder of the body's height and weight (1 kg/l).
        double area = 1.4 * weight * 1e6 / height;
        double aspect = 1.28 + (0.14 * Math.Min(1, age / 15)) + (0.04 * Math.Clamp(random.NextNormal(), -2, 2));
        double halfDepth = Math.Sqrt(area / (Math.PI * aspect));
        double halfWidth = aspect * halfDepth;

        // Kidneys of one patient are alike; what is left of difference in size and in concentration makes the split.
        double size = 1 + (PhysicsConstants.KidneyLengthSpread * Math.Clamp(random.NextNormal(), -2.2, 2.2));
        double slimness = random.NextDouble(0.46, 0.52);
        double flatness = random.NextDouble(0.39, 0.45);
        double split = PhysicsConstants.SplitSpread * Math.Clamp(random.NextNormal(), -2, 2);
        double uptake = 2 * PhysicsConstants.KidneyUptake * Math.Exp(PhysicsConstants.KidneyUptakeSpread * Math.Clamp(random.NextNormal(), -2.5, 2.5));
        double breathing = height * random.NextDouble(PhysicsConstants.BreathingPerHeight.Low, PhysicsConstants.BreathingPerHeight.High);
        double tilt = random.NextNormal(0, 0.1);

        Frame frame = new(height, halfWidth, halfDepth, size, slimness, flatness, tilt);
        KidneyAnatomy left = DrawKidney(seed, patient, KidneySide.Left, frame);
        KidneyAnatomy right = DrawKidney(seed, patient, KidneySide.Right, frame);
        double leftVolume = left.Length * left.Width * left.Thickness;
        double rightVolume = right.Length * right.Width * right.Thickness;
        double share = (leftVolume / (leftVolume + rightVolume)) + split;
        left = left with { Uptake = uptake * share };
        right = right with { Uptake = uptake * (1 - share) };
        left = leftAbnormal ? WithDefects(left, seed, patient, smallestDefect) : left;
        right = rightAbnormal ? WithDefects(right, seed, patient, smallestDefect) : right;

        // Liver about 30 ml and spleen about 3.5 ml per kg of body weight (approximate).
        double liver = Math.Cbrt(30_000 * weight / (4.0 / 3 * Math.PI * 0.56));
        double spleen = Math.Cbrt(3_500 * weight / (4.0 / 3 * Math.PI * 0.9));
        return new PatientAnatomy
        {
            Age = age,
            Sex = sex,
            Height = height,
            Weight = weight,
            HalfWidth = halfWidth,
            HalfDepth = halfDepth,
            BreathingFwhm = breathing,
            Left = left,
            Right = right,
            Liver = new(new(-0.42 * halfWidth, -0.2 * halfDepth, right.Centre.Z + (0.35 * right.Length) + (0.55 * liver)), new(liver, 0.8 * liver, 0.7 * liver)),
            Spleen = new(new(0.62 * halfWidth, 0.25 * halfDepth, left.Centre.Z + (0.5 * left.Length) + (0.3 * spleen)), new(0.75 * spleen, spleen, 1.2 * spleen)),
        };
    }

    /// <summary>Exponential ages within the limits, with about the mean of S1: most patients are infants, few are adolescents.</summary>
    private static double DrawAge(ref CounterRandom random)
    {
        (double youngest, double oldest) = PhysicsConstants.Ages;
        double scale = PhysicsConstants.MeanAge;
        double last = 1 - Math.Exp(-(oldest - youngest) / scale);
        return youngest - (scale * Math.Log(1 - (last * random.NextDouble())));
    }

    private static KidneyAnatomy DrawKidney(ulong seed, ulong patient, KidneySide side, Frame frame)
    {
        (double height, double halfWidth, double halfDepth, double size, double slimness, double flatness, double tilt) = frame;
        bool isLeft = side == KidneySide.Left;
        CounterRandom random = new(seed, 0, patient, isLeft ? "left kidney" : "right kidney");
        double offset = isLeft ? PhysicsConstants.LeftKidneyLengthOffset : PhysicsConstants.RightKidneyLengthOffset;
        double length = ((PhysicsConstants.KidneyLengthPerHeight * height) + offset) * size
            * (1 + (0.4 * PhysicsConstants.KidneyLengthSpread * Math.Clamp(random.NextNormal(), -2, 2)));
        double width = length * slimness * random.NextDouble(0.97, 1.03);
        double thickness = length * flatness * random.NextDouble(0.97, 1.03);
        double bend = length * random.NextDouble(0.03, 0.08);

        // Upper poles lean to the spine and to the back; the hilum faces forward as well as inward.
        double outward = isLeft ? 1 : -1;
        double lean = Math.Clamp(random.NextNormal(0.28, 0.08), 0.05, 0.5);
        double back = Math.Clamp(random.NextNormal(0.2, 0.07), 0, 0.4);
        double turn = Math.Clamp(random.NextNormal(0.5, 0.15), 0, 1);
        Point3 upward = Unit(new(-outward * lean, back, 1));
        Point3 medial = Unit(Reject(new(-outward * Math.Cos(turn), -Math.Sin(turn), 0), upward));
        Point3 anterior = Unit(Reject(Reject(new(0, -1, 0), upward), medial));

        double lateral = Math.Max((0.42 * halfWidth) + (0.03 * halfWidth * Math.Clamp(random.NextNormal(), -2, 2)), (0.5 * width) + 10);
        double depth = 0.36 * halfDepth * (1 + (0.12 * Math.Clamp(random.NextNormal(), -2, 2)));
        double level = (isLeft ? 0.0045 : -0.0045) * height * (1 + (0.8 * Math.Clamp(random.NextNormal(), -2, 2)));
        Point3 centre = new(outward * lateral, depth, level + (tilt * outward * 6));

        return new KidneyAnatomy
        {
            Side = side,
            Centre = Inside(centre, halfWidth, halfDepth, width, thickness),
            Length = length,
            Width = width,
            Thickness = thickness,
            Bend = bend,
            Medial = medial,
            Anterior = anterior,
            Upward = upward,
            Medulla = random.NextDouble(PhysicsConstants.MedullaToCortex.Low, PhysicsConstants.MedullaToCortex.High),
            Pelvis = random.NextDouble(PhysicsConstants.PelvisToCortex.Low, PhysicsConstants.PelvisToCortex.High),
            // One kidney in eight has a wide pelvis: normal cortex around more emptiness.
            SinusScale = random.NextBoolean(0.125) ? random.NextDouble(1.15, 1.4) : random.NextDouble(0.85, 1.1),
            Lobulation = random.NextBoolean(0.4) ? random.NextDouble(0.01, 0.045) : 0,
            Phase = random.NextDouble(0, 2 * Math.PI),
            Pyramids = random.NextInt32(3, 6),
            Impression = random.NextBoolean(isLeft ? 0.2 : 0.1) ? random.NextDouble(0.05, 0.18) : 0,
            // Known only when both kidneys are.
            Uptake = 0,
        };
    }

    private static KidneyAnatomy WithDefects(KidneyAnatomy kidney, ulong seed, ulong patient, double smallestDefect)
    {
        CounterRandom random = new(seed, 0, patient, kidney.Side == KidneySide.Left ? "left defects" : "right defects");
        // A scarred kidney may have stopped growing; then it holds less in proportion to its volume.
        double shrink = random.NextBoolean(0.3) ? random.NextDouble(0.82, 0.97) : 1;
        kidney = kidney with
        {
            Length = kidney.Length * shrink,
            Width = kidney.Width * shrink,
            Thickness = kidney.Thickness * shrink,
            Bend = kidney.Bend * shrink,
            Uptake = kidney.Uptake * shrink * shrink * shrink,
        };

        double draw = random.NextDouble();
        int wanted = draw switch { < 0.55 => 1, < 0.83 => 2, < 0.95 => 3, _ => 4 };
        List<CorticalDefect> defects = [];
        CorticalDefect? largest = null;
        for (int attempt = 0; defects.Count < wanted && attempt < 200; attempt++)
        {
            CorticalDefect defect = DrawDefect(kidney, ref random);
            if (defect.MissingMillilitres >= smallestDefect)
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

    private static CorticalDefect DrawDefect(KidneyAnatomy kidney, ref CounterRandom random)
    {
        // Scars of reflux and infection prefer the poles, the upper one most.
        double place = random.NextDouble();
        DefectLocation location = place switch
        {
            < 0.42 => DefectLocation.UpperPole,
            < 0.72 => DefectLocation.LowerPole,
            _ => DefectLocation.Middle,
        };
        double height = location switch
        {
            DefectLocation.UpperPole => random.NextDouble(0.5, 0.92),
            DefectLocation.LowerPole => -random.NextDouble(0.5, 0.92),
            _ => random.NextDouble(-0.45, 0.45),
        };
        // The angle from lateral about the long axis; between the poles the medial side belongs to the hilum.
        double angle = random.NextDouble(-Math.PI, Math.PI) * (location == DefectLocation.Middle ? 0.62 : 1);
        double radius = Math.Clamp(kidney.Length * 0.15 * Math.Exp(0.35 * random.NextNormal()), 6, 0.32 * kidney.Length);
        double depth = Math.Clamp(radius * random.NextDouble(0.7, 1.3), 5, 0.8 * kidney.Thickness / 2);
        double retained = 0.6 * Math.Pow(random.NextDouble(), 1.3);

        Point3 from = new(kidney.Lean(height), 0, height * kidney.Length / 2);
        Point3 direction = new(-Math.Cos(angle), Math.Sin(angle), 0);
        Point3 centre = Surface(kidney, from, direction);
        CorticalDefect defect = new(location, centre, Normal(kidney, centre), radius, depth, retained, 0);
        return defect with { MissingMillilitres = Missing(kidney, defect) };
    }

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

    private static double Missing(KidneyAnatomy kidney, CorticalDefect defect)
    {
        const double step = 1.5;
        double reach = Math.Max(defect.Radius, defect.Depth) * 1.15;
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

    /// <summary>Moves a kidney towards the body's axis until it lies under the skin.</summary>
    private static Point3 Inside(Point3 centre, double halfWidth, double halfDepth, double width, double thickness)
    {
        const double skin = 8;
        double roomX = Math.Max(20, halfWidth - skin - (width / 2));
        double roomY = Math.Max(8, halfDepth - skin - (thickness / 2));
        double x = centre.X / roomX;
        double y = centre.Y / roomY;
        double radius = Math.Sqrt((x * x) + (y * y));
        // The lateral distance stays: closer to the axis the kidneys would touch the spine.
        return radius <= 1 ? centre : centre with { Y = Math.Sqrt(Math.Max(0, 1 - Math.Min(0.95, x * x))) * roomY * 0.95 };
    }

    private static Point3 Unit(Point3 a) => 1 / a.Length * a;

    private static Point3 Reject(Point3 a, Point3 unit) => a - (a.Dot(unit) * unit);

    /// <summary>What both kidneys of a patient share.</summary>
    private readonly record struct Frame(
        double Height, double HalfWidth, double HalfDepth, double Size, double Slimness, double Flatness, double Tilt);
}
