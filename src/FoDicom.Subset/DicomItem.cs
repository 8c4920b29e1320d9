namespace FellowOakDicom;

public abstract class DicomItem : IComparable<DicomItem>, IComparable
{
    protected DicomItem(DicomTag tag) => Tag = tag;

    public DicomTag Tag { get; internal set; }

    public abstract DicomVR ValueRepresentation { get; }

    public int CompareTo(DicomItem other) => other is null ? 1 : Tag.CompareTo(other.Tag);

    public int CompareTo(object obj) => obj is DicomItem item ? CompareTo(item) : throw new ArgumentException("Passed non-DicomItem to comparer", nameof(obj));

    public override string ToString() =>
        Tag.DictionaryEntry is { } entry ? $"{Tag} {ValueRepresentation} {entry.Name}" : $"{Tag} {ValueRepresentation}";

    public virtual void Validate()
    {
    }
}
