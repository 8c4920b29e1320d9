using System.Text;
using System.Text.Json;
using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Doses;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>What <c>scinti dose</c> says and returns of patients whose doses are formulas, and of those who have none.</summary>
public sealed class DoseTests : IDisposable
{
    private const double HalfLife = 50;
    private static readonly double[] s_hours = [4, 24, 96];
    private static readonly ImageGeometry s_grid = ImageGeometry.Axial(48, 32, 32, 4.42, 4.42);
    private static readonly DateTime s_injected = new(2020, 3, 1, 9, 0, 0, DateTimeKind.Unspecified);

    // Of the images, mm; none where a dose is to be a formula.
    private double _blur;

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void APatientWithOneKidneyHasItsDose()
    {
        // As a model writes it: the other one is named, and nothing is drawn in it.
        bool[] left = Ball(34, 16), none = new bool[left.Length];
        Write([left], ("left kidney", left), ("right kidney", none));
        (int code, string output, string error) = Dose("--json", "doses.json");
        Assert.True(code == 0, error + output);
        Assert.Contains("nothing is drawn in 'right kidney'", output, StringComparison.Ordinal);
        JsonElement region = Assert.Single(Json().GetProperty("patients")[0].GetProperty("regions").EnumerateArray());
        Assert.Equal("left kidney", region.GetProperty("region").GetString());
        // 100 MBq at injection in 1.04 g/ml, 147.9 keV a decay: 8.53063e-5 Gy kg per MBq h.
        double grams = left.Count(inside => inside) * s_grid.VoxelVolume / 1000 * 1.04;
        Assert.Equal(100 * HalfLife / Math.Log(2) * 8.53063e-5 / (grams / 1000), region.GetProperty("local").GetProperty("gray").GetDouble(), 0.003 * region.GetProperty("local").GetProperty("gray").GetDouble());
    }

