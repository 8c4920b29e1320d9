namespace MLNetScinti.Pipelines.Data;

/// <summary>How many patients go where: the counts, where they are given, and the fractions for the others.</summary>
public sealed record PatientSplitOptions
{
    /// <summary>Patients to train on; null to use <see cref="TrainFraction"/>.</summary>
    public int? TrainPatients { get; init; }

    /// <summary>Patients to validate on; null to use <see cref="ValidationFraction"/>.</summary>
    public int? ValidationPatients { get; init; }

    /// <summary>Patients to test on; null to use the rest.</summary>
    public int? TestPatients { get; init; }

    /// <summary>The part of the patients to train on.</summary>
    public double TrainFraction { get; init; } = 0.8;

    /// <summary>The part of the patients to validate on. What remains is the test set.</summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// Whether validation and test hold each pattern of a patient's labels (such as: both kidneys normal, both abnormal, only the
    /// left, only the right) equally often, as in Lin et al. 2023. Otherwise each set holds them in the cohort's proportions.
    /// </summary>
    public bool Balanced { get; init; }

    /// <summary>Decides who goes where. The order of the rows does not.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The text column that names the patient, by pseudonym.</summary>
    public string PatientColumn { get; init; } = "PatientID";

    /// <summary>The Boolean column of labels.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>The text column that tells a patient's cases apart, such as the side of a kidney; need not be there.</summary>
    public string CaseColumn { get; init; } = "Side";
}
