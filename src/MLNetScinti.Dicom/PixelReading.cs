using System.Buffers.Binary;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;

namespace MLNetScinti.Dicom;

/// <summary>Makes values of stored pixels: decoded, unpacked, with slope and intercept, never rendered, never inverted.</summary>
internal static class PixelReading
{
    /// <summary>What a padded pixel of a CT image is given: the value of air.</summary>
    public const float Air = -1000;

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
    /// <param name="padded">How many pixels were padding.</param>
    public static float[] Read(DicomDataset dataset, ImageHeader header, PixelFormat format, out long padded)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        DicomTranscoder? decoder = syntax.IsEncapsulated ? new(syntax, DicomTransferSyntax.ExplicitVRLittleEndian) : null;
        DicomPixelData pixelData = DicomPixelData.Create(dataset);
        FunctionalGroups groups = new(dataset);
        float padding = header.Kind == ImageKind.Ct ? Air : 0;
        int frameValues = header.Rows * header.Columns;
        float[] values = new float[header.ValueCount];
        padded = 0;
        for (int frame = 0; frame < header.Frames.Count; frame++)
        {
            byte[] bytes = (decoder is null ? pixelData.GetFrame(frame) : decoder.DecodeFrame(dataset, frame)).Data;
            if (bytes.Length < (long)frameValues * format.BytesPerSample)
            {
                throw new DicomReadException(header.File, SkipReason.DamagedPixelData, $"frame {frame + 1} gave {bytes.Length} bytes, expected {(long)frameValues * format.BytesPerSample}: the pixel data is damaged, send the file again from its source.");
            }

            ValueScaling scaling = groups.IsPresent && groups.Rescale(frame) is (double slope, double intercept) ? new(slope, intercept, "") : header.Scaling;
            padded += Unpack(bytes, format, scaling, padding, values.AsSpan(frame * frameValues, frameValues));
        }

        return values;
    }

    /// <summary>Whether failing to decode means damage, not a missing decoder: the codings that the library's core decodes.</summary>
    public static bool IsOfTheCore(DicomTransferSyntax syntax) =>
        syntax == DicomTransferSyntax.RLELossless || syntax == DicomTransferSyntax.JPEGProcess14 || syntax == DicomTransferSyntax.JPEGProcess14SV1;

    private static long Unpack(ReadOnlySpan<byte> bytes, PixelFormat format, ValueScaling scaling, float padding, Span<float> values)
    {
        if (format is { BitsAllocated: 16, BitsStored: 16, PaddingFrom: null } && scaling.IsIdentity)
        {
            for (int i = 0; i < values.Length; i++)
            {
                ushort stored = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
                values[i] = format.IsSigned ? (short)stored : stored;
            }

            return 0;
        }

        long padded = 0;
        uint mask = format.BitsStored == 32 ? uint.MaxValue : (1u << format.BitsStored) - 1;
        int unused = 32 - format.BitsStored;
        for (int i = 0; i < values.Length; i++)
        {
            uint word = format.BytesPerSample switch
            {
                1 => bytes[i],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]),
            };

            // Bits above and below the stored ones may hold overlays (PS3.5 8.1.1).
            uint bits = (word >> format.Shift) & mask;
            long stored = format.IsSigned ? (int)(bits << unused) >> unused : bits;
            if (format.PaddingFrom is int from && stored >= from && stored <= format.PaddingTo)
            {
                values[i] = padding;
                padded++;
            }
            else
            {
                values[i] = (float)((stored * scaling.Slope) + scaling.Intercept);
            }
        }

        return padded;
    }
}
