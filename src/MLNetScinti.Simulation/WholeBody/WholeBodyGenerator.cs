using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>Draws patients: who they are, how they lie, what they take up, what they have.</summary>
internal static class WholeBodyGenerator
{
    public static WholeBodyPatient Draw(WholeBodyCohortOptions options, int number, WholeBodyClass kind, WholeBodyView? missing)
    {
        WholeBodyPrevalence prevalence = options.Prevalence;
        CounterRandom random = Stream(options, number, "patient");
        bool metastatic = kind is WholeBodyClass.Metastatic or WholeBodyClass.MetastaticArthritic;
        double primary = random.NextDouble(), sexDraw = random.NextDouble();
        // Which tumours a hospital sees is its own (judgement); S2 has 181 women of 384.
        PrimaryTumour tumour = kind == WholeBodyClass.Thyroid ? PrimaryTumour.Thyroid : !metastatic ? PrimaryTumour.None : primary < .35 ? PrimaryTumour.Breast : primary < .6 ? PrimaryTumour.Prostate : PrimaryTumour.Lung;
        double women = tumour switch { PrimaryTumour.Breast => .99, PrimaryTumour.Prostate => 0, PrimaryTumour.Lung => .38, PrimaryTumour.Thyroid => .74, _ => kind == WholeBodyClass.Arthritic ? .55 : .46 };
        Sex sex = sexDraw < women ? Sex.Female : Sex.Male;
        (double mean, double spread) = kind switch { WholeBodyClass.Thyroid => (46, 13), WholeBodyClass.Normal => (56, 13), WholeBodyClass.Arthritic => (63, 11), _ => (62, 11) };
        double age = Math.Clamp(mean + (spread * Deviate(ref random)), 20, 90);
        double height = sex == Sex.Male ? Math.Clamp(171 + (6.5 * Deviate(ref random)), 150, 195) : Math.Clamp(160 + (6 * Deviate(ref random)), 140, 182);
        double bodyMass = Math.Clamp(24 * Math.Exp(.14 * Deviate(ref random)), 16, 38);

        CounterRandom crossing = Stream(options, number, "tracer");
        bool crossed = crossing.NextBoolean(options.CrossedTracers), other = crossing.NextBoolean();
        WholeBodyTracer tracer = crossed ? (other ? WholeBodyTracer.Iodine131 : WholeBodyTracer.Mdp) : kind == WholeBodyClass.Thyroid ? WholeBodyTracer.Iodine131 : WholeBodyTracer.Mdp;
        bool iodine = tracer == WholeBodyTracer.Iodine131;
        CounterRandom scan = Stream(options, number, "scan");
        double countDraw = Deviate(ref scan), dose = Math.Exp(.08 * Deviate(ref scan)), wait = scan.NextDouble();
        bool late = scan.NextBoolean();
        WholeBodyPatient patient = new()
        {
            Seed = options.Seed,
            Number = number,
            Class = kind,
            ReadAs = Reading(options, number, kind),
            Tracer = tracer,
            Primary = tumour,
            Age = age,
            Sex = sex,
            Height = height,
            Weight = bodyMass * height * height / 1e4,
            Missing = missing,
            // S3: 20 to 25 mCi of MDP at 2 to 5 h; 2 to 5 mCi of iodide at 24 to 48 h.
            InjectedMegabecquerels = iodine ? Math.Clamp(130 * Math.Pow(dose, 3), 74, 185) : Math.Clamp(832 * dose, 740, 925),
            HoursToScan = iodine ? (late ? 48 : 24) : 2 + (3 * wait),
            Counts = (iodine ? prevalence.IodineCounts : prevalence.Counts) * Math.Exp(prevalence.CountsSpread * countDraw),
            GeometricPart = iodine ? PhysicsConstants.HighEnergyGeometricPart.Low + ((PhysicsConstants.HighEnergyGeometricPart.High - PhysicsConstants.HighEnergyGeometricPart.Low) * wait) : 1,
            Posture = Posture(options, number),
        };
        CounterRandom uptake = Stream(options, number, "superscan");
        patient = Uptakes(patient, prevalence) with { IsSuperscan = tumour == PrimaryTumour.Prostate && uptake.NextBoolean(prevalence.SuperscansProstate) };
        bool arthritic = kind is WholeBodyClass.Arthritic or WholeBodyClass.MetastaticArthritic;
        return patient with { Findings = FindingGenerator.Draw(patient, metastatic, arthritic, prevalence) };
    }

