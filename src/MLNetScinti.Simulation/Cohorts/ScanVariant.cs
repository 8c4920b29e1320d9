namespace MLNetScinti.Simulation;

/// <summary>What went wrong with a scan. None of it has to do with the label.</summary>
[Flags]
public enum ScanVariant
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The acquisition was ended early: fewer counts.</summary>
    ShortAcquisition = 1,

    /// <summary>More than a tenth of the injection went beside the vein: fewer counts.</summary>
    Extravasation = 2,

    /// <summary>The patient moved during the acquisition.</summary>
    Motion = 4,
}
