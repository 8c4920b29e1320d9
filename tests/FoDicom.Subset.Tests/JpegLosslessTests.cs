using System.Buffers.Binary;
using System.Numerics;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace FoDicom.Subset.Tests;

/// <summary>Lossless JPEG (ITU-T T.81 annex H), from an encoder of a few lines that does what the standard says and nothing more.</summary>
public sealed class JpegLosslessTests
{
    [Fact]
    public void Any_16_bit_frame_is_decoded_with_every_prediction_and_restart_interval()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int rows = random.Next(1, 30);
            int columns = random.Next(1, 30);
            int predictor = random.Next(1, 8);
            int restart = random.Next(3) * columns;
            ushort[] samples = new ushort[rows * columns];
            int spread = 1 << random.Next(17);
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = (ushort)((32_768 + random.Next(spread)) & 0xFFFF);
            }

            DicomDataset dataset = Samples.Header(DicomTransferSyntax.JPEGProcess14, (ushort)rows, (ushort)columns);
            DicomPixelData.Create(dataset, newPixelData: true).AddFrame(new MemoryByteBuffer(Encoded(samples, rows, columns, predictor, restart)));
            DicomTranscoder transcoder = new(DicomTransferSyntax.JPEGProcess14, DicomTransferSyntax.ExplicitVRLittleEndian);
            byte[] decoded = transcoder.DecodeFrame(dataset, 0).Data;
            for (int i = 0; i < samples.Length; i++)
            {
                Assert.Equal(samples[i], BinaryPrimitives.ReadUInt16LittleEndian(decoded.AsSpan(i * 2)));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static byte[] Encoded(ushort[] samples, int rows, int columns, int predictor, int restart)
    {
        List<byte> bytes = [0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 16, (byte)(rows >> 8), (byte)rows, (byte)(columns >> 8), (byte)columns, 1, 1, 0x11, 0];
        // Seventeen categories, each with a code of five bits.
        bytes.AddRange([0xFF, 0xC4, 0, 36, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.AddRange(Enumerable.Range(0, 17).Select(category => (byte)category));
        bytes.AddRange([0xFF, 0xDD, 0, 4, (byte)(restart >> 8), (byte)restart]);
        bytes.AddRange([0xFF, 0xDA, 0, 8, 1, 1, 0, (byte)predictor, 0, 0]);
        BitSink bits = new(bytes);
        int firstRow = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            if (restart > 0 && i > 0 && i % restart == 0)
            {
                bits.Flush();
                bytes.AddRange([0xFF, (byte)(0xD0 + (((i / restart) - 1) % 8))]);
                firstRow = row;
            }

            int difference = (short)(samples[i] - Predicted(samples, columns, row, column, firstRow, predictor));
            int category = difference == -32_768 ? 16 : 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(difference));
            bits.Put(category, 5);
            if (category is > 0 and < 16)
            {
                bits.Put(difference > 0 ? difference : difference + (1 << category) - 1, category);
            }
        }

        bits.Flush();
        bytes.AddRange([0xFF, 0xD9]);
        return [.. bytes];
    }

    private static int Predicted(ushort[] samples, int columns, int row, int column, int firstRow, int predictor)
    {
        int at = (row * columns) + column;
        if (row == firstRow && column == 0)
        {
            return 1 << 15;
        }

        if (row == firstRow || column == 0)
        {
            return row == firstRow ? samples[at - 1] : samples[at - columns];
        }

        (int a, int b, int c) = (samples[at - 1], samples[at - columns], samples[at - columns - 1]);
        return predictor switch
        {
            1 => a,
            2 => b,
            3 => c,
            4 => a + b - c,
            5 => a + ((b - c) >> 1),
            6 => b + ((a - c) >> 1),
            _ => (a + b) / 2,
        };
    }

    private sealed class BitSink(List<byte> bytes)
    {
        private int _bits;
        private int _count;

        public void Put(int value, int count)
        {
            for (int bit = count - 1; bit >= 0; bit--)
            {
                _bits = (_bits << 1) | ((value >> bit) & 1);
                if (++_count == 8)
                {
                    bytes.Add((byte)_bits);
                    if ((byte)_bits == 0xFF)
                    {
                        bytes.Add(0);
                    }

                    _count = 0;
                }
            }
        }

        /// <summary>Fills the last byte with ones (annex F.1.2.3).</summary>
        public void Flush()
        {
            while (_count > 0)
            {
                Put(1, 1);
            }
        }
    }
}
