using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation.WholeBody;
using nietras.SeparatedValues;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A lesion as it truly is.</summary>
/// <param name="Number">Its number in the patient and in the masks.</param>
/// <param name="Bone">The bone.</param>
/// <param name="Points">Its volume as percent of the skeleton's mass.</param>
/// <param name="Contrast">Uptake relative to the bone around it.</param>
/// <param name="X">Its middle, mm from the image's middle to the patient's left.</param>
/// <param name="Y">Its middle, mm from the image's upper edge.</param>
internal sealed record TrueLesion(int Number, SkeletalShare Bone, double Points, double Contrast, double X, double Y);

/// <summary>What is true of a simulated scan: the index by the volumes of its lesions in three dimensions, and where the lesions are seen.</summary>
/// <param name="Index">The bone scan index.</param>
/// <param name="Lesions">The metastases.</param>
/// <param name="Masks">The number of the lesion behind each pixel, anterior and posterior, columns to the patient's left; 0 for none.</param>
internal sealed record LesionTruth(double Index, IReadOnlyList<TrueLesion> Lesions, byte[][] Masks);

/// <summary>The truth about a cohort as its simulation wrote it (<see cref="WholeBodyTruthWriter"/>).</summary>
internal sealed class LesionTruthFolder
{
    private readonly string _folder;
    private readonly Dictionary<string, List<TrueLesion>> _lesions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _indices = new(StringComparer.Ordinal);

    /// <summary>Reads the tables.</summary>
    /// <exception cref="DefinitionException">There is no such folder.</exception>
    public LesionTruthFolder(string folder)
    {
        _folder = folder;
        string bones = Path.Combine(folder, WholeBodyTruthWriter.BonesName), findings = Path.Combine(folder, WholeBodyTruthWriter.FindingsName);
        if (!File.Exists(bones) || !File.Exists(findings))
        {
            throw new DefinitionException($"{folder}: expected {WholeBodyTruthWriter.BonesName} and {WholeBodyTruthWriter.FindingsName}, found none; write them with 'scinti simulate --truth'.");
        }

        try
        {
            Read(bones, findings);
        }
        catch (Exception problem) when (problem is FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new DefinitionException($"{folder}: expected the tables of a simulated cohort, found others ({problem.Message}); write them with 'scinti simulate --truth'.", problem);
        }
    }

    /// <summary>The patients.</summary>
    public IReadOnlyCollection<string> Patients => _indices.Keys;

    /// <summary>The truth about a patient; null where nothing is known of one.</summary>
    /// <exception cref="NiftiException">The patient's masks cannot be read.</exception>
    public LesionTruth? Of(string patient)
    {
        string masks = Path.Combine(_folder, patient + WholeBodyTruthWriter.FindingsEnding);
        if (!_indices.TryGetValue(patient, out double index) || !File.Exists(masks))
        {
            return null;
        }

        using FileStream stream = InputFile.Open(masks);
        NiftiLabels labels = NiftiLabels.Decode(stream);
        int half = labels.Labels.Length / 2;
        return new LesionTruth(index, _lesions.GetValueOrDefault(patient) ?? [], [labels.Labels[..half], SkeletonAtlas.Mirrored<byte>(labels.Labels.AsSpan(half), labels.Shape.Columns)]);
    }

    private void Read(string bones, string findings)
    {
        Dictionary<(string, string), double> volumes = [];
        using (SepReader reader = Sep.New(',').Reader().FromFile(bones))
        {
            foreach (SepReader.Row row in reader)
            {
                string patient = row["PatientID"].ToString();
                SkeletalShare share = ShareOf(row["Bone"].ToString(), row["Side"].ToString());
                volumes[(patient, share.Name)] = Number(row["Ml"].Span);
                _indices[patient] = _indices.GetValueOrDefault(patient) + (share.Percent * Number(row["InvolvedPart"].Span));
            }
        }

        using SepReader lesions = Sep.New(',').Reader().FromFile(findings);
        foreach (SepReader.Row row in lesions)
        {
            if (row["Kind"].ToString() != nameof(FindingKind.Metastasis))
            {
                continue;
            }

            string patient = row["PatientID"].ToString();
            SkeletalShare share = ShareOf(row["Bone"].ToString(), row["Side"].ToString());
            if (!_lesions.TryGetValue(patient, out List<TrueLesion>? list))
            {
                _lesions[patient] = list = [];
            }

            list.Add(new TrueLesion((int)Number(row["Finding"].Span), share, share.Percent * Number(row["Ml"].Span) / volumes[(patient, share.Name)], Number(row["Contrast"].Span), Number(row["LeftMm"].Span), Number(row["DownMm"].Span)));
        }
    }

    private static double Number(ReadOnlySpan<char> cell) => double.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static SkeletalShare ShareOf(string bone, string side) => SkeletalMass.Shares.First(share =>
        share.Bone.ToString() == bone && (share.Side is null || (share.Side == BodySide.Left ? "L" : "R") == side));
}
