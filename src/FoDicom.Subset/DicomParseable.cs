namespace FellowOakDicom;

public abstract class DicomParseable
{
}
