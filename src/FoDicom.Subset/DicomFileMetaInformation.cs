using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomFileMetaInformation : DicomDataset
{
    public DicomFileMetaInformation()
    {
        ValidateItems = false;
        Version = [0, 1];
        ImplementationClassUID = DicomImplementation.ClassUID;
        ImplementationVersionName = DicomImplementation.Version;
    }

    public DicomFileMetaInformation(DicomDataset dataset)
    {
        ValidateItems = false;
        Version = [0, 1];
        MediaStorageSOPClassUID = dataset.GetSingleValue<DicomUID>(DicomTag.SOPClassUID);
        MediaStorageSOPInstanceUID = dataset.GetSingleValue<DicomUID>(DicomTag.SOPInstanceUID);
        TransferSyntax = dataset.InternalTransferSyntax;
        ImplementationClassUID = DicomImplementation.ClassUID;
        ImplementationVersionName = DicomImplementation.Version;
    }

    public DicomFileMetaInformation(DicomFileMetaInformation metaInfo)
        : base(metaInfo, validate: false)
    {
    }

    internal DicomFileMetaInformation(bool read) => ValidateItems = !read;

    public byte[] Version
    {
        get => GetValues<byte>(DicomTag.FileMetaInformationVersion);
        set => AddOrUpdate(new DicomOtherByte(DicomTag.FileMetaInformationVersion, new MemoryByteBuffer(value)));
    }

    public DicomUID MediaStorageSOPClassUID
    {
        get => GetSingleValue<DicomUID>(DicomTag.MediaStorageSOPClassUID);
        set => AddOrUpdate(DicomTag.MediaStorageSOPClassUID, value);
    }

    public DicomUID MediaStorageSOPInstanceUID
    {
        get => GetSingleValue<DicomUID>(DicomTag.MediaStorageSOPInstanceUID);
        set => AddOrUpdate(DicomTag.MediaStorageSOPInstanceUID, value);
    }

    public DicomTransferSyntax TransferSyntax
    {
        get => GetSingleValue<DicomTransferSyntax>(DicomTag.TransferSyntaxUID);
        set => AddOrUpdate(DicomTag.TransferSyntaxUID, value.UID);
    }

    public DicomUID ImplementationClassUID
    {
        get => GetSingleValue<DicomUID>(DicomTag.ImplementationClassUID);
        set => AddOrUpdate(DicomTag.ImplementationClassUID, value);
    }

    public string ImplementationVersionName
    {
        get => GetSingleValueOrDefault<string>(DicomTag.ImplementationVersionName, null);
        set => AddOrUpdate(DicomTag.ImplementationVersionName, value);
    }

    public string SourceApplicationEntityTitle
    {
        get => GetSingleValueOrDefault<string>(DicomTag.SourceApplicationEntityTitle, null);
        set => AddOrUpdate(DicomTag.SourceApplicationEntityTitle, value);
    }

    public override string ToString() => "DICOM File Meta Info";
}

public static class DicomImplementation
{
    public static DicomUID ClassUID { get; set; } = new("1.3.6.1.4.1.30071.8", "Implementation Class UID", DicomUidType.Unknown);

    public static string Version { get; set; } = "fo-dicom 5.1.3";
}
