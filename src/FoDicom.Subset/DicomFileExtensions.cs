namespace FellowOakDicom;

public static partial class DicomFileExtensions
{
    public static DicomFile Clone(this DicomFile original) => new(original.Dataset.Clone());
}
