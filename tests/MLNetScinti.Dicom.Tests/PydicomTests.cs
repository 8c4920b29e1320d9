using System.Globalization;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>The same files, read by pydicom.</summary>
public sealed class PydicomTests
{
    // One line for each value: shape, the sum of the values with slope and intercept (padding left out), their extremes,
    // and what the nested sequences say.
    private const string Script =
        """
        import sys, numpy, pydicom
        d = pydicom.dcmread(sys.argv[1], force=True)
        if 'TransferSyntaxUID' not in d.file_meta:
            d.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        a = d.pixel_array.astype(numpy.float64).reshape(int(d.get('NumberOfFrames', 1) or 1), d.Rows, d.Columns)
        slope = float(d.get('DoseGridScaling', d.get('RescaleSlope', 1)) or 1)
        keep = a != float(d.get('PixelPaddingValue', -1e9))
        v = (a * slope + float(d.get('RescaleIntercept', 0) or 0))[keep]
        print(*a.shape)
        print(repr(float(v.sum())), repr(float(v.min())), repr(float(v.max())))
        s = d.get('PixelSpacing') or [1, 1]
        print(repr(float(s[0])), repr(float(s[1])))
        e = [r for w in d.get('EnergyWindowInformationSequence', []) for r in w.get('EnergyWindowRangeSequence', [])]
        print(*[repr(float(x)) for r in e for x in (r.EnergyWindowLowerLimit, r.EnergyWindowUpperLimit)])
        print(len(d.get('DetectorInformationSequence', [])), len(d.get('RotationInformationSequence', [])), len(d.get('PhaseInformationSequence', [])))
        """;

    private static readonly string[] s_files =
    [
        "bone-scan/NM1_UNC.dcm", "spect/Jaszack.dcm", "spect/NM-MONO2-16-13x-heart", "spect/TomoResolution.dcm", "planar/FourBar.dcm", "dynamic/MCR.dcm",
        "dynamic/MaxCountRate.dcm", "i131/Background", "i131/PetriDish", "i131/Syringe1cc", "rtdose/rtdose.dcm", "rtstruct/ct_1.dcm", "rtstruct/ct_2.dcm", "seg/ct_image.dcm",
    ];

    [PeerFact("python:pydicom", "python:numpy")]
    public void PydicomReadsTheSameNumbers()
    {
        Assert.All(s_files.Where(file => TestData.Root is not null && File.Exists(TestData.Path(file))), file =>
        {
            (int exit, string output, string error) = Peer.Run(Peer.Python, "-W", "ignore", "-c", Script, TestData.Path(file));
            Assert.True(exit == 0, error);
            double[][] expected = [.. output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray())];

            ScintigraphyImage image = Phantoms.Reader.Read(TestData.Path(file));
            ImageHeader header = image.Header;
            double padding = image.PaddedPixels * (double)(header.Kind == ImageKind.Ct ? -1000 : 0);

            Assert.Equal(expected[0], new double[] { header.Frames.Count, header.Rows, header.Columns });
            Assert.Equal(expected[1][0], image.Total - padding, Math.Abs(expected[1][0]) * 1e-6);
            Assert.Equal(expected[1][1], image.Minimum, Math.Abs(expected[1][1]) * 1e-6);
            Assert.Equal(expected[1][2], image.Maximum, Math.Abs(expected[1][2]) * 1e-6);
            Assert.Equal(expected[2], new double[] { header.RowSpacing, header.ColumnSpacing });
            Assert.Equal(expected[3], header.EnergyWindows.SelectMany(window => window.Ranges).SelectMany(range => new[] { range.LowerKev, range.UpperKev }));
            Assert.Equal(expected[4], new double[] { header.Detectors.Count, header.Rotations.Count, header.Phases.Count });
        });
    }

    [PeerFact("python:pydicom", "python:numpy")]
    public void PydicomReadsWhatIsWritten()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("recon.dcm");
        Imaging.Volume volume = Phantoms.Counting(Imaging.ImageGeometry.Axial(7, 5, 6, 1.748, 2.5));
        NuclearMedicineWriter.WriteReconTomo(file, volume, Phantoms.Study);
        (int exit, string output, string error) = Peer.Run(Peer.Python, "-W", "ignore", "-c", Script, file);
        Assert.True(exit == 0, error);
        string[] lines = output.Split('\n');
        Assert.Equal("6 5 7", lines[0]);
        Assert.Equal(volume.Voxels.Sum(voxel => (double)voxel), double.Parse(lines[1].Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.Equal("1.748 1.748", lines[2]);
        Assert.Equal("126.45 154.55", lines[3]);
    }
}
