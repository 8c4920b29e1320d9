using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>
/// Draws an adult's abdomen. Sizes, pose and places of the kidneys are those of 197 tumour-free kidneys of KiTS19 (means and standard deviations of extents on
/// principal axes, angles of the axes, distances of the middles); every part draws from its own stream, so that a cyst leaves the rest of the patient as it would be without.
/// </summary>
internal static class AbdomenGenerator
{
    /// <summary>Volume of a kidney's tissue relative to the box of its three extents (KiTS19: .45, less than an ellipsoid's .52 for the sinus).</summary>
    public const double VolumeShare = 0.45;

    public static (AbdomenAnatomy Anatomy, double Age, Sex Sex, double Height, double Weight) Draw(ulong seed, ulong patient, SpectCtParameters parameters)
    {
        CounterRandom random = new(seed, 0, patient, "abdomen");
        Sex sex = random.NextBoolean(parameters.Male) ? Sex.Male : Sex.Female;
        double age = Math.Clamp(random.NextNormal(parameters.Age, parameters.AgeSpread), 20, 90);
        double height = (sex == Sex.Male ? 1770 : 1635) + (68 * Within(ref random, 2.5));
        double index = Math.Clamp(random.NextNormal(parameters.BodyMassIndex, parameters.BodyMassIndexSpread), 17, 44);
        double weight = index * height * height / 1e6;
        double spread = parameters.AnatomySpread;

        // Effective diameter, cm = 9.4 + .76 BMI (s41747-018-0070-5), depth by width .7 (convention).
        double diameter = 10 * (9.4 + (0.76 * index)) * (1 + (0.03 * Within(ref random, 2.5)));
        double aspect = 0.7 + (0.03 * Within(ref random, 2));
        double halfWidth = diameter / 2 / Math.Sqrt(aspect), halfDepth = diameter / 2 * Math.Sqrt(aspect);
        double fat = Math.Clamp(5 + (1.5 * (index - 19)) + (sex == Sex.Female ? 4 : 0) + (2 * Within(ref random, 2)), 4, 0.22 * halfDepth * 2);
        double wall = 13 + (2 * Within(ref random, 2)) + (sex == Sex.Male ? 2 : 0);
        double perirenal = Math.Max(1.5, (sex == Sex.Male ? 8 : 5) + (0.6 * (index - 27)) + (3 * Within(ref random, 2)));
        double spine = halfDepth - (0.8 * fat) - 60 + (3 * Within(ref random, 2));
        bool arms = random.NextBoolean(parameters.ArmsDown);
        double scoliosis = 1.5 * Within(ref random, 2.5);
        double liver = 1281 + (219 * Within(ref random, 2.5)), spleen = Math.Max(70, 198 + (88 * Within(ref random, 2)));

        // V = 179 + .3 (age - 60) + 3.8 (BMI - 30) + 56 of men, residual 46 ml; left more than right by 2.5 +- 10.3 %, their correlation .91.
        double volume = Math.Max(90, 179 + (0.3 * (age - 60)) + (3.8 * (index - 30)) + (sex == Sex.Male ? 56 : 0) + (46 * spread * Within(ref random, 2.5)));
        double difference = 0.025 + (0.103 * spread * Within(ref random, 2.2));
        double apart = 143 + (20 * spread * Within(ref random, 2)), middle = 4 * Within(ref random, 2);
        double lower = -11 + (21 * spread * Within(ref random, 2.2)), anterior = 5 + (14 * spread * Within(ref random, 2));
        double level = -6 + (12 * spread * Within(ref random, 2)) - (age > 50 ? 24 : 0), depth = spine - 6 + (6 * spread * Within(ref random, 2));
        Side left = new(BodySide.Left, volume * (1 + (difference / 2)), new(middle + (apart / 2), depth + (anterior / 2), level - (lower / 2)), spread);
        Side right = new(BodySide.Right, volume * (1 - (difference / 2)), new(middle - (apart / 2), depth - (anterior / 2), level + (lower / 2)), spread);

        (bool horseshoe, BodySide? missing, BodySide[] dilated, double larger) = Variants(seed, patient, parameters);
        if (missing is not null)
        {
            // The other one grows.
            (left, right) = (left with { Millilitres = left.Millilitres * larger }, right with { Millilitres = right.Millilitres * larger });
        }

        KidneyAnatomy? Kidney(Side side) => missing == side.Of ? null : DrawKidney(seed, patient, side, sex, horseshoe, dilated.Contains(side.Of));
        KidneyAnatomy? leftKidney = Kidney(left), rightKidney = Kidney(right);
        AbdomenAnatomy anatomy = new()
        {
            HalfWidth = halfWidth,
            HalfDepth = halfDepth,
            FatThickness = fat,
            WallThickness = wall,
            PerirenalFat = perirenal,
            SpineScale = height / 1700,
            SpineDepth = spine,
            Scoliosis = scoliosis,
            ArmsDown = arms,
            LiverMillilitres = liver,
            SpleenMillilitres = spleen,
            Left = leftKidney,
            Right = rightKidney,
            IsHorseshoe = horseshoe,
            Dilated = [.. dilated.Where(side => (side == BodySide.Left ? leftKidney : rightKidney) is not null)],
            Cysts = DrawCysts(seed, patient, parameters, age, sex, leftKidney, rightKidney),
            Tumours = DrawTumours(seed, patient, parameters, liver),
            Stream = (seed, patient),
        };
        return (anatomy, age, sex, height, weight);
    }

