using System.ComponentModel;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Doses;

/// <summary>An RT Dose as it was read.</summary>
public sealed record RadiationDose
{
    internal RadiationDose()
    {
    }

    /// <summary>The absorbed dose, Gy.</summary>
    public required Volume Gray { get; init; }

    /// <summary>What it is the dose of; null for a form that is not one of nuclear medicine (a beam's, a fraction's), or where it does not say.</summary>
    public DoseForm? Form { get; init; }

    /// <summary>Dose Comment.</summary>
    public string Comment { get; init; } = "";

    /// <summary>The plans that it names, by SOP Instance UID.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> PlanUids { get; init; } = [];

    /// <summary>Dose-volume histograms of regions; null where there are none that can be read.</summary>
    public DoseHistograms? Histograms { get; init; }

    /// <summary>SOP Instance UID.</summary>
    [Browsable(false)]
    public required string InstanceUid { get; init; }

    /// <summary>Frame of Reference UID.</summary>
    [Browsable(false)]
    public string SpaceUid { get; init; } = "";

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Reads RT Doses (PS3.3 A.18), whoever wrote them. Whatever the file holds, the answer is a dose in Gy or a <see cref="DicomReadException"/>.</summary>
public static class DoseReader
{
    /// <summary>Reads a dose.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to accept; null for everything.</param>
    /// <exception cref="DicomReadException">It is none, not of physical dose in Gy, or its planes make no grid.</exception>
    public static RadiationDose Read(string path, DicomReadOptions? options = null) => DicomImageReader.Guard(path, () =>
    {
        ScintigraphyImage image = new DicomImageReader(options).Read(path);
        if (image.Kind != ImageKind.Dose)
        {
            throw new DicomReadException(path, SkipReason.WrongKind, $"expected an RT Dose, found {image.Header.StorageClass}: give a dose.");
        }

        using OpenedFile opened = OpenedFile.Open(path);
        DicomDataset dataset = opened.Dataset;
        string type = dataset.Text(DicomTag.DoseType);
        if (image.Header.Unit != ImageUnit.Gray || type is not ("PHYSICAL" or ""))
        {
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"expected physical dose in Gy, found the type {DatasetReading.Code(type)} in {(image.Header.UnitText.Length > 0 ? image.Header.UnitText : "no unit")}: ask its source for the absorbed dose.");
        }

        if (image.VolumeCount == 0)
        {
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"its planes make no grid{(image.Header.VolumeRefusal.Length > 0 ? $": {image.Header.VolumeRefusal}" : "")}; ask its source for another export.");
        }

        List<string> warnings = [.. image.AllWarnings];
        DoseHistograms? histograms = DoseHistograms.Read(dataset, warnings);
        return new RadiationDose
        {
            Histograms = histograms,
            Gray = image.ToVolume(),
            Form = dataset.Text(DicomTag.DoseSummationType) switch
            {
                "PLAN_OVERVIEW" => DoseForm.PlanOverview,
                "PLAN" => DoseForm.Plan,
                "MULTI_PLAN" => DoseForm.MultiPlan,
                _ => null,
            },
            Comment = dataset.Text(DicomTag.DoseComment),
            PlanUids = [.. dataset.Items(DicomTag.ReferencedRTPlanSequence).Select(item => item.Text(DicomTag.ReferencedSOPInstanceUID)).Where(uid => uid.Length > 0)],
            InstanceUid = image.Header.InstanceUid,
            SpaceUid = image.Header.SpaceUid,
            Patient = image.Header.Patient,
            Warnings = [.. warnings.Distinct(StringComparer.Ordinal)],
        };
    });
}
