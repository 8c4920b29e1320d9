using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation;

namespace MLNetScinti.Peers;

/// <summary>Files to read where there are no real ones: a reconstructed SPECT study and a whole-body scan, as the product writes them.</summary>
internal static class Studies
{
    public static void Write(string folder)
    {
        WriteCohort(folder, patients: 1);
        CounterRandom random = new(1, 0, 0, "peers");
        NuclearMedicineWriter.WriteWholeBody(Path.Combine(folder, "whole-body.dcm"), Noise(ref random), Noise(ref random), new NuclearMedicineStudy { PatientId = "SIM-WB" });
    }

    /// <summary>Reconstructed studies as the demo simulates them.</summary>
    public static void WriteCohort(string folder, int patients) => DmsaCohortWriter.Write(new DmsaCohort(new DmsaCohortOptions { Patients = patients, Seed = 3 }), folder);

    /// <summary>So many studies of the few patients of a folder: each has a patient and identifiers of its own, or a folder would not be read as so many.</summary>
    /// <param name="half">Whether matrix and sections are halved, two voxels each way becoming one: small studies, of which ten thousand find room.</param>
    public static void Copy(string from, string to, int count, bool half)
    {
        Directory.CreateDirectory(to);
        DicomImageReader reader = new();
        Volume[] volumes = [.. Directory.EnumerateFiles(from, "*.dcm").Order(StringComparer.Ordinal).Select(file => reader.Read(file).ToVolume()).Select(volume => half ? Halved(volume) : volume)];
        Parallel.For(0, count, number => NuclearMedicineWriter.WriteReconTomo(
            Path.Combine(to, $"{number:00000}.dcm"), volumes[number % volumes.Length], new NuclearMedicineStudy { PatientId = $"SIM-{number:00000}", Radiopharmaceutical = "DMSA" }));
    }

    private static Volume Halved(Volume volume)
    {
        ImageGeometry fine = volume.Geometry;
        ImageGeometry geometry = ImageGeometry.Axial(fine.Columns / 2, fine.Rows / 2, fine.Sections / 2, 2 * fine.ColumnSpacing, 2 * fine.SectionSpacing);
        float[] voxels = new float[geometry.Columns * geometry.Rows * geometry.Sections];
        for (int voxel = 0; voxel < voxels.Length; voxel++)
        {
            int column = voxel % geometry.Columns, row = voxel / geometry.Columns % geometry.Rows, section = voxel / (geometry.Columns * geometry.Rows);
            for (int part = 0; part < 8; part++)
            {
                voxels[voxel] += volume.Voxels[(2 * column) + (part & 1) + (fine.Columns * ((2 * row) + ((part >> 1) & 1) + (fine.Rows * ((2 * section) + (part >> 2)))))];
            }
        }

        return new Volume(geometry, voxels);
    }

    private static PlanarImage Noise(ref CounterRandom random)
    {
        float[] counts = new float[1024 * 256];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = random.NextPoisson(14);
        }

        return new PlanarImage(256, 1024, 2.26, 2.26, counts);
    }
}
