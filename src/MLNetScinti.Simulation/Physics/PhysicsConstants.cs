namespace MLNetScinti.Simulation;

/// <summary>
/// Every physical number of the simulator, with its source. "Convention" marks textbook values without a single source,
/// "decision" our own choices where the literature leaves room.
/// </summary>
public static class PhysicsConstants
{
    // Radionuclide

    /// <summary>Decay constant of 99mTc per hour: half-life 6.0067 h (evaluated nuclear data, NNDC).</summary>
    public const double Technetium99mDecayPerHour = 0.115396;

    /// <summary>Photon energy of 99mTc in keV (NNDC).</summary>
    public const double Technetium99mEnergy = 140.5;

    // Attenuation

    /// <summary>Narrow-beam attenuation of water at 140.5 keV, 1/mm (NIST XCOM tables, log-log interpolated): that of the photons that are not scattered.</summary>
    public const double WaterNarrowBeam = 0.01536;

    /// <summary>
    /// Effective broad-beam attenuation of water at 140 keV, 1/mm (convention, 0.12/cm): that of all photons that a 20 % window counts. With
    /// the narrow beam's it says how many of them are scattered: 21 % of those from 7 cm of depth, 29 % from 10 cm, 40 % from 15 cm.
    /// </summary>
    public const double WaterBroadBeam = 0.012;

    /// <summary>
    /// Lengths in mm of the exponential kernels of scatter, for sources down to a depth in mm (decision: half of the depth. A photon that is
    /// still within the window was deflected by at most 53 degrees, which bounds its distance from the source's line to about the depth;
    /// exponential tails were measured by Axelsson, Msaki and Israelsson, J Nucl Med 1984;25:490).
    /// </summary>
    public static readonly IReadOnlyList<(double Depth, double Length)> ScatterKernels = [(40, 12), (80, 30), (130, 50), (double.PositiveInfinity, 75)];

    /// <summary>Attenuation of lead at 140.5 keV, 1/mm (NIST XCOM: 26.92/cm).</summary>
    public const double Lead = 2.692;

    // Gamma camera (S1: Siemens E.CAM with a low-energy high-resolution collimator)

    /// <summary>Hole diameter of the LEHR collimator in mm (SIMIND collimator table, SE-LEHR / SY-LEHR: 0.111 cm).</summary>
    public const double LehrHoleDiameter = 1.11;

    /// <summary>Hole length of the LEHR collimator in mm (SIMIND collimator table: 2.405 cm).</summary>
    public const double LehrHoleLength = 24.05;

    /// <summary>Intrinsic resolution at 140 keV, FWHM in mm (vendor figures of this camera generation, 3.8 mm).</summary>
    public const double IntrinsicFwhm = 3.8;

    /// <summary>
    /// Gap between the collimator's back and the plane in the crystal where photons are seen, mm: half of a crystal of 9.5 mm and its housing (decision
    /// within what is usual; the system's resolution at 100 mm becomes the 7.4 mm that vendors of this generation state, and would be 7.0 without).
    /// </summary>
    public const double CollimatorGap = 10;

    /// <summary>Sensitivity of one head with LEHR, counts per second and MBq (convention; 202 cpm/uCi).</summary>
    public const double LehrSensitivity = 91;

    // Acquisition (S1, materials and methods)

    /// <summary>Bins across and along the detector's image (S1: 128 x 128).</summary>
    public const int Matrix = 128;

    /// <summary>Pixel in mm (S1: 1.748 mm, zoom 2).</summary>
    public const double Pixel = 1.748;

    /// <summary>Views over 360 degrees (S1: 60 per detector, two detectors).</summary>
    public const int Views = 120;

    /// <summary>Detectors (S1: a dual-head camera).</summary>
    public const int Detectors = 2;

    /// <summary>Hardware zoom (S1: "zoom factor of two"). The pixel is the paper's own; no camera's field of view follows from both.</summary>
    public const double Zoom = 2;

