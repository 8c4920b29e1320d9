using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>
/// The volumes of a SPECT/CT examination, each checked for what it must be: a SPECT in Bq/ml, and a CT in Hounsfield units in the same
/// coordinates. What does not fit leaves the study out, with a sentence.
/// </summary>
internal static class StudyVolumes
{
    /// <summary>What is added to Hounsfield units: air is then 0, and so is whatever padding and moving bring in from outside.</summary>
    public const float Air = 1000;

    /// <summary>The SPECT of an examination: Bq/ml, and its series; null where there is none.</summary>
    /// <exception cref="LeaveOutException">There are several, or it is in no Bq/ml.</exception>
    public static (Volume Volume, ImageSeries Series)? SpectOf(StudyImages study)
    {
        ArgumentNullException.ThrowIfNull(study);
        ImageSeries[] all = [.. study.Study?.OfKind(ImageKind.ReconTomo) ?? []];
        if (all.Length == 0)
        {
            return null;
        }

        if (all.Length > 1)
        {
            throw new LeaveOutException("SeveralSpect", $"expected one reconstructed SPECT in an examination, found {all.Length}; take the others out of the folder, or give each examination its own study.");
        }

        // The index has read the file already, under the name that the series has.
        ScintigraphyImage image = study.Images.FirstOrDefault(one => one.Header.Kind == ImageKind.ReconTomo) ?? all[0].Read();
        try
        {
            return (ActivityConcentration.Of(image).Volume, all[0]);
        }
        catch (UnitException problem)
        {
            // The sentence begins with the file's name, which may say whose it is.
            int behind = problem.Message.IndexOf(": ", StringComparison.Ordinal);
            throw new LeaveOutException("WrongUnit", problem.Message[(behind + 2)..]);
        }
        catch (InvalidOperationException)
        {
            throw new LeaveOutException("NoVolume", "expected a SPECT of sections, found frames that make no volume; export the reconstruction.");
        }
    }

    /// <summary>The CT of an examination, in Hounsfield units plus <see cref="Air"/>; where there are several, the one of most sections.</summary>
    /// <param name="study">The examination.</param>
    /// <param name="spect">The SPECT whose coordinates it must share; null for none.</param>
    /// <exception cref="LeaveOutException">There is none, it lies in other coordinates, or its values are no Hounsfield units.</exception>
    public static Volume CtOf(StudyImages study, ImageSeries? spect = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        ImageSeries[] all = [.. study.Study?.OfKind(ImageKind.Ct) ?? []];
        if (all.Length == 0)
        {
            throw new LeaveOutException("NoCt", "expected a CT in the examination, found none; export it with the SPECT.");
        }

        ImageSeries[] usable = [.. all.Where(series => spect is null || (series.SpaceUid.Length > 0 && string.Equals(series.SpaceUid, spect.SpaceUid, StringComparison.Ordinal)))];
        if (usable.Length == 0)
        {
            throw new LeaveOutException("OtherFrameOfReference", "its CT and its SPECT name different frames of reference, so nothing says where one lies in the other; register them first, or export the CT that was acquired with the SPECT.");
        }

        ImageSeries chosen = usable.MaxBy(series => series.Files.Count)!;
        Volume volume;
        try
        {
            volume = chosen.ReadVolume();
        }
        catch (InvalidOperationException)
        {
            throw new LeaveOutException("NoVolume", "expected a CT of sections, found images that make no volume; export the whole series.");
        }

        MustBeHounsfield(volume.Voxels);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = Math.Max(0, volume.Voxels[i] + Air);
        }

        return volume;
    }

    /// <summary>The row of the labels table that names one of the study's files.</summary>
    /// <exception cref="LeaveOutException">There is a table, and it names none of them.</exception>
    public static LabelRow? RowOf(StudyImages study, LabelsTable? labels) => labels is null ? null
        : FilesOf(study).Select(file => labels.Find(file)).FirstOrDefault(row => row is not null)
            ?? throw new LeaveOutException("NoLabel", "the labels table does not know this study; add it.");

    /// <summary>The middle of the body from side to side, mm to the patient's left: of what is denser than fat.</summary>
    public static double MiddleOf(CaseImage ct)
    {
        ArgumentNullException.ThrowIfNull(ct);
        ImageGeometry place = ct.Place();
        ReadOnlySpan<float> values = ct.Values.Span;
        double[] byColumn = new double[place.Columns];
        long count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > Air - 200)
            {
                byColumn[i % place.Columns]++;
                count++;
            }
        }

        double column = count == 0 ? (place.Columns - 1) / 2.0 : byColumn.Select((found, at) => found * at).Sum() / count;
        return place.PositionOf(column, (place.Rows - 1) / 2.0, (place.Sections - 1) / 2.0).X;
    }

    /// <summary>Which side of the body each voxel of a grid is on, column by column of a transverse grid: true for the patient's left.</summary>
    public static bool[] LeftColumns(ImageGeometry place, double middle) =>
        [.. Enumerable.Range(0, place.Columns).Select(column => place.PositionOf(column, (place.Rows - 1) / 2.0, (place.Sections - 1) / 2.0).X > middle)];

    /// <summary>What is known of the patient.</summary>
    public static Facts PatientOf(StudyImages study)
    {
        // In whole years: to the day the age would lead back to the birth date.
        double? age = study.Patient.WholeYears;
        return Facts.Of(("Sex", study.Patient.Sex switch { PatientSex.Female => "female", PatientSex.Male => "male", _ => "unknown" })).WithKnown("Age", age);
    }

    /// <summary>The mean of the numbers of both sides that a cell holds as left;right; null where it holds none.</summary>
    public static double? MeanOfSides(string cell) =>
        cell.Split(';').Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN).Where(double.IsFinite).ToArray() is { Length: > 0 } sides ? sides.Average() : null;

    internal static ImageGeometry Place(this CaseImage image) => image.Geometry ?? throw new InvalidOperationException("An image of an examination has a place.");

    private static IEnumerable<string> FilesOf(StudyImages study) =>
        study.Study is { } whole ? [study.File, .. whole.Series.SelectMany(series => series.Files).Select(file => file.File)] : [study.File];

    // Air is near -1000 and tissue near 0: whatever else a CT shows, its smallest values are far below zero, and many are tissue.
    private static void MustBeHounsfield(ReadOnlySpan<float> values)
    {
        float least = float.PositiveInfinity;
        long tissue = 0;
        foreach (float value in values)
        {
            least = Math.Min(least, value);
            tissue += value is > -200 and < 200 ? 1 : 0;
        }

        if (!(least < -500) || tissue < values.Length / 200)
        {
            throw new LeaveOutException("NotHounsfield", string.Create(CultureInfo.InvariantCulture,
                $"expected a CT in Hounsfield units, with air far below 0 and tissue around it, found a smallest value of {least:0} and {100.0 * tissue / values.Length:0.#} % between -200 and 200; export the CT with its rescale values."));
        }
    }
}
