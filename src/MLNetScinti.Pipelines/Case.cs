using System.ComponentModel;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines;

/// <summary>One image of a case: planar ([rows, columns]) or a volume ([sections, rows, columns]), decoded.</summary>
/// <param name="Shape">Its extents.</param>
/// <param name="Values">Its values, the last dimension fastest, in the unit that the system states.</param>
/// <param name="Geometry">
/// Where its voxels lie in the patient, in millimetres (one section for a planar image); null where that is not known: then whatever
/// needs a place takes a voxel for a millimetre, transverse sections, and a view from the front.
/// </param>
public sealed record CaseImage(ImageShape Shape, ReadOnlyMemory<float> Values, ImageGeometry? Geometry = null)
{
    /// <summary>Of a planar image, whether it looks from behind: the patient's left is on its left then. Its <see cref="Geometry"/> is that of a view from the front all the same.</summary>
    public bool FromBehind { get; init; }

    /// <summary><see cref="Geometry"/>, or what stands in for it.</summary>
    internal ImageGeometry Place => Geometry ?? (Shape.IsVolume
        ? ImageGeometry.Axial(Shape.Columns, Shape.Rows, Shape.Sections, 1, 1)
        : new ImageGeometry
        {
            Columns = Shape.Columns,
            Rows = Shape.Rows,
            Sections = 1,
            ColumnSpacing = 1,
            RowSpacing = 1,
            SectionSpacing = 1,
            RowDirection = new(1, 0, 0),
            ColumnDirection = new(0, 0, -1),
            SectionDirection = new(0, 1, 0),
        });
}

/// <summary>What is true of a case. Each kind belongs to a kind of task.</summary>
public abstract record Target
{
    /// <summary>The truth in words that tell cases apart: "+", "2", "0110"; masks tell nothing.</summary>
    public abstract string Pattern { get; }
}

/// <summary>The case is of one class.</summary>
/// <param name="Index">Its place in the task's classes, from 0; for two classes 1 is the positive one.</param>
public sealed record ClassTarget(int Index) : Target
{
    /// <inheritdoc/>
    public override string Pattern => Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The case has some of several findings.</summary>
/// <param name="Present">For each of the task's classes whether the case has it.</param>
public sealed record FindingsTarget(IReadOnlyList<bool> Present) : Target
{
    /// <inheritdoc/>
    public override string Pattern => string.Concat(Present.Select(present => present ? '1' : '0'));

    // Of a column of flags, as several findings and one or two classes are both written.
    internal static Func<Target> Reader(DataViewRow row, DataViewSchema.Column column, int count)
    {
        ValueGetter<VBuffer<bool>> getter = ClassNames.Getter<VBuffer<bool>>(row, column,
            column.Type is VectorDataViewType { ItemType: BooleanDataViewType } vector && vector.Size == count, $"a vector of {count} Boolean");
        VBuffer<bool> value = default;
        return () =>
        {
            getter(ref value);
            return new FindingsTarget([.. value.DenseValues()]);
        };
    }
}

/// <summary>Which voxels are what: a label map, 0 for background.</summary>
/// <param name="Shape">Its extents, those of the image that it belongs to.</param>
/// <param name="Labels">The label of each voxel.</param>
public sealed record MaskTarget(ImageShape Shape, ReadOnlyMemory<byte> Labels) : Target
{
    /// <inheritdoc/>
    public override string Pattern => "";
}

/// <summary>A label map in a file that a labels table names: <see cref="LabelRow.Mask"/> reads it for an image of the case.</summary>
/// <param name="File">The NIfTI file, relative to the folder of studies, with forward slashes.</param>
public sealed record MaskFileTarget(string File) : Target
{
    /// <inheritdoc/>
    public override string Pattern => "";
}

/// <summary>
/// What a network judges: an image or several of one patient, its truth where that is known, and what else is known of it.
/// A study gives one case or several (the two sides of a paired organ, the lesions of a scan).
/// </summary>
public sealed record Case
{
    /// <summary>The case's pseudonym, unique among all cases, such as "P-0123456789AB-7Q-L".</summary>
    public required string Id { get; init; }

    /// <summary>The patient's pseudonym.</summary>
    public required string PatientId { get; init; }

