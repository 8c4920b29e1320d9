using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>A simulated scan with its truth. All volumes have one geometry: columns to the left, rows to the back, sections to the head.</summary>
/// <param name="Patient">The patient.</param>
/// <param name="Image">The reconstructed and filtered counts.</param>
/// <param name="Activity">MBq in each voxel at the middle of the scan: what a perfect camera would show.</param>
/// <param name="Kidneys">1 in the left kidney, 2 in the right, 0 elsewhere.</param>
/// <param name="Defects">1, 2, ... in the defects of the left kidney, 11, 12, ... in those of the right, 0 elsewhere.</param>
/// <param name="Counts">All counts of all views.</param>
/// <param name="LeftActivity">MBq in the left kidney at the middle of the scan.</param>
/// <param name="RightActivity">MBq in the right kidney at the middle of the scan.</param>
public sealed record DmsaStudy(
    DmsaPatient Patient, Volume Image, Volume Activity, Volume Kidneys, Volume Defects, double Counts, double LeftActivity, double RightActivity);
