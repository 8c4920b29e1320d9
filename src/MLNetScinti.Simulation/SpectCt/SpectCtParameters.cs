namespace MLNetScinti.Simulation.SpectCt;

/// <summary>
/// The numbers of a SPECT/CT cohort that nothing published settles, or that a user may want to change: the one place for them, each with its source. "Judgement" marks those for
/// which nothing published was found, "convention" textbook values without a single source. A cohort's description states every one of them.
/// </summary>
public sealed record SpectCtParameters
{
    /// <summary>What is published, and judgement where nothing is.</summary>
    public static SpectCtParameters Published { get; } = new();

    // Patients

    /// <summary>Mean age, years (197 tumour-free kidneys of KiTS19: 58 +- 14).</summary>
    public double Age { get; init; } = 58;

    /// <summary>Standard deviation of the age (same source).</summary>
    public double AgeSpread { get; init; } = 14;

    /// <summary>Part of the patients that is male (judgement for neuroendocrine tumours; 1 for carcinoma of the prostate).</summary>
    public double Male { get; init; } = 0.5;

    /// <summary>Mean body mass index, kg/m2 (judgement between the 31 of KiTS19 and European patients).</summary>
    public double BodyMassIndex { get; init; } = 27.5;

    /// <summary>Standard deviation of the body mass index (judgement; KiTS19: 6).</summary>
    public double BodyMassIndexSpread { get; init; } = 4.5;

    /// <summary>All deviations of kidneys' size, pose and place relative to the published ones: above 1 for anatomy from wider ranges.</summary>
    public double AnatomySpread { get; init; } = 1;

    // Kidneys

    /// <summary>How often cysts are there, relative to MRI of 1061 adults (PMID 29550955: 14 % of men and 7 % of women from 20 to 29, 55 and 43 % from 70 on); 0 for none.</summary>
    public double Cysts { get; init; } = 1;

    /// <summary>Patients with many large cysts (S5: 3 of 24; judgement elsewhere).</summary>
    public double HighlyCystic { get; init; } = 0.02;

    /// <summary>Exophytic of all cysts (convention; the rest three to one intraparenchymal and parapelvic).</summary>
    public double Exophytic { get; init; } = 0.6;

    /// <summary>Patients with one kidney (convention: 1 to 2 %).</summary>
    public double Solitary { get; init; } = 0.015;

    /// <summary>Patients whose kidneys are joined at the lower poles (1 of 400 to 666).</summary>
    public double Horseshoe { get; init; } = 0.002;

    /// <summary>Kidneys with a dilated pelvis (convention: 2 to 5 % of patients).</summary>
    public double Dilated { get; init; } = 0.02;

    /// <summary>Patients whose kidneys the scan cuts at an edge (judgement).</summary>
    public double Truncated { get; init; } = 0.01;

    /// <summary>Livers with steatosis (judgement).</summary>
    public double Steatosis { get; init; } = 0.2;

    // CT

    /// <summary>Patients scanned with the arms beside the body (judgement).</summary>
    public double ArmsDown { get; init; } = 0.35;

    /// <summary>Standard deviation of what all values of a scan are off, HU (judgement; that scanners differ: PMC5015439).</summary>
    public double ScannerOffset { get; init; } = 5;

    /// <summary>Noise of 30 mAs in sections of 5 mm at the middle of 30 cm of water, HU (convention).</summary>
    public double CtNoise { get; init; } = 20;

    /// <summary>Standard deviation of the detector's electronic noise, in photons (judgement).</summary>
    public double ElectronicNoise { get; init; } = 12;

    /// <summary>Standard deviation of the slow unevenness within a tissue, HU (judgement).</summary>
    public double Texture { get; init; } = 6;

    /// <summary>How much too bright the edge of a truncated field is, HU (convention: 100 to 300).</summary>
    public double Cupping { get; init; } = 200;

    // Uptake and kinetics

    /// <summary>Injected activity, GBq (a cycle of 177Lu-DOTATATE or 177Lu-PSMA-617).</summary>
    public double InjectedGigabecquerels { get; init; } = 7.4;

    /// <summary>Standard deviation of its logarithm (judgement).</summary>
    public double InjectedSpread { get; init; } = 0.05;

