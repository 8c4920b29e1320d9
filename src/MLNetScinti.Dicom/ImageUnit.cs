namespace MLNetScinti.Dicom;

/// <summary>What the values of an image count.</summary>
public enum ImageUnit
{
    /// <summary>Detected gamma events, or what reconstruction made of them.</summary>
    Counts,

    /// <summary>Activity concentration, Bq/ml.</summary>
    BecquerelPerMillilitre,

    /// <summary>X-ray attenuation, Hounsfield units.</summary>
    Hounsfield,

    /// <summary>Absorbed dose, Gy.</summary>
    Gray,

    /// <summary>Numbers in another unit, or none: <see cref="ImageHeader.UnitText"/> says what the file calls it.</summary>
    Other,
}
