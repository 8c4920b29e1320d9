using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;

namespace MLNetScinti.DoseCohort;

/// <summary>Where a patient's regions come from.</summary>
internal sealed record DrawnRegion(string Words, Func<ImagedPatient, ImagedVisit, string, (bool[] Mask, float[]? Parts)> Of)
{
    public static IReadOnlyList<DrawnRegion> All { get; } =
    [
        new("the true kidneys on the SPECT's voxels, in their place during each SPECT", (_, visit, kidney) => (visit.OnSpect(kidney), null)),
        new("the true kidneys on the CT's voxels, moved to their place during each SPECT", (patient, visit, kidney) => OnCt(patient, visit, kidney, visit.MoveOf(kidney))),
        new("the true kidneys on the CT's voxels, where the CT has them (0 to 20 mm off)", (patient, visit, kidney) => OnCt(patient, visit, kidney, default)),
        new("the true kidneys on the CT's voxels, moved to where each SPECT shows them", (patient, visit, kidney) => OnCt(patient, visit, kidney, Found(patient, visit, kidney))),
    ];

    public DosimetryStudy StudyOf(ImagedPatient patient) => DosimetryStudy.Of([.. patient.Visits.Select(visit =>
    {
        Dictionary<string, bool[]> masks = new(StringComparer.Ordinal);
        Dictionary<string, float[]> parts = new(StringComparer.Ordinal);
        foreach (KnownKidney known in patient.Known)
        {
            (masks[known.Name], float[]? filled) = Of(patient, visit, known.Name);
            if (filled is not null)
            {
                parts[known.Name] = filled;
            }
        }

        return new StudyImage { Hours = visit.Hours, Voxels = visit.Spect, Unit = "Bq/ml", Nuclide = "Lu-177", Regions = masks, Parts = parts };
    })]);

    /// <summary>How far from their true places kidneys were found, mm; of those that were not found, how far the CT has them off.</summary>
    public static List<double> Misses { get; } = [];

    private static Point3 Found(ImagedPatient patient, ImagedVisit visit, string kidney)
    {
        RegionShift shift = RegionShift.Find(visit.Spect, Kidney(patient, kidney), patient.CtGrid, 12.5, 30);
        Point3 by = shift.IsFound ? shift.Millimetres : default;
        Misses.Add((by - visit.MoveOf(kidney)).Length);
        return by;
    }

    private static bool[] Kidney(ImagedPatient patient, string kidney)
    {
        byte label = kidney == ImagedPatient.LeftName ? SpectCtTruth.Left : SpectCtTruth.Right;
        return Array.ConvertAll(patient.CtKidneys, one => one == label);
    }

    private static (bool[] Mask, float[]? Parts) OnCt(ImagedPatient patient, ImagedVisit visit, string kidney, Point3 by)
    {
        bool[] drawn = Kidney(patient, kidney);
        ImageGeometry moved = patient.CtGrid with { Origin = patient.CtGrid.Origin + by };
        return (MaskResampling.ToGrid(drawn, moved, visit.Spect.Geometry, MaskRule.KeepVolume), MaskResampling.PartsOnGrid(drawn, moved, visit.Spect.Geometry));
    }
}
