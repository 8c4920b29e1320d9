namespace MLNetScinti.Simulation;

/// <summary>
/// How often, how large and how faint what a simulated cohort shows is: the one place for these numbers, each with its source.
/// "Decision" marks our own choices where nothing published was found, with the reason. No number was chosen for what it does
/// to a network's figures; number, size and contrast of defects were set so that no global feature of a kidney gives the label away (a test says how much). The parts may be changed for experiments; a cohort's description says so.
/// </summary>
public sealed record DmsaPrevalence
{
    /// <summary>What is published of children who are scanned after an infection of the urinary tract.</summary>
    public static DmsaPrevalence Published { get; } = new();

    /// <summary>No variants, no motion, no loss of counts: kidneys with and without defects, nothing else.</summary>
    public static DmsaPrevalence None { get; } = new()
    {
        DuplexPatients = 0,
        DilatedPatients = 0,
        SmallKidneyPatients = 0,
        MalrotatedPatients = 0,
        WidePelvis = 0,
        Lobulated = 0,
        FlattenedLeft = 0,
        FlattenedRight = 0,
        PaleUpperLeft = 0,
        PaleUpperRight = 0,
        LowLiver = 0,
        ShortScans = 0,
        Extravasations = 0,
        MovedPatients = 0,
    };

    // Variants of kidneys: parts of the patients

    /// <summary>
    /// Part of the patients with a duplex kidney: 22 of 303 children with a first infection (Pediatr Radiol 2007;37:826, urography
    /// as reference). The general population has 0.8 to 1.8 %.
    /// </summary>
    public double DuplexPatients { get; init; } = 22.0 / 303;

    /// <summary>Part of them in whom both kidneys are duplex: 6 of 22 (same source).</summary>
    public double DuplexBothSides { get; init; } = 6.0 / 22;

    /// <summary>
    /// Part of the patients with a dilated collecting system: 27 of 844 children with an infection (Gelfand, Pediatr Radiol
    /// 2000;30:665). Decision: in one kidney each, as the sides are not reported; never in a duplex kidney.
    /// </summary>
    public double DilatedPatients { get; init; } = 27.0 / 844;

    /// <summary>Part of them in whom the dilatation is moderate or severe: 9 of 27 (same source).</summary>
    public double SevereDilatation { get; init; } = 9.0 / 27;

    /// <summary>
    /// Part of the patients with one small, even kidney. Decision, from a published sum: 17 of 154 children with a first
    /// infection differ in uptake by more than 10 % with no or minimal defects (Child Kidney Dis 2016;20:63), and the spread
    /// between normal kidneys alone gives most of these; this is what is left.
    /// </summary>
    public double SmallKidneyPatients { get; init; } = 0.03;

    /// <summary>
    /// Part of the patients with one malrotated kidney. Decision: 1 %. Autopsies have 1 in 939 to 1 in 2000 (Eurorad 13083;
    /// Radiopaedia), but children who get this scan have more anomalies: 38 of 400 besides single kidneys (JRMS 2011;18(2):36),
    /// which after duplex kidneys leaves about 2 % for malrotation, ectopia and fusion together.
    /// </summary>
    public double MalrotatedPatients { get; init; } = 0.01;

    // Variants of kidneys: parts of the kidneys

    /// <summary>Part of the kidneys with a wide pelvis: 74 of 1000 healthy infants in a sonographic survey (PMID 23419315); decision: taken for each kidney.</summary>
    public double WidePelvis { get; init; } = 0.074;

    /// <summary>Part of the kidneys with a wavy outline (decision: a normal variant that every atlas shows, without a figure for children).</summary>
    public double Lobulated { get; init; } = 0.4;

    /// <summary>Part of the left kidneys that the spleen flattens (decision; named by every guideline, counted by none).</summary>
    public double FlattenedLeft { get; init; } = 0.2;

    /// <summary>Part of the right kidneys that the liver flattens (decision).</summary>
    public double FlattenedRight { get; init; } = 0.1;

    /// <summary>Part of the left kidneys with a pale upper pole: 5 of 10 in healthy volunteers (SPECT, J Nucl Med 1996, PMID 8708769).</summary>
    public double PaleUpperLeft { get; init; } = 5.0 / 10;

    /// <summary>Part of the right kidneys with a pale upper pole: 2 of 10 (same source).</summary>
    public double PaleUpperRight { get; init; } = 2.0 / 10;

    /// <summary>Part of the patients whose liver reaches down to the middle of the right kidney or below (decision; the liver's size and shape vary much, no figure for children was found).</summary>
    public double LowLiver { get; init; } = 0.1;