    /// <summary>Seconds per view (S1: 5 s x 6 cycles).</summary>
    public const double SecondsPerView = 30;

    /// <summary>Hours from injection to the start of the scan (S1: about 3 h).</summary>
    public const double HoursToScan = 3;

    /// <summary>Hours of scanning (S1: 30 minutes).</summary>
    public const double HoursOfScan = 0.5;

    /// <summary>Clearance in mm between the body and the detector on its non-circular orbit (decision: bed and safety distance).</summary>
    public const double DetectorClearance = 25;

    // Whole-body scans (S2, S3)

    /// <summary>Edge of a pixel of a whole-body view, mm (S2, S3: 2.26 mm).</summary>
    public const double WholeBodyPixel = 2.26;

    /// <summary>From the table's surface to the face of the detector below it, mm (decision: pallet and safety distance).</summary>
    public const double WholeBodyPosteriorGap = 55;

    /// <summary>From the patient's highest point to the face of the detector above, mm (decision: safety distance).</summary>
    public const double WholeBodyAnteriorGap = 30;

    /// <summary>Median counts of an anterior view with 99mTc-MDP (decision from a scan of 3.6 million at 10 cm/min and the usual .8 to 3.9 million).</summary>
    public const double WholeBodyCounts = 1.8e6;

    // 131I with a high-energy collimator (S3)

    /// <summary>Photon energy of 131I in keV (NNDC).</summary>
    public const double Iodine131Energy = 364.5;

    /// <summary>Narrow-beam attenuation of water at 364 keV, 1/mm (NIST XCOM: 0.1186 cm2/g at 300 and 0.1061 at 400 keV, log-log interpolated).</summary>
    public const double WaterNarrowBeam364 = 0.0110;

    /// <summary>Effective broad-beam attenuation of water at 364 keV in a 10 % window, 1/mm (decision: nine tenths of the narrow beam's, as little scatter stays within so narrow a window).</summary>
    public const double WaterBroadBeam364 = 0.0099;

    /// <summary>Attenuation of lead at 364 keV, 1/mm (NIST XCOM: 0.4031 cm2/g at 300 and 0.2323 at 400 keV, log-log interpolated; 11.35 g/cm3).</summary>
    public const double Lead364 = 0.316;

    /// <summary>Hole diameter of a high-energy collimator, mm (decision within vendors' figures of 4.0 mm for this camera generation).</summary>
    public const double HighEnergyHoleDiameter = 4.0;

    /// <summary>Hole length of a high-energy collimator, mm (decision within vendors' figures of 60 to 66 mm).</summary>
    public const double HighEnergyHoleLength = 66;

    /// <summary>Intrinsic resolution at 364 keV, FWHM in mm (decision: it improves slowly with energy).</summary>
    public const double IntrinsicFwhm364 = 3.4;

    /// <summary>
    /// Part of the counts in the photopeak's window that come through the holes, lower and upper bound: 27 % of a point in air (PMC2811856) to 60 %
    /// (SIMIND's high-energy collimator); between cameras the part is drawn.
    /// </summary>
    public static readonly (double Low, double High) HighEnergyGeometricPart = (0.27, 0.60);

    /// <summary>Length of the even half of the tails of penetration, mm (decision).</summary>
    public const double PenetrationLength = 40;

    /// <summary>Length of the arms of penetration, mm (decision).</summary>
    public const double PenetrationArmLength = 60;

    /// <summary>Standard deviation of an arm's width, mm (decision: about a hole and its septum).</summary>
    public const double PenetrationArmWidth = 6;

    // 177Lu with a medium-energy collimator (S4, S5)

    /// <summary>Narrow-beam attenuation of water at 208.4 keV, 1/mm (NIST XCOM, log-log interpolated: .1350/cm).</summary>
    public const double WaterNarrowBeam208 = 0.01350;

