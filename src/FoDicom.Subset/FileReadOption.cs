namespace FellowOakDicom;

public enum FileReadOption
{
    Default,
    ReadLargeOnDemand,
    SkipLargeTags,
    ReadAll,
}
