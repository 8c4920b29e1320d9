namespace MLNetScinti.Dicom;

/// <summary>What an image is: for Nuclear Medicine the third value of Image Type (PS3.3 C.8.4.9.1.1).</summary>
public enum ImageKind
{
    /// <summary>A whole-body scan: one long planar view for each detector.</summary>
    WholeBody,

    /// <summary>Planar views, each counted for some time.</summary>
    Static,

    /// <summary>Planar views one after the other in time.</summary>
    Dynamic,

    /// <summary>Planar views sorted by the phase of the heartbeat or of breathing.</summary>
    Gated,

    /// <summary>Projections of a tomographic acquisition, one for each angle.</summary>
    Tomo,

    /// <summary>Projections of a tomographic acquisition, sorted by phase as well.</summary>
    GatedTomo,

    /// <summary>Reconstructed sections.</summary>
    ReconTomo,

    /// <summary>Reconstructed sections for each phase.</summary>
    ReconGatedTomo,

    /// <summary>Sections of a PET scan.</summary>
    Pet,

    /// <summary>Sections of a CT scan.</summary>
    Ct,

    /// <summary>A radiation dose grid.</summary>
    Dose,

    /// <summary>A grey-scale picture that says nothing more about itself.</summary>
    SecondaryCapture,
}
