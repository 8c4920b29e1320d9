using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FellowOakDicom;

/// <summary>Items in the order of their tags.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The genuine name.")]
public partial class DicomDataset : IEnumerable<DicomItem>
{
    // Sorted by tag at all times. Files come in order, so that reading appends.
    private readonly List<DicomItem> _items = [];
    private Encoding[] _encodings = DicomEncoding.DefaultArray;

    public DicomDataset()
        : this(DicomTransferSyntax.ExplicitVRLittleEndian)
    {
    }

    public DicomDataset(DicomTransferSyntax internalTransferSyntax) => InternalTransferSyntax = internalTransferSyntax;

    public DicomDataset(params DicomItem[] items)
        : this((IEnumerable<DicomItem>)items)
    {
    }

    public DicomDataset(IEnumerable<DicomItem> items)
        : this(items, validate: true)
    {
    }

    internal DicomDataset(IEnumerable<DicomItem> items, bool validate)
        : this()
    {
        ValidateItems = validate;
        if (items is DicomDataset other)
        {
            InternalTransferSyntax = other.InternalTransferSyntax;
        }

        foreach (DicomItem item in items ?? [])
        {
            Put(Copied(item, validate), replace: true);
        }
    }

    public DicomTransferSyntax InternalTransferSyntax { get; internal set; }

    [Obsolete("Use NotValidated() and Validated().")]
    public bool AutoValidate
    {
        get => ValidateItems;
        set => ValidateItems = value;
    }

    internal bool ValidateItems { get; set; } = true;

    internal int Count => _items.Count;

    /// <summary>The character sets of this dataset's texts.</summary>
    internal Encoding[] TextEncodings
    {
        get => _encodings;
        set
        {
            _encodings = value;
            foreach (DicomItem item in _items)
            {
                Tell(item);
            }
        }
    }

    public bool Contains(DicomTag tag) => Find(tag) is not null;

    public void Validate()
    {
        foreach (DicomItem item in _items)
        {
            item.Validate();
        }
    }

    public DicomDataset Remove(params DicomTag[] tags)
    {
        foreach (DicomTag tag in tags)
        {
            DicomItem item = Find(tag);
            if (item is not null)
            {
                _items.Remove(item);
            }
        }

        return this;
    }

    public DicomDataset Remove(Func<DicomItem, bool> selector)
    {
        _items.RemoveAll(item => selector(item));
        return this;
    }

    public DicomDataset Clear()
    {
        _items.Clear();
        return this;
    }

    public DicomDataset CopyTo(DicomDataset destination)
    {
        foreach (DicomItem item in _items)
        {
            destination.AddOrUpdate(item);
        }

        return this;
    }

    public DicomDataset CopyTo(DicomDataset destination, params DicomTag[] tags)
    {
        foreach (DicomTag tag in tags)
        {
            destination.AddOrUpdate(Find(tag) ?? throw Missing(tag));
        }

        return this;
    }

    public IEnumerator<DicomItem> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"DICOM Dataset [{_items.Count} items]";

    /// <summary>The tag under which a private attribute stands here: its block depends on the other creators in the dataset.</summary>
    public DicomTag GetPrivateTag(DicomTag tag) => PrivateTag(tag, create: false);

    protected virtual void ValidateTag(DicomTag tag)
    {
    }

    /// <summary>Takes over what the reader found, in any order; the last of several items of one tag counts.</summary>
    internal void Fill(List<DicomItem> items)
    {
        if (!InOrder(items))
        {
            int[] order = new int[items.Count];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            DicomItem[] found = [.. items];
            Array.Sort(order, (a, b) =>
            {
                uint first = found[a].Tag.Number;
                uint second = found[b].Tag.Number;
                return first != second ? first.CompareTo(second) : a.CompareTo(b);
            });
            items.Clear();
            foreach (int i in order)
            {
                if (items.Count > 0 && items[^1].Tag.Number == found[i].Tag.Number)
                {
                    items[^1] = found[i];
                }
                else
                {
                    items.Add(found[i]);
                }
            }
        }

        _items.Clear();
        _items.AddRange(items);
        NamePrivateCreators();
    }

    /// <summary>Sets the character sets without going over the items: the reader tells them one by one.</summary>
    internal void StartEncodings(Encoding[] encodings) => _encodings = encodings;

    private static bool InOrder(List<DicomItem> items)
    {
        for (int i = 1; i < items.Count; i++)
        {
            if (items[i - 1].Tag.Number >= items[i].Tag.Number)
            {
                return false;
            }
        }

        return true;
    }

