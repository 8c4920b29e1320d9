namespace FellowOakDicom.Imaging.Codec;

public static class DicomCodecExtensions
{
    public static DicomFile Clone(this DicomFile file, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(file.Dataset.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(file);

    public static DicomDataset Clone(this DicomDataset dataset, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(dataset.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(dataset);
}
