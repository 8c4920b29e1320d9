using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class DescriptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ScintigraphyImage Recon()
    {
        Volume volume = new(ImageGeometry.Axial(8, 8, 6, 4, 4));
        volume[1, 2, 3] = 700;
        volume[4, 5, 6] = 300;
        NuclearMedicineWriter.WriteReconTomo(_folder.File("recon.dcm"), volume, Phantoms.Study);
        return Phantoms.Reader.Read(_folder.File("recon.dcm"));
    }

    [Fact]
    public void APhysicistFindsWhatMattersAndNobodyFindsThePatient()
    {
        string text = ImageDescription.Of(Recon()).ToString();

        Assert.Contains("Reconstructed SPECT, 6 sections", text, StringComparison.Ordinal);
        Assert.Contains("Tc-99m (half-life 6.01 h), Tc-99m DMSA, 36.1 MBq injected", text, StringComparison.Ordinal);
        Assert.Contains("126.5 to 154.6 keV (20 % at 140.5 keV)", text, StringComparison.Ordinal);
        Assert.Contains("LEHR (parallel)", text, StringComparison.Ordinal);
        Assert.Contains("8 rows x 8 columns, 4 mm pixels, 4 mm sections", text, StringComparison.Ordinal);
        Assert.Contains("sections to the head", text, StringComparison.Ordinal);
        Assert.Contains("1,000 counts, 700 in the hottest voxel", text, StringComparison.Ordinal);
        Assert.Contains("female, 5 years, 19.5 kg, 1.12 m", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Muster", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SIM-0001", text, StringComparison.Ordinal);
        Assert.DoesNotContain("2020", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheIdentityIsToldWhenAskedFor()
    {
        string text = ImageDescription.Of(Recon(), withIdentity: true).ToString();
        Assert.Contains("Muster^Kind, SIM-0001, 20150304", text, StringComparison.Ordinal);
        Assert.Contains("2020-09-10 11:12:13", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WarningsComeWithTheDescription()
    {
        using TemporaryFolder folder = new();
        ScintigraphyImage image = Phantoms.Reader.Read(HandMadeFile.Image("NM", 1).Save(folder));
        Assert.Contains("! Image Type names no kind", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WholeBodyViewsStandSideBySideInInverseGrey()
    {
        PlanarImage anterior = Phantoms.Planar(64, 16, (row, column) => row == 10 && column == 2 ? 50 : 0);
        PlanarImage posterior = Phantoms.Planar(64, 16, (row, column) => row == 50 && column == 13 ? 50 : 0);
        NuclearMedicineWriter.WriteWholeBody(_folder.File("body.dcm"), anterior, posterior, Phantoms.Study);

        ScintigraphyImage image = Phantoms.Reader.Read(_folder.File("body.dcm"));
        PngImage picture = ImageRendering.Draw(image);

        // 768 pixels high, 192 wide each: the spots are black where they belong, the rest is white.
        Assert.Equal((768, 1), (picture.Height, picture.Channels));
        Assert.True(picture.Width > 2 * 192);
        byte At(int row, int column) => picture.Samples[(row * picture.Width) + column];
        Assert.Equal(0, At((10 * 12) + 6, (2 * 12) + 6));
        Assert.Equal(255, At((50 * 12) + 6, (2 * 12) + 6));
        Assert.Equal(0, At((50 * 12) + 6, picture.Width - 192 + (13 * 12) + 6));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], ImageRendering.DrawPng(image)[..4]);
    }

    [Fact]
    public void AVolumeShowsItsProjectionsHeadUpAboveItsSections()
    {
        PngImage picture = ImageRendering.Draw(Recon());

        // Coronal projection: 240 x 320 pixels, 40 to a voxel. Section 4 of 6 is the second from the top, its voxel in column 6.
        byte At(int row, int column) => picture.Samples[(row * picture.Width) + column];
        Assert.Equal(0, At((4 * 40) + 20, (3 * 40) + 20));
        Assert.InRange(At((1 * 40) + 20, (6 * 40) + 20), (byte)100, (byte)200);
        Assert.Equal(255, At(20, 20));
        Assert.True(picture.Height > 320);
    }
}
