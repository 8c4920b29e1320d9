using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom.Codecs;

namespace MLNetScinti.Dicom;

/// <summary>Makes values of stored pixels: decoded, unpacked, with slope and intercept, never rendered, never inverted.</summary>
internal static class PixelReading
{
    /// <summary>What a padded pixel of a CT image is given: the value of air.</summary>
    public const float Air = -1000;

    // What is copied out of a frame at a time: it stays in the processor's cache until it is converted.
    private const int BlockBytes = 64 << 10;

    /// <summary>The values of all frames.</summary>
    /// <param name="frames">Its frames.</param>
    /// <param name="header">Its header.</param>
    /// <param name="format">How its pixels are stored.</param>
    /// <param name="memory">Where the values go, or null for an array of their own.</param>
    public static PixelValues Read(StoredFrames frames, ImageHeader header, PixelFormat format, PixelMemory? memory)
    {
        float padding = header.Kind == ImageKind.Ct ? Air : 0;
        int frameValues = header.Rows * header.Columns;
        int blockValues = Math.Min(frameValues, BlockBytes / format.BytesPerSample);
        int count = checked((int)header.ValueCount);
        float[] values = memory is null ? GC.AllocateUninitializedArray<float>(count) : memory.For(count);
        byte[] block = ArrayPool<byte>.Shared.Rent(blockValues * format.BytesPerSample);
        long padded = 0, below = 0, above = 0;
        double total = 0;
        try
        {
            for (int frame = 0; frame < header.Frames.Count; frame++)
            {
                PixelScale scale = header.Scales[header.Scales.Count == 1 ? 0 : frame];
                bool isPartial = !scale.Covers(format);
                PixelConversion conversion = new(format, scale, padding);
                FrameBytes stored = frames.Frame(frame);
                for (int from = 0; from < frameValues; from += blockValues)
                {
                    int used = Math.Min(blockValues, frameValues - from);
                    int bytes = used * format.BytesPerSample;
                    stored.CopyTo((long)from * format.BytesPerSample, bytes, block);
                    padded += conversion.Convert(block.AsSpan(0, bytes), values.AsSpan((frame * frameValues) + from, used), ref total);
                    if (isPartial)
                    {
                        conversion.CountOutside(block.AsSpan(0, bytes), scale.First, scale.Last, ref below, ref above);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return new(values, padded, total, below, above);
    }
}

/// <summary>The stored bytes of each frame, decoded where they are compressed.</summary>
internal sealed class StoredFrames
{
    private readonly DicomDataset _dataset;
    private readonly PixelCoding _coding;
    private readonly IByteBuffer? _whole;
    private readonly IReadOnlyList<IReadOnlyList<IByteBuffer>>? _fragments;
    private readonly DicomTranscoder? _registered;
    private readonly string _file;
    private readonly int _bytesPerSample;
    private readonly long _expected;
    private readonly bool _isSwapped;

    private StoredFrames(DicomDataset dataset, ImageHeader header, PixelFormat format)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        _dataset = dataset;
        _file = header.File;
        _coding = PixelCodings.Of(syntax);
        _bytesPerSample = format.BytesPerSample;
        _expected = (long)header.Rows * header.Columns * format.BytesPerSample;
        if (dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) is DicomFragmentSequence fragments)
        {
            _fragments = Frames(fragments, header.Frames.Count, _coding);
            _registered = _coding is PixelCoding.Other or PixelCoding.Unsupported ? new(syntax, DicomTransferSyntax.ExplicitVRLittleEndian) : null;
        }
        else
        {
            _whole = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)?.Buffer;
            _isSwapped = syntax.SwapPixelData && format.BytesPerSample == 2;
        }
    }

    /// <summary>Whether they have to be decoded.</summary>
    public bool IsCompressed => _whole is null;

    /// <summary>Whether compressed pixels begin and end with the marks of their coding, which JPEG, JPEG-LS and JPEG 2000 have in common: what was cut off does not.</summary>
    public static bool AreWhole(DicomDataset dataset)
    {
        if (dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) is not DicomFragmentSequence sequence || sequence.Fragments.Where(fragment => fragment.Size > 0).ToArray() is not [IByteBuffer first, ..] fragments)
        {
            return false;
        }

        ReadOnlySpan<byte> end = fragments[^1].Data.AsSpan().TrimEnd((byte)0);
        return first.Size >= 4 && Start(first) is [0xFF, 0xD8 or 0x4F, ..] && end is [.., 0xFF, 0xD9];
    }

