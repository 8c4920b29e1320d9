namespace MLNetScinti.Dicom;

/// <summary>The radionuclide of an image, and how it is known.</summary>
/// <param name="Radionuclide">The radionuclide.</param>
/// <param name="Evidence">What says so.</param>
public sealed record RadionuclideFinding(Radionuclide Radionuclide, RadionuclideEvidence Evidence)
{
    /// <summary>Whether the file does not name the radionuclide and it was concluded from the energy windows.</summary>
    public bool IsInferred => Evidence == RadionuclideEvidence.InferredFromEnergyWindow;
}
