namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// How often and how much of what a whole-body cohort shows: the one place for these numbers, each with its source. "Judgement" marks those for
/// which nothing published was found: a cohort's description states every one of them, so that whoever reads a figure sees on what it rests.
/// </summary>
public sealed record WholeBodyPrevalence
{
    /// <summary>What is published, and judgement where nothing is.</summary>
    public static WholeBodyPrevalence Published { get; } = new();

    // Uptake

    /// <summary>Spread of the skeleton's uptake between patients, standard deviation of its logarithm (judgement).</summary>
    public double SkeletonSpread { get; init; } = 0.20;

    /// <summary>Spread of soft tissue's uptake between patients, standard deviation of its logarithm (judgement).</summary>
    public double SoftTissueSpread { get; init; } = 0.25;

    /// <summary>Spread of a region's uptake about its patient's, standard deviation of its logarithm (judgement).</summary>
    public double RegionSpread { get; init; } = 0.12;

    /// <summary>Spread between left and right, standard deviation of its logarithm (judgement).</summary>
    public double SideSpread { get; init; } = 0.05;

    /// <summary>Spread of the bladder's activity, standard deviation of its logarithm (judgement).</summary>
    public double BladderSpread { get; init; } = 0.8;

    /// <summary>Patients whose angle of Louis is hot (PMID 16424686).</summary>
    public double HotManubrium { get; init; } = 0.635;

    /// <summary>Patients under 30 whose medial clavicles are hot (PMID 16424686).</summary>
    public double HotClavicles { get; init; } = 0.42;

    /// <summary>Patients whose patellae are both hot (PMID 6460576).</summary>
    public double HotPatellae { get; init; } = 0.15;

    /// <summary>Patients with one abnormal kidney (PMID 1887112).</summary>
    public double AbnormalKidney { get; init; } = 0.15;

    /// <summary>Scans with free pertechnetate in thyroid and stomach (judgement).</summary>
    public double FreePertechnetate { get; init; } = 0.015;

    // Metastases

    /// <summary>Mean number of metastases of a patient who has any; 0 for what the shares below give (S2: 907 in 182 images).</summary>
    public double MeanLesions { get; init; }

    /// <summary>Patients with 1 to 3 metastases, of those with any (judgement).</summary>
    public double FewLesions { get; init; } = 0.35;

    /// <summary>Patients with 4 to 6 (judgement).</summary>
    public double SomeLesions { get; init; } = 0.25;

    /// <summary>Mean number of the others, breast (judgement).</summary>
    public double ManyLesionsBreast { get; init; } = 8;

    /// <summary>Mean number of the others, lung (judgement).</summary>
    public double ManyLesionsLung { get; init; } = 9;

    /// <summary>Mean number of the others, prostate (judgement).</summary>
    public double ManyLesionsProstate { get; init; } = 20;

    /// <summary>Median contrast of metastases to the bone around them (PMID 31612417, s41824-017-0006-y).</summary>
    public double LesionContrast { get; init; } = 4.1;

    /// <summary>Standard deviation of its logarithm (same sources).</summary>
    public double LesionContrastSpread { get; init; } = 0.66;

    /// <summary>Median diameter of metastases, mm (judgement).</summary>
    public double LesionDiameter { get; init; } = 20;

    /// <summary>Standard deviation of its logarithm (judgement).</summary>
    public double LesionDiameterSpread { get; init; } = 0.5;

    /// <summary>Metastases that are cold (judgement).</summary>
    public double ColdLesions { get; init; } = 0.02;

    /// <summary>Superscans among patients with metastases of the prostate (PMID 28217018).</summary>
    public double SuperscansProstate { get; init; } = 0.15;

    // Benign

    /// <summary>Median contrast of arthritis (PMID 31612417, s41824-017-0006-y).</summary>
    public double ArthritisContrast { get; init; } = 1.7;

    /// <summary>Standard deviation of its logarithm (same sources).</summary>
    public double ArthritisContrastSpread { get; init; } = 0.5;

    /// <summary>The least contrast of what is called arthritis (judgement: less is not seen).</summary>
    public double LeastArthritisContrast { get; init; } = 1.4;

    /// <summary>Arthritis of both sides, of joints that are arthritic at all (judgement).</summary>
    public double BilateralArthritis { get; init; } = 0.6;

    /// <summary>Joints of patients who are not called arthritic with a trace of degeneration, relative to those of arthritic ones (judgement).</summary>
    public double Traces { get; init; } = 0.25;

    /// <summary>Patients with fractures of two to five ribs in a line (judgement).</summary>
    public double RibFractures { get; init; } = 0.03;

