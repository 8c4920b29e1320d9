using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>Draws the findings of a patient. Every kind draws from its own stream, so that one leaves the others as they would be without it.</summary>
internal static class FindingGenerator
{
    // Percent of the metastases by site; few and moderate disease of prostate and breast: PMC3525489, table III; lung and thyroid: groups of sites, divided here.
    private static readonly (BodyRegion Region, double Prostate, double ProstateFew, double Breast, double BreastFew, double Lung, double Thyroid)[] s_sites =
    [
        (BodyRegion.CervicalSpine, 3, 2, 0, 2, 3, 4), (BodyRegion.ThoracicSpine, 24, 14, 18, 16, 14, 16), (BodyRegion.LumbarSpine, 14, 40, 13, 14, 12, 15),
        (BodyRegion.Sacrum, 9, 8, 4, 4, 5, 6), (BodyRegion.Ilium, 14, 12, 12, 10, 8, 14), (BodyRegion.PubisIschium, 11, 8, 7, 5, 6, 6), (BodyRegion.Ribs, 14, 9, 29, 27, 32, 12),
        (BodyRegion.SternalBody, .4, 1, 5, 12, 3, 4), (BodyRegion.Manubrium, .2, 1, 3, 6, 1, 2), (BodyRegion.Cranium, 3, 1, 1, 1, 2, 5), (BodyRegion.Scapula, .6, 1, 2, 1, 2, 3),
        (BodyRegion.Clavicle, .6, 0, 1, 0, 1, 2), (BodyRegion.HumeralHead, 1, 1, .7, .7, 2, 2), (BodyRegion.HumeralShaft, 2, 1, 1.3, .3, 3, 3), (BodyRegion.Trochanter, 1.5, .5, .8, .5, 3, 2),
        (BodyRegion.FemoralShaft, 1.7, .5, .8, .5, 3, 3), (BodyRegion.Hip, .8, .5, .4, .5, 2, 3),
    ];

    // Joints with the probability of arthritis at 40, 60 and 80 years (judgement), and their place: beside the middle, down, above the table.
    private static readonly (BodyRegion Region, double At40, double At60, double At80, (double X, double Y, double Depth)[] Places)[] s_joints =
    [
        (BodyRegion.Knee, .30, .50, .65, [(.034, .705, 6), (.053, .705, 6), (.043, .694, 8)]),
        (BodyRegion.LumbarSpine, .20, .40, .60, [(.014, .396, 6), (.014, .375, 6), (.014, .413, 6)]),
        (BodyRegion.HumeralHead, .15, .30, .45, [(.084, .163, 6), (.083, .154, 8)]),
        (BodyRegion.Foot, .15, .25, .35, [(.037, .985, 5), (.043, .948, 4), (.044, .962, 4)]),
        (BodyRegion.Hip, .05, .12, .20, [(.059, .467, 10), (.064, .472, 10)]),
        (BodyRegion.Hand, .10, .25, .40, []),
        (BodyRegion.CervicalSpine, .05, .15, .25, [(.006, .160, 5.5)]),
    ];

    public static IReadOnlyList<FindingPlan> Draw(WholeBodyPatient patient, bool metastatic, bool arthritic, WholeBodyPrevalence prevalence)
    {
        List<FindingPlan> plans = [];
        if (metastatic)
        {
            plans.AddRange(Metastases(patient, prevalence));
        }

        if (patient.Tracer == WholeBodyTracer.Mdp)
        {
            plans.AddRange(Arthritis(patient, arthritic, prevalence));
            plans.AddRange(Fractures(patient, prevalence));
            plans.AddRange(Extravasation(patient, prevalence));
        }

        if (patient.Class == WholeBodyClass.Thyroid)
        {
            plans.AddRange(Thyroid(patient, prevalence));
        }

        plans.AddRange(Contamination(patient, prevalence));
        return plans;
    }

    private static CounterRandom Stream(WholeBodyPatient patient, string name) => new(patient.Seed, 0, (ulong)patient.Number, name);

    private static double Deviate(ref CounterRandom random) => Math.Clamp(random.NextNormal(), -3, 3);

    private static BodySide? SideOf(BodyRegion region, ref CounterRandom random)
    {
        BodySide side = random.NextBoolean() ? BodySide.Left : BodySide.Right;
        return BodyRegions.IsPaired(region) ? side : null;
    }

