using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public abstract class DicomElement : DicomItem
{
    private IByteBuffer _buffer;

    protected DicomElement(DicomTag tag, IByteBuffer data)
        : base(tag) => _buffer = data;

    public abstract int Count { get; }

    public IByteBuffer Buffer
    {
        get => _buffer ??= CreateBuffer();
        protected set => _buffer = value;
    }

    public uint Length => (uint)Buffer.Size;

    internal bool HasBuffer => _buffer is not null;

    public abstract T Get<T>(int item = -1);

    public override void Validate()
    {
        ValidateString();
        ValidateVM();
    }

    /// <summary>Elements that were made from values make their bytes when someone asks.</summary>
    internal virtual IByteBuffer CreateBuffer() => EmptyBuffer.Value;

    protected virtual void ValidateVM()
    {
        if (Tag.IsPrivate || Count == 0)
        {
            return;
        }

        DicomDictionaryEntry entry = Tag.DictionaryEntry;
        DicomVM vm = entry.ValueMultiplicity;
        if (ReferenceEquals(entry, DicomDictionary.UnknownTag))
        {
            return;
        }

        if (Count < vm.Minimum || Count > vm.Maximum || (vm.Multiplicity > 1 && Count % vm.Multiplicity != 0))
        {
            throw new DicomValidationException(ToString(), ValueRepresentation,
                string.Create(CultureInfo.InvariantCulture, $"Number of items {Count} does not match ValueMultiplicity {vm}"));
        }
    }

    protected virtual void ValidateString()
    {
    }

    private protected InvalidCastException CannotConvert(Type type) =>
        new($"Unable to convert DICOM {ValueRepresentation.Code} value to '{type.Name}'");
}
