namespace MLNetScinti.Imaging;

/// <summary>A connected region of a mask.</summary>
/// <param name="Label">Its number in the label image, from 1.</param>
/// <param name="Voxels">Number of voxels.</param>
/// <param name="Column">Mean column index.</param>
/// <param name="Row">Mean row index.</param>
/// <param name="Section">Mean section index.</param>
/// <param name="Box">The smallest box around it.</param>
public sealed record Region(int Label, int Voxels, double Column, double Row, double Section, IndexBox Box);
