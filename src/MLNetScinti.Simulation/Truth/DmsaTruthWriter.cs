using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// Writes the truth about a cohort into a folder: a mask for each kidney as NIfTI-1 (<c>SIM-1-000001-L.nii.gz</c>: 0 outside, 1
/// functioning tissue, 2 and up the defects) on the grid of the reconstruction, and <c>defects.csv</c> with a line for each
/// defect. Files that are there are written again: it takes a fraction of a second for each patient.
/// </summary>
public static class DmsaTruthWriter
{
    /// <summary>The name of the table of defects.</summary>
    public const string DefectsName = "defects.csv";

    /// <summary>The columns of the table of defects: positions in DICOM's patient coordinates.</summary>
    public const string Header = "File,PatientID,Side,Mask,Label,Location,Shape,MissingMl,Contrast,RadiusMm,DepthMm,CentreX,CentreY,CentreZ,MaskMl";

    /// <summary>Writes the masks and the table.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="simulator">How the scans are done, which decides the grid; the paper's way where null.</param>
    /// <param name="threads">Threads at most, or -1 for all; the files do not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidDataException">The folder holds files of somebody else: nothing is written then.</exception>
    /// <returns>The full path of the table.</returns>
    public static string Write(
        DmsaCohort cohort, string folder, DmsaSimulator? simulator = null, int threads = -1, CancellationToken cancellation = default)
    {
        simulator ??= new DmsaSimulator();
        // Masks of these patients may be there from before; anything else is somebody's.
        bool IsMask(string name, string ending) => CohortFolder.NumberOf(name, ending, cohort.Options.Seed, cohort.Count) > 0;
        CohortFolder.CheckTruth(folder, name => name == DefectsName || IsMask(name, "-L.nii.gz") || IsMask(name, "-R.nii.gz"), (DefectsName, Header));
        Directory.CreateDirectory(folder);
        string[] rows = new string[cohort.Count];
        Parallel.For(0, cohort.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            DmsaPatient patient = cohort[i];
            ImageGeometry geometry = simulator.GeometryOf(patient);
            StringBuilder lines = new();
            foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
            {
                string letter = side == BodySide.Left ? "L" : "R";
                string name = $"{patient.Id}-{letter}.nii.gz";
                KidneyTruth truth = DmsaTruth.Of(patient, side, geometry);
                NiftiLabels.Save(Path.Combine(folder, name), truth.Labels, geometry, "simulated truth");
                for (int d = 0; d < truth.Defects.Count; d++)
                {
                    lines.Append(Row(patient, letter, name, truth, d)).Append('\n');
                }
            }

            rows[i] = lines.ToString();
        });

        string path = Path.GetFullPath(Path.Combine(folder, DefectsName));
        AtomicFile.Write(path, Header + "\n" + string.Concat(rows));
        return path;
    }

    private static string Row(DmsaPatient patient, string side, string mask, KidneyTruth truth, int index)
    {
        CorticalDefect defect = truth.Defects[index];
        Point3 centre = truth.Centres[index];
        byte label = (byte)(KidneyTruth.FirstDefect + index);
        double millilitres = truth.Labels.AsSpan().Count(label) * truth.Geometry.VoxelVolume / 1000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DmsaCohortWriter.FileOf(patient)},{patient.Id},{side},{mask},{label},{defect.Location},{defect.Shape},{defect.MissingMillilitres:0.00},{defect.Contrast:0.00},{defect.Radius:0.0},{defect.Depth:0.0},{centre.X:0.0},{centre.Y:0.0},{centre.Z:0.0},{millilitres:0.00}");
    }
}