    /// <summary>What is unusual about a patient's kidneys, and how much larger one is that is alone; quick, without drawing the rest of the body.</summary>
    public static (bool IsHorseshoe, BodySide? Missing, BodySide[] Dilated, double Larger) Variants(ulong seed, ulong patient, SpectCtParameters parameters)
    {
        CounterRandom random = new(seed, 0, patient, "kidney variants");
        bool horseshoe = random.NextBoolean(parameters.Horseshoe), solitary = random.NextBoolean(parameters.Solitary) && !horseshoe, left = random.NextBoolean();
        (BodySide Side, double Draw)[] sides = [(BodySide.Left, random.NextDouble()), (BodySide.Right, random.NextDouble())];
        return (horseshoe, solitary ? left ? BodySide.Left : BodySide.Right : null, [.. sides.Where(side => side.Draw < parameters.Dilated).Select(side => side.Side)], random.NextDouble(1.2, 1.6));
    }

    /// <summary>A standard normal draw, bounded.</summary>
    private static double Within(ref CounterRandom random, double most) => Math.Clamp(random.NextNormal(), -most, most);

    private static KidneyAnatomy DrawKidney(ulong seed, ulong patient, Side side, Sex sex, bool horseshoe, bool dilated)
    {
        bool isLeft = side.Of == BodySide.Left;
        CounterRandom random = new(seed, isLeft ? 0 : 1, patient, "kidney pose");
        double spread = side.Spread;
        // Extents of men and women, right and left; those of other volumes in proportion.
        (double usual, double length, double width) = (isLeft, sex) switch
        {
            (true, Sex.Male) => (242, 124, 73),
            (true, _) => (188, 116, 67),
            (false, Sex.Male) => (230, 120, 74),
            _ => (182, 112, 69),
        };
        double scale = Math.Cbrt(side.Millilitres / usual);
        length *= scale * Math.Exp(0.06 * spread * Within(ref random, 2.2));
        width *= scale * Math.Exp(0.06 * spread * Within(ref random, 2.2));
        double thickness = side.Millilitres * 1000 / (VolumeShare * length * width);

        // Upper poles lean to the middle by 12 +- 9 degrees and to the back by 24 +- 13 (right) or 21 +- 9; joined kidneys lean the other way.
        double lean = (12 + (9 * spread * Within(ref random, 2))) * Math.PI / 180, back = ((isLeft ? 21 : 24) + ((isLeft ? 9 : 13) * spread * Within(ref random, 1.7))) * Math.PI / 180;
        Point3 centre = side.Centre;
        if (horseshoe)
        {
            lean = -random.NextDouble(18, 30) * Math.PI / 180;
            centre = new(centre.X * 0.78, centre.Y - 12, centre.Z - 45);
        }

        double outward = isLeft ? 1 : -1;
        Point3 upward = Unit(new(-outward * Math.Tan(lean), Math.Tan(back), 1));
        // The width's axis is about 50 degrees from front to back, the hilum looks to the front and the middle.
        double hilum = (50 + (8 * spread * Within(ref random, 2))) * Math.PI / 180;
        Point3 medial = new(-outward * Math.Sin(hilum), -Math.Cos(hilum), 0);
        medial = Unit(medial - (medial.Dot(upward) * upward));
        Point3 front = upward.Cross(medial);
        front = front.Y > 0 ? -1 * front : front;
        KidneyAnatomy kidney = new()
        {
            Side = side.Of,
            Centre = centre,
            Length = length,
            Width = width,
            Thickness = thickness,
            Bend = random.NextDouble(0.02, 0.06) * length,
            Medial = medial,
            Anterior = front,
            Upward = upward,
            Medulla = 0.4,
            Pelvis = 0.05,
            // As large as makes the tissue .45 of the box of the three extents.
            SinusScale = dilated ? random.NextDouble(1.6, 2) : random.NextDouble(1.1, 1.4),
            Lobulation = random.NextBoolean(0.25) ? random.NextDouble(0.01, 0.04) : 0.005,
            Phase = random.NextDouble(0, 2 * Math.PI),
            Pyramids = random.NextInt32(6, 10),
            Impression = random.NextDouble(0, 0.12),
            // 15.4 to 15.9 mm of parenchyma, 6.6 of cortex (PMC2813848).
            CortexFrom = Math.Clamp(1 - (2 * 7 / ((width + thickness) / 2)), 0.6, 0.85),
            Uptake = 0,
        };
        // What lobulation, bend and sinus change of the volume, width and thickness make good.
        double part = Math.Sqrt(side.Millilitres / TissueMillilitres(kidney));
        return dilated ? kidney : kidney with { Width = kidney.Width * part, Thickness = kidney.Thickness * part };
    }