    /// <summary>
    /// Joins the fragments of each frame, where a frame has several: a decoder that takes files does not find the frames of such a one. The data set is
    /// changed; where nothing has to be joined, or nothing tells the frames apart, it stays as it is.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="frames">How many frames it has.</param>
    /// <returns>Whether it was changed.</returns>
    public static bool Join(DicomDataset dataset, int frames)
    {
        if (frames == 1 || dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) is not DicomFragmentSequence sequence || sequence.Fragments.Count(fragment => fragment.Size > 0) <= frames
            || Frames(sequence, frames, PixelCodings.Of(dataset.InternalTransferSyntax)) is not { } told)
        {
            return false;
        }

        DicomOtherByteFragment joined = new(DicomTag.PixelData);
        foreach (IReadOnlyList<IByteBuffer> frame in told)
        {
            joined.Fragments.Add(new MemoryByteBuffer(Joined(frame)));
        }

        dataset.AddOrUpdate(joined);
        return true;
    }

    /// <summary>The frames of a data set.</summary>
    /// <returns>The frames; null where only the external decoder can make them.</returns>
    public static StoredFrames? Of(DicomDataset dataset, ImageHeader header, PixelFormat format)
    {
        StoredFrames frames = new(dataset, header, format);
        return frames._whole is null && (frames._registered is null ? frames._fragments is null : !PixelCodings.IsRegistered(dataset)) ? null : frames;
    }

    /// <summary>Copies bytes of a frame.</summary>
    /// <exception cref="DicomReadException">The frame does not decode.</exception>
    public FrameBytes Frame(int frame)
    {
        if (_whole is not null)
        {
            return new FrameBytes(_whole, frame * _expected, _isSwapped);
        }

        try
        {
            IByteBuffer stored = _coding switch
            {
                _ when _registered is not null => _registered.DecodeFrame(_dataset, frame),
                PixelCoding.RunLengths => new MemoryByteBuffer(RunLengths.Decode(Joined(_fragments![frame]), _bytesPerSample, checked((int)_expected))),
                PixelCoding.JpegLossless => new MemoryByteBuffer(new JpegLossless(Joined(_fragments![frame])).Decode(_bytesPerSample, checked((int)_expected))),
                _ => new MemoryByteBuffer(Joined(_fragments![frame])),
            };
            return stored.Size >= _expected
                ? new FrameBytes(stored, 0, IsSwapped: false)
                : throw new InvalidDataException($"frame {frame + 1} gave {stored.Size} bytes, expected {_expected}");
        }
        catch (NotSupportedException exception)
        {
            throw new DicomReadException(_file, SkipReason.UnsupportedCodec, $"the pixels of frame {frame + 1} are coded in a way that is not read here ({DatasetReading.Clean(exception.Message).TrimEnd('.')}): ask its source for an uncompressed copy.", exception);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException or UnauthorizedAccessException) && !DicomImageReader.IsDefect(exception))
        {
            throw new DicomReadException(_file, SkipReason.DamagedPixelData, $"the pixels of frame {frame + 1} do not decode ({DatasetReading.Clean(exception.Message).TrimEnd('.')}): copy the file again, and if that changes nothing, ask its source for an uncompressed copy.", exception);
        }
    }

    /// <summary>The fragments of each frame (PS3.5 annex A.4), or null where nothing tells where one frame ends and the next begins.</summary>
    private static IReadOnlyList<IReadOnlyList<IByteBuffer>>? Frames(DicomFragmentSequence sequence, int frames, PixelCoding coding)
    {
        List<IByteBuffer> fragments = [.. sequence.Fragments];
        while (fragments.Count > frames && fragments[^1].Size == 0)
        {
            fragments.RemoveAt(fragments.Count - 1);
        }

        if (frames == 1)
        {
            return [fragments];
        }

        if (fragments.Count == frames)
        {
            return [.. fragments.Select(fragment => (IReadOnlyList<IByteBuffer>)[fragment])];
        }

        if (ByOffset(fragments, sequence.OffsetTable, frames) is { } told)
        {
            return told;
        }

        // An image of JPEG, JPEG-LS or JPEG 2000 begins with its own mark, whatever the table leaves out.
        return coding is PixelCoding.JpegLossless or PixelCoding.Other ? Grouped(fragments, frames, fragment => fragment.Size >= 4 && Start(fragment) is [0xFF, 0xD8, 0xFF, _] or [0xFF, 0x4F, 0xFF, 0x51]) : null;
    }

    private static List<List<IByteBuffer>>? ByOffset(List<IByteBuffer> fragments, IList<uint> offsets, int frames)
    {
        if (offsets.Count != frames)
        {
            return null;
        }

        // Where a fragment begins: its item takes eight bytes.
        Dictionary<long, IByteBuffer> starts = [];
        long at = 0;
        foreach (IByteBuffer fragment in fragments)
        {
            starts[at] = fragment;
            at += 8 + fragment.Size;
        }

        HashSet<IByteBuffer> first = new(ReferenceEqualityComparer.Instance);
        foreach (uint offset in offsets)
        {
            if (!starts.TryGetValue(offset, out IByteBuffer? fragment) || !first.Add(fragment))
            {
                return null;
            }
        }

        return Grouped(fragments, frames, first.Contains);
    }

    private static List<List<IByteBuffer>>? Grouped(List<IByteBuffer> fragments, int frames, Predicate<IByteBuffer> isFirst)
    {
        List<List<IByteBuffer>> groups = new(frames);
        foreach (IByteBuffer fragment in fragments)
        {
            if (isFirst(fragment))
            {
                groups.Add([]);
            }
            else if (groups.Count == 0)
            {
                return null;
            }

            groups[^1].Add(fragment);
        }

        return groups.Count == frames ? groups : null;
    }

    private static byte[] Start(IByteBuffer fragment)
    {
        byte[] start = new byte[4];
        fragment.GetByteRange(0, start.Length, start);
        return start;
    }

    private static byte[] Joined(IReadOnlyList<IByteBuffer> fragments)
    {
        if (fragments is [IByteBuffer only])
        {
            return only.Data;
        }

        byte[] all = new byte[checked((int)fragments.Sum(fragment => fragment.Size))];
        int at = 0;
        foreach (IByteBuffer fragment in fragments)
        {
            fragment.Data.CopyTo(all, at);
            at += (int)fragment.Size;
        }

        return all;
    }
}

