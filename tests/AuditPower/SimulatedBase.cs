using System.Runtime.InteropServices;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.AuditPower;

/// <summary>A patient of the base: both views at 256 x 64, as counts.</summary>
internal sealed record BasePatient(string Class, bool Iodine, float[] Anterior, float[] Posterior)
{
    public const int Rows = 256, Columns = 64;
}

/// <summary>Simulated patients that all cohorts are drawn from; made once and kept in a file.</summary>
internal static class SimulatedBase
{
    public static IReadOnlyList<BasePatient> Read(string file, int patients, ulong seed)
    {
        // Tracer and collimator say nothing of the class: what stands in the base is clean.
        WholeBodyCohort cohort = new(WholeBodyCohortOptions.Dscint with { Patients = patients, Seed = seed, CrossedTracers = 1 });
        if (!File.Exists(file))
        {
            WholeBodySimulator simulator = new();
            using MemoryStream made = new();
            using BinaryWriter writer = new(made);
            foreach (WholeBodyPatient patient in cohort)
            {
                WholeBodyStudy study = simulator.Simulate(patient);
                writer.Write(WholeBodyCohortWriter.LabelOf(patient.Class));
                writer.Write(patient.Tracer == WholeBodyTracer.Iodine131);
                writer.Write(MemoryMarshal.AsBytes(Small(study.Anterior).AsSpan()));
                writer.Write(MemoryMarshal.AsBytes(Small(study.Posterior).AsSpan()));
            }

            writer.Flush();
            AtomicFile.Write(file, made.ToArray());
        }

        using BinaryReader reader = new(File.OpenRead(file));
        return [.. Enumerable.Range(0, patients).Select(_ => new BasePatient(reader.ReadString(), reader.ReadBoolean(), View(reader), View(reader)))];
    }

    private static float[] View(BinaryReader reader)
    {
        float[] values = new float[BasePatient.Rows * BasePatient.Columns];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    // The counts of the pixels that become one.
    private static float[] Small(PlanarImage image)
    {
        float[] small = new float[BasePatient.Rows * BasePatient.Columns];
        int down = image.Rows / BasePatient.Rows, across = image.Columns / BasePatient.Columns;
        for (int row = 0; row < down * BasePatient.Rows; row++)
        {
            for (int column = 0; column < across * BasePatient.Columns; column++)
            {
                small[(row / down * BasePatient.Columns) + (column / across)] += image.Pixels[(row * image.Columns) + column];
            }
        }

        return small;
    }
}