    // Scans: parts of the patients

    /// <summary>
    /// Part of the scans that are ended before the last of the six cycles (decision: 5 %; no count of shortened scans was
    /// found, but children do not always lie still for half an hour).
    /// </summary>
    public double ShortScans { get; init; } = 0.05;

    /// <summary>Part of the injections that partly go beside the vein: 15.5 % (nine studies with 3439 patients, collected at lucerno.com/references by a maker of monitors; none of them with DMSA).</summary>
    public double Extravasations { get; init; } = 0.155;

    /// <summary>
    /// Part of the patients who move visibly: 42 of 164 (Prigent, J Nucl Med 1993;34:1845, SPECT of the heart of about the same
    /// length: no such count was found for DMSA, where correcting motion changed 43 % of the readings, J Nucl Med 2009;50 S2:254).
    /// </summary>
    public double MovedPatients { get; init; } = 42.0 / 164;

    // Sizes of variants

    /// <summary>Length of a small kidney relative to what its age asks for (decision: from two standard deviations below the mean down to a third of the volume).</summary>
    public static (double Low, double High) SmallKidney { get; } = (0.7, 0.87);

    /// <summary>Length of a duplex kidney relative to a single one (uptake is 51 to 57 % of both kidneys', Pediatr Radiol 2007;37:826: 4 to 33 % more than the other's).</summary>
    public static (double Low, double High) DuplexLength { get; } = (1.04, 1.25);

    /// <summary>Height of the bridge of cortex in a duplex kidney, from -1 at the lower pole to 1 at the upper (the upper part has about a third of the kidney: anatomy texts).</summary>
    public static (double Low, double High) DuplexBridge { get; } = (0.15, 0.35);

    /// <summary>Depth of the notch in the outline of a duplex kidney, relative to its half-width (decision).</summary>
    public static (double Low, double High) DuplexNotch { get; } = (0, 0.12);

    /// <summary>Angle of the hilum from inward to forward, radians: usual mean, spread, and range in malrotated kidneys (anteromedial as against forward; decision).</summary>
    public static (double Mean, double Spread, double Low, double High) HilumTurn { get; } = (0.5, 0.15, 1.25, 1.9);

    /// <summary>Size of the renal sinus relative to the usual one (decision): usual, wide pelvis, mild and severe dilatation.</summary>
    public static ((double Low, double High) Usual, (double Low, double High) Wide, (double Low, double High) Mild, (double Low, double High) Severe) Sinus { get; } =
        ((0.85, 1.1), (1.15, 1.4), (1.45, 1.65), (1.65, 1.95));

    /// <summary>Size of a kidney with a dilated collecting system relative to the same kidney without (decision; it holds no more activity).</summary>
    public static (double Low, double High) DilatedKidney { get; } = (1, 1.1);

    /// <summary>Concentration in a dilated pelvis relative to the cortex (decision: some urine with activity stays in it, which guidelines warn of).</summary>
    public static (double Low, double High) DilatedPelvis { get; } = (0.04, 0.25);

    /// <summary>Part of the uptake that the end of a pale upper pole lacks (up to 35 % between the poles, J Nucl Med 1996, PMID 8708769; the lower bound is a decision).</summary>
    public static (double Low, double High) Paleness { get; } = (0.1, 0.35);

    /// <summary>Where the cortex begins, from 0 at the middle line to 1 at the surface (decision: a quarter to two fifths of the half-thickness, alike in both kidneys of a patient).</summary>
    public static (double Low, double High) CortexFrom { get; } = (0.58, 0.8);

    /// <summary>Depth of lobulation relative to the radius (decision).</summary>
    public static (double Low, double High) Lobulation { get; } = (0.01, 0.045);

    /// <summary>How far an outline is flattened relative to the half-width (decision).</summary>
    public static (double Low, double High) Flattening { get; } = (0.05, 0.18);

    /// <summary>Lower edge of a low liver, from -1 at the right kidney's lower pole to 1 at its upper (decision).</summary>
    public static (double Low, double High) LowLiverEdge { get; } = (-0.9, 0);

    // Sizes of what goes wrong

    /// <summary>Cycles of the acquisition, and the fewest of a shortened one that is still reconstructed (S1: 6 cycles of 5 minutes; decision: 2).</summary>
    public static (int All, int Fewest) Cycles { get; } = (6, 2);

    /// <summary>Largest part of an injection that is lost beside the vein; most lose little (decision: losses are distributed as the square of an even draw).</summary>
    public static double LargestLoss { get; } = 0.6;

