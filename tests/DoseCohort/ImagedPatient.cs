using System.IO.Compression;
using System.Runtime.InteropServices;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;

namespace MLNetScinti.DoseCohort;

/// <summary>What is known of a kidney: its volume in ml, its time-integrated activity in MBq h, and its mean dose by the kernel, Gy.</summary>
internal sealed record KnownKidney(string Name, double Millilitres, double MegabecquerelHours, double KernelGray)
{
    /// <summary>Its mean dose by local deposition, Gy.</summary>
    public double LocalGray => Nuclide.Lutetium177.LocalDose(MegabecquerelHours, Millilitres * 1.04);
}

/// <summary>One SPECT, and how far each kidney lies from where the CT has it, mm.</summary>
internal sealed record ImagedVisit(double Hours, Point3 Left, Point3 Right, Volume Spect, bool[] LeftOnSpect, bool[] RightOnSpect)
{
    public Point3 MoveOf(string kidney) => kidney == ImagedPatient.LeftName ? Left : Right;

    public bool[] OnSpect(string kidney) => kidney == ImagedPatient.LeftName ? LeftOnSpect : RightOnSpect;
}

/// <summary>A simulated patient as images have it: SPECT in Bq/ml at three times, one CT's true kidneys, and what is known. Made once and kept in a file.</summary>
internal sealed record ImagedPatient(int Number, ImageGeometry CtGrid, byte[] CtKidneys, IReadOnlyList<ImagedVisit> Visits, IReadOnlyList<KnownKidney> Known)
{
    public const string LeftName = "left kidney", RightName = "right kidney";

    private const string Mark = "dose cohort 1";

    /// <summary>Patients with two whole kidneys, imaged at 64 x 64 after 4, 24 and 96 h; the first visit's CT serves all.</summary>
    public static SpectCtCohort Cohort(int patients, ulong seed) => new(SpectCtCohortOptions.DoseTest with
    {
        Name = "dose-cohort",
        Patients = patients,
        Seed = seed,
        Acquisition = SpectCtAcquisition.Quick with { CtAtEachVisit = false },
    });

    public static ImagedPatient Of(SpectCtCohort cohort, int index, string folder)
    {
        string file = Path.Combine(folder, FormattableString.Invariant($"{cohort.Options.Seed}-{index + 1:0000}.bin"));
        if (!File.Exists(file))
        {
            ImagedPatient made = Simulated(cohort, index);
            using MemoryStream memory = new();
            using (GZipStream packed = new(memory, CompressionLevel.Fastest, leaveOpen: true))
            using (BinaryWriter writer = new(packed))
            {
                made.Write(writer);
            }

            AtomicFile.Write(file, memory.ToArray());
        }

        using FileStream kept = File.OpenRead(file);
        using GZipStream unpacked = new(kept, CompressionMode.Decompress);
        using BinaryReader reader = new(unpacked);
        return Read(reader, index + 1);
    }

    private static ImagedPatient Simulated(SpectCtCohort cohort, int index)
    {
        SpectCtPatient patient = cohort[index];
        List<ImagedVisit> visits = [];
        byte[] ct = [];
        foreach (SpectCtScan scan in cohort.Simulator.Simulate(patient))
        {
            ct = scan.CtMask.Length > 0 ? scan.CtMask : ct;
            visits.Add(new(scan.Visit!.Hours, scan.Visit.Left, scan.Visit.Right, scan.Spect!, Of(scan.SpectMask, SpectCtTruth.Left), Of(scan.SpectMask, SpectCtTruth.Right)));
        }

        return new(index + 1, cohort.Options.Acquisition.CtGrid(patient.Scanner, patient.ScanMiddle), ct, visits, KnownOf(cohort, patient));
    }