    /// <summary>Scans with activity beside the vein (PMC8484323: 17.5 % of 450).</summary>
    public double Extravasations { get; init; } = 0.175;

    /// <summary>Median share of the dose that it is (judgement).</summary>
    public double ExtravasatedShare { get; init; } = 0.002;

    // Scans

    /// <summary>Median counts of an anterior view with 99mTc (judgement from one scan and the usual .8 to 3.9 million).</summary>
    public double Counts { get; init; } = PhysicsConstants.WholeBodyCounts;

    /// <summary>Standard deviation of its logarithm (judgement: .8 to 3.9 million from 5 to 95 %).</summary>
    public double CountsSpread { get; init; } = 0.48;

    /// <summary>Median counts of an anterior view with 131I (judgement: .1 to .5 million).</summary>
    public double IodineCounts { get; init; } = 2.2e5;

    /// <summary>Standard deviation of the tilt, degrees (judgement).</summary>
    public double Tilt { get; init; } = 1.5;

    /// <summary>Standard deviation of the sideward shift, mm (judgement).</summary>
    public double Shift { get; init; } = 10;

    /// <summary>Scans with the head turned (judgement).</summary>
    public double TurnedHeads { get; init; } = 0.10;

    /// <summary>Scans that end above the feet (judgement).</summary>
    public double CutFeet { get; init; } = 0.03;

    /// <summary>Scans that begin below the crown (judgement).</summary>
    public double CutCrowns { get; init; } = 0.01;

    /// <summary>Scans with the arms partly outside of the image (judgement).</summary>
    public double CutArms { get; init; } = 0.15;

    /// <summary>Scans with the forearms on the belly (judgement).</summary>
    public double ArmsOnBelly { get; init; } = 0.05;

    /// <summary>Scans with urine on skin or clothes (judgement).</summary>
    public double Contaminations { get; init; } = 0.06;

    /// <summary>Patients with raised arms, a scoliosis or a limb that is missing, a third each (0 unless asked for).</summary>
    public double UnusualBodies { get; init; }

    // Thyroid carcinoma

    /// <summary>Patients whose neck shows a remnant, or carcinoma in its bed (s12885-020-06744-1: 338 of 449 foci).</summary>
    public double Remnants { get; init; } = 0.75;

    /// <summary>Median share of the dose that a remnant holds (judgement).</summary>
    public double RemnantShare { get; init; } = 0.005;

    /// <summary>Mean number of nodes that are seen (s12885-020-06744-1: 34 that planar views show, beside 338 remnants; more before treatment: judgement).</summary>
    public double Nodes { get; init; } = 0.3;

    /// <summary>Patients with distant metastases (judgement).</summary>
    public double Distant { get; init; } = 0.15;

    /// <summary>Of these, lung only (PMC6021319).</summary>
    public double LungOnly { get; init; } = 0.62;

    /// <summary>Of these, bone only (PMC6021319).</summary>
    public double BoneOnly { get; init; } = 0.20;