    /// <summary>Standard deviation of a movement in mm, to the side, to the front and along the body, drawn up to two of them (decision: motion is "generally minimal", Prigent 1993; greater motion is seen and the scan repeated).</summary>
    public static (double Sideward, double Forward, double Along) Movement { get; } = (3, 2, 5);

    /// <summary>For what part of the scan a patient who moved lies displaced (decision: up to half, then the rest is the reference position).</summary>
    public static (double Low, double High) MovedTime { get; } = (0.1, 0.5);

    // Cortical defects

    /// <summary>Parts of the abnormal kidneys with one, two, three and four defects (decision: most scarred kidneys of such cohorts have one or two affected segments).</summary>
    public static IReadOnlyList<double> DefectCounts { get; } = [0.8, 0.15, 0.04, 0.01];

    /// <summary>Part of the abnormal kidneys with several small defects instead (decision; "multifocal" is a usual category of reports).</summary>
    public static double Multifocal { get; } = 0.08;

    /// <summary>Fewest and most defects of such a kidney, and their radius relative to the usual one (decision).</summary>
    public static (int Fewest, int Most, double Radius) MultifocalDefects { get; } = (3, 5, 0.7);

    /// <summary>Parts of the defects at the upper and at the lower pole; the rest lies between (decision: compound papillae, which let reflux in, lie at the poles, the upper one most).</summary>
    public static (double Upper, double Lower) Poles { get; } = (0.42, 0.3);

    /// <summary>Part of the polar defects that take the whole end of the pole (decision).</summary>
    public static double WholePole { get; } = 0.12;

    /// <summary>Part of the other defects that are wedges (decision; the lobe of a calyx is one).</summary>
    public static double Wedges { get; } = 0.35;

    /// <summary>Depth of the end of a pole that is lost, relative to the kidney's length (decision).</summary>
    public static (double Low, double High) PoleDepth { get; } = (0.08, 0.13);

    /// <summary>How far, at most, the edge of such a loss leans from square to the kidney's length, radians (decision).</summary>
    public static double PoleTilt { get; } = 0.5;

    /// <summary>
    /// Radius of a rounded defect relative to the kidney's length: median, spread of the logarithm, and largest (decision: with
    /// these, half of the kidneys' largest defects miss less than 1.1 ml; the acute lesions that left scars had 4.6 ml and more before they shrank,
    /// Radiology 2001;218:366).
    /// </summary>
    public static (double Median, double Spread, double Largest) RoundedRadius { get; } = (0.13, 0.2, 0.2);

    /// <summary>The same of a wedge, at the surface (decision).</summary>
    public static (double Median, double Spread, double Largest) WedgeRadius { get; } = (0.16, 0.2, 0.24);

    /// <summary>Depth of a rounded defect relative to its radius (decision).</summary>
    public static (double Low, double High) RoundedDepth { get; } = (0.7, 1.3);

    /// <summary>Depth of a wedge relative to half the kidney's thickness (decision: up to the sinus).</summary>
    public static (double Low, double High) WedgeDepth { get; } = (0.6, 0.95);

    /// <summary>Smallest radius and depth of any defect, mm (decision: below, no scanner shows it).</summary>
    public static (double Radius, double Depth) Smallest { get; } = (6, 5);

    /// <summary>
    /// Most uptake that is left in the middle of a defect, and of a lost pole, relative to cortex; even draws (decision: the readers' categories reach from "slightly reduced" to "absent").
    /// </summary>
    public static (double Usual, double WholePole) MostRetained { get; } = (0.6, 0.35);

    /// <summary>
    /// The part of what defects take that the rest of the same kidney makes up for; both kidneys together make up for the rest
    /// (decision: intact segments of a scarred kidney grow, and the blood that no longer reaches a scar reaches them).
    /// </summary>
    public static double OwnCompensation { get; } = 0.85;

    /// <summary>The parts with their names, in one order: what a cohort's description needs.</summary>
    internal IReadOnlyList<(string Name, double Part)> Parts =>
    [
        ("duplexPatients", DuplexPatients), ("duplexBothSides", DuplexBothSides), ("dilatedPatients", DilatedPatients),
        ("severeDilatation", SevereDilatation), ("smallKidneyPatients", SmallKidneyPatients), ("malrotatedPatients", MalrotatedPatients),
        ("widePelvis", WidePelvis), ("lobulated", Lobulated), ("flattenedLeft", FlattenedLeft), ("flattenedRight", FlattenedRight),
        ("paleUpperLeft", PaleUpperLeft), ("paleUpperRight", PaleUpperRight),
        ("lowLiver", LowLiver), ("shortScans", ShortScans), ("extravasations", Extravasations), ("movedPatients", MovedPatients),
    ];
}