    /// <summary>Spread of the kidneys' uptake between patients, standard deviation of its logarithm (15 patients of S4: .52; of the uptake per activity with PSMA-617 .30, PMC5472088).</summary>
    public double KidneyUptakeSpread { get; init; } = 0.5;

    /// <summary>Spread of the uptake of each kidney about its patient's (15 patients of S4: .10 of the ratio).</summary>
    public double SideUptakeSpread { get; init; } = 0.07;

    /// <summary>Relative spread of the kidneys' effective half-life (judgement; that it is lognormal: PMC8882881).</summary>
    public double KidneyHalfLifeSpread { get; init; } = 0.2;

    /// <summary>Relative spread of other organs' uptake (judgement).</summary>
    public double OrganUptakeSpread { get; init; } = 0.35;

    /// <summary>Relative spread of other organs' effective half-lives (convention: .35 of tumours).</summary>
    public double OrganHalfLifeSpread { get; init; } = 0.35;

    /// <summary>Concentration in the cortex relative to the medulla (convention: 2 to 3).</summary>
    public double CortexToMedulla { get; init; } = 2.5;

    /// <summary>Mean number of metastases in the liver (judgement).</summary>
    public double LiverTumours { get; init; } = 1.5;

    // SPECT

    /// <summary>Median of the kidneys' displacement between CT and SPECT, mm (what the systems are tested with; measured motion with breathing is 7 to 11 mm).</summary>
    public double Displacement { get; init; } = 8;

    /// <summary>The largest displacement, mm.</summary>
    public double LargestDisplacement { get; init; } = 20;

    /// <summary>Mean amplitude of the kidneys' motion with breathing, mm (n 28: left 8.4, right 7.7; n 62: 7.4 and 7.5).</summary>
    public double BreathingAmplitude { get; init; } = 8;

    /// <summary>Standard deviation of that amplitude (n 28: 3.2 and 3.6).</summary>
    public double BreathingSpread { get; init; } = 3.4;

    /// <summary>Displacement of a kidney, mm, above which readers draw it on the SPECT, and not on the CT (judgement: gives S4's 31 of 55 patients).</summary>
    public double DrawnOnSpectAbove { get; init; } = 11.6;

    /// <summary>Standard deviation of the patient's shift between visits, mm (judgement).</summary>
    public double VisitShift { get; init; } = 6;

    /// <summary>Sensitivity of one head at 208 keV with a medium-energy collimator, counts per second and MBq (9.0 to 9.5 of one maker).</summary>
    public double Sensitivity { get; init; } = 9.2;

    /// <summary>Seconds of a view of one head (a public data set: 60 views of 60 s; 25 to 30 s in clinics).</summary>
    public double SecondsPerView { get; init; } = 30;

    /// <summary>Scattered photons of all in the photopeak's window at 10 cm of depth (convention: .3 at 208 keV).</summary>
    public double ScatterFraction { get; init; } = 0.3;

    /// <summary>How much more the triple windows estimate than there is scatter, in the mean (TEW is 17 % above another method at LMU; 0 where it is right).</summary>
    public double ScatterExcess { get; init; }

    /// <summary>The lower of both scatter windows' counts of both (judgement).</summary>
    public double LowerWindowShare { get; init; } = 0.75;