    /// <summary>Rise of the attenuation at 208 keV above that of water, 1/mm for each HU (cortical bone .2472/cm at about 1550 HU).</summary>
    public const double BoneRise208 = 7.2e-6;

    /// <summary>Attenuation of lead at 208 keV, 1/mm (NIST XCOM: 10.34/cm).</summary>
    public const double Lead208 = 1.034;

    /// <summary>Hole diameter of a medium-energy collimator, mm (SIMIND collimator table, Siemens ME: .294 cm).</summary>
    public const double MediumEnergyHoleDiameter = 2.94;

    /// <summary>Hole length of a medium-energy collimator, mm (SIMIND collimator table, Siemens ME: 4.064 cm).</summary>
    public const double MediumEnergyHoleLength = 40.64;

    /// <summary>Intrinsic resolution at 208 keV, FWHM in mm: 3.8 mm at 140 keV by the root of the energies.</summary>
    public const double IntrinsicFwhm208 = 3.12;

    // Reconstruction (S1)

    /// <summary>Subsets of the ordered-subsets reconstruction (S1: 8).</summary>
    public const int Subsets = 8;

    /// <summary>Iterations (S1: 6).</summary>
    public const int Iterations = 6;

    /// <summary>Gaussian post-filter, FWHM in mm (S1: 6 mm).</summary>
    public const double PostFilterFwhm = 6;

    // Radiopharmaceutical

    /// <summary>Injected activity per body weight, MBq/kg (S1).</summary>
    public const double ActivityPerKilogram = 1.85;

    /// <summary>Smallest injected activity, MBq (S1).</summary>
    public const double SmallestActivity = 18.5;

    /// <summary>Largest injected activity, MBq (S1: dose range up to 370).</summary>
    public const double LargestActivity = 370;

    /// <summary>
    /// Part of the injected activity in each normal kidney, decay corrected: 0.30 in both kidneys of children
    /// (EJNMMI Physics 2021, s40658-021-00401-7), not the 0.50 of the ICRP's adult model.
    /// </summary>
    public const double KidneyUptake = 0.15;

    /// <summary>Spread of the uptake between patients: standard deviation of its logarithm (decision).</summary>
    public const double KidneyUptakeSpread = 0.15;

    /// <summary>
    /// Spread of the left kidney's share of the uptake about its share of the volume, among normal pairs (decision; with the
    /// spread of the volumes it leaves most normal pairs between 45 and 55 %, which is what readers call normal).
    /// </summary>
    public const double SplitSpread = 0.01;

    /// <summary>
    /// Uptake in the kidneys of girls relative to boys: 17 % more (EJNMMI Physics 2021, s40658-021-00401-7).
    /// </summary>
    public const double GirlsUptakeToBoys = 1.17;

    /// <summary>
    /// Uptake by age in years relative to children above a year and a half: 45.9 % at 1 to 3 months, 50.8 % at 4 to 7, 56.9 % at 8
    /// to 12, about 60 % later (Nucl Med Commun 1998;19:149, at 24 h). EJNMMI Physics 2021 saw no such dependence at the
    /// time of imaging, but had no infants below 4 months.
    /// </summary>
    public static readonly IReadOnlyList<(double Age, double Part)> UptakeByAge = [(0.17, 0.765), (0.46, 0.847), (0.83, 0.948), (1.5, 1)];

    /// <summary>
    /// Part of the injected activity in the liver (decision between two sources, both scaled to the kidneys' 0.30: 5 % beside 42.4 %
    /// in the kidneys of children, Evans, J Nucl Med 1996;37:1331, makes 0.035; the 10 % beside 50 % of ICRP 53 make 0.06).
    /// </summary>
    public const double LiverUptake = 0.045;

    /// <summary>Spread of the liver's uptake between patients: standard deviation of its logarithm (decision; it rises where labelling is poor or the kidneys are).</summary>
    public const double LiverUptakeSpread = 0.35;

