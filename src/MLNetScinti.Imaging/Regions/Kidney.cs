namespace MLNetScinti.Imaging;

/// <summary>A kidney found in a DMSA SPECT volume.</summary>
/// <param name="Side">The patient's side on which it lies.</param>
/// <param name="Centre">The mean position of its voxels in DICOM patient coordinates, mm.</param>
/// <param name="Column">Mean column index.</param>
/// <param name="Row">Mean row index.</param>
/// <param name="Section">Mean section index.</param>
/// <param name="Box">The smallest box around it at the threshold used.</param>
/// <param name="Millilitres">Its volume at the threshold used.</param>
/// <param name="Counts">The sum of its voxels' values.</param>
public sealed record Kidney(
    KidneySide Side, Point3 Centre, double Column, double Row, double Section, IndexBox Box, double Millilitres, double Counts);
