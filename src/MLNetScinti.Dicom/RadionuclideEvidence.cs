namespace MLNetScinti.Dicom;

/// <summary>How it is known which radionuclide was imaged.</summary>
public enum RadionuclideEvidence
{
    /// <summary>The file's Radionuclide Code Sequence says so, by code or by its meaning.</summary>
    Coded,

    /// <summary>Only a text says so: the radiopharmaceutical's name or the name of an energy window.</summary>
    Named,

    /// <summary>Concluded from the energy windows: a photopeak of this radionuclide lies in their middle.</summary>
    InferredFromEnergyWindow,
}
