namespace FellowOakDicom;

public enum DicomUidType
{
    TransferSyntax,
    SOPClass,
    MetaSOPClass,
    ServiceClass,
    SOPInstance,
    ApplicationContextName,
    ApplicationHostingModel,
    CodingScheme,
    FrameOfReference,
    Synchronization,
    LDAP,
    MappingResource,
    ContextGroupName,
    Unknown,
}
