using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>The truth about a scanned body: its regions and findings in both views, and how much of each bone is lesion in three dimensions.</summary>
public sealed class WholeBodyTruth
{
    private readonly WholeBodyPhantom _phantom;
    private readonly double _attenuation;

    internal WholeBodyTruth(WholeBodyPhantom phantom, double attenuation)
    {
        (_phantom, _attenuation) = (phantom, attenuation);
        Regions = [.. phantom.Parts.Select(part => part.RegionName).Distinct().OrderBy(BodyRegions.LabelOf)];
    }

    /// <summary>The findings, in the order of their numbers.</summary>
    public IReadOnlyList<WholeBodyFinding> Findings => _phantom.Findings;

    /// <summary>The regions that the body has by name, out of <see cref="BodyRegions.Names"/>.</summary>
    public IReadOnlyList<string> Regions { get; }

    /// <summary>Rows of a view.</summary>
    public int Rows => _phantom.Rows;

    /// <summary>Columns of a view.</summary>
    public int Columns => _phantom.Columns;

    /// <summary>The volume of each bone and of the metastases in it, in three dimensions.</summary>
    public IReadOnlyList<BoneInvolvement> Involvement() => _phantom.Involvement();

    /// <summary>The pixels of a view, row by row, behind which a region lies, whatever else does.</summary>
    /// <exception cref="ArgumentException">The body has no such region.</exception>
    public bool[] MaskOf(WholeBodyView view, string region) => Regions.Contains(region, StringComparer.Ordinal)
        ? Seen(view, _phantom.Shadow(part => part.RegionName == region))
        : throw new ArgumentException($"expected one of {string.Join(", ", Regions)}, found '{region}'", nameof(region));

    /// <summary>The pixels of a view, row by row, behind which a finding lies.</summary>
    public bool[] MaskOf(WholeBodyView view, WholeBodyFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return Seen(view, _phantom.Shadow(finding.Number - 1));
    }

    /// <summary>How many mm of a bone lie behind each pixel of a view, row by row.</summary>
    /// <param name="view">The view.</param>
    /// <param name="bone">The bone.</param>
    /// <param name="side">Its side; null for what is counted as a whole.</param>
    public float[] ThicknessOf(WholeBodyView view, SkeletalBone bone, BodySide? side) => Seen(view, _phantom.Thickness(part => part.Bone == bone && (side is null || part.Side == side)));

    /// <summary>The pixels of a view, row by row, behind which the body lies.</summary>
    public bool[] BodyMask(WholeBodyView view) => Seen(view, _phantom.Outline());

    /// <summary>For each pixel of a view, row by row, the label of the region that sends most to it of all that lies there; 0 where there is none.</summary>
    public byte[] RegionLabels(WholeBodyView view)
    {
        int[] parts = _phantom.Foremost(view == WholeBodyView.Anterior ? PlanarCamera.Anterior : PlanarCamera.Posterior, _attenuation);
        byte[] labels = [.. _phantom.Parts.Select(part => BodyRegions.LabelOf(part.RegionName))];
        return Seen(view, Array.ConvertAll(parts, part => part < 0 ? (byte)0 : labels[part]));
    }

    /// <summary>For each pixel of a view, row by row, the number of the finding behind it, the last one where there are several; 0 where there is none.</summary>
    public byte[] FindingLabels(WholeBodyView view)
    {
        byte[] labels = new byte[Rows * Columns];
        foreach (WholeBodyFinding finding in Findings)
        {
            bool[] mask = MaskOf(view, finding);
            for (int i = 0; i < mask.Length; i++)
            {
                if (mask[i])
                {
                    labels[i] = (byte)Math.Min(finding.Number, byte.MaxValue);
                }
            }
        }

        return labels;
    }

    /// <summary>From columns to the patient's left, column after column, to a view's rows.</summary>
    private T[] Seen<T>(WholeBodyView view, T[] values)
    {
        T[] seen = new T[values.Length];
        for (int column = 0; column < Columns; column++)
        {
            // Whoever looks from behind has the patient's left on the left.
            int at = view == WholeBodyView.Anterior ? column : Columns - 1 - column;
            for (int row = 0; row < Rows; row++)
            {
                seen[(row * Columns) + at] = values[(column * Rows) + row];
            }
        }

        return seen;
    }
}

/// <summary>
/// Writes the truth about a cohort into a folder: for each patient the regions and the findings as NIfTI-1 maps of two sections, anterior and
/// posterior, and tables of regions (label, name), findings and bones.
/// </summary>
public static class WholeBodyTruthWriter
{
    /// <summary>The table of labels of regions.</summary>
    public const string RegionsName = "regions.csv";

    /// <summary>The table of findings.</summary>
    public const string FindingsName = "findings.csv";

