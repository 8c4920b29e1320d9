using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// A movement during the scan: the patient lies displaced for part of it, and in the reference position, where the truth
/// holds, for the greater part.
/// </summary>
/// <param name="Shift">By how much the patient is displaced, in patient coordinates, mm.</param>
/// <param name="From">When the displacement begins, as a part of the scan's time.</param>
/// <param name="To">When it ends; 1 where the patient does not come back.</param>
public sealed record PatientMotion(Point3 Shift, double From, double To);
