using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Testing;
using Xunit;

namespace FoDicom.Subset.Tests;

/// <summary>What another DICOM toolkit, DCMTK, reads and writes.</summary>
public sealed class PeerTests
{
    public static TheoryData<int, int, int> Predictions
    {
        get
        {
            TheoryData<int, int, int> data = [];
            foreach ((int bits, int samples) in new[] { (8, 1), (16, 1), (8, 3) })
            {
                for (int predictor = 1; predictor <= 7; predictor++)
                {
                    data.Add(predictor, bits, samples);
                }
            }

            return data;
        }
    }

    [PeerFact("dcmcjpeg")]
    public void Every_prediction_of_lossless_JPEG_is_decoded()
    {
        foreach (object[] row in Predictions)
        {
            (int predictor, int bits, int samples) = ((int)row[0], (int)row[1], (int)row[2]);
            DicomDataset dataset = Noise(bits, samples);
            DicomFile packed = Converted(Samples.Saved(dataset), "dcmcjpeg", "+el", "+sv", $"{predictor}", "+un");
            Assert.Equal(DicomTransferSyntax.JPEGProcess14, packed.Dataset.InternalTransferSyntax);
            AssertSamePixels(dataset, packed.Dataset.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
        }
    }

    [PeerFact("dcmcrle", "dcmdrle")]
    public void Run_lengths_are_decoded_and_encoded()
    {
        foreach ((int bits, int samples) in new[] { (8, 1), (16, 1), (8, 3) })
        {
            DicomDataset dataset = Noise(bits, samples);
            DicomFile theirs = Converted(Samples.Saved(dataset), "dcmcrle");
            AssertSamePixels(dataset, theirs.Dataset.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
            DicomFile back = Converted(Samples.Saved(dataset.Clone(DicomTransferSyntax.RLELossless)), "dcmdrle");
            AssertSamePixels(dataset, back.Dataset);
        }
    }

    [PeerFact("dcmconv")]
    public void Every_uncompressed_transfer_syntax_is_exchanged()
    {
        (DicomTransferSyntax Syntax, string Option)[] all =
        [
            (DicomTransferSyntax.ImplicitVRLittleEndian, "+ti"), (DicomTransferSyntax.ExplicitVRLittleEndian, "+te"),
            (DicomTransferSyntax.ExplicitVRBigEndian, "+tb"), (DicomTransferSyntax.DeflatedExplicitVRLittleEndian, "+td"),
        ];
        foreach ((DicomTransferSyntax from, _) in all)
        {
            foreach ((DicomTransferSyntax to, string option) in all)
            {
                DicomDataset dataset = Samples.Image(from).Add(DicomTag.DetectorInformationSequence, new DicomDataset
                {
                    { DicomTag.ImagePositionPatient, 1m, -2m, 3.5m },
                    { DicomTag.FrameIncrementPointer, DicomTag.SliceVector },
                });
                DicomFile converted = Converted(Samples.Saved(dataset), "dcmconv", option);
                Assert.Equal(to, converted.Dataset.InternalTransferSyntax);
                AssertSamePixels(dataset, converted.Dataset);
                DicomDataset nested = converted.Dataset.GetSequence(DicomTag.DetectorInformationSequence).Items[0];
                Assert.Equal([1.0, -2.0, 3.5], nested.GetValues<double>(DicomTag.ImagePositionPatient));

                // In big-endian files fo-dicom turns a tag around as one word of four bytes, reading and writing, where it is two of two.
                bool isTurned = (from == DicomTransferSyntax.ExplicitVRBigEndian) != (to == DicomTransferSyntax.ExplicitVRBigEndian);
                Assert.Equal(isTurned ? new DicomTag(DicomTag.SliceVector.Element, DicomTag.SliceVector.Group) : DicomTag.SliceVector, nested.GetSingleValue<DicomTag>(DicomTag.FrameIncrementPointer));
            }
        }
    }

    /// <summary>Smooth with some noise, so that all lengths of differences come up.</summary>
    private static DicomDataset Noise(int bits, int samples)
    {
        const int rows = 37;
        const int columns = 53;
        DicomDataset dataset = Samples.Header(rows: rows, columns: columns, bits: (ushort)bits);
        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)samples);
        if (samples > 1)
        {
            dataset.AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)0).AddOrUpdate(DicomTag.PhotometricInterpretation, "RGB");
        }

        Random random = new(bits + samples);
        byte[] frame = new byte[rows * columns * samples * bits / 8];
        random.NextBytes(frame);
        for (int i = 0; i < frame.Length / 3; i++)
        {
            frame[i] = (byte)(i / 50);
        }

        // The toolkit pads an odd number of bytes; this keeps it even.
        DicomPixelData.Create(dataset, newPixelData: true).AddFrame(new MemoryByteBuffer(frame));
        return dataset;
    }

    private static void AssertSamePixels(DicomDataset expected, DicomDataset actual)
    {
        DicomPixelData before = DicomPixelData.Create(expected);
        DicomPixelData after = DicomPixelData.Create(actual);
        Assert.Equal(before.NumberOfFrames, after.NumberOfFrames);
        for (int frame = 0; frame < before.NumberOfFrames; frame++)
        {
            Assert.Equal(Samples.Hex(before.GetFrame(frame)), Samples.Hex(after.GetFrame(frame)));
        }
    }

    private static DicomFile Converted(byte[] file, string program, params string[] options) => Samples.InFile(file, path =>
    {
        string output = path + ".out";
        try
        {
            (int exitCode, _, string error) = Peer.Run(program, [.. options, path, output]);
            Assert.True(exitCode == 0, $"{program}: {error}");
            return DicomFile.Open(output, FileReadOption.ReadAll);
        }
        finally
        {
            File.Delete(output);
        }
    });
}
