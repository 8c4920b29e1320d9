namespace MLNetScinti.Simulation;

/// <summary>What a simulated cohort consists of.</summary>
public sealed record DmsaCohortOptions
{
    /// <summary>All patients (S1: 301).</summary>
    public int Patients { get; init; } = 301;

    /// <summary>The seed of every draw.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Part of the training patients' kidneys that is abnormal (S1: 152 of 520).</summary>
    public double AbnormalKidneys { get; init; } = PhysicsConstants.AbnormalKidneys;

    /// <summary>How often variants of kidneys and mishaps of scans occur; what is published where not given.</summary>
    public DmsaPrevalence Prevalence { get; init; } = DmsaPrevalence.Published;

    /// <summary>
    /// The least missing cortex of a defect, in ml of normal uptake. A larger value makes a cohort of plainer scars: say so
    /// where its figures are shown.
    /// </summary>
    public double SmallestDefectMillilitres { get; init; } = PhysicsConstants.SmallestDefect;

    /// <summary>
    /// How often a kidney's label says the opposite of what is true, as a reader's would; 0 for labels that are the truth. Which ones is drawn
    /// from the seed; the truth stays beside the label.
    /// </summary>
    public double FalseReadings { get; init; }

    /// <summary>
    /// How many of the patients are validation patients. A quarter each has no defect, defects in both kidneys, in the left
    /// only, in the right only (S1: 20 patients, 5 of each kind).
    /// </summary>
    public int Validation { get; init; }

    /// <summary>How many of the patients are test patients, of the same four kinds (S1: 20).</summary>
    public int Test { get; init; }

    /// <summary>The cohort of S1: 301 patients, of them 20 for validation and 20 for the test.</summary>
    public static DmsaCohortOptions Paper { get; } = new() { Patients = 301, Validation = 20, Test = 20 };
}
