using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Draws anatomy at random. Every part draws from its own stream, so that a defect in one kidney leaves the rest of
/// the patient as it would be without.
/// </summary>
internal static class AnatomyGenerator
{
    public static PatientAnatomy Draw(ulong seed, ulong patient, bool leftAbnormal, bool rightAbnormal, double smallestDefect, DmsaPrevalence prevalence)
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
        double slimness = random.NextDouble(0.43, 0.55);
        double flatness = random.NextDouble(0.36, 0.48);
        double split = PhysicsConstants.SplitSpread * Math.Clamp(random.NextNormal(), -2, 2);
        double uptake = 2 * PhysicsConstants.KidneyUptake * Immaturity(age) * PhysicsConstants.UptakeOf(sex) * Math.Exp(PhysicsConstants.KidneyUptakeSpread * Math.Clamp(random.NextNormal(), -2.5, 2.5));
        double breathing = height * random.NextDouble(PhysicsConstants.BreathingPerHeight.Low, PhysicsConstants.BreathingPerHeight.High);
        double tilt = random.NextNormal(0, 0.1);
        double liverDraw = Math.Clamp(random.NextNormal(), -2.5, 2.5);
        double cortex = VariantGenerator.Within(ref random, DmsaPrevalence.CortexFrom);

        Frame frame = new(height, halfWidth, halfDepth, size, slimness, flatness, tilt, cortex);
        (KidneyPlan leftPlan, KidneyPlan rightPlan) = VariantGenerator.Draw(seed, patient, prevalence);
        KidneyAnatomy left = DrawKidney(seed, patient, BodySide.Left, frame, leftPlan, prevalence);
        KidneyAnatomy right = DrawKidney(seed, patient, BodySide.Right, frame, rightPlan, prevalence);
        // Urine that stretches a kidney gives it no more function.
        double leftVolume = left.Length * left.Width * left.Thickness / Math.Pow(leftPlan.Swelling, 3);
        double rightVolume = right.Length * right.Width * right.Thickness / Math.Pow(rightPlan.Swelling, 3);
        double share = (leftVolume / (leftVolume + rightVolume)) + split;
        left = left with { Uptake = uptake * share };
        right = right with { Uptake = uptake * (1 - share) };
        left = leftAbnormal ? DefectGenerator.WithDefects(left, seed, patient, smallestDefect) : left;
        right = rightAbnormal ? DefectGenerator.WithDefects(right, seed, patient, smallestDefect) : right;
        (left, right) = Compensated(left, right);