    // What the numbers are called, what they are at most, how they are read and how they are set.
    private static readonly Part[] s_parts =
    [
        new("age", 100, one => one.Age, (one, value) => one with { Age = value }),
        new("ageSpread", 30, one => one.AgeSpread, (one, value) => one with { AgeSpread = value }),
        new("male", 1, one => one.Male, (one, value) => one with { Male = value }),
        new("bodyMassIndex", 45, one => one.BodyMassIndex, (one, value) => one with { BodyMassIndex = value }),
        new("bodyMassIndexSpread", 10, one => one.BodyMassIndexSpread, (one, value) => one with { BodyMassIndexSpread = value }),
        new("anatomySpread", 2, one => one.AnatomySpread, (one, value) => one with { AnatomySpread = value }),
        new("cysts", 3, one => one.Cysts, (one, value) => one with { Cysts = value }),
        new("highlyCystic", 1, one => one.HighlyCystic, (one, value) => one with { HighlyCystic = value }),
        new("exophytic", 1, one => one.Exophytic, (one, value) => one with { Exophytic = value }),
        new("solitary", 1, one => one.Solitary, (one, value) => one with { Solitary = value }),
        new("horseshoe", 1, one => one.Horseshoe, (one, value) => one with { Horseshoe = value }),
        new("dilated", 1, one => one.Dilated, (one, value) => one with { Dilated = value }),
        new("truncated", 1, one => one.Truncated, (one, value) => one with { Truncated = value }),
        new("steatosis", 1, one => one.Steatosis, (one, value) => one with { Steatosis = value }),
        new("armsDown", 1, one => one.ArmsDown, (one, value) => one with { ArmsDown = value }),
        new("scannerOffset", 50, one => one.ScannerOffset, (one, value) => one with { ScannerOffset = value }),
        new("ctNoise", 200, one => one.CtNoise, (one, value) => one with { CtNoise = value }),
        new("electronicNoise", 200, one => one.ElectronicNoise, (one, value) => one with { ElectronicNoise = value }),
        new("texture", 50, one => one.Texture, (one, value) => one with { Texture = value }),
        new("cupping", 500, one => one.Cupping, (one, value) => one with { Cupping = value }),
        new("injectedGbq", 20, one => one.InjectedGigabecquerels, (one, value) => one with { InjectedGigabecquerels = value }),
        new("injectedSpread", 1, one => one.InjectedSpread, (one, value) => one with { InjectedSpread = value }),
        new("kidneyUptakeSpread", 2, one => one.KidneyUptakeSpread, (one, value) => one with { KidneyUptakeSpread = value }),
        new("sideUptakeSpread", 1, one => one.SideUptakeSpread, (one, value) => one with { SideUptakeSpread = value }),
        new("kidneyHalfLifeSpread", 1, one => one.KidneyHalfLifeSpread, (one, value) => one with { KidneyHalfLifeSpread = value }),
        new("organUptakeSpread", 1, one => one.OrganUptakeSpread, (one, value) => one with { OrganUptakeSpread = value }),
        new("organHalfLifeSpread", 1, one => one.OrganHalfLifeSpread, (one, value) => one with { OrganHalfLifeSpread = value }),
        new("cortexToMedulla", 10, one => one.CortexToMedulla, (one, value) => one with { CortexToMedulla = value }),
        new("liverTumours", 20, one => one.LiverTumours, (one, value) => one with { LiverTumours = value }),
        new("displacementMm", 20, one => one.Displacement, (one, value) => one with { Displacement = value }),
        new("largestDisplacementMm", 60, one => one.LargestDisplacement, (one, value) => one with { LargestDisplacement = value }),
        new("breathingMm", 40, one => one.BreathingAmplitude, (one, value) => one with { BreathingAmplitude = value }),
        new("breathingSpreadMm", 20, one => one.BreathingSpread, (one, value) => one with { BreathingSpread = value }),
        new("drawnOnSpectAboveMm", 60, one => one.DrawnOnSpectAbove, (one, value) => one with { DrawnOnSpectAbove = value }),
        new("visitShiftMm", 50, one => one.VisitShift, (one, value) => one with { VisitShift = value }),
        new("sensitivity", 100, one => one.Sensitivity, (one, value) => one with { Sensitivity = value }),
        new("secondsPerView", 600, one => one.SecondsPerView, (one, value) => one with { SecondsPerView = value }),
        new("scatterFraction", 0.8, one => one.ScatterFraction, (one, value) => one with { ScatterFraction = value }),
        new("scatterExcess", 1, one => one.ScatterExcess, (one, value) => one with { ScatterExcess = value }),
        new("lowerWindowShare", 1, one => one.LowerWindowShare, (one, value) => one with { LowerWindowShare = value }),
    ];

    /// <summary>All of them by name, in the order in which a cohort states them.</summary>
    public IReadOnlyList<(string Name, double Value, double Most)> Parts => [.. s_parts.Select(part => (part.Name, part.Get(this), part.Most))];

    /// <summary>The same with one number changed.</summary>
    /// <exception cref="ArgumentException">There is no number of this name.</exception>
    public SpectCtParameters With(string name, double value) => Array.Find(s_parts, part => part.Name == name) is { } found
        ? found.Set(this, value)
        : throw new ArgumentException($"expected one of {string.Join(", ", s_parts.Select(part => part.Name))}, found '{name}'", nameof(name));

    private sealed record Part(string Name, double Most, Func<SpectCtParameters, double> Get, Func<SpectCtParameters, double, SpectCtParameters> Set);
}
