namespace MLNetScinti.Dicom;

/// <summary>The values of an image's pixels.</summary>
/// <param name="Values">Frames in the file's order, each row by row.</param>
/// <param name="Padded">How many pixels were padding.</param>
/// <param name="Total">The sum of the values.</param>
internal readonly record struct PixelValues(float[] Values, long Padded, double Total);
