namespace MLNetScinti.Dicom;

/// <summary>A phase of a dynamic acquisition: an item of the Phase Information Sequence (PS3.3 table C.8-14).</summary>
/// <param name="Number">Its number, from 1, as the Phase Vector counts.</param>
/// <param name="Frames">Number of frames in it, or null.</param>
/// <param name="SecondsPerFrame">Acquisition time of a frame, or null.</param>
/// <param name="DelaySeconds">Pause before its first frame, or null.</param>
/// <param name="PauseSeconds">Pause between its frames, or null.</param>
/// <param name="Description">What the operator called it; may be empty.</param>
public sealed record AcquisitionPhase(int Number, int? Frames, double? SecondsPerFrame, double? DelaySeconds, double? PauseSeconds, string Description);