    // What the parts are called, what they are at most, how they are read and how they are set.
    private static readonly Part[] s_parts =
    [
        new("skeletonSpread", 2, one => one.SkeletonSpread, (one, value) => one with { SkeletonSpread = value }),
        new("softTissueSpread", 2, one => one.SoftTissueSpread, (one, value) => one with { SoftTissueSpread = value }),
        new("regionSpread", 2, one => one.RegionSpread, (one, value) => one with { RegionSpread = value }),
        new("sideSpread", 2, one => one.SideSpread, (one, value) => one with { SideSpread = value }),
        new("bladderSpread", 2, one => one.BladderSpread, (one, value) => one with { BladderSpread = value }),
        new("hotManubrium", 1, one => one.HotManubrium, (one, value) => one with { HotManubrium = value }),
        new("hotClavicles", 1, one => one.HotClavicles, (one, value) => one with { HotClavicles = value }),
        new("hotPatellae", 1, one => one.HotPatellae, (one, value) => one with { HotPatellae = value }),
        new("abnormalKidney", 1, one => one.AbnormalKidney, (one, value) => one with { AbnormalKidney = value }),
        new("freePertechnetate", 1, one => one.FreePertechnetate, (one, value) => one with { FreePertechnetate = value }),
        new("meanLesions", 100, one => one.MeanLesions, (one, value) => one with { MeanLesions = value }),
        new("fewLesions", 1, one => one.FewLesions, (one, value) => one with { FewLesions = value }),
        new("someLesions", 1, one => one.SomeLesions, (one, value) => one with { SomeLesions = value }),
        new("manyLesionsBreast", 100, one => one.ManyLesionsBreast, (one, value) => one with { ManyLesionsBreast = value }),
        new("manyLesionsLung", 100, one => one.ManyLesionsLung, (one, value) => one with { ManyLesionsLung = value }),
        new("manyLesionsProstate", 100, one => one.ManyLesionsProstate, (one, value) => one with { ManyLesionsProstate = value }),
        new("lesionContrast", 30, one => one.LesionContrast, (one, value) => one with { LesionContrast = value }),
        new("lesionContrastSpread", 2, one => one.LesionContrastSpread, (one, value) => one with { LesionContrastSpread = value }),
        new("lesionDiameterMm", 80, one => one.LesionDiameter, (one, value) => one with { LesionDiameter = value }),
        new("lesionDiameterSpread", 2, one => one.LesionDiameterSpread, (one, value) => one with { LesionDiameterSpread = value }),
        new("coldLesions", 1, one => one.ColdLesions, (one, value) => one with { ColdLesions = value }),
        new("superscansProstate", 1, one => one.SuperscansProstate, (one, value) => one with { SuperscansProstate = value }),
        new("arthritisContrast", 10, one => one.ArthritisContrast, (one, value) => one with { ArthritisContrast = value }),
        new("arthritisContrastSpread", 2, one => one.ArthritisContrastSpread, (one, value) => one with { ArthritisContrastSpread = value }),
        new("leastArthritisContrast", 10, one => one.LeastArthritisContrast, (one, value) => one with { LeastArthritisContrast = value }),
        new("bilateralArthritis", 1, one => one.BilateralArthritis, (one, value) => one with { BilateralArthritis = value }),
        new("traces", 1, one => one.Traces, (one, value) => one with { Traces = value }),
        new("ribFractures", 1, one => one.RibFractures, (one, value) => one with { RibFractures = value }),
        new("extravasations", 1, one => one.Extravasations, (one, value) => one with { Extravasations = value }),
        new("extravasatedShare", 1, one => one.ExtravasatedShare, (one, value) => one with { ExtravasatedShare = value }),
        new("counts", 1e8, one => one.Counts, (one, value) => one with { Counts = value }),
        new("countsSpread", 2, one => one.CountsSpread, (one, value) => one with { CountsSpread = value }),
        new("iodineCounts", 1e8, one => one.IodineCounts, (one, value) => one with { IodineCounts = value }),
        new("tilt", 30, one => one.Tilt, (one, value) => one with { Tilt = value }),
        new("shiftMm", 100, one => one.Shift, (one, value) => one with { Shift = value }),
        new("turnedHeads", 1, one => one.TurnedHeads, (one, value) => one with { TurnedHeads = value }),
        new("cutFeet", 1, one => one.CutFeet, (one, value) => one with { CutFeet = value }),
        new("cutCrowns", 1, one => one.CutCrowns, (one, value) => one with { CutCrowns = value }),
        new("cutArms", 1, one => one.CutArms, (one, value) => one with { CutArms = value }),
        new("armsOnBelly", 1, one => one.ArmsOnBelly, (one, value) => one with { ArmsOnBelly = value }),
        new("contaminations", 1, one => one.Contaminations, (one, value) => one with { Contaminations = value }),
        new("unusualBodies", 1, one => one.UnusualBodies, (one, value) => one with { UnusualBodies = value }),
        new("remnants", 1, one => one.Remnants, (one, value) => one with { Remnants = value }),
        new("remnantShare", 1, one => one.RemnantShare, (one, value) => one with { RemnantShare = value }),
        new("nodes", 20, one => one.Nodes, (one, value) => one with { Nodes = value }),
        new("distant", 1, one => one.Distant, (one, value) => one with { Distant = value }),
        new("lungOnly", 1, one => one.LungOnly, (one, value) => one with { LungOnly = value }),
        new("boneOnly", 1, one => one.BoneOnly, (one, value) => one with { BoneOnly = value }),
    ];

    /// <summary>All of them by name, in the order in which a cohort states them.</summary>
    public IReadOnlyList<(string Name, double Value, double Most)> Parts => [.. s_parts.Select(part => (part.Name, part.Get(this), part.Most))];

    /// <summary>The same with one part changed.</summary>
    /// <exception cref="ArgumentException">There is no part of this name.</exception>
    public WholeBodyPrevalence With(string name, double value) => Array.Find(s_parts, part => part.Name == name) is { } found
        ? found.Set(this, value)
        : throw new ArgumentException($"expected one of {string.Join(", ", s_parts.Select(part => part.Name))}, found '{name}'", nameof(name));

    private sealed record Part(string Name, double Most, Func<WholeBodyPrevalence, double> Get, Func<WholeBodyPrevalence, double, WholeBodyPrevalence> Set);
}
