namespace MLNetScinti.Dicom;

/// <summary>How values come from stored pixels: value = stored x Slope + Intercept.</summary>
/// <param name="Slope">The slope.</param>
/// <param name="Intercept">The intercept.</param>
/// <param name="Source">Where the file says so: "Rescale Slope", "Dose Grid Scaling", "Real World Value Mapping", or empty for the identity.</param>
public readonly record struct ValueScaling(double Slope, double Intercept, string Source)
{
    /// <summary>Values are what is stored.</summary>
    public static ValueScaling Identity { get; } = new(1, 0, "");

    /// <summary>Whether values are what is stored.</summary>
    public bool IsIdentity => Slope == 1 && Intercept == 0;
}
