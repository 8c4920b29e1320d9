using Microsoft.ML;

namespace MLNetScinti.Pipelines.Data;

/// <summary>Scintigraphy for <see cref="MLContext.Data"/>.</summary>
public static class ScintigraphyDataCatalog
{
    /// <summary>Loads the reconstructed SPECT studies of a folder, lazily.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="folder">The folder; its subfolders count too. A file's name says nothing: its content does.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="notStudies">Files, relative to the folder, that are known to be no studies, such as a labels table.</param>
    /// <exception cref="NoStudyException">No file of the folder is such a study.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static DicomDataView LoadFromDicom(
        this DataOperationsCatalog catalog, string folder, DicomLoadOptions? options = null, params IEnumerable<string> notStudies)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder)
            ? new DicomDataView(folder, options ?? new DicomLoadOptions(), notStudies)
            : throw new DirectoryNotFoundException($"{folder}: there is no such folder.");
    }

    /// <summary>Loads a folder's studies and takes their kidneys apart, lazily: two rows a study.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="labels">The labels table, a CSV file in the folder. It is no study, and neither is a simulated cohort's cohort.json.</param>
    /// <param name="kidneys">How kidneys are cut out; null for the defaults.</param>
    /// <param name="options">How studies are loaded; null for the defaults.</param>
    /// <exception cref="LabelsTableException">The labels table cannot be used.</exception>
    /// <exception cref="NoStudyException">No file of the folder is a reconstructed SPECT study.</exception>
    public static KidneyDataView LoadKidneysFromDicom(
        this DataOperationsCatalog catalog, string folder, string labels = "labels.csv", KidneyOptions? kidneys = null, DicomLoadOptions? options = null)
    {
        DicomDataView studies = catalog.LoadFromDicom(folder, options, labels, "cohort.json");
        return catalog.SeparateKidneys(studies, LabelsTable.Read(Path.Combine(folder, labels)), kidneys);
    }

    /// <summary>Takes the kidneys of DMSA studies apart, lazily: two rows a study.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="studies">The studies.</param>
    /// <param name="labels">The truth about them, or null where it is not known: there is no Label column then.</param>
    /// <param name="options">How kidneys are cut out; null for the defaults.</param>
    public static KidneyDataView SeparateKidneys(this DataOperationsCatalog catalog, DicomDataView studies, LabelsTable? labels, KidneyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(studies);
        return new KidneyDataView(studies, labels, options ?? new KidneyOptions());
    }

    /// <summary>Divides cases over training, validation and test so that no patient is on two sides.</summary>
    /// <exception cref="PatientSplitException">The cohort does not allow it; the message says what it lacks.</exception>
    public static PatientSplit SplitByPatient(this DataOperationsCatalog catalog, IDataView cases, PatientSplitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(cases);
        return PatientSplitter.Split(cases, options ?? new PatientSplitOptions());
    }

    /// <summary>Takes a division that a text column holds (train, validation, test), and refuses one that puts a patient on two sides.</summary>
    /// <exception cref="PatientSplitException">A patient, named by its pseudonym, is on two sides; or a set is empty.</exception>
    public static PatientSplit SplitByColumn(this DataOperationsCatalog catalog, IDataView cases, string splitColumn, string patientColumn = "PatientID")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(cases);
        return PatientSplitter.FromColumn(cases, splitColumn, patientColumn);
    }
}