    [Fact]
    public void ATruncatedKidneyHasNoDoseAndTheOtherHas()
    {
        bool[] left = Ball(34, 16), right = Ball(10, 2);
        Write([left, right], ("left kidney", left), ("right kidney", right));
        (int code, string output, string error) = Dose("--json", "doses.json");
        Assert.True(code == 4, error + output);
        Assert.Contains("'right kidney' reaches the edge of the image that it was drawn in and is truncated: it has no volume and no dose.", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("left kidney", Assert.Single(Json().GetProperty("patients")[0].GetProperty("regions").EnumerateArray()).GetProperty("region").GetString());
        Assert.Contains("truncated", Assert.Single(Json().GetProperty("patients")[0].GetProperty("refused").EnumerateArray()).GetString(), StringComparison.Ordinal);

        Write([right], ("right kidney", right));
        (code, output, error) = Dose();
        Assert.True(code == 5, error + output);
        Assert.Contains("truncated", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>The map, its regions and their histograms lie together and say the same: contours of the histogram's volume, a histogram of the map's voxels.</summary>
    [Fact]
    public void TheDoseMapHoldsTheHistogramsOfItsRegions()
    {
        bool[] left = Ball(34, 16), right = Ball(12, 16);
        Write([left, right], ("left kidney", left), ("right kidney", right));
        (int code, string output, string error) = Dose("--kernel", "lu177-4.42mm-soft-tissue", "--maps", "maps", "--json", "doses.json");
        Assert.True(code == 0, error + output);
        string[] files = [.. Directory.GetFiles(Path.Combine(_folder, "maps")).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        StructureSet set = StructureSetReader.Read(files.Single(file => file.EndsWith("-regions.dcm", StringComparison.Ordinal)));
        RadiationDose dose = DoseReader.Read(files.Single(file => !file.EndsWith("-regions.dcm", StringComparison.Ordinal)));
        Assert.Equal(set.InstanceUid, dose.Histograms!.StructureSetUid);
        Assert.Equal(["left kidney", "right kidney"], set.Regions.Select(region => region.Name));
        JsonElement[] regions = [.. Json().GetProperty("patients")[0].GetProperty("regions").EnumerateArray()];
        foreach ((RegionOfInterest region, JsonElement said) in set.Regions.Zip(regions))
        {
            DoseHistogram histogram = dose.Histograms.Regions.Single(one => one.RegionNumber == region.Number);
            bool[] mask = RegionVoxels.Of(region, dose.Gray.Geometry).Mask!;
            Assert.Equal(region.Name == "left kidney" ? left : right, mask);
            float[] grays = [.. dose.Gray.Voxels.Where((_, voxel) => mask[voxel])];
            Assert.Equal(said.GetProperty("millilitres").GetDouble(), histogram.Millilitres[0], 1e-5);
            Assert.Equal(grays.Average(gray => (double)gray), histogram.Mean!.Value, 1e-4 * histogram.Mean.Value);
            Assert.Equal(said.GetProperty("byKernel").GetProperty("gray").GetDouble(), histogram.Mean.Value, 1e-6);
            Assert.InRange(histogram.Millilitres.Count, 100, 502);
            foreach (int bin in (int[])[10, 50, histogram.Millilitres.Count - 2])
            {
                // A voxel at the edge of a bin may be rounded to either side of it.
                Assert.Equal(grays.Count(gray => gray >= bin * histogram.BinGray) * s_grid.VoxelVolume / 1000, histogram.Millilitres[bin], 2 * s_grid.VoxelVolume / 1000);
            }

            Assert.Equal(0, histogram.Millilitres[^1]);
        }
    }

    /// <summary>Images with blur: by what is drawn and the resolution the dose comes back, and the dose without correction stands beside it. Who asks for none has that one, and a curve is not asked for twice.</summary>
    [Fact]
    public void PartialVolumeIsCorrectedUnlessToldOtherwise()
    {
        bool[] left = Ball(34, 16);
        _blur = 14;
        Write([left], ("left kidney", left));
        string[] studies = ["dose", "studies", "--fwhm", "14", "--json", "doses.json"];
        (int code, string output, string error) = Scinti.Run(_folder, studies);
        Assert.True(code == 0, error + output);
        JsonElement region = Json().GetProperty("patients")[0].GetProperty("regions")[0];
        double grams = left.Count(inside => inside) * s_grid.VoxelVolume / 1000 * 1.04, truth = 100 * HalfLife / Math.Log(2) * 8.53063e-5 / (grams / 1000);
        Assert.Equal(1, region.GetProperty("local").GetProperty("gray").GetDouble() / truth, 0.005);
        double uncorrected = region.GetProperty("localUncorrected").GetProperty("gray").GetDouble();
        Assert.InRange(uncorrected / truth, 0.6, 0.8);
        Assert.Equal(uncorrected / truth, region.GetProperty("measurements")[2].GetProperty("recovery").GetDouble(), 0.01);
        Assert.Contains("geometric transfer matrix of 14 mm FWHM", region.GetProperty("recovery").GetString(), StringComparison.Ordinal);
        Assert.Contains("without correction for partial volume: ", output, StringComparison.Ordinal);

        (code, output, error) = Scinti.Run(_folder, [.. studies, "--partial-volume", "none"]);
        Assert.True(code == 0, error + output);
        region = Json().GetProperty("patients")[0].GetProperty("regions")[0];
        Assert.Equal(uncorrected, region.GetProperty("local").GetProperty("gray").GetDouble(), 1e-9);
        Assert.False(region.TryGetProperty("localUncorrected", out _));

        foreach (string[] wrong in (string[][])[["matrix", "--recovery", "16", ".8", ".03"], ["curve"], ["some"]])
        {
            (code, output, error) = Scinti.Run(_folder, [.. studies, "--partial-volume", .. wrong]);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("--partial-volume: expected", error, StringComparison.Ordinal);
        }
    }

    /// <summary>Patients of whom every identifying field is filled, their names typed into the names of regions as well: the doses say who it is by pseudonym alone, the maps alone hold who it is, and their names do not.</summary>
    [Fact]
    public void NothingButTheMapsSaysWhoItIs()
    {
        bool[] left = Ball(34, 16), right = Ball(12, 16);
        Write([left, right], ("left kidney", left), ("right kidney", right));
        IReadOnlyList<string> births = CraftedCohort.Mark(Path.Combine(_folder, "studies"));
        (int code, string output, string error) = Dose("--kernel", "lu177-4.42mm-soft-tissue", "--maps", "maps", "--json", "doses.json", "--draws", "100", "--bed");
        Assert.True(code is 0 or 4, error + output);
        Assert.Empty(CraftedCohort.Found(Encoding.UTF8.GetBytes(output), births));
        Assert.Empty(CraftedCohort.Found(Encoding.UTF8.GetBytes(string.Join('\n', error.Split('\n').Where(line => !line.StartsWith("left out: ", StringComparison.Ordinal)))), births));
        Assert.Empty(CraftedCohort.Found(File.ReadAllBytes(Path.Combine(_folder, "doses.json")), births));
        Assert.Equal(2, Json().GetProperty("patients")[0].GetProperty("regions").GetArrayLength());
        string[] maps = Directory.GetFiles(Path.Combine(_folder, "maps"));
        Assert.Equal(2, maps.Length);
        Assert.All(maps, file => Assert.Empty(CraftedCohort.Found(Encoding.UTF8.GetBytes(Path.GetFileName(file)), births)));
        Assert.All(maps, file => Assert.StartsWith(CraftedCohort.Secret, DicomFile.Open(file).Dataset.GetSingleValue<string>(DicomTag.PatientID), StringComparison.Ordinal));
    }

    /// <summary>Drawn on voxels of half the edge, as on a CT, and 13 mm below where the images show the organ: followed, its dose is that of the organ, and how far it was moved is said.</summary>
    [Fact]
    public void WhatWasDrawnOnFinerVoxelsIsFollowedWhereThatIsAskedFor()
    {
        bool[] left = Ball(34, 16);
        _blur = 14;
        Write([left], ("left kidney", left));
        File.Delete(Path.Combine(_folder, "studies", "set.dcm"));
        ImageGeometry fine = ImageGeometry.Axial(96, 64, 64, 2.21, 2.21);
        byte[] labels = [.. Enumerable.Range(0, fine.Shape.Length).Select(i => left[(((i / (96 * 64) / 2 * 32) + (i / 96 % 64 / 2)) * 48) + (i % 96 / 2)] ? (byte)1 : (byte)0)];
        Directory.CreateDirectory(Path.Combine(_folder, "masks"));
        for (int visit = 0; visit < s_hours.Length; visit++)
        {
            NiftiLabels.Save(Path.Combine(_folder, "masks", $"spect-{visit}.nii.gz"), labels, fine with { Origin = fine.Origin - new Point3(0, 0, 3 * 4.42) }, "drawn");
        }

        double truth = 100 * HalfLife / Math.Log(2) * 8.53063e-5 / (left.Count(inside => inside) * s_grid.VoxelVolume / 1000 * 1.04 / 1000);
        string[] studies = ["dose", "studies", "--fwhm", "14", "--masks", "masks", "--name", "1=left kidney", "--json", "doses.json"];
        (int code, string output, string error) = Scinti.Run(_folder, studies);
        Assert.True(code == 0, error + output);
        Assert.InRange(Json().GetProperty("patients")[0].GetProperty("regions")[0].GetProperty("local").GetProperty("gray").GetDouble() / truth, 0.5, 0.97);

        (code, output, error) = Scinti.Run(_folder, [.. studies, "--follow"]);
        Assert.True(code == 0, error + output);
        Assert.Contains("'left kidney' was moved by 13", output, StringComparison.Ordinal);
        Assert.Equal(1, Json().GetProperty("patients")[0].GetProperty("regions")[0].GetProperty("local").GetProperty("gray").GetDouble() / truth, 0.01);
    }

    [Fact]
    public void AMissingTimePointIsToldAndAWrongUnitRefused()
    {
        bool[] left = Ball(34, 16);
        Write([left], ("left kidney", left));
        File.Delete(Path.Combine(_folder, "studies", "spect-1.dcm"));
        (int code, string output, string error) = Dose("--expected-hours", "4", "24", "96");
        Assert.True(code == 0, error + output);
        Assert.Contains("note: The image at 24 h is missing: there are images at 4, 96 h.", output, StringComparison.Ordinal);

        Write([left], ImageUnit.Counts, ("left kidney", left));
        (code, output, error) = Dose();
        Assert.Equal((5, ""), (code, output));
        Assert.Contains("Bq/ml", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>What is drawn in another patient, or in a CT that lies in other coordinates, is nothing in this patient's images.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatIsDrawnInAnotherPatientOrOtherCoordinatesIsNotTaken(bool isOtherPatient)
    {
        bool[] left = Ball(34, 16);
        Write([left], ("left kidney", left));
        string set = Path.Combine(_folder, "studies", "set.dcm");
        DicomFile changed = DicomFile.Open(set, FileReadOption.ReadAll);
        if (isOtherPatient)
        {
            changed.Dataset.AddOrUpdate(DicomTag.PatientID, "SIM-OTHER");
        }
        else
        {
            changed.Dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, "2.25.42");
            changed.Dataset.GetSequence(DicomTag.ReferencedFrameOfReferenceSequence).Items[0].AddOrUpdate(DicomTag.FrameOfReferenceUID, "2.25.42");
            changed.Dataset.GetSequence(DicomTag.StructureSetROISequence).Items[0].AddOrUpdate(DicomTag.ReferencedFrameOfReferenceUID, "2.25.42");
        }

        new DicomFile(changed.Dataset).Save(set);
        (int code, string output, string error) = Dose();
        Assert.True(code == 5, error + output);
        Assert.Contains("No region is drawn in any of its images", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Dose(params string[] more) => Scinti.Run(_folder, ["dose", "studies", "--fwhm", "10", "--partial-volume", "none", .. more]);

    private JsonElement Json() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "doses.json"))).RootElement;

    private static bool[] Ball(int column, int row)
    {
        bool[] ball = new bool[s_grid.Shape.Length];
        for (int voxel = 0; voxel < ball.Length; voxel++)
        {
            int x = (voxel % 48) - column, y = (voxel / 48 % 32) - row, z = (voxel / (48 * 32)) - 15;
            ball[voxel] = (x * x) + (y * y) + (z * z) <= 49;
        }

        return ball;
    }

    private void Write(IReadOnlyList<bool[]> active, params (string Name, bool[] Mask)[] drawn) => Write(active, ImageUnit.BecquerelPerMillilitre, drawn);

    // Three images in one frame of reference, each active region of 100 MBq at injection; what is drawn is drawn in the first.
    private void Write(IReadOnlyList<bool[]> active, ImageUnit unit, params (string Name, bool[] Mask)[] drawn)
    {
        string studies = Path.Combine(_folder, "studies");
        if (Directory.Exists(studies))
        {
            Directory.Delete(studies, recursive: true);
        }

        Directory.CreateDirectory(studies);
        for (int visit = 0; visit < s_hours.Length; visit++)
        {
            float[] values = new float[s_grid.Shape.Length];
            foreach (bool[] mask in active)
            {
                float concentration = (float)(100e6 * Math.Pow(2, -s_hours[visit] / HalfLife) / (mask.Count(inside => inside) * s_grid.VoxelVolume / 1000));
                for (int i = 0; i < mask.Length; i++)
                {
                    values[i] += mask[i] ? concentration : 0;
                }
            }

            NuclearMedicineWriter.WriteReconTomo(Path.Combine(studies, $"spect-{visit}.dcm"), GaussianFilter.Apply(new Volume(s_grid, values), _blur), new NuclearMedicineStudy
            {
                PatientId = "SIM-BALL",
                Comments = SimulatedPatient.Mark,
                AcquiredAt = s_injected.AddHours(s_hours[visit]),
                InjectedAt = s_injected,
                InjectedMegabecquerels = 7400,
                Radionuclide = Radionuclide.Lutetium177,
                EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
                Unit = unit,
                Examination = $"visit {visit}",
                Space = "one",
            });
        }

        StructureSetWriter.Write(Path.Combine(studies, "set.dcm"), SourceSeries.Read([Path.Combine(studies, "spect-0.dcm")]), [.. drawn.Select(one => new DerivedStructure(one.Name, one.Mask))], new AlgorithmIdentity("hand", "1"));
    }
}