    /// <summary>Part of the injected activity in the spleen (decision in the same way: 2 % of Evans make 0.014, the 1 % of ICRP 53 make 0.006).</summary>
    public const double SpleenUptake = 0.01;

    /// <summary>Part of the injected activity spread over the rest of the body at 3 h (decision; the remainder is in urine, outside the field of view).</summary>
    public const double BodyUptake = 0.45;

    // Kidneys

    /// <summary>Kidney length in mm: slope per mm of body height (0.051 cm/cm; PMC4901001, ages 0 to 13).</summary>
    public const double KidneyLengthPerHeight = 0.051;

    /// <summary>Length of the right kidney at height 0, mm (2.102 cm; PMC4901001).</summary>
    public const double RightKidneyLengthOffset = 21.02;

    /// <summary>Length of the left kidney at height 0, mm (2.280 cm; PMC4901001).</summary>
    public const double LeftKidneyLengthOffset = 22.80;

    /// <summary>Relative spread of kidney length at one height (decision, from the reported R2 of .83 to .87).</summary>
    public const double KidneyLengthSpread = 0.055;

    /// <summary>
    /// Relative spread of each kidney's length about what the patient's two have in common (decision: with it and
    /// <see cref="SplitSpread"/>, and with the small and the duplex kidneys, about a tenth of the pairs without defects lies outside 45
    /// to 55 %: 17 of 154 did, Child Kidney Dis 2016;20:63).
    /// </summary>
    public const double KidneyLengthDifference = 0.016;

    /// <summary>Concentration in the medulla relative to the cortex, lower and upper bound (DMSA binds to cortical tubules; decision).</summary>
    public static readonly (double Low, double High) MedullaToCortex = (0.3, 0.65);

    /// <summary>Concentration in renal sinus and pelvis relative to the cortex, lower and upper bound (decision).</summary>
    public static readonly (double Low, double High) PelvisToCortex = (0.04, 0.12);

    /// <summary>Axial blur by breathing, FWHM in mm per mm of body height, lower and upper bound (decision: 1.5 to 6 mm at 1 m).</summary>
    public static readonly (double Low, double High) BreathingPerHeight = (0.0015, 0.006);

    /// <summary>
    /// The least missing cortex, in ml of normal uptake, that is drawn as a defect (decision). S1's labels say what two
    /// readers saw, and no one sees much less than one resolution element: a sphere as wide as the resolution of the
    /// filtered images, about 11 mm, has 0.7 ml.
    /// </summary>
    public const double SmallestDefect = 0.7;

    // Cohort (S1)

    /// <summary>Part of the kidneys that is abnormal: 152 of 520 (S1, training data).</summary>
    public const double AbnormalKidneys = 152.0 / 520.0;

    /// <summary>Age in years: youngest and oldest drawn (S1: 0.2 to 17, but for one patient).</summary>
    public static readonly (double Youngest, double Oldest) Ages = (0.2, 17.9);

    /// <summary>Mean age in years (S1: 3.5 in boys, 4.0 in girls).</summary>
    public const double MeanAge = 3.75;

    /// <summary>Attenuation at 208 keV of what has a value on CT, 1/mm: bilinear, as scanners make maps of attenuation.</summary>
    /// <param name="hounsfield">HU.</param>
    public static double Attenuation208(double hounsfield) => hounsfield <= 0
        ? WaterNarrowBeam208 * Math.Max(0, 1 + (hounsfield / 1000))
        : WaterNarrowBeam208 + (BoneRise208 * hounsfield);

    /// <summary>Uptake in the kidneys relative to the mean of girls and boys.</summary>
    /// <param name="sex">Girl or boy.</param>
    public static double UptakeOf(Sex sex) => 2 / (1 + GirlsUptakeToBoys) * (sex == Sex.Female ? GirlsUptakeToBoys : 1);
}