    /// <summary>The table of bones.</summary>
    public const string BonesName = "bones.csv";

    /// <summary>The columns of the table of findings: places from the image's middle to the patient's left, from its upper edge down, from the table up.</summary>
    public const string FindingsHeader = "PatientID,Finding,Kind,Region,Bone,Side,Part,Contrast,Ml,LeftMm,DownMm,UpMm,AnteriorPixels,PosteriorPixels";

    /// <summary>The columns of the table of bones.</summary>
    public const string BonesHeader = "PatientID,Bone,Side,Ml,LesionMl,InvolvedPart";

    /// <summary>What names of maps end with, behind the patient's number.</summary>
    public const string RegionsEnding = "-regions.nii.gz", FindingsEnding = "-findings.nii.gz";

    private const string RegionsHeader = "Label,Region";

    /// <summary>Writes maps and tables.</summary>
    /// <param name="cohort">The patients.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="simulator">How the scans are done, which decides the matrix; as the papers did where null.</param>
    /// <param name="threads">Threads at most, or -1 for all; the files do not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidDataException">The folder holds files of somebody else: nothing is written then.</exception>
    /// <returns>The full path of the table of findings.</returns>
    public static string Write(WholeBodyCohort cohort, string folder, WholeBodySimulator? simulator = null, int threads = -1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cohort);
        simulator ??= new WholeBodySimulator();
        bool IsMap(string name, string ending) => CohortFolder.NumberOf(name, ending, cohort.Options.Seed, cohort.Count) > 0;
        CohortFolder.CheckTruth(folder, name => name is RegionsName or FindingsName or BonesName || IsMap(name, RegionsEnding) || IsMap(name, FindingsEnding), (RegionsName, RegionsHeader), (FindingsName, FindingsHeader), (BonesName, BonesHeader));
        Directory.CreateDirectory(folder);
        (string Findings, string Bones)[] rows = new (string, string)[cohort.Count];
        Parallel.For(0, cohort.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            WholeBodyPatient patient = cohort[i];
            WholeBodyTruth truth = simulator.TruthOf(patient);
            double pixel = simulator.AcquisitionOf(patient).Pixel;
            ImageGeometry views = ImageGeometry.Axial(truth.Columns, truth.Rows, 2, pixel, 1);
            NiftiLabels.Save(Path.Combine(folder, patient.Id + RegionsEnding), [.. truth.RegionLabels(WholeBodyView.Anterior), .. truth.RegionLabels(WholeBodyView.Posterior)], views, "simulated truth");
            NiftiLabels.Save(Path.Combine(folder, patient.Id + FindingsEnding), [.. truth.FindingLabels(WholeBodyView.Anterior), .. truth.FindingLabels(WholeBodyView.Posterior)], views, "simulated truth");
            rows[i] = (Findings(patient, truth), Bones(patient, truth));
        });

        string path = Path.GetFullPath(Path.Combine(folder, FindingsName));
        AtomicFile.Write(Path.Combine(folder, RegionsName), RegionsHeader + "\n" + string.Concat(BodyRegions.Names.Select((name, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1},{name}\n"))));
        AtomicFile.Write(Path.Combine(folder, BonesName), BonesHeader + "\n" + string.Concat(rows.Select(row => row.Bones)));
        AtomicFile.Write(path, FindingsHeader + "\n" + string.Concat(rows.Select(row => row.Findings)));
        return path;
    }

    private static string Findings(WholeBodyPatient patient, WholeBodyTruth truth)
    {
        StringBuilder text = new();
        foreach (WholeBodyFinding finding in truth.Findings)
        {
            int anterior = truth.MaskOf(WholeBodyView.Anterior, finding).Count(inside => inside), posterior = truth.MaskOf(WholeBodyView.Posterior, finding).Count(inside => inside);
            text.Append(CultureInfo.InvariantCulture, $"{patient.Id},{finding.Number},{finding.Kind},{finding.Region},{(finding.Bone == SkeletalBone.None ? "" : finding.Bone.ToString())},{Letter(finding.Side)},{finding.Part},{finding.Contrast:0.00},{finding.Millilitres:0.00},{finding.Centre.X:0.0},{finding.Centre.Y:0.0},{finding.Centre.Z:0.0},{anterior},{posterior}\n");
        }

        return text.ToString();
    }

    private static string Bones(WholeBodyPatient patient, WholeBodyTruth truth) => string.Concat(truth.Involvement().Select(bone =>
        string.Create(CultureInfo.InvariantCulture, $"{patient.Id},{bone.Bone},{Letter(bone.Side)},{bone.Millilitres:0.00},{bone.LesionMillilitres:0.00},{bone.Part:0.000000}\n")));

    private static string Letter(BodySide? side) => side switch { BodySide.Left => "L", BodySide.Right => "R", _ => "" };
}