    /// <summary>Volume of cortex and medulla, ml, on a grid of 3 mm.</summary>
    public static double TissueMillilitres(KidneyAnatomy kidney)
    {
        const double step = 3;
        int inside = 0;
        double along = kidney.BoundingRadius, across = (kidney.Width / 2 * 1.05) + kidney.Bend, front = kidney.Thickness / 2 * 1.05;
        for (double z = -along; z <= along; z += step)
        {
            for (double y = -front; y <= front; y += step)
            {
                for (double x = -across; x <= across; x += step)
                {
                    Point3 own = new(x, y, z);
                    inside += !kidney.IsBeyond(own, 0) && kidney.IsTissueAt(own) ? 1 : 0;
                }
            }
        }

        return inside * step * step * step / 1000;
    }

    private static List<RenalCyst> DrawCysts(ulong seed, ulong patient, SpectCtParameters parameters, double age, Sex sex, KidneyAnatomy? left, KidneyAnatomy? right)
    {
        CounterRandom random = new(seed, 0, patient, "cysts");
        bool many = random.NextBoolean(parameters.HighlyCystic);
        // From 14 and 7 % in the third decade to 55 and 43 % from 70 on.
        double old = Math.Clamp((age - 25) / 47, 0, 1);
        double share = parameters.Cysts * (sex == Sex.Male ? 0.14 + (0.41 * old) : 0.07 + (0.36 * old));
        List<RenalCyst> cysts = [];
        if (!many && !random.NextBoolean(Math.Min(1, share)))
        {
            return cysts;
        }

        double mean = sex == Sex.Male ? 1.9 : 1.6;
        int number = many ? random.NextInt32(8, 18) : 1;
        while (!many && number < 8 && random.NextBoolean(1 - (1 / mean)))
        {
            number++;
        }

        for (int i = 0; i < number; i++)
        {
            KidneyAnatomy? kidney = random.NextBoolean() ? left ?? right : right ?? left;
            double median = sex == Sex.Male ? 13.4 : 10.5;
            double diameter = Math.Clamp((many ? 2.2 : 1) * median * Math.Exp(0.48 * Within(ref random, 2.5)), 5, many ? 70 : 60);
            double where = random.NextDouble(), height = random.NextDouble(-0.8, 0.8), angle = random.NextDouble(-0.75 * Math.PI, 0.75 * Math.PI);
            double kind = random.NextDouble();
            double hounsfield = kind < 0.9 ? random.NextDouble(-5, 18) : kind < 0.97 ? random.NextDouble(20, 60) : random.NextDouble(70, 90);
            if (kidney is null)
            {
                continue;
            }

            // From the kidney's middle line outwards, at an angle from the lateral side; parapelvic ones at the hilum.
            double outer = Math.Sqrt(Math.Max(0.05, 1 - (height * height)));
            double inner = where < parameters.Exophytic ? 1 + (0.25 * diameter / kidney.Width) : 0.62;
            bool parapelvic = where > parameters.Exophytic + (0.75 * (1 - parameters.Exophytic));
            Point3 own = parapelvic
                ? new((0.45 * kidney.Width / 2) + kidney.Lean(0.3 * height), random.NextDouble(-4, 4), 0.3 * height * kidney.Length / 2)
                : new((-Math.Cos(angle) * inner * outer * kidney.Width / 2) + kidney.Lean(height), Math.Sin(angle) * inner * outer * kidney.Thickness / 2, height * kidney.Length / 2);
            cysts.Add(new(kidney.Side, own, diameter / 2, hounsfield));
        }

        return cysts;
    }

    private static List<(Point3, double)> DrawTumours(ulong seed, ulong patient, SpectCtParameters parameters, double liver)
    {
        CounterRandom random = new(seed, 0, patient, "tumours");
        double reach = Math.Cbrt(liver / 1281);
        int number = random.NextPoisson(parameters.LiverTumours);
        return [.. Enumerable.Range(0, Math.Min(number, 30)).Select(_ =>
        {
            double azimuth = random.NextDouble(0, 2 * Math.PI), height = random.NextDouble(-1, 1), radius = Math.Cbrt(random.NextDouble()) * 0.85;
            double across = Math.Sqrt(1 - (height * height));
            Point3 at = new(radius * 65 * reach * across * Math.Cos(azimuth), radius * 75 * reach * across * Math.Sin(azimuth), radius * 72 * reach * height);
            return (at, Math.Clamp(10 * Math.Exp(0.45 * random.NextNormal()), 4, 30));
        })];
    }

    private static Point3 Unit(Point3 vector) => (1 / vector.Length) * vector;

    private sealed record Side(BodySide Of, double Millilitres, Point3 Centre, double Spread);
}
