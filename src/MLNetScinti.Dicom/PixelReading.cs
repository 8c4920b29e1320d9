using System.Buffers;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;

namespace MLNetScinti.Dicom;

/// <summary>Makes values of stored pixels: decoded, unpacked, with slope and intercept, never rendered, never inverted.</summary>
internal static class PixelReading
{
    /// <summary>What a padded pixel of a CT image is given: the value of air.</summary>
    public const float Air = -1000;

    // What is copied out of a frame at a time: it stays in the processor's cache until it is converted.
    private const int BlockBytes = 64 << 10;

    /// <summary>Whether the DICOM library decodes a transfer syntax by itself; asked of its decoder, with the first frame.</summary>
    public static bool CanDecode(DicomDataset dataset)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        if (!syntax.IsEncapsulated || IsOfTheCore(syntax))
        {
            return true;
        }

        try
        {
            new DicomTranscoder(syntax, DicomTransferSyntax.ExplicitVRLittleEndian).DecodeFrame(dataset, 0);
            return true;
        }
        catch (DicomCodecException)
        {
            return false;
        }
    }

    /// <summary>The values of all frames.</summary>
    /// <param name="dataset">The data set, with pixel data that is long enough for the header.</param>
    /// <param name="header">Its header.</param>
    /// <param name="format">How its pixels are stored.</param>
    /// <param name="reuse">Where the values go if it has the right length, or null.</param>
    public static PixelValues Read(DicomDataset dataset, ImageHeader header, PixelFormat format, float[]? reuse)
    {
        FunctionalGroups groups = new(dataset);
        FrameSource frames = new(dataset, header, format);
        float padding = header.Kind == ImageKind.Ct ? Air : 0;
        int frameValues = header.Rows * header.Columns;
        int blockValues = Math.Min(frameValues, BlockBytes / format.BytesPerSample);
        int count = checked((int)header.ValueCount);
        float[] values = reuse?.Length == count ? reuse : GC.AllocateUninitializedArray<float>(count);
        byte[] block = ArrayPool<byte>.Shared.Rent(blockValues * format.BytesPerSample);
        long padded = 0;
        double total = 0;
        try
        {
            for (int frame = 0; frame < header.Frames.Count; frame++)
            {
                ValueScaling scaling = groups.IsPresent && groups.Rescale(frame) is (double slope, double intercept) ? new(slope, intercept, "") : header.Scaling;
                PixelConversion conversion = new(format, scaling, padding);
                (IByteBuffer stored, long start) = frames.Of(frame);
                for (int from = 0; from < frameValues; from += blockValues)
                {
                    int used = Math.Min(blockValues, frameValues - from);
                    int bytes = used * format.BytesPerSample;
                    stored.GetByteRange(start + ((long)from * format.BytesPerSample), bytes, block);
                    padded += conversion.Convert(block.AsSpan(0, bytes), values.AsSpan((frame * frameValues) + from, used), ref total);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return new(values, padded, total);
    }

    /// <summary>Whether failing to decode means damage, not a missing decoder: the codings that the library's core decodes.</summary>
    public static bool IsOfTheCore(DicomTransferSyntax syntax) =>
        syntax == DicomTransferSyntax.RLELossless || syntax == DicomTransferSyntax.JPEGProcess14 || syntax == DicomTransferSyntax.JPEGProcess14SV1;

    /// <summary>The stored bytes of each frame, decoded where they are compressed.</summary>
    private sealed class FrameSource
    {
        private readonly DicomDataset _dataset;
        private readonly DicomTranscoder? _decoder;
        private readonly DicomPixelData _pixelData;
        private readonly IByteBuffer? _whole;
        private readonly string _file;
        private readonly long _expected;

        public FrameSource(DicomDataset dataset, ImageHeader header, PixelFormat format)
        {
            DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
            _dataset = dataset;
            _decoder = syntax.IsEncapsulated ? new(syntax, DicomTransferSyntax.ExplicitVRLittleEndian) : null;
            _pixelData = DicomPixelData.Create(dataset);
            _file = header.File;
            _expected = (long)header.Rows * header.Columns * format.BytesPerSample;
            // Frames that stand one after the other need no more asking: for each frame the library looks up a dozen elements again.
            bool plain = _decoder is null && !syntax.SwapPixelData && _pixelData.UncompressedFrameSize == _expected && _pixelData.NumberOfFrames >= header.Frames.Count;
            _whole = plain ? dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)?.Buffer : null;
        }

        /// <summary>Where a frame's bytes are, and at which of them it begins.</summary>
        public (IByteBuffer Stored, long Start) Of(int frame)
        {
            if (_whole is not null)
            {
                return (_whole, frame * _expected);
            }

            IByteBuffer stored = _decoder is null ? _pixelData.GetFrame(frame) : _decoder.DecodeFrame(_dataset, frame);
            return stored.Size >= _expected
                ? (stored, 0)
                : throw new DicomReadException(_file, SkipReason.DamagedPixelData, $"frame {frame + 1} gave {stored.Size} bytes, expected {_expected}: the pixel data is damaged, send the file again from its source.");
        }
    }
}
