using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Structures;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>
/// The volumes of a SPECT/CT examination, each checked for what it must be: a SPECT in Bq/ml, and a CT in Hounsfield units in the same
/// coordinates. What does not fit leaves the study out, with a sentence.
/// </summary>
internal static class StudyVolumes
{
    /// <summary>What is added to Hounsfield units: air is then 0, and so is whatever padding and moving bring in from outside.</summary>
    public const float Air = 1000;

    /// <summary>
    /// Kidneys of adults: 202 ± 36 ml in men and 154 ± 33 ml in women (Cheong et al., CJASN 2007;2:38, by MRI). What is told is a judgement: from far
    /// below a small kidney to far above a large one, and one that is half as large again as the other (40 % of their mean).
    /// </summary>
    public static StructurePlausibility UsualKidney { get; } = new(50, 500, 0.4);

    /// <summary>The SPECT/CT of an examination, its CT in Hounsfield units plus <see cref="Air"/>.</summary>
    /// <param name="study">The examination.</param>
    /// <param name="withSpect">Whether the SPECT is wanted, or the CT alone.</param>
    /// <exception cref="LeaveOutException">One is missing, is not what it must be, or both do not belong together.</exception>
    public static SpectCtStudy Of(StudyImages study, bool withSpect)
    {
        ArgumentNullException.ThrowIfNull(study);
        try
        {
            SpectCtStudy both = SpectCtStudy.Read(study.Study ?? throw new LeaveOutException(nameof(SpectCtFault.NoCt), "expected an examination, found a single image; give the folder of its files."), new SpectCtOptions { ReadSpect = withSpect });
            foreach (ref float value in both.Hounsfield.AsSpan())
            {
                value = Math.Max(0, value + Air);
            }

            return both;
        }
        catch (SpectCtException problem)
        {
            throw new LeaveOutException(problem.Fault.ToString(), problem.Sentence);
        }
        catch (UnitException problem)
        {
            throw new LeaveOutException("WrongUnit", problem.Sentence);
        }
    }

    /// <summary>The row of the labels table that names one of the study's files.</summary>
    /// <exception cref="LeaveOutException">There is a table, and it names none of them.</exception>
    public static LabelRow? RowOf(StudyImages study, LabelsTable? labels) => labels is null ? null
        : FilesOf(study).Select(file => labels.Find(file)).FirstOrDefault(row => row is not null)
            ?? throw new LeaveOutException("NoLabel", "the labels table does not know this study; add it.");

    /// <summary>The middle of what is denser than fat, mm in patient coordinates; that of the field where nothing is.</summary>
    /// <param name="values">Hounsfield units plus <see cref="Air"/>.</param>
    /// <param name="place">Where they are, however their sections lie.</param>
    public static Point3 MiddleOf(ReadOnlySpan<float> values, ImageGeometry place)
    {
        ArgumentNullException.ThrowIfNull(place);
        double columns = 0, rows = 0, sections = 0;
        long count = 0;
        for (int line = 0; line < place.Sections * place.Rows; line++)
        {
            (int section, int row) = Math.DivRem(line, place.Rows);
            ReadOnlySpan<float> across = values.Slice(line * place.Columns, place.Columns);
            for (int column = 0; column < across.Length; column++)
            {
                if (across[column] > Air - 200)
                {
                    (columns, rows, sections) = (columns + column, rows + row, sections + section);
                    count++;
                }
            }
        }

        return count == 0 ? place.PositionOf((place.Columns - 1) / 2.0, (place.Rows - 1) / 2.0, (place.Sections - 1) / 2.0)
            : place.PositionOf(columns / count, rows / count, sections / count);
    }

    /// <summary>Which side of the body each voxel of an image is on, by patient coordinates, so of sagittal sections as of transverse ones: true for the patient's left of the body's middle.</summary>
    public static bool[] LeftOf(CaseImage ct)
    {
        ArgumentNullException.ThrowIfNull(ct);
        ImageGeometry place = ct.Place();
        double middle = MiddleOf(ct.Values.Span, place).X;
        bool[] left = new bool[place.Shape.Length];
        double step = place.ColumnSpacing * place.RowDirection.X;
        for (int line = 0; line < place.Sections * place.Rows; line++)
        {
            (int section, int row) = Math.DivRem(line, place.Rows);
            double first = place.PositionOf(0, row, section).X;
            for (int column = 0; column < place.Columns; column++)
            {
                left[(line * place.Columns) + column] = first + (column * step) > middle;
            }
        }

        return left;
    }

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
}