        // Liver about 30 ml and spleen about 3.5 ml per kg of body weight (approximate).
        double liver = Math.Cbrt(30_000 * weight / (4.0 / 3 * Math.PI * 0.56));
        double spleen = Math.Cbrt(3_500 * weight / (4.0 / 3 * Math.PI * 0.9));
        double liverHeight = rightPlan.LiverEdge is double edge
            ? (edge * right.Length / 2) + (0.7 * liver)
            : (0.35 * right.Length) + (0.55 * liver);
        return new PatientAnatomy
        {
            Age = age,
            Sex = sex,
            Height = height,
            Weight = weight,
            HalfWidth = halfWidth,
            HalfDepth = halfDepth,
            BreathingFwhm = breathing,
            LiverUptake = PhysicsConstants.LiverUptake * Math.Exp(PhysicsConstants.LiverUptakeSpread * liverDraw),
            Left = left,
            Right = right,
            Liver = new(new(-0.42 * halfWidth, -0.2 * halfDepth, right.Centre.Z + liverHeight), new(liver, 0.8 * liver, 0.7 * liver)),
            Spleen = new(new(0.62 * halfWidth, 0.25 * halfDepth, left.Centre.Z + (0.5 * left.Length) + (0.3 * spleen)), new(0.75 * spleen, spleen, 1.2 * spleen)),
        };
    }

    /// <summary>
    /// What defects do not take from the blood, the rest of both kidneys does, in proportion: the uptake of both together stays
    /// (49.2 % in children with one diseased kidney, 49.6 % in others: Groshar, J Nucl Med 1994;35:445).
    /// </summary>
    private static (KidneyAnatomy Left, KidneyAnatomy Right) Compensated(KidneyAnatomy left, KidneyAnatomy right)
    {
        double leftLoss = DefectGenerator.LostPart(left);
        double rightLoss = DefectGenerator.LostPart(right);
        double leftHeld = left.Uptake * (1 - ((1 - DmsaPrevalence.OwnCompensation) * leftLoss));
        double rightHeld = right.Uptake * (1 - ((1 - DmsaPrevalence.OwnCompensation) * rightLoss));
        double more = (left.Uptake + right.Uptake) / (leftHeld + rightHeld);
        // What a kidney holds is the concentration in what its defects leave.
        return (left with { Uptake = more * leftHeld / (1 - leftLoss) }, right with { Uptake = more * rightHeld / (1 - rightLoss) });
    }

    /// <summary>Exponential ages within the limits, with about the mean of S1: most patients are infants, few are adolescents.</summary>
    private static double DrawAge(ref CounterRandom random)
    {
        (double youngest, double oldest) = PhysicsConstants.Ages;
        double scale = PhysicsConstants.MeanAge;
        double last = 1 - Math.Exp(-(oldest - youngest) / scale);
        return youngest - (scale * Math.Log(1 - (last * random.NextDouble())));
    }

    /// <summary>The uptake at an age relative to that of older children.</summary>
    private static double Immaturity(double age)
    {
        IReadOnlyList<(double Age, double Part)> known = PhysicsConstants.UptakeByAge;
        for (int i = 0; i < known.Count; i++)
        {
            if (age < known[i].Age)
            {
                return i == 0 ? known[0].Part
                    : known[i - 1].Part + ((known[i].Part - known[i - 1].Part) * (age - known[i - 1].Age) / (known[i].Age - known[i - 1].Age));
            }
        }

        return 1;
    }

    private static KidneyAnatomy DrawKidney(ulong seed, ulong patient, BodySide side, Frame frame, KidneyPlan plan, DmsaPrevalence prevalence)
    {
        (double height, double halfWidth, double halfDepth, double size, double slimness, double flatness, double tilt, double cortex) = frame;
        bool isLeft = side == BodySide.Left;
        CounterRandom random = new(seed, 0, patient, isLeft ? "left kidney" : "right kidney");
        double offset = isLeft ? PhysicsConstants.LeftKidneyLengthOffset : PhysicsConstants.RightKidneyLengthOffset;
        double scale = plan.Size * plan.Swelling;
        double single = ((PhysicsConstants.KidneyLengthPerHeight * height) + offset) * size * scale
            * (1 + (PhysicsConstants.KidneyLengthDifference * Math.Clamp(random.NextNormal(), -2, 2)));
        double width = single * slimness * random.NextDouble(0.97, 1.03);
        double thickness = single * flatness * random.NextDouble(0.97, 1.03);
        double length = single * plan.Stretch;
        double bend = length * random.NextDouble(0.03, 0.08);

        // Upper poles lean to the spine and to the back; the hilum faces forward as well as inward.
        double outward = isLeft ? 1 : -1;
        double lean = Math.Clamp(random.NextNormal(0.28, 0.08), 0.05, 0.5);
        double back = Math.Clamp(random.NextNormal(0.2, 0.07), 0, 0.4);
        (double usualTurn, double turnSpread, _, _) = DmsaPrevalence.HilumTurn;
        double turn = Math.Clamp(random.NextNormal(usualTurn, turnSpread), 0, 1);
        turn = plan.Turn ?? turn;
        Point3 upward = Unit(new(-outward * lean, back, 1));
        Point3 medial = Unit(Reject(new(-outward * Math.Cos(turn), -Math.Sin(turn), 0), upward));
        Point3 anterior = Unit(Reject(Reject(new(0, -1, 0), upward), medial));

        double lateral = Math.Max((0.42 * halfWidth) + (0.03 * halfWidth * Math.Clamp(random.NextNormal(), -2, 2)), (0.5 * width) + 10);
        double depth = 0.36 * halfDepth * (1 + (0.12 * Math.Clamp(random.NextNormal(), -2, 2)));
        double level = (isLeft ? 0.0045 : -0.0045) * height * (1 + (0.8 * Math.Clamp(random.NextNormal(), -2, 2)));
        Point3 centre = new(outward * lateral, depth, level + (tilt * outward * 6));

        double medulla = VariantGenerator.Within(ref random, PhysicsConstants.MedullaToCortex);
        double pelvis = VariantGenerator.Within(ref random, PhysicsConstants.PelvisToCortex);
        bool wide = random.NextBoolean(prevalence.WidePelvis);
        double sinus = VariantGenerator.Within(ref random, wide ? DmsaPrevalence.Sinus.Wide : DmsaPrevalence.Sinus.Usual);
        bool lobulated = random.NextBoolean(prevalence.Lobulated);
        double lobulation = VariantGenerator.Within(ref random, DmsaPrevalence.Lobulation);
        double phase = random.NextDouble(0, 2 * Math.PI);
        int pyramids = random.NextInt32(3, 6);
        bool flattened = random.NextBoolean(isLeft ? prevalence.FlattenedLeft : prevalence.FlattenedRight);
        double impression = VariantGenerator.Within(ref random, DmsaPrevalence.Flattening);
        bool pale = random.NextBoolean(isLeft ? prevalence.PaleUpperLeft : prevalence.PaleUpperRight);
        double paleness = VariantGenerator.Within(ref random, DmsaPrevalence.Paleness);
        return new KidneyAnatomy
        {
            Side = side,
            Variants = plan.Variants | (wide && plan.Sinus is null ? KidneyVariant.WidePelvis : 0)
                | (lobulated ? KidneyVariant.Lobulated : 0) | (flattened ? KidneyVariant.Flattened : 0)
                | (pale ? KidneyVariant.PaleUpperPole : 0),
            Centre = Inside(centre, halfWidth, halfDepth, width, thickness),
            Length = length,
            Width = width,
            Thickness = thickness,
            Bend = bend,
            Medial = medial,
            Anterior = anterior,
            Upward = upward,
            Medulla = medulla,
            Pelvis = plan.Sinus is null ? pelvis : plan.Urine,
            SinusScale = plan.Sinus ?? sinus,
            Bridge = plan.Bridge,
            Notch = plan.Notch,
            Lobulation = lobulated ? lobulation : 0,
            Phase = phase,
            Pyramids = pyramids,
            Impression = flattened ? impression : 0,
            CortexFrom = cortex,
            PaleUpperPole = pale ? paleness : 0,
            // Known only when both kidneys are.
            Uptake = 0,
        };
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
        double Height, double HalfWidth, double HalfDepth, double Size, double Slimness, double Flatness, double Tilt, double Cortex);
}
