using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>What the reader finds, put together. An element replaces an earlier one of its tag.</summary>
internal sealed class DatasetBuilder
{
    private readonly Stack<(DicomDataset Dataset, List<DicomItem> Items, Encoding[] Encodings)> _datasets = new();
    private readonly Stack<DicomSequence> _sequences = new();
    private DicomFragmentSequence _fragments;
    private bool _hasOffsets;
    private DicomDataset _dataset;
    private List<DicomItem> _items;
    private Encoding[] _encodings;

    public DatasetBuilder(DicomDataset dataset, Encoding fallback)
    {
        _dataset = dataset;
        _items = new List<DicomItem>(128);
        _encodings = [fallback];
        dataset.StartEncodings(_encodings);
    }

    public void Add(DicomTag tag, DicomVR vr, IByteBuffer buffer)
    {
        if (buffer is null)
        {
            return;
        }

        if (vr == DicomVR.SQ || vr == DicomVR.NONE || vr == DicomVR.Implicit)
        {
            throw new DicomDataException($"Unhandled VR in DICOM parser observer: {vr.Code}");
        }

        DicomElement made = ElementFactory.Create(vr, tag, buffer);
        if (made is DicomStringElement text)
        {
            text.Encodings = _encodings;
        }

        if (tag.Number == 0x00080005 && made.Count > 0)
        {
            _encodings = DicomEncoding.GetEncodings(made.Get<string[]>());
            _dataset.StartEncodings(_encodings);
        }

        CheckGroup(tag);
        _items.Add(made);
    }

    public void BeginSequence(DicomTag tag)
    {
        CheckGroup(tag);
        DicomSequence sequence = new(tag);
        _sequences.Push(sequence);
        _items.Add(sequence);
    }

    public void BeginItem()
    {
        _datasets.Push((_dataset, _items, _encodings));
        DicomDataset item = new(_dataset.InternalTransferSyntax) { ValidateItems = false };
        item.StartEncodings(_encodings);
        _sequences.Peek().Items.Add(item);
        _dataset = item;
        _items = new List<DicomItem>(8);
    }

    public void EndItem()
    {
        _dataset.Fill(_items);
        (_dataset, _items, _encodings) = _datasets.Pop();
    }

    public void EndSequence() => _sequences.Pop();

    public void BeginFragments(DicomTag tag, DicomVR vr)
    {
        _fragments = vr == DicomVR.OB ? new DicomOtherByteFragment(tag)
            : vr == DicomVR.OW ? new DicomOtherWordFragment(tag)
            : throw new DicomDataException($"Unexpected VR found for DICOM fragment sequence: {vr.Code}");
        _hasOffsets = false;
    }

    public void AddFragment(IByteBuffer buffer)
    {
        if (buffer is null)
        {
            _fragments = null;
        }
        else if (_hasOffsets)
        {
            _fragments?.Fragments.Add(buffer);
        }
        else if (_fragments is not null)
        {
            _hasOffsets = true;
            ReadOnlySpan<byte> offsets = buffer.Data;
            for (int at = 0; at + 4 <= offsets.Length; at += 4)
            {
                _fragments.OffsetTable.Add(BinaryPrimitives.ReadUInt32LittleEndian(offsets[at..]));
            }
        }
    }

    public void EndFragments()
    {
        if (_fragments is not null)
        {
            _items.Add(_fragments);
        }

        _fragments = null;
    }

    private void CheckGroup(DicomTag tag)
    {
        if (tag.Group != 2 && _dataset is DicomFileMetaInformation)
        {
            throw new DicomDataException(string.Create(CultureInfo.InvariantCulture, $"Tag with group ID {tag.Group} is not allowed in meta information."));
        }
    }

    /// <summary>Gives the outermost dataset what was found.</summary>
    public void Finish() => _dataset.Fill(_items);
}
