using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.WholeBody.Input;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>Cases of whole-body studies: which views there are, brought to one matrix, with what is known of them.</summary>
internal static class WholeBodyCases
{
    /// <summary>Millimetres of a pixel of 1024 x 256: the papers'.</summary>
    public const double PixelOf1024 = 2.26;

    public static IReadOnlyList<Case> Of(WholeBodySystem system, StudyImages study, LabelsTable? labels)
    {
        ArgumentNullException.ThrowIfNull(study);
        // From where each view looks is decided by header and image together; a view that is not there is mirrored only where that is asked for.
        WholeBodyScan scan = WholeBodyScan.Of(study.Images, new ScanReading { MirrorsMissingView = system.MirrorsMissingViews });
        ScanView? anterior = ScanView.Of(scan.Anterior), posterior = ScanView.Of(scan.Posterior);
        LabelRow? row = labels is null ? null
            : FilesOf(study).Select(file => labels.Find(file)).FirstOrDefault(found => found is not null) ?? throw new LeaveOutException("NoLabel", "the labels table does not know this file; add it.");
        Target? target = row is null ? null : system.TargetOf(row.Target);
        Case Make(string part, string direction, params ScanView[] views) => new()
        {
            Id = study.CaseId(part),
            PatientId = study.PatientId,
            File = study.File,
            Part = part,
            Images = [.. views.Select((view, index) => view.On(system.Rows, system.Columns) with { FromBehind = direction == "posterior" || (direction == "both" && index == 1) })],
            Target = target,
            Facts = FactsOf(study, direction, views, row),
            Warnings = scan.Warnings,
        };
        if (system.Views == WholeBodyViews.Both)
        {
            return anterior is not null && posterior is not null ? [Make("", "both", anterior, posterior)]
                : throw new LeaveOutException("OneView", $"expected both views, found the {(anterior is null ? "posterior" : "anterior")} one alone; scans.missing-view: mirror takes the other one's mirror image.");
        }

        List<Case> cases = [];
        if (anterior is not null && system.Views != WholeBodyViews.Posterior)
        {
            cases.Add(Make("A", "anterior", anterior));
        }

        if (posterior is not null && system.Views != WholeBodyViews.Anterior)
        {
            cases.Add(Make("P", "posterior", posterior));
        }

        return cases.Count > 0 ? cases : throw new LeaveOutException("OneView", $"expected the {system.Views.ToString().ToLowerInvariant()} view, found the other one alone.");
    }

    private static IEnumerable<string> FilesOf(StudyImages study) =>
        study.Study is { } whole ? [study.File, .. whole.Series.SelectMany(series => series.Files).Select(file => file.File)] : [study.File];

    private static Facts FactsOf(StudyImages study, string direction, ScanView[] views, LabelRow? row)
    {
        // In whole years: to the day the age would lead back to the birth date.
        double? age = study.Patient.WholeYears;
        string nuclide = views[0].Header.Radionuclide?.Radionuclide.Symbol ?? "unknown";
        Facts facts = Facts.Of((WholeBodySystem.Direction, direction), (WholeBodySystem.Origin, views.Any(view => view.IsMirrored) ? "mirrored" : "measured"),
                (WholeBodySystem.Sex, study.Patient.Sex switch { PatientSex.Female => "female", PatientSex.Male => "male", _ => "unknown" }), (WholeBodySystem.Radionuclide, nuclide))
            .WithKnown(WholeBodySystem.Age, row?.Number("Age") ?? age)
            .With(WholeBodySystem.ViewConfidence, views.Min(view => view.Confidence))
            .With(WholeBodySystem.Counts, views.Sum(view => view.Counts));
        if (row is null)
        {
            return facts;
        }

        facts = facts.WithKnown(WholeBodySystem.Lesions, row.Number("Lesions")).WithKnown(WholeBodySystem.LargestLesion, row.Number("LargestLesionMl"));
        return row.Text("Site") is { Length: > 0 } site ? facts.With(WholeBodySystem.Site, site) : facts;
    }
}

/// <summary>A view of a scan.</summary>
/// <param name="Image">Its counts.</param>
/// <param name="Header">The header of its file.</param>
/// <param name="IsMirrored">Whether it is the mirror image of the other view.</param>
internal sealed record ScanView(PlanarImage Image, ImageHeader Header, bool IsMirrored)
{
    /// <summary>How sure it is from where it looks, from 0.5 to 1.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>All counts.</summary>
    public double Counts
    {
        get
        {
            double sum = 0;
            foreach (float value in Image.Pixels)
            {
                sum += value;
            }

            return sum;
        }
    }

    /// <summary>A view as it was read; null where there is none.</summary>
    public static ScanView? Of(ScannedView? view) => view is null ? null : new ScanView(view.Image, view.Header, view.IsMirrored) { Confidence = view.Confidence };

    /// <summary>
    /// The counts in a matrix of 2314 mm along the body and 579 mm across, middle on middle: each pixel holds the counts of what it
    /// covers, and what lies outside is cut off or empty. A view whose pixels have no known size is taken to be as long as the matrix.
    /// </summary>
    public CaseImage On(int rows, int columns)
    {
        double pixel = WholeBodyCases.PixelOf1024 * 1024 / rows;
        (double rowSpacing, double columnSpacing) = Header.SpacingIsAssumed ? (pixel * rows / Image.Rows, pixel * rows / Image.Rows) : (Image.RowSpacing, Image.ColumnSpacing);
        float[] narrow = Along(Image.Pixels, Image.Rows, Image.Columns, 1, columns, pixel / columnSpacing);
        float[] values = Along(narrow, columns, Image.Rows, columns, rows, pixel / rowSpacing, transposed: true);
        return new CaseImage(new ImageShape(rows, columns), values, new ImageGeometry
        {
            Columns = columns,
            Rows = rows,
            Sections = 1,
            ColumnSpacing = pixel,
            RowSpacing = pixel,
            SectionSpacing = 1,
            RowDirection = new(1, 0, 0),
            ColumnDirection = new(0, 0, -1),
            SectionDirection = new(0, 1, 0),
        });
    }

    // One direction at a time: `lines` lines of `length` values, each at `step` from the next, become lines of `target` values.
    private static float[] Along(ReadOnlySpan<float> values, int lines, int length, int step, int target, double ratio, bool transposed = false)
    {
        float[] result = new float[lines * target];
        double first = (length / 2.0) - (target / 2.0 * ratio);
        for (int i = 0; i < target; i++)
        {
            double from = Math.Max(0, first + (i * ratio)), to = Math.Min(length, first + ((i + 1) * ratio));
            for (int k = (int)from; k < to; k++)
            {
                float part = (float)(Math.Min(to, k + 1) - Math.Max(from, k));
                if (part <= 0)
                {
                    continue;
                }

                for (int line = 0; line < lines; line++)
                {
                    float value = transposed ? values[(k * step) + line] : values[(line * length) + k];
                    result[transposed ? (i * lines) + line : (line * target) + i] += part * value;
                }
            }
        }

        return result;
    }
}
