using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// Reconstructed SPECT studies of a folder as ML.NET rows, one a study: File, PatientID (a pseudonym), Age and Image (Single,
/// [sections, rows, columns], counts, padded to a fixed number of sections). Lazy and streaming: files are decoded while a
/// cursor moves, a few ahead and in order; a file that is no such study is left out, with a reason, and counted.
/// </summary>
[TypeFormatterSource(typeof(IDataView))]
public sealed class DicomDataView : IDataView
{
    private readonly DicomLoadOptions _options;
    private readonly DicomImageReader _reader;
    private readonly string[] _files;
    private readonly ConcurrentDictionary<string, StudyOutcome<DicomStudy>> _outcomes = new(StringComparer.Ordinal);
    // Values of images that were read and copied, for the next ones: no more of them than files are read at once.
    private readonly ConcurrentBag<float[]> _spare = [];
    private readonly StreamingDataView<DicomStudy> _view;

    internal DicomDataView(string folder, DicomLoadOptions options, IEnumerable<string> notStudies)
    {
        Folder = folder;
        _options = options;
        _reader = new DicomImageReader(new DicomReadOptions { Kinds = [ImageKind.ReconTomo], PseudonymKey = options.PseudonymKey });
        HashSet<string> others = [.. notStudies];
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        _files = [.. Directory.EnumerateFiles(folder, "*", everything)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => !others.Contains(file))
            .Order(StringComparer.Ordinal)];
        Matrix = options.Matrix ?? FirstMatrix();
        Shape = new ImageShape(options.Sections, Matrix, Matrix);
        _view = new StreamingDataView<DicomStudy>(
        [
            StreamingColumn<DicomStudy>.Text("File", study => study.File),
            StreamingColumn<DicomStudy>.Text("PatientID", study => study.Patient),
            StreamingColumn<DicomStudy>.Number("Age", study => study.AgeYears),
            StreamingColumn<DicomStudy>.Vector("Image", Shape.ToArray(), isImage: true, study => study.Volume!.Voxels),
        ], pixels => Studies(_ => pixels));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Rows and columns of every section.</summary>
    public int Matrix { get; }

    /// <summary>The shape of every volume.</summary>
    public ImageShape Shape { get; }

    /// <summary>The number of files in the folder, the labels table aside.</summary>
    public int FileCount => _files.Length;

    /// <summary>The files left out so far, by name. Complete once a cursor has been to the end.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut =>
        [.. _outcomes.Values.Select(outcome => outcome.LeftOut).OfType<LeftOutStudy>().OrderBy(study => study.File, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public DataViewSchema Schema => _view.Schema;

    internal int Parallelism => _options.Parallelism;

    internal IReadOnlyList<string> Files => _files;

    /// <inheritdoc/>
    public long? GetRowCount() => null;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => _view.GetRowCursor(columnsNeeded, rand);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        _view.GetRowCursorSet(columnsNeeded, n, rand);

    /// <summary>Reads one file. What is known of it is remembered; its pixels are not.</summary>
    /// <param name="file">The file, relative to the folder.</param>
    /// <param name="pixels">Whether the volume is wanted.</param>
    /// <param name="padded">Whether it is brought to <see cref="Shape"/>.</param>
    internal StudyOutcome<DicomStudy> Read(string file, bool pixels, bool padded = true)
    {
        // Whether a file is a study can only be told with its pixels, so the first visit always decodes it: every pass has the same rows.
        if (_outcomes.TryGetValue(file, out StudyOutcome<DicomStudy>? known) && (!pixels || known.LeftOut is not null))
        {
            return known;
        }

        StudyOutcome<DicomStudy> read = Decode(file, padded && pixels);
        _outcomes[file] = read with { Facts = read.Facts is null ? null : read.Facts with { Volume = null } };
        return read;
    }

    private IEnumerable<DicomStudy> Studies(Func<string, bool> pixels) =>
        ReadAhead.Ordered(_files, _options.Parallelism, (file, _) => Read(file, pixels(file)))
            .Where(outcome => outcome.Facts is not null)
            .Select(outcome => outcome.Facts!);

    private StudyOutcome<DicomStudy> Decode(string file, bool padded)
    {
        _ = _spare.TryTake(out float[]? spare);
        ScintigraphyImage image;
        Volume sections;
        try
        {
            image = _reader.Read(Path.Combine(Folder, file), spare);
            spare = image.Values;
            sections = image.ToVolume();
        }
        catch (DicomReadException problem)
        {
            return new(null, new LeftOutStudy(file, problem.Reason.ToString(), problem.Sentence));
        }
        finally
        {
            if (spare is not null)
            {
                _spare.Add(spare);
            }
        }

        if (AxialOrientation.InPlace(sections) is not { } volume)
        {
            return new(null, new LeftOutStudy(file, "NotAxial", "expected transverse sections, found sections of another direction; export the transverse ones."));
        }

        if (volume.Geometry.Rows != Matrix || volume.Geometry.Columns != Matrix)
        {
            return new(null, new LeftOutStudy(file, "WrongMatrix",
                $"expected sections of {Matrix} x {Matrix}, found {volume.Geometry.Rows} x {volume.Geometry.Columns}; load these studies on their own."));
        }

        if (volume.Geometry.Sections > _options.Sections)
        {
            return new(null, new LeftOutStudy(file, "TooManySections",
                $"expected at most {_options.Sections} sections, found {volume.Geometry.Sections}; load it with more sections."));
        }

        return new(new DicomStudy(file, image.Header.Patient.Pseudonym, TagOf(image.Header), (float)(image.Header.Patient.AgeYears ?? double.NaN), padded ? Pad(volume) : volume), null);
    }

    private static string TagOf(ImageHeader header) =>
        Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(header.StudyUid + header.InstanceUid)), 0, 2);

    private Volume Pad(Volume volume)
    {
        PadSections pad = new(_options.Sections);
        float[] padded = pad.Apply(volume.Voxels, volume.Shape);
        int before = (_options.Sections - volume.Geometry.Sections) / 2;
        return new Volume(volume.Geometry.Window(0, 0, -before, Shape), padded);
    }

    private int FirstMatrix()
    {
        foreach (string file in _files)
        {
            try
            {
                return _reader.ReadHeader(Path.Combine(Folder, file)).Columns;
            }
            catch (DicomReadException)
            {
                // Named with its reason when a cursor comes to it.
            }
        }

        throw new NoStudyException($"{Folder}: expected reconstructed SPECT studies (NM RECON TOMO), found {_files.Length} files and none of them is one.");
    }
}
