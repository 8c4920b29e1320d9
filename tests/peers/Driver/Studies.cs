using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation;

namespace MLNetScinti.Peers;

/// <summary>Files to read where there are no real ones: a reconstructed SPECT study and a whole-body scan, as the product writes them.</summary>
internal static class Studies
{
    public static void Write(string folder)
    {
        DmsaCohortWriter.Write(new DmsaCohort(new DmsaCohortOptions { Patients = 1, Seed = 3 }), folder);
        CounterRandom random = new(1, 0, 0, "peers");
        NuclearMedicineWriter.WriteWholeBody(Path.Combine(folder, "whole-body.dcm"), Noise(ref random), Noise(ref random), new NuclearMedicineStudy { PatientId = "SIM-WB" });
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