    private static List<FindingPlan> Metastases(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = Stream(patient, "metastases");
        double many = patient.Primary switch { PrimaryTumour.Prostate => prevalence.ManyLesionsProstate, PrimaryTumour.Lung => prevalence.ManyLesionsLung, _ => prevalence.ManyLesionsBreast };
        double few = prevalence.FewLesions, some = prevalence.SomeLesions;
        if (prevalence.MeanLesions > 0)
        {
            // The share of patients with many follows from the mean; the other two keep their proportion.
            double others = ((2 * few) + (5 * some)) / (few + some), most = Math.Clamp((prevalence.MeanLesions - others) / (many - others), 0, .95);
            (few, some) = ((1 - most) * few / (few + some), (1 - most) * some / (few + some));
        }

        double kind = random.NextDouble();
        int count = kind < few ? random.NextInt32(1, 4) : kind < few + some ? random.NextInt32(4, 7) : 7 + Geometric(ref random, many - 7);
        bool isFew = count <= 3;
        double[] weights = [.. s_sites.Select(site => patient.Primary switch
        {
            PrimaryTumour.Prostate => isFew ? site.ProstateFew : site.Prostate,
            PrimaryTumour.Lung => site.Lung,
            PrimaryTumour.Thyroid => site.Thyroid,
            _ => isFew ? site.BreastFew : site.Breast,
        })];
        List<FindingPlan> plans = [];
        for (int i = 0; i < count; i++)
        {
            double at = random.NextDouble() * weights.Sum();
            int site = 0;
            while (site < weights.Length - 1 && at >= weights[site])
            {
                at -= weights[site++];
            }

            BodyRegion region = s_sites[site].Region;
            BodySide? side = SideOf(region, ref random);
            double diameter = Math.Clamp(prevalence.LesionDiameter * Math.Exp(prevalence.LesionDiameterSpread * Deviate(ref random)), 8, 80);
            double contrast = Math.Clamp(prevalence.LesionContrast * Math.Exp(prevalence.LesionContrastSpread * Deviate(ref random)), 1.5, 25);
            bool cold = random.NextBoolean(prevalence.ColdLesions), rim = random.NextBoolean();
            double coldness = random.NextDouble(.2, .6), place = random.NextDouble();
            if (patient.Tracer == WholeBodyTracer.Iodine131)
            {
                // Bone hardly takes up iodide: what shows is far above it.
                (contrast, cold) = (contrast * 12, false);
            }

            // Along a rib the width is the rib's own.
            plans.Add(new FindingPlan(FindingKind.Metastasis, region, side, region == BodyRegion.Ribs ? Math.Max(12, diameter * .7) : diameter, cold ? coldness : contrast) { Place = place, HasRim = cold && rim });
        }

        return plans;
    }

    private static List<FindingPlan> Arthritis(WholeBodyPatient patient, bool arthritic, WholeBodyPrevalence prevalence)
    {
        List<FindingPlan> plans = [];
        // Whoever is called arthritic has one joint at least: drawn again until it is so.
        for (int attempt = 0; attempt < 100; attempt++)
        {
            CounterRandom random = new(patient.Seed, attempt, (ulong)patient.Number, "arthritis");
            foreach ((BodyRegion region, double at40, double at60, double at80, (double X, double Y, double Depth)[] places) in s_joints)
            {
                double probability = patient.Age < 60 ? at40 + ((at60 - at40) * (patient.Age - 40) / 20) : at60 + ((at80 - at60) * (patient.Age - 60) / 20);
                bool ill = random.NextBoolean(Math.Clamp(probability, .02, .9) * (arthritic ? .8 : prevalence.Traces)), both = random.NextBoolean(prevalence.BilateralArthritis);
                BodySide first = random.NextBoolean() ? BodySide.Left : BodySide.Right;
                foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
                {
                    double draw = Deviate(ref random), diameter = random.NextDouble(12, 30), place = random.NextDouble(), trace = random.NextDouble(1.05, 1.3);
                    int spot = random.NextInt32(Math.Max(1, places.Length));
                    if (!ill || (side != first && !both))
                    {
                        continue;
                    }

                    double contrast = arthritic ? Math.Max(prevalence.LeastArthritisContrast, prevalence.ArthritisContrast * Math.Exp(prevalence.ArthritisContrastSpread * draw)) : trace;
                    double sign = side == BodySide.Left ? 1 : -1;
                    // Knees are hot over a width that bone fills only in part.
                    double larger = region is BodyRegion.Knee or BodyRegion.Hip ? 1.4 : 1;
                    plans.Add(new FindingPlan(FindingKind.Arthritis, region, BodyRegions.IsPaired(region) ? side : null, diameter * larger, contrast)
                    {
                        Place = place,
                        At = places.Length > 0 ? (sign * places[spot].X, places[spot].Y, places[spot].Depth) : null,
                    });
                }
            }

            if (!arthritic || plans.Count > 0)
            {
                break;
            }
        }

        return plans;
    }