    // On voxels of 4.42 mm, the kernel's own.
    private static List<KnownKidney> KnownOf(SpectCtCohort cohort, SpectCtPatient patient)
    {
        SpectCtAcquisition fine = cohort.Options.Acquisition with { Matrix = 128, Oversampling = 1 };
        SpectCtScan truth = (cohort.Simulator with { Acquisition = fine }).TruthOf(patient).First();
        ImageGeometry grid = fine.SpectGrid(patient.ScanMiddle);
        double[] integrals = new double[256];
        foreach (TissueActivity one in truth.Tissues)
        {
            integrals[(int)one.Tissue] = one.IntegralPerMillilitre;
        }

        double millilitres = grid.VoxelVolume / 1000;
        Volume activity = new(grid, Array.ConvertAll(truth.SpectTissues, tissue => (float)(integrals[tissue] * millilitres)));
        DoseMap dose = DoseMap.ByKernel(TimeIntegratedActivityMap.Known(Nuclide.Lutetium177, activity), KernelTable.Named("lu177-4.42mm-soft-tissue"));
        List<KnownKidney> known = [];
        foreach ((string name, Tissue cortex, Tissue medulla) in new[] { (LeftName, Tissue.LeftCortex, Tissue.LeftMedulla), (RightName, Tissue.RightCortex, Tissue.RightMedulla) })
        {
            TissueActivity[] parts = [.. truth.Tissues.Where(one => one.Tissue == cortex || one.Tissue == medulla)];
            // A kidney that the scan cuts has no dose, and is not asked for.
            if (parts.Length > 0 && !patient.Truncated.Contains(name == LeftName ? BodySide.Left : BodySide.Right))
            {
                bool[] mask = Array.ConvertAll(truth.SpectTissues, tissue => (Tissue)tissue == cortex || (Tissue)tissue == medulla);
                known.Add(new(name, parts.Sum(one => one.Millilitres), parts.Sum(one => one.Millilitres * one.IntegralPerMillilitre), dose.Histogram(mask).Mean));
            }
        }

        return known;
    }

    private static bool[] Of(byte[] labels, byte label) => Array.ConvertAll(labels, one => one == label);

    private void Write(BinaryWriter writer)
    {
        writer.Write(Mark);
        Write(writer, CtGrid);
        writer.Write(CtKidneys);
        writer.Write(Visits.Count);
        foreach (ImagedVisit visit in Visits)
        {
            writer.Write(visit.Hours);
            Write(writer, visit.Left);
            Write(writer, visit.Right);
            Write(writer, visit.Spect.Geometry);
            writer.Write(MemoryMarshal.AsBytes(visit.Spect.AsSpan()));
            writer.Write([.. visit.LeftOnSpect.Zip(visit.RightOnSpect, (left, right) => (byte)((left ? 1 : 0) + (right ? 2 : 0)))]);
        }

        writer.Write(Known.Count);
        foreach (KnownKidney one in Known)
        {
            writer.Write(one.Name);
            writer.Write(one.Millilitres);
            writer.Write(one.MegabecquerelHours);
            writer.Write(one.KernelGray);
        }
    }

    private static ImagedPatient Read(BinaryReader reader, int number)
    {
        if (reader.ReadString() != Mark)
        {
            throw new InvalidDataException("A kept patient is of another version of this tool: remove the folder of kept patients.");
        }

        ImageGeometry ct = Geometry(reader);
        byte[] kidneys = reader.ReadBytes(ct.Shape.Length);
        List<ImagedVisit> visits = [];
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            (double hours, Point3 onLeft, Point3 onRight) = (reader.ReadDouble(), Point(reader), Point(reader));
            Volume spect = new(Geometry(reader));
            MemoryMarshal.Cast<byte, float>(reader.ReadBytes(4 * spect.Voxels.Length)).CopyTo(spect.Voxels);
            byte[] labels = reader.ReadBytes(spect.Voxels.Length);
            visits.Add(new(hours, onLeft, onRight, spect, Of(labels, 1), Of(labels, 2)));
        }

        List<KnownKidney> known = [];
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            known.Add(new(reader.ReadString(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()));
        }

        return new(number, ct, kidneys, visits, known);
    }

    private static void Write(BinaryWriter writer, Point3 point)
    {
        writer.Write(point.X);
        writer.Write(point.Y);
        writer.Write(point.Z);
    }

    private static Point3 Point(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    private static void Write(BinaryWriter writer, ImageGeometry grid)
    {
        writer.Write(grid.Columns);
        writer.Write(grid.Rows);
        writer.Write(grid.Sections);
        writer.Write(grid.ColumnSpacing);
        writer.Write(grid.RowSpacing);
        writer.Write(grid.SectionSpacing);
        Write(writer, grid.Origin);
    }

    private static ImageGeometry Geometry(BinaryReader reader)
    {
        (int columns, int rows, int sections) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        ImageGeometry grid = ImageGeometry.Axial(columns, rows, sections, 1, 1);
        return grid with { ColumnSpacing = reader.ReadDouble(), RowSpacing = reader.ReadDouble(), SectionSpacing = reader.ReadDouble(), Origin = Point(reader) };
    }
}