    /// <summary>The file, or the first of several, that the case comes from: relative to the folder of studies. It may identify a patient, and stays in memory.</summary>
    [Browsable(false)]
    public required string File { get; init; }

    /// <summary>The file's pseudonym, which stands for it in everything that is written; empty where the case comes from no file.</summary>
    public string FileId { get; init; } = "";

    /// <summary>What tells the cases of one study apart ("L", "R"); empty where there is one.</summary>
    public string Part { get; init; } = "";

    /// <summary>The images, in the order of the schema's.</summary>
    public required IReadOnlyList<CaseImage> Images { get; init; }

    /// <summary>The numbers that preprocessing reads beside the images, in the order of the schema's.</summary>
    public IReadOnlyList<float> Numbers { get; init; } = [];

    /// <summary>What is true of it; null where that is not known.</summary>
    public Target? Target { get; init; }

    /// <summary>What is known of it besides: age, side, camera.</summary>
    public Facts Facts { get; init; } = Facts.None;

    /// <summary>What the system found in the images that a reader of results should know, a sentence each, without what identifies a patient.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What to know of its study before using it, warnings of reading and of the system alike: kinds of warnings, each once, without what identifies a patient.</summary>
    public IReadOnlyList<string> Noticed { get; init; } = [];

    /// <summary>How its images were taken, as their files say: camera, collimator, matrix. Audits read it; it is in no table, and binds no run.</summary>
    public Facts Acquisition { get; init; } = Facts.None;

    /// <summary>The same as values, for the envelope of what a model was trained on.</summary>
    public AcquiredStudy Acquired { get; init; } = AcquiredStudy.Unknown;

    /// <summary>Where its images lie, also while their values are elsewhere.</summary>
    internal IReadOnlyList<ImageGeometry?> Grids
    {
        get => field ?? [.. Images.Select(image => image.Geometry)];
        init;
    }

    internal Case WithoutImages() => this with { Images = [], Grids = Grids };

    /// <summary>The pseudonym.</summary>
    public override string ToString() => Id;
}

/// <summary>An image that every case has: the name of its column and its shape.</summary>
public sealed record CaseImageColumn(string Name, ImageShape Shape);

/// <summary>
/// What the cases of a system have in common, and so which columns their view has: File, CaseId, PatientID, Part, the images,
/// the numbers, the facts, ContentHash and, where truth is known, the columns of its task.
/// </summary>
/// <param name="Images">The images.</param>
/// <param name="Numbers">Single columns that preprocessing reads (the maximum of a study).</param>
/// <param name="Facts">Facts that become columns: text, or Single with NaN for unknown.</param>
public sealed record CaseSchema(IReadOnlyList<CaseImageColumn> Images, IReadOnlyList<string> Numbers, IReadOnlyList<FactColumn> Facts)
{
    /// <summary>The text column of a case's file.</summary>
    public const string File = "File";

    /// <summary>The text column of a case's pseudonym.</summary>
    public const string CaseId = "CaseId";

    /// <summary>The text column of a patient's pseudonym.</summary>
    public const string PatientId = "PatientID";

    /// <summary>The text column of what tells the cases of one study apart.</summary>
    public const string Part = "Part";

    /// <summary>The text column of the SHA-256 of the study's values and the case's part: the same data has the same one under any pseudonym and any settings.</summary>
    public const string ContentHash = "ContentHash";

    /// <summary>Of masks, the vector column of the distance of neighbouring voxels, mm, slowest first.</summary>
    public const string Spacing = "Spacing";

    /// <summary>
    /// Names of images, numbers, classes or labels that stand for the left and the right of the body: a mirror image exchanges them.
    /// </summary>
    public IReadOnlyList<(string Left, string Right)> Pairs { get; init; } = [];

    /// <summary>Images alone.</summary>
    public CaseSchema(params IReadOnlyList<CaseImageColumn> images)
        : this(images, [], [])
    {
    }
}

/// <summary>A fact that becomes a column.</summary>
/// <param name="Name">The fact's name and the column's.</param>
/// <param name="IsNumber">Single with NaN where it is not known; else text, empty where it is not known.</param>
/// <param name="FromLabels">Whether it is known from a labels table alone.</param>
public sealed record FactColumn(string Name, bool IsNumber, bool FromLabels = false);