    private static List<FindingPlan> Fractures(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = Stream(patient, "fractures");
        bool any = random.NextBoolean(prevalence.RibFractures);
        BodySide side = random.NextBoolean() ? BodySide.Left : BodySide.Right;
        int count = random.NextInt32(2, 6), first = random.NextInt32(3, 7);
        double place = random.NextDouble(.3, .7);
        return !any ? [] : [.. Enumerable.Range(first, count).Where(rib => rib <= 12).Select(rib =>
            new FindingPlan(FindingKind.Fracture, BodyRegion.Ribs, side, 7, 3) { Part = $"{(side == BodySide.Left ? "left" : "right")} rib {rib}", Place = place })];
    }

    private static FindingPlan[] Extravasation(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = Stream(patient, "extravasation");
        bool any = random.NextBoolean(prevalence.Extravasations);
        BodySide side = random.NextBoolean() ? BodySide.Left : BodySide.Right;
        // Elbow .6, hand or wrist .4 (judgement).
        BodyRegion region = random.NextBoolean(.6) ? BodyRegion.Elbow : BodyRegion.Hand;
        double share = Math.Min(.10, prevalence.ExtravasatedShare * Math.Exp(1.2 * Deviate(ref random))), place = random.NextDouble();
        return any ? [new FindingPlan(FindingKind.Extravasation, region, side, 18, 1) { Share = share, Place = place, Stretch = (.8, 1.6, .7) }] : [];
    }

    private static FindingPlan[] Contamination(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = Stream(patient, "contamination");
        bool any = random.NextBoolean(prevalence.Contaminations);
        double share = .0006 * Math.Exp(.8 * Deviate(ref random)), x = random.NextDouble(-.045, .045), y = random.NextDouble(.47, .62), diameter = random.NextDouble(10, 30);
        bool inFront = random.NextBoolean();
        return any ? [new FindingPlan(FindingKind.Contamination, BodyRegion.Bladder, null, diameter, 1) { Share = share, At = (x, y, inFront ? 15 : 1), Stretch = (1, 1.3, .5) }] : [];
    }

    private static List<FindingPlan> Thyroid(WholeBodyPatient patient, WholeBodyPrevalence prevalence)
    {
        CounterRandom random = Stream(patient, "thyroid");
        List<FindingPlan> plans = [];
        // Shares of the dose become shares of what is still in the body: .30 of it at a day.
        const double left = .30;
        bool remnant = random.NextBoolean(prevalence.Remnants);
        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            bool here = random.NextBoolean(.7);
            double share = prevalence.RemnantShare * Math.Exp(1.2 * Deviate(ref random)) / left / 2, x = random.NextDouble(.004, .014), y = random.NextDouble(.150, .172), diameter = random.NextDouble(8, 22);
            if (remnant && (here || side == BodySide.Right))
            {
                plans.Add(new FindingPlan(FindingKind.Remnant, BodyRegion.Thyroid, side, diameter, 1) { Share = share, At = ((side == BodySide.Left ? 1 : -1) * x, y, 11), Stretch = (.8, 1.3, .7) });
            }
        }

        int nodes = random.NextPoisson(prevalence.Nodes);
        for (int i = 0; i < nodes; i++)
        {
            double share = .001 * Math.Exp(1.1 * Deviate(ref random)) / left, x = random.NextDouble(-.034, .034), y = random.NextDouble(.128, .185), diameter = random.NextDouble(6, 16);
            plans.Add(new FindingPlan(FindingKind.Node, BodyRegion.Thyroid, x > 0 ? BodySide.Left : BodySide.Right, diameter, 1) { Share = share, At = (x, y, 10) });
        }

        bool distant = random.NextBoolean(prevalence.Distant);
        double where = random.NextDouble(), lung = .02 * Math.Exp(.8 * Deviate(ref random));
        if (distant && (where < prevalence.LungOnly || where > prevalence.LungOnly + prevalence.BoneOnly))
        {
            plans.Add(new FindingPlan(FindingKind.LungMetastases, BodyRegion.Lung, BodySide.Left, 400, 1) { Share = lung, At = (.046, .245, 10), Stretch = (.2, .6, .6) });
            plans.Add(new FindingPlan(FindingKind.LungMetastases, BodyRegion.Lung, BodySide.Right, 400, 1) { Share = lung, At = (-.046, .245, 10), Stretch = (.2, .6, .6) });
        }

        if (distant && where > prevalence.LungOnly)
        {
            plans.AddRange(Metastases(patient, prevalence with { FewLesions = .6, SomeLesions = .3, MeanLesions = 0 }));
        }

        return plans;
    }

    /// <summary>A number from 0 with a mean, geometrically distributed.</summary>
    private static int Geometric(ref CounterRandom random, double mean) => mean <= 0 ? 0 : (int)(Math.Log(1 - random.NextDouble()) / Math.Log(mean / (1 + mean)));
}
