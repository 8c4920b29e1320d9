using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>A simulated patient: the anatomy, and what was injected. Everything in it is known, nothing is measured.</summary>
public sealed record DmsaPatient
{
    /// <summary>The seed of the cohort that the patient belongs to.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The patient's number in the cohort, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>What the patient is meant for.</summary>
    public CohortSet Set { get; init; }

    /// <summary>The body.</summary>
    public required PatientAnatomy Anatomy { get; init; }

    /// <summary>Injected activity, MBq: 1.85 MBq/kg, at least 18.5 MBq (S1).</summary>
    public required double InjectedMegabecquerels { get; init; }

    /// <summary>Part of the injection that went beside the vein and never reaches the kidneys.</summary>
    public double LostInjection { get; init; }

    /// <summary>Cycles of the acquisition that were done, of <see cref="DmsaPrevalence.Cycles"/>; every cycle sees all views.</summary>
    public int Cycles { get; init; } = DmsaPrevalence.Cycles.All;

    /// <summary>How the patient moved, or null where the patient lay still.</summary>
    public PatientMotion? Motion { get; init; }

    /// <summary>Whether the reader calls the left and the right kidney the opposite of what it is.</summary>
    public (bool Left, bool Right) Misread { get; init; }

    /// <summary>Sections above the upper and below the lower kidney that the operator reconstructs, in mm.</summary>
    public required (double Above, double Below) Margins { get; init; }

    /// <summary>Whether the reader calls a kidney abnormal.</summary>
    public bool IsCalledAbnormal(BodySide side) => Anatomy.Of(side).IsAbnormal != (side == BodySide.Left ? Misread.Left : Misread.Right);

    /// <summary>The patient's number in files, "SIM-7-000123": the cohort's seed is in it, so that patients of two cohorts are two.</summary>
    public string Id => CohortFolder.IdOf(Seed, Number);

    /// <summary>The part of the planned acquisition that was done.</summary>
    public double AcquiredPart => (double)Cycles / DmsaPrevalence.Cycles.All;

    /// <summary>What went wrong with the scan.</summary>
    public ScanVariant ScanVariants =>
        (Cycles < DmsaPrevalence.Cycles.All ? ScanVariant.ShortAcquisition : 0)
        | (LostInjection > 0.1 ? ScanVariant.Extravasation : 0)
        | (Motion is not null ? ScanVariant.Motion : 0);

    /// <summary>The activity in the patient's liver, MBq at the middle of the scan.</summary>
    public double LiverActivity => AtScan(Anatomy.LiverUptake);

    /// <summary>The activity in the patient's spleen, MBq at the middle of the scan.</summary>
    public double SpleenActivity => AtScan(PhysicsConstants.SpleenUptake);

    /// <summary>The activity in the rest of the body, MBq at the middle of the scan.</summary>
    public double BodyActivity => AtScan(PhysicsConstants.BodyUptake);

    /// <summary>A part of the injected activity, MBq at the middle of the scan.</summary>
    public double AtScan(double part) => InjectedMegabecquerels * (1 - LostInjection) * part
        * Math.Exp(-PhysicsConstants.Technetium99mDecayPerHour * (PhysicsConstants.HoursToScan + (PhysicsConstants.HoursOfScan / 2)));
}
