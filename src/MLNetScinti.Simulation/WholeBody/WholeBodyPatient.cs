using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>What is said of a whole-body scan.</summary>
public enum WholeBodyClass
{
    /// <summary>No metastasis, no arthritis.</summary>
    Normal,

    /// <summary>Metastases in bone.</summary>
    Metastatic,

    /// <summary>Arthritis.</summary>
    Arthritic,

    /// <summary>Both.</summary>
    MetastaticArthritic,

    /// <summary>Thyroid carcinoma, scanned with 131I.</summary>
    Thyroid,
}

/// <summary>What was injected or swallowed, and with which camera that is looked at.</summary>
public enum WholeBodyTracer
{
    /// <summary>99mTc-MDP with a low-energy high-resolution collimator.</summary>
    Mdp,

    /// <summary>131I iodide with a high-energy collimator.</summary>
    Iodine131,
}

/// <summary>The tumour that metastases are of.</summary>
public enum PrimaryTumour
{
    /// <summary>None is known.</summary>
    None,

    /// <summary>Breast.</summary>
    Breast,

    /// <summary>Prostate.</summary>
    Prostate,

    /// <summary>Lung.</summary>
    Lung,

    /// <summary>Thyroid.</summary>
    Thyroid,
}

/// <summary>A simulated patient of a whole-body scan. Everything in it is known, nothing is measured.</summary>
public sealed record WholeBodyPatient
{
    /// <summary>The seed of the cohort that the patient belongs to.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The patient's number in the cohort, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What is said of the scan.</summary>
    public required WholeBodyClass Class { get; init; }

    /// <summary>What the reader calls the scan: its class, unless the reader is wrong.</summary>
    public WholeBodyClass ReadAs { get; init; }

    /// <summary>What was given.</summary>
    public WholeBodyTracer Tracer { get; init; }

    /// <summary>The tumour.</summary>
    public PrimaryTumour Primary { get; init; }

    /// <summary>Age in years.</summary>
    public double Age { get; init; } = 58;

    /// <summary>Sex.</summary>
    public Sex Sex { get; init; } = Sex.Male;

    /// <summary>Height, cm.</summary>
    public double Height { get; init; } = 170;

    /// <summary>Weight, kg.</summary>
    public double Weight { get; init; } = 75;

    /// <summary>How the patient is built and lies.</summary>
    public BodyPosture Posture { get; init; } = new();

    /// <summary>Size of the bladder relative to the reference.</summary>
    public double BladderSize { get; init; } = 1;

    /// <summary>Counts of the anterior view that the scan would have without findings, without noise.</summary>
    public double Counts { get; init; } = PhysicsConstants.WholeBodyCounts;

    /// <summary>Part of the photons that come through the collimator's holes.</summary>
    public double GeometricPart { get; init; } = 1;

    /// <summary>Activity given, MBq.</summary>
    public double InjectedMegabecquerels { get; init; } = 740;

    /// <summary>Hours from it to the scan.</summary>
    public double HoursToScan { get; init; } = 3;

    /// <summary>The view that was lost; null where both are there.</summary>
    public WholeBodyView? Missing { get; init; }

    /// <summary>Whether the skeleton takes up nearly everything: axial bones hotter, kidneys and soft tissue faint.</summary>
    public bool IsSuperscan { get; init; }

    /// <summary>The patient's number in files, "SIM-7-000123".</summary>
    public string Id => CohortFolder.IdOf(Seed, Number);

    /// <summary>Uptake of a region relative to what it usually is, by region and side.</summary>
    internal IReadOnlyDictionary<(BodyRegion Region, BodySide? Side), double> Uptakes { get; init; } = new Dictionary<(BodyRegion, BodySide?), double>();

    /// <summary>What was drawn of the findings.</summary>
    internal IReadOnlyList<FindingPlan> Findings { get; init; } = [];

    /// <summary>Uptake of a millilitre of a region relative to soft tissue.</summary>
    internal double UptakeOf(BodyRegion region, BodySide? side) =>
        WholeBodyUptake.Of(Tracer, region) * Uptakes.GetValueOrDefault((region, side), 1) * (!IsSuperscan ? 1 : WholeBodyUptake.IsAxial(region) ? WholeBodyUptake.SuperscanBone : region == BodyRegion.Kidney ? WholeBodyUptake.SuperscanRest : 1);

    /// <summary>Uptake of soft tissue relative to what it usually is.</summary>
    internal double SoftTissue { get; init; } = 1;

    /// <summary>Length of a kidney, mm (PMC2813848: right 108.5, left 111.3).</summary>
    internal double KidneyLength(BodySide side) => (side == BodySide.Left ? 111.3 : 108.5) * Height / 170;
}

/// <summary>From where a detector looks at a lying patient.</summary>
public enum WholeBodyView
{
    /// <summary>From the front.</summary>
    Anterior,

    /// <summary>From behind.</summary>
    Posterior,
}