    private static CounterRandom Stream(WholeBodyCohortOptions options, int number, string name) => new(options.Seed, 0, (ulong)number, "whole body: " + name);

    private static double Deviate(ref CounterRandom random) => Math.Clamp(random.NextNormal(), -2.5, 2.5);

    private static WholeBodyClass Reading(WholeBodyCohortOptions options, int number, WholeBodyClass kind)
    {
        CounterRandom reader = Stream(options, number, "reader");
        WholeBodyClass[] others = [.. options.Classes.Where(one => one.Value > 0 && one.Key != kind).Select(one => one.Key).Order()];
        bool wrong = reader.NextBoolean(options.FalseReadings);
        return wrong && others.Length > 0 ? others[reader.NextInt32(others.Length)] : kind;
    }

    /// <summary>Every draw is made whether it is needed or not, so that a change of one part leaves the others as they are.</summary>
    private static BodyPosture Posture(WholeBodyCohortOptions options, int number)
    {
        WholeBodyPrevalence prevalence = options.Prevalence;
        CounterRandom random = Stream(options, number, "posture");
        // Between patients the places of joints differ by .012 of the length, those of the head by .008 (BS-80K boxes).
        double[] stretch = new double[BodyPosture.StretchAt.Count];
        for (int i = 1; i < stretch.Length - 1; i++)
        {
            stretch[i] = (.5 * stretch[i - 1]) + ((i == 1 ? .006 : .0085) * Deviate(ref random));
        }

        double width = 1 + (.04 * Deviate(ref random)), tilt = Math.Clamp(prevalence.Tilt * Deviate(ref random), -5, 5), shift = prevalence.Shift * Deviate(ref random);
        // The crown is in row 32, sd 14 (BS-80K).
        double crown = Math.Max(4, 32 + (14 * Deviate(ref random))) * PhysicsConstants.WholeBodyPixel;
        bool crownCut = random.NextBoolean(prevalence.CutCrowns), feetCut = random.NextBoolean(prevalence.CutFeet), armsCut = random.NextBoolean(prevalence.CutArms), onBelly = random.NextBoolean(prevalence.ArmsOnBelly), turned = random.NextBoolean(prevalence.TurnedHeads);
        double crownLoss = random.NextDouble(10, 60), feetLoss = random.NextDouble(40, 260), turn = random.NextDouble(.006, .016) * (random.NextBoolean() ? 1 : -1);
        (double left, double right) = (7.4 + (2 * Deviate(ref random)), 7.4 + (2 * Deviate(ref random)));
        (double foreLeft, double foreRight) = (1 + (4 * Deviate(ref random)), 1 + (4 * Deviate(ref random)));
        double outward = random.NextDouble(6, 14), bendLeft = random.NextDouble(-105, -70), bendRight = random.NextDouble(-105, -70), spread = .004 * Deviate(ref random);
        bool unusual = random.NextBoolean(prevalence.UnusualBodies);
        int kind = random.NextInt32(3), limb = random.NextInt32(1, 5);
        double curve = random.NextDouble(.012, .028) * (random.NextBoolean() ? 1 : -1), raised = random.NextDouble(150, 172), raisedFore = random.NextDouble(165, 200);
        if (armsCut)
        {
            (left, right, foreLeft, foreRight) = (left + outward, right + outward, foreLeft + 6, foreRight + 6);
        }

        if (onBelly)
        {
            (foreLeft, foreRight) = (bendLeft, bendRight);
        }

        if (unusual && kind == 0)
        {
            (left, right, foreLeft, foreRight, onBelly) = (raised, raised, raisedFore, raisedFore, false);
            // Hands reach above the head: there has to be room for them.
            crown = Math.Max(crown, 330);
        }

        return new BodyPosture
        {
            Stretch = stretch,
            Width = width,
            Tilt = tilt,
            Shift = shift,
            Crown = crownCut ? -crownLoss : crown,
            CutFeet = feetCut ? feetLoss : 0,
            HeadTurn = turned ? turn : 0,
            UpperArm = (left, right),
            Forearm = (foreLeft, foreRight),
            ArmsOnBelly = onBelly,
            LegSpread = spread,
            Scoliosis = unusual && kind == 1 ? curve : 0,
            MissingLimb = unusual && kind == 2 ? (MissingLimb)limb : MissingLimb.None,
        };
    }