    private static DicomItem Copied(DicomItem item, bool validate)
    {
        if (item is not DicomSequence sequence)
        {
            return item;
        }

        DicomSequence copy = new(sequence.Tag);
        foreach (DicomDataset nested in sequence.Items)
        {
            copy.Items.Add(new DicomDataset(nested, validate) { InternalTransferSyntax = nested.InternalTransferSyntax, ValidateItems = nested.ValidateItems });
        }

        return copy;
    }

    private DicomItem Find(DicomTag tag)
    {
        if (tag.IsPrivate && tag.PrivateCreator is not null)
        {
            tag = PrivateTag(tag, create: false);
        }

        int at = Place(tag);
        return at >= 0 ? _items[at] : null;
    }

    /// <summary>Where an item stands, or the complement of where it would.</summary>
    private int Place(DicomTag tag)
    {
        int low = 0;
        int high = _items.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _items[middle].Tag.CompareTo(tag);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private void Put(DicomItem item, bool replace)
    {
        if (item is null)
        {
            return;
        }

        if (ValidateItems)
        {
            item.Validate();
        }

        if (item.Tag.IsPrivate && item.Tag.PrivateCreator is not null)
        {
            item.Tag = PrivateTag(item.Tag, create: true);
        }

        ValidateTag(item.Tag);
        int at = _items.Count == 0 || _items[^1].Tag.CompareTo(item.Tag) < 0 ? ~_items.Count : Place(item.Tag);
        if (at < 0)
        {
            _items.Insert(~at, item);
        }
        else if (replace)
        {
            _items[at] = item;
        }
        else
        {
            throw new ArgumentException($"An item with the same key has already been added. Key: {item.Tag}", "key");
        }

        if (item.Tag.Number == DicomTag.SpecificCharacterSet.Number && item is DicomElement element)
        {
            TextEncodings = element.Count == 0 ? DicomEncoding.DefaultArray : DicomEncoding.GetEncodings(element.Get<string[]>());
        }
        else
        {
            Tell(item);
        }
    }

    private void Tell(DicomItem item)
    {
        if (item is DicomStringElement text)
        {
            if (!text.FromBytes)
            {
                text.Encodings = _encodings;
            }
        }
        else if (item is DicomSequence sequence)
        {
            foreach (DicomDataset nested in sequence.Items)
            {
                if (!nested.Contains(DicomTag.SpecificCharacterSet))
                {
                    nested.TextEncodings = _encodings;
                }
            }
        }
    }

    private DicomTag PrivateTag(DicomTag tag, bool create)
    {
        if (tag.PrivateCreator is null || tag.Element is >= 0x10 and <= 0xFF && _items.Any(item => item.Tag.Number == tag.Number))
        {
            return tag;
        }

        ushort free = 0x10;
        foreach (DicomItem item in _items)
        {
            if (item.Tag.Group != tag.Group || item.Tag.Element is < 0x10 or > 0xFF)
            {
                continue;
            }

            if (item is DicomStringElement name && string.Equals(name.Get<string>(), tag.PrivateCreator.Creator, StringComparison.Ordinal))
            {
                return new DicomTag(tag.Group, (ushort)((item.Tag.Element << 8) | (tag.Element & 0xFF)), tag.PrivateCreator);
            }

            free = Math.Max(free, (ushort)(item.Tag.Element + 1));
        }

        if (!create)
        {
            return tag;
        }

        if (free > 0xFF)
        {
            throw new DicomDataException($"No free private block in group {tag.Group:x4} for creator {tag.PrivateCreator}.");
        }

        Put(new DicomLongString(new DicomTag(tag.Group, free), tag.PrivateCreator.Creator), replace: false);
        return new DicomTag(tag.Group, (ushort)((free << 8) | (tag.Element & 0xFF)), tag.PrivateCreator);
    }

    private void NamePrivateCreators()
    {
        int group = -1;
        Dictionary<int, DicomPrivateCreator> blocks = null;
        foreach (DicomItem item in _items)
        {
            DicomTag tag = item.Tag;
            if (!tag.IsPrivate)
            {
                continue;
            }

            if (tag.Group != group)
            {
                group = tag.Group;
                blocks?.Clear();
            }

            if (tag.Element is >= 0x10 and <= 0xFF)
            {
                if (item is DicomStringElement name)
                {
                    (blocks ??= [])[tag.Element] = DicomPrivateCreator.Of(name.Get<string>());
                }
            }
            else if (blocks is not null && blocks.TryGetValue(tag.Element >> 8, out DicomPrivateCreator creator))
            {
                tag.PrivateCreator = creator;
            }
        }
    }
}
