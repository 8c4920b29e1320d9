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
