using MLNetScinti.Dicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>What <c>scinti rtstruct check</c> prints of sound files, of those that need a look, and of others.</summary>
public sealed class RtStructTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ACheckPrintsVolumesByPolygonAndByVoxel()
    {
        Write();
        (int code, string output, string error) = Scinti.Run(_folder, "rtstruct", "check", "set.dcm", "--images", "images");
        Assert.True(code == 0, error + output);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^set\.dcm: AUTOMATIC, 2 regions of patient P-\w+, made on 1 images, all there$", lines[0]);
        Assert.Equal(["no", "name", "sections", "contours", "points", "polygon", "ml", "voxel", "ml", "stated", "ml", "islands", "holes", "gaps", "no", "image"], Words(lines[1]));
        // 34 and 8 voxels of .064 ml, a ring and two blocks with a gap between them.
        Assert.Equal(["1", "Ring", "1", "1", "10", "2.176", "2.176", "2.176", "1", "1", "0", "0"], Words(lines[2]));
        Assert.Equal(["2", "Blocks", "2", "2", "8", "0.512", "0.512", "0.512", "2", "0", "1", "0"], Words(lines[3]));
        Assert.Equal(4, lines.Length);
        Assert.DoesNotMatch("Geheimrat|4711", output);

        // Without the images all planes together tell how far they are apart.
        (code, output, _) = Scinti.Run(_folder, "rtstruct", "check", "set.dcm");
        Assert.Equal(0, code);
        Assert.Equal(["2", "Blocks", "2", "2", "8", "0.512", "-", "0.512", "2", "0", "1", "0"], Words(output.Split('\n')[3]));
    }

    [Fact]
    public void WhatNeedsALookIsNamedAndOtherFilesAreLeftOut()
    {
        Write();
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        (int code, string output, _) = Scinti.Run(_folder, "rtstruct", "check", "set.dcm", "--images", "empty");
        Assert.Equal(4, code);
        Assert.Contains("made on 1 images, 1 not there", output, StringComparison.Ordinal);
        Assert.Contains("! No voxels: the folder has none of the images", output, StringComparison.Ordinal);

        (code, output, string error) = Scinti.Run(_folder, "rtstruct", "check", "images/recon.dcm");
        Assert.Equal((5, ""), (code, output));
        Assert.Contains("expected an RT Structure Set, found 'Nuclear Medicine Image Storage'", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        (code, output, error) = Scinti.Run(_folder, "rtstruct", "check", "images/recon.dcm", "set.dcm", "--images", "images");
        Assert.Equal(4, code);
        Assert.Contains("left out: images/recon.dcm", error, StringComparison.Ordinal);
        Assert.Contains("Ring", output, StringComparison.Ordinal);
        Assert.Equal(5, Scinti.Run(_folder, "rtstruct", "check", "set.dcm", "--images", "nowhere").Code);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void Write()
    {
        string image = Path.Combine(_folder, "images", "recon.dcm");
        Directory.CreateDirectory(Path.GetDirectoryName(image)!);
        ImageGeometry geometry = ImageGeometry.Axial(8, 8, 5, 4, 4);
        NuclearMedicineWriter.WriteReconTomo(image, new Volume(geometry), new NuclearMedicineStudy { PatientId = "KH-SECRET-4711", PatientName = "Geheimrat^Gundula" });
        SourceSeries source = SourceSeries.Read([image]);
        bool[] ring = new bool[geometry.Shape.Length], blocks = new bool[geometry.Shape.Length];
        for (int i = 0; i < 36; i++)
        {
            ring[(2 * 64) + (i / 6 * 8) + (i % 6)] = i is not (14 or 15);
        }

        foreach (int section in (int[])[1, 3])
        {
            foreach (int pixel in (int[])[0, 1, 8, 9])
            {
                blocks[(section * 64) + pixel] = true;
            }
        }

        StructureSetWriter.Write(Path.Combine(_folder, "set.dcm"), source, [new("Ring", ring), new("Blocks", blocks)], new AlgorithmIdentity("test", "1"));
    }
}
