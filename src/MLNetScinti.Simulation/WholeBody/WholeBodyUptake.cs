namespace MLNetScinti.Simulation.WholeBody;

/// <summary>
/// Usual uptake of a millilitre of each region relative to soft tissue. For 99mTc-MDP it was fitted so that the mean over each region of an anterior
/// view, relative to the thigh's soft tissue, is what was measured on scans (NM1 and boxes of BS-80K; a test holds the ratios). For 131I it follows from
/// published parts of the dose where there are any; the rest is decision.
/// </summary>
internal static class WholeBodyUptake
{
    /// <summary>By how much a superscan's axial bones are hotter (decision within 3 to 6).</summary>
    public const double SuperscanBone = 4;

    /// <summary>Kidneys and soft tissue of a superscan relative to what is usual (decision).</summary>
    public const double SuperscanRest = 0.2;

    private static readonly Dictionary<BodyRegion, double> s_mdp = new()
    {
        [BodyRegion.Cranium] = 3.0,
        [BodyRegion.Face] = 10,
        [BodyRegion.Mandible] = 11,
        [BodyRegion.CervicalSpine] = 22,
        [BodyRegion.ThoracicSpine] = 20,
        [BodyRegion.LumbarSpine] = 20,
        [BodyRegion.Sacrum] = 14,
        [BodyRegion.SacroiliacJoint] = 19,
        [BodyRegion.Manubrium] = 18.5,
        [BodyRegion.SternalBody] = 16,
        [BodyRegion.Ribs] = 14,
        [BodyRegion.Clavicle] = 12.5,
        [BodyRegion.Scapula] = 11,
        [BodyRegion.HumeralHead] = 8.6,
        [BodyRegion.HumeralShaft] = 6.8,
        [BodyRegion.Elbow] = 8,
        [BodyRegion.Radius] = 5.6,
        [BodyRegion.Ulna] = 6.1,
        [BodyRegion.Hand] = 6.8,
        [BodyRegion.Ilium] = 10,
        [BodyRegion.Hip] = 6.6,
        [BodyRegion.PubisIschium] = 13,
        [BodyRegion.Trochanter] = 10.5,
        [BodyRegion.FemoralShaft] = 8.1,
        [BodyRegion.Knee] = 4.5,
        [BodyRegion.Patella] = 3.4,
        [BodyRegion.TibialShaft] = 5,
        [BodyRegion.Fibula] = 8.9,
        [BodyRegion.Ankle] = 6,
        [BodyRegion.Foot] = 3.2,
        [BodyRegion.Kidney] = 14,
        [BodyRegion.Bladder] = 22,
        [BodyRegion.Thyroid] = 1.5,
        [BodyRegion.SalivaryGlands] = 1.3,
        [BodyRegion.Nose] = 3,
        [BodyRegion.Stomach] = 1.1,
        [BodyRegion.Bowel] = 1.1,
        [BodyRegion.Liver] = 1.3,
        [BodyRegion.Lung] = 0.6,
    };

    // At 24 h, relative to soft tissue that holds a third of the activity left: parotids .07 and submandibular glands .02 % of the dose each.
    private static readonly Dictionary<BodyRegion, double> s_iodine = new()
    {
        [BodyRegion.Kidney] = 2,
        [BodyRegion.Bladder] = 80,
        [BodyRegion.Thyroid] = 1,
        [BodyRegion.SalivaryGlands] = 12,
        [BodyRegion.Nose] = 25,
        [BodyRegion.Stomach] = 25,
        [BodyRegion.Bowel] = 14,
        [BodyRegion.Liver] = 2,
        [BodyRegion.Lung] = 0.6,
    };

    /// <summary>The usual uptake of a region.</summary>
    public static double Of(WholeBodyTracer tracer, BodyRegion region) => tracer == WholeBodyTracer.Mdp
        ? s_mdp[region]
        // Iodide goes past bone.
        : s_iodine.GetValueOrDefault(region, 0.7);

    /// <summary>Whether a region belongs to the axial skeleton.</summary>
    public static bool IsAxial(BodyRegion region) => region is BodyRegion.Cranium or BodyRegion.CervicalSpine or BodyRegion.ThoracicSpine or BodyRegion.LumbarSpine or BodyRegion.Sacrum or BodyRegion.SacroiliacJoint
        or BodyRegion.Manubrium or BodyRegion.SternalBody or BodyRegion.Ribs or BodyRegion.Scapula or BodyRegion.Clavicle or BodyRegion.Ilium or BodyRegion.PubisIschium or BodyRegion.Hip;
}