    private static WholeBodyPatient Uptakes(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = new(patient.Seed, 0, (ulong)patient.Number, "whole body: uptake");
        double skeleton = Math.Exp(prevalence.SkeletonSpread * Deviate(ref random)) * Skeleton(patient.Age, patient.Sex);
        double soft = Math.Exp(prevalence.SoftTissueSpread * Deviate(ref random));
        bool manubrium = random.NextBoolean(prevalence.HotManubrium), clavicles = random.NextBoolean(prevalence.HotClavicles) && patient.Age < 30, patellae = random.NextBoolean(prevalence.HotPatellae);
        bool kidney = random.NextBoolean(prevalence.AbnormalKidney), leftKidney = random.NextBoolean(), free = random.NextBoolean(prevalence.FreePertechnetate);
        double kidneyFactor = random.NextBoolean() ? random.NextDouble(.15, .5) : random.NextDouble(1.6, 3), bladder = Math.Exp(prevalence.BladderSpread * Deviate(ref random)), freeFactor = random.NextDouble(4, 10);
        double size = Math.Exp(.18 * Deviate(ref random));
        Dictionary<(BodyRegion, BodySide?), double> uptakes = [];
        foreach (BodyRegion region in Enum.GetValues<BodyRegion>())
        {
            double own = Math.Exp(prevalence.RegionSpread * Deviate(ref random));
            foreach (BodySide? side in (ReadOnlySpan<BodySide?>)[BodySide.Left, BodySide.Right, null])
            {
                double factor = own * Math.Exp(prevalence.SideSpread * Deviate(ref random));
                factor *= region switch
                {
                    BodyRegion.Kidney => kidney && side == (leftKidney ? BodySide.Left : BodySide.Right) ? kidneyFactor : 1,
                    BodyRegion.Bladder => bladder,
                    BodyRegion.Thyroid or BodyRegion.Stomach => free && patient.Tracer == WholeBodyTracer.Mdp ? freeFactor : soft,
                    BodyRegion.Lung or BodyRegion.Liver or BodyRegion.Bowel or BodyRegion.SalivaryGlands or BodyRegion.Nose => soft,
                    BodyRegion.Manubrium => skeleton * (manubrium ? 1.1 : .8),
                    BodyRegion.Clavicle => skeleton * (clavicles ? 1.5 : 1),
                    BodyRegion.Patella => skeleton * (patellae ? 2.2 : 1),
                    _ => skeleton,
                };
                uptakes[(region, side)] = factor;
            }
        }

        return patient with { Uptakes = uptakes, SoftTissue = soft, BladderSize = size };
    }

    /// <summary>
    /// Men take up more (HMDP: 27 % of the dose against 24 %, PMID 9323270) and less with age up to 60; women least in their twenties, more after 55
    /// (10.1055/s-0038-1632258). The slopes are judgement.
    /// </summary>
    internal static double Skeleton(double age, Sex sex) => sex == Sex.Male
        ? 1.06 + (.005 * Math.Max(0, 60 - age))
        : .90 + (.001 * Math.Max(0, Math.Min(age, 55) - 30)) + (.005 * Math.Max(0, age - 55));
}
