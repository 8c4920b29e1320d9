using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Transforms;

// Where ML.NET's own catalogs are, so that whoever has these at hand has ours too.
#pragma warning disable IDE0130
namespace Microsoft.ML;
#pragma warning restore IDE0130

/// <summary>Scintigraphy for <see cref="MLContext.Data"/>.</summary>
public static class ScintigraphyDataCatalog
{
    /// <summary>Loads the cases of a folder of DICOM files as a system makes them, lazily.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="folder">The folder; its subfolders count too.</param>
    /// <param name="system">The system.</param>
    /// <param name="labels">The labels table, relative to the folder; null where truth is not known, and there is no Label column then.</param>
    /// <param name="options">How the view reads and keeps; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="LabelsTableException">The labels table cannot be used.</exception>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    public static CaseView LoadCases(this DataOperationsCatalog catalog, string folder, SystemDefinition system, string? labels = "labels.csv", CaseViewOptions? options = null) =>
        catalog.LoadCases(new FolderCases(folder, system, new FolderOptions { Labels = labels }), options);

    /// <summary>Loads the cases of any source, lazily.</summary>
    public static CaseView LoadCases(this DataOperationsCatalog catalog, CaseSource source, CaseViewOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CaseView(source, options);
    }

    /// <summary>Divides cases over training, validation and test so that no patient is on two sides.</summary>
    /// <exception cref="PatientSplitException">The cohort does not allow it; the message says what it lacks.</exception>
    public static PatientSplit SplitByPatient(this DataOperationsCatalog catalog, IDataView cases, PatientSplitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(cases);
        return PatientSplitter.Split(cases, options ?? new PatientSplitOptions());
    }

    /// <summary>Divides cases by parts of the patients.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="train">The part of the patients to train on.</param>
    /// <param name="validation">The part to choose the epoch and the decision on. What remains is tested.</param>
    /// <param name="seed">Decides who goes where.</param>
    /// <exception cref="PatientSplitException">The cohort does not allow it; the message says what it lacks.</exception>
    public static PatientSplit SplitByPatient(this DataOperationsCatalog catalog, IDataView cases, double train, double validation, ulong seed = 1) =>
        catalog.SplitByPatient(cases, new PatientSplitOptions { TrainFraction = train, ValidationFraction = validation, Seed = seed });

    /// <summary>Takes a division that a text column holds (train, validation, test), and refuses one that puts a patient on two sides.</summary>
    /// <exception cref="PatientSplitException">A patient, named by its pseudonym, is on two sides; or a set is empty.</exception>
    public static PatientSplit SplitByColumn(this DataOperationsCatalog catalog, IDataView cases, string splitColumn, string patientColumn = CaseSchema.PatientId)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(cases);
        return PatientSplitter.FromColumn(cases, splitColumn, patientColumn);
    }

    /// <summary>Several splits of the same patients: each of them is tested in one, validated in the next and trained on in the others.</summary>
    /// <exception cref="PatientSplitException">There are fewer patients than folds, or fewer than three folds.</exception>
    public static IReadOnlyList<PatientSplit> CrossValidationSplitByPatient(this DataOperationsCatalog catalog, IDataView cases, int folds = 5, PatientSplitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(cases);
        return PatientSplitter.Folds(cases, folds, options ?? new PatientSplitOptions());
    }
}

/// <summary>Convolutional networks, trained with TorchSharp and served as ONNX, beside ML.NET's own trainers.</summary>
public static class ScintigraphyTrainersCatalog
{
    /// <summary>A network for one of two classes.</summary>
    public static NetworkTrainer ConvolutionalNetwork(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, NetworkTrainerOptions options) => Trainer(catalog, options);

    /// <summary>A network for one of two classes, with all settings as they are by default.</summary>
    public static NetworkTrainer ConvolutionalNetwork(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, NetworkGraph network, string negative = "negative", string positive = "positive") =>
        Trainer(catalog, new NetworkTrainerOptions { Network = network, Task = new BinaryTask(negative, positive) });

    /// <summary>A network for one of several classes, or some of several findings.</summary>
    public static NetworkTrainer ConvolutionalNetwork(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, NetworkTrainerOptions options) => Trainer(catalog, options);

    /// <summary>A network for the task that the options name: the one call for all tasks, for masks too.</summary>
    public static NetworkTrainer TrainNetwork(this MLContext ml, NetworkTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return new NetworkTrainer(options, PipelineLog.Of(ml));
    }

    private static NetworkTrainer Trainer(object catalog, NetworkTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NetworkTrainer(options, PipelineLog.Of(catalog));
    }
}

/// <summary>
/// Image transforms for <see cref="MLContext.Transforms"/>. Images are vector columns of Single with the image's dimensions:
/// [rows, columns] or [sections, rows, columns]. The output column comes first, as everywhere in ML.NET; without an input
/// column the output column is replaced. Every transform can write itself as ONNX.
/// </summary>
public static class ImageTransformsCatalog
{
    /// <summary>Applies any operator that can write itself as ONNX nodes.</summary>
    public static ImageOperatorEstimator ApplyImageOperator(this TransformsCatalog catalog, string outputColumnName, IImageOperator operation, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, operation);

    /// <summary>Divides each image by its own maximum; an image without positive values gives zeros.</summary>
    public static ImageOperatorEstimator NormalizeByMaximum(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new NormalizeByMaximum());

    /// <summary>Divides each image by a column's value, the maximum of the study that it comes from.</summary>
    public static StudyNormalizingEstimator NormalizeByStudyMaximum(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, string maximumColumnName = "StudyMaximum") =>
        new(catalog, outputColumnName, inputColumnName, maximumColumnName);

    /// <summary>Maps each image's minimum to 0 and its maximum to 1.</summary>
    public static ImageOperatorEstimator NormalizeImageMinMax(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new NormalizeMinMax());

    /// <summary>Maps a window of values to 0 to 1, and what lies outside of it to 0 or 1: Hounsfield units of a CT.</summary>
    public static ImageOperatorEstimator NormalizeByWindow(this TransformsCatalog catalog, string outputColumnName, double lower, double upper, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new NormalizeByWindow(lower, upper));

    /// <summary>Adds empty sections on both ends of each volume, up to a number of sections.</summary>
    public static ImageOperatorEstimator PadSections(this TransformsCatalog catalog, string outputColumnName, int sections = 128, string? inputColumnName = null) =>
        new(catalog, outputColumnName, inputColumnName, new PadSections(sections));

    /// <summary>
    /// Projects each volume by its maximum: transverse to [rows, columns], coronal to [sections, columns], sagittal to [sections, rows].
    /// </summary>
    public static ImageOperatorEstimator MaximumIntensityProjection(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName, ProjectionAxis axis) =>
        new(catalog, outputColumnName, inputColumnName, new MaximumIntensityProjection(axis));
}