/// <summary>Where a frame's bytes are.</summary>
/// <param name="Stored">The buffer that holds them.</param>
/// <param name="Start">At which of its bytes the frame begins.</param>
/// <param name="IsSwapped">Whether the two bytes of each word have changed places.</param>
internal readonly record struct FrameBytes(IByteBuffer Stored, long Start, bool IsSwapped)
{
    /// <summary>Copies bytes of the frame as little-endian words.</summary>
    public void CopyTo(long from, int count, byte[] target)
    {
        Stored.GetByteRange(Start + from, count, target);
        if (IsSwapped)
        {
            Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(target.AsSpan(0, count));
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}

/// <summary>
/// Memory for the values of one image after the other. Who reads many images saves more time with it than the reading itself takes: fresh
/// memory for a volume is slow to come by. An image is of use until the next one is read into the same memory.
/// </summary>
public sealed class PixelMemory
{
    private readonly bool _isExact;
    private float[] _values = [];

    /// <summary>Memory that grows with the largest image.</summary>
    public PixelMemory()
    {
    }

    /// <summary>The values of an image that is no longer needed, for images of as many values only.</summary>
    internal PixelMemory(float[] values) => (_values, _isExact) = (values, true);

    internal float[] For(int count)
    {
        // Longer than any image in it: that is how an image knows that the array is not its own.
        bool fits = _isExact ? _values.Length == count : _values.Length > count;
        if (!fits)
        {
            // A little more than asked for: the next volume has a few sections more.
            _values = GC.AllocateUninitializedArray<float>(_isExact ? count : (int)Math.Min(Array.MaxLength, count + (count / 8L) + 1));
        }

        return _values;
    }
}

/// <summary>The values of an image's pixels.</summary>
/// <param name="Values">Frames in the file's order, each row by row; there may be more behind them in memory that is lent.</param>
/// <param name="Padded">How many pixels were padding.</param>
/// <param name="Total">The sum of the values.</param>
/// <param name="Below">How many pixels are smaller than those that the file gives a value for.</param>
/// <param name="Above">How many are larger.</param>
internal readonly record struct PixelValues(float[] Values, long Padded, double Total, long Below, long Above);
