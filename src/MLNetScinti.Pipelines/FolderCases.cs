using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Audits;

namespace MLNetScinti.Pipelines;

/// <summary>There is no study to work with. The message is one line.</summary>
public sealed class NoStudyException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NoStudyException(string message)
        : base(PlainText.Message(message))
    {
    }
}

/// <summary>The images of one study, and what is known of them without knowing whose they are.</summary>
/// <param name="File">Its file, or the first of several, relative to the folder, with forward slashes.</param>
/// <param name="PatientId">The patient's pseudonym.</param>
/// <param name="StudyId">The study's pseudonym under the same key: tells a patient's studies apart.</param>
/// <param name="Images">The images of the system's kinds that are one file each, decoded. Their values are overwritten when the study's cases are made: copy what is kept.</param>
/// <param name="Study">The whole study as the folder's index has it, with series of many files; null where each file is a study of its own.</param>
public sealed record StudyImages(string File, string PatientId, string StudyId, IReadOnlyList<ScintigraphyImage> Images, Study? Study = null)
{
    /// <summary>What is known of the patient.</summary>
    public PatientFacts Patient => Study?.Patient ?? Images[0].Header.Patient;

    /// <summary>The pseudonym of one of the study's cases.</summary>
    public string CaseId(string part = "") => part.Length == 0 ? $"{PatientId}-{StudyId}" : $"{PatientId}-{StudyId}-{part}";
}

/// <summary>What the ids of cases are made of.</summary>
public static class CasePseudonym
{
    /// <summary>The pseudonym of a study of one file. It is made under the key, as the patient's is: an unkeyed hash of identifiers would name the study to whoever has these.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="key">The key; null for the one that the file asks for.</param>
    public static string StudyOf(ImageHeader header, PseudonymKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        key ??= header.Patient.IsSimulated ? PseudonymKey.Simulated : PseudonymKey.ForThisUser;
        return key.PseudonymOf($"study {header.StudyUid} {header.InstanceUid}")[2..8];
    }
}

/// <summary>How a folder of studies is read.</summary>
public sealed record FolderOptions
{
    /// <summary>The labels table, relative to the folder; null where truth is not known.</summary>
    public string? Labels { get; init; } = "labels.csv";

    /// <summary>What pseudonyms are made from; null for the public key where a file is of a simulated patient, and for the key of this user on this machine elsewhere.</summary>
    public PseudonymKey? PseudonymKey { get; init; }

    /// <summary>Whether volumes go on with lengths that their files do not give (<see cref="DicomReadOptions.AssumeSpacing"/>); what was assumed stands in the warnings.</summary>
    public bool AssumeSpacing { get; init; }

    /// <summary>Whether volumes of several voxel sizes are brought to the commonest where the system takes them as they come. Not where a model's own voxels are known.</summary>
    public bool OneVoxelSize { get; init; } = true;

    /// <summary>Whether studies are hashed, so that they are known again under another key. Without, a split and a run key cannot be made.</summary>
    public bool WithContent { get; init; } = true;

    /// <summary>A column of the labels table that says train, validation or test of each line; empty for none. It becomes a fact of the cases.</summary>
    public string SplitColumn { get; init; } = "";

    /// <summary>What the model was trained on that the studies are read for: one that cannot mean the same is left out (<see cref="LeftOutStudy.OutsideEnvelope"/>). Null to take all.</summary>
    public TrainingEnvelope? Envelope { get; init; }

    private CancellationToken _stop;

    /// <summary>The same, and reading ends when it is told to (<see cref="DicomReadOptions.StoppedBy"/>).</summary>
    public FolderOptions StoppedBy(CancellationToken stop) => new(this) { _stop = stop };

    internal CancellationToken Stop() => _stop;
}

/// <summary>The cases of a folder of DICOM files, as a system makes them.</summary>
public sealed class FolderCases : CaseSource
{
    /// <summary>Files of a folder that are known to be no studies.</summary>
    private static readonly string[] s_notStudies = ["labels.csv", "cohort.json"];

    private readonly SystemDefinition _system;
    private readonly FolderOptions _options;
    private readonly PseudonymKey? _told;
    private readonly DicomImageReader _reader;
    private readonly LabelsTable? _labels;
    private readonly IReadOnlySet<string> _notFilledIn = new HashSet<string>();
    private readonly string[] _files;
    private readonly StudyIndex? _index;

    // Values of images that were read and made into cases, for the next ones: no more of them than files are read at once.
    private readonly ConcurrentBag<PixelMemory> _spare = [];

    /// <summary>Looks at a folder; its subfolders count too. A file's name says nothing: its content does.</summary>
    /// <param name="folder">The folder, or a single file: then nothing else of its folder is a study.</param>
    /// <param name="system">The system that makes cases of studies.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="LabelsTableException">The labels table cannot be used.</exception>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    public FolderCases(string folder, SystemDefinition system, FolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(system);
        bool isFile = File.Exists(folder);
        string given = folder;
        Folder = folder = isFile ? Path.GetDirectoryName(Path.GetFullPath(folder))! : folder;
        _system = system;
        _options = options ?? new FolderOptions();
        // A public key hides nobody: it is for simulated patients alone, and their files ask for it.
        _told = _options.PseudonymKey is { IsPublic: true } ? null : _options.PseudonymKey;
        _reader = new DicomImageReader(Reading(system, _told, _options));
        IEnumerable<string> files = isFile ? [Path.GetFullPath(given)] : FolderWalk.Files(folder);
        string? table = _options.Labels is { } labels ? Path.Combine(folder, labels) : null;
        _labels = table is null ? null : LabelsTable.Read(table, system.Labels);
        // A table beside the folder names its masks from where it lies.
        HashSet<string> others = [.. s_notStudies, .. table is null ? [] : (string[])[Within(table), .. _labels!.MaskFiles.Select(mask => Within(Path.Combine(Path.GetDirectoryName(table)!, mask)))]];
        bool byHeader = _labels is { NeedsHeaders: true };
        LabelMatching matching = new(folder);
        List<ImageGeometry?> places = [];
        if (system.Boundary is { } boundary)
        {
            Dictionary<string, ImageHeader> headers = new(StringComparer.Ordinal);
            Action<ScannedFile>? visited = byHeader ? file => _ = file.Header is { } header && headers.TryAdd(file.RelativePath, header with { Frames = [], Warnings = [] }) : null;
            _index = StudyIndex.Build(isFile ? given : folder, new StudyIndexOptions { Reading = Reading(system, _told, _options), Boundary = boundary, Ignored = others }, visited, _options.Stop());
            _files = [.. _index.Studies.Select(study => study.Series[0].Files[0].File)];
            foreach ((string study, ImageFacts file) in _index.Studies.SelectMany((study, index) => study.Series.SelectMany(series => series.Files), (study, file) => (study.Series[0].Files[0].File, file)))
            {
                if (headers.TryGetValue(file.File, out ImageHeader? header))
                {
                    matching.Add(study, file.File, header);
                }
                else
                {
                    matching.Add(study, file.File);
                }
            }

            foreach (SkippedFile file in _index.LeftOut)
            {
                // A line may name what is no image: that file is left out, with its own reason.
                matching.Add(file.File, file.File);
            }
        }
        else
        {
            _files = [.. files
                .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .Where(file => !others.Contains(file))];
            foreach (string file in _files)
            {
                if (byHeader && HeaderOf(file) is { } header)
                {
                    places.Add(header is { GeometryIsAssumed: false } ? header.Geometry : null);
                    // A copy of an image is the same image.
                    matching.Add(header.InstanceUid.Length > 0 ? $"instance {header.InstanceUid}" : file, file, header);
                }
                else
                {
                    matching.Add(file, file);
                }
            }
        }

        if (_options.OneVoxelSize && system is { TakesVoxelsAsTheyCome: true, Voxel: null } && CommonestVoxel(places) is { } voxel)
        {
            _system = system with { Voxel = voxel };
        }

        if (_labels is not null && _options.SplitColumn.Length > 0 && !_labels.Has(_options.SplitColumn))
        {
            throw new LabelsTableException($"{table}: expected the column {PlainText.Short(_options.SplitColumn)}, which split.column names, found none; write train, validation or test into it.");
        }

        if (_labels is not null)
        {
            (_labels, UnusedLabels, _notFilledIn) = matching.Match(_labels);
        }

        if (_files.Length == 0)
        {
            throw new NoStudyException(_index is { FileCount: > 0 } index
                ? $"{folder}: expected {system.Words.Studies}, found {index.FileCount} files and none of them is one: {LeftOutStudy.Summary(LeftOut, index.FileCount)}"
                : $"{folder}: expected {system.Words.Studies}, found no file.");
        }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public override CaseSchema Schema => _labels is null ? _system.Cases
        : _system.Cases with { Facts = [.. _system.Cases.Facts, .. _labels.Groups.Concat(_options.SplitColumn.Length > 0 ? [_options.SplitColumn] : []).Except(_system.Cases.Facts.Select(fact => fact.Name), StringComparer.Ordinal).Select(name => new FactColumn(name, IsNumber: false))] };

    /// <inheritdoc/>
    public override IReadOnlyList<Grouping> Groupings => _labels is null ? [] : [.. _labels.Groups.Select(name => Grouping.ByValue(name, name))];

    /// <inheritdoc/>
    public override LearningTask? Task => _labels is null ? null : _system.Task;

    /// <inheritdoc/>
    public override int Count => _files.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<UnusedLabelLine> UnusedLabels { get; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<LeftOutStudy> LeftOut => _index is null ? [] : [.. _index.LeftOut.Select(file => new LeftOutStudy(file.File, file.Reason.ToString(), file.Sentence) { Other = file.Other, Key = _told })];

    /// <summary>The numbers of the studies in the order of their files' pseudonyms, which tells nothing of the names' own, and the hash of these. Contents are not looked at.</summary>
    public (IReadOnlyList<int> Order, string Hash) ByPseudonym()
    {
        PseudonymKey key = KeyOf(isSimulated: false);
        string[] pseudonyms = [.. _files.Select(key.PseudonymOfFile)];
        int[] order = [.. Enumerable.Range(0, pseudonyms.Length).OrderBy(study => pseudonyms[study], StringComparer.Ordinal)];
        return (order, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', order.Select(study => pseudonyms[study]))))));
    }

    /// <inheritdoc/>
    public override StudyCases Read(int study)
    {
        try
        {
            return _index is null ? ReadFile(_files[study]) : ReadStudy(_index.Studies[study], _files[study]);
        }
        catch (Exception problem) when ((problem as OutOfMemoryException ?? problem.InnerException) is OutOfMemoryException)
        {
            // Many studies at once, not this one: whoever reads waits and asks again. What was held for the next ones is let go of.
            _spare.Clear();
            ExceptionDispatchInfo.Throw(problem as OutOfMemoryException ?? problem.InnerException!);
            throw;
        }
    }

    /// <inheritdoc/>
    public override StudyCases DoesNotFit(int study) =>
        StudyCases.Without(new LeftOutStudy(_files[study], SkipReason.TooLarge.ToString(), "the image does not fit into memory: use a machine with more of it."));

    private static DicomReadOptions Reading(SystemDefinition system, PseudonymKey? key, FolderOptions options) => new DicomReadOptions { Kinds = system.Kinds, PseudonymKey = key, AssumeSpacing = options.AssumeSpacing }.StoppedBy(options.Stop());

    private string Within(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');

    private ImageHeader? HeaderOf(string file)
    {
        _options.Stop().ThrowIfCancellationRequested();
        try
        {
            return _reader.ReadHeader(Path.Combine(Folder, file));
        }
        catch (DicomReadException)
        {
            // Whoever reads the file says why it is none.
            return null;
        }
    }

    // The voxels that most files have, where there are several sizes; the smallest of equally common ones, which lose nothing. Known where
    // headers were read for the index or the labels: for this alone no file is opened once more.
    private VoxelSize? CommonestVoxel(List<ImageGeometry?> read)
    {
        IEnumerable<ImageGeometry?> places = _index is null ? read
            : [.. _index.Studies.SelectMany(study => study.Series.Where(series => series.Kind != ImageKind.Ct)).Select(series => series.Geometry)];
        List<(VoxelSize Size, int Files)> sizes = [];
        foreach (VoxelSize size in places.OfType<ImageGeometry>().Select(VoxelSize.Of).OrderBy(size => size.Column).ThenBy(size => size.Section).ThenBy(size => size.Row))
        {
            int known = sizes.FindIndex(one => one.Size.IsLike(size));
            if (known < 0)
            {
                sizes.Add((size, 1));
            }
            else
            {
                sizes[known] = (sizes[known].Size, sizes[known].Files + 1);
            }
        }

        return sizes.Count < 2 ? null : sizes.MaxBy(one => one.Files).Size;
    }

    // What a system says of a study without a line is not what is wrong where the line is there.
    private void MustBeFilledIn(string file)
    {
        if (_notFilledIn.Contains(file) && !_labels!.Knows(file))
        {
            throw new LeaveOutException("NoLabelYet", "its line in the labels table has no label yet; fill in the column Label.");
        }
    }

    // Before anything is made of it: of another organ a system would find other things wrong.
    private AcquiredStudy MustLieWithin(AcquiredStudy study) => _options.Envelope?.Refusal(study) is { } refusal
        ? throw new LeaveOutException(LeftOutStudy.OutsideEnvelope, refusal.Sentence)
        : study;

    private StudyCases ReadStudy(Study study, string file)
    {
        try
        {
            MustBeFilledIn(file);
            List<ScintigraphyImage> read = [.. study.Series.Where(series => series.Sections is null).SelectMany(series => series.ReadAll(_reader))];
            StudyImages images = new(file, study.Patient.Pseudonym, study.Id, read, study);
            AcquiredStudy acquired = MustLieWithin(AcquiredStudy.Of(_system.Seen, read, study));
            IReadOnlyList<Case> cases = _system.CasesOf(images, _labels);
            // Of sections in many files the system has read what it needs: its cases stand for them.
            string content = !_options.WithContent ? "" : study.Series.All(series => series.Sections is null) ? HashOf(read) : HashOf(cases);
            Facts acquisition = AcquisitionFacts.Of(read);
            IReadOnlyList<string> warnings = WarningKind.Of(read.SelectMany(image => image.AllWarnings).Concat(study.Series.SelectMany(series => series.Warnings)).Concat(cases.SelectMany(one => one.Warnings)));
            return new StudyCases([.. cases.Select(one => Completed(one, study.Patient.IsSimulated) with { Acquisition = acquisition, Acquired = acquired, Noticed = warnings })], content)
            {
                Form = _options.WithContent ? FormOf(cases) : "",
                Warnings = warnings,
                Origin = OriginOf(study.Patient, read) with
                {
                    IsBlank = cases.SelectMany(one => one.Images).All(image => IsBlank(image.Values.Span)),
                    Marks = !_options.WithContent ? [] : study.Series.All(series => series.Sections is null) ? MarksOf(read) : MarksOf(cases),
                },
            };
        }
        catch (DicomReadException problem) when (problem.InnerException is not OutOfMemoryException)
        {
            return Without(file, problem.Reason.ToString(), problem.Sentence, study.Patient.IsSimulated);
        }
        catch (LeaveOutException problem)
        {
            return Without(file, problem.Reason, problem.Message, study.Patient.IsSimulated);
        }
    }

    private StudyCases ReadFile(string file)
    {
        PixelMemory memory = _spare.TryTake(out PixelMemory? spare) ? spare : new PixelMemory();
        bool isSimulated = false;
        try
        {
            ScintigraphyImage image = _reader.Read(Path.Combine(Folder, file), memory);
            isSimulated = image.Header.Patient.IsSimulated;
            MustBeFilledIn(file);
            StudyImages images = new(file, image.Header.Patient.Pseudonym, CasePseudonym.StudyOf(image.Header, _told), [image]);
            AcquiredStudy acquired = MustLieWithin(AcquiredStudy.Of(_system.Seen, images.Images));
            string content = _options.WithContent ? HashOf(images.Images) : "";
            // The system may overwrite the values.
            StudyOrigin origin = OriginOf(image.Header.Patient, images.Images) with { Marks = _options.WithContent ? MarksOf(images.Images) : [] };
            Facts acquisition = AcquisitionFacts.Of(images.Images);
            IReadOnlyList<Case> made = _system.CasesOf(images, _labels);
            IReadOnlyList<string> warnings = WarningKind.Of(image.AllWarnings.Concat(made.SelectMany(one => one.Warnings)));
            Case[] cases = [.. made.Select(one => Completed(one, isSimulated) with { Acquisition = acquisition, Acquired = acquired, Noticed = warnings })];
            return new StudyCases(cases, content) { Origin = origin, Form = _options.WithContent ? FormOf(cases) : "", Warnings = warnings };
        }
        catch (DicomReadException problem) when (problem.InnerException is not OutOfMemoryException)
        {
            return Without(file, problem.Reason.ToString(), problem.Sentence, isSimulated);
        }
        catch (LeaveOutException problem)
        {
            return Without(file, problem.Reason, problem.Message, isSimulated);
        }
        finally
        {
            _spare.Add(memory);
        }
    }

    private StudyCases Without(string file, string reason, string sentence, bool isSimulated) =>
        StudyCases.Without(new LeftOutStudy(file, reason, sentence) { IsSimulated = isSimulated, Key = _told });

    private PseudonymKey KeyOf(bool isSimulated) => _told ?? (isSimulated ? PseudonymKey.Simulated : PseudonymKey.ForThisUser);

    private Case Completed(Case one, bool isSimulated) => WithGroups(one) with { FileId = KeyOf(isSimulated).PseudonymOfFile(one.File) };

    // The views of one image have one line together.
    private Case WithGroups(Case one) => (_labels?.Find(one.File, one.Part) ?? (_labels is { Layout.PartColumn: null } ? _labels.Find(one.File) : null)) is { } row
        ? one with { Facts = InSet(row, row.Groups.Aggregate(one.Facts, (facts, group) => facts.With(group.Key, group.Value))) } : one;

    private Facts InSet(LabelRow row, Facts facts) => _options.SplitColumn.Length == 0 ? facts : facts.With(_options.SplitColumn, row.Text(_options.SplitColumn).ToLowerInvariant() switch
    {
        "train" or "training" => "train",
        "validation" or "validate" or "val" or "valid" => "validation",
        "test" or "testing" => "test",
        "" => throw new LeaveOutException("NoSet", $"its line in the labels table says nothing under {_options.SplitColumn}; write train, validation or test."),
        _ => throw new LeaveOutException("NoSet", $"its line in the labels table says something else than train, validation or test under {_options.SplitColumn}; correct it."),
    });

    private StudyOrigin OriginOf(PatientFacts patient, IReadOnlyList<ScintigraphyImage> images) => new()
    {
        Patient = patient,
        Key = _told,
        Instances = [.. images.Select(image => image.Header.InstanceUid).Where(uid => uid.Length > 0).Select(uid => $"I{KeyOf(patient.IsSimulated).PseudonymOf($"instance|{uid}")[1..]}")],
        IsBlank = _options.WithContent && images.All(image => IsBlank(image.AsSpan())),
        Likeness = _options.WithContent && images is [{ Header: var header } only] ? ImageLikeness.Of(only.AsSpan(), header.Frames.Count, header.Rows, header.Columns) : null,
    };

    private static ImageMarks[] MarksOf(IReadOnlyList<ScintigraphyImage> images) => [.. images.Select(image => ImageMarks.Of(image.AsSpan(), image.Header.Frames.Count, image.Header.Rows, image.Header.Columns))];

    private static ImageMarks[] MarksOf(IReadOnlyList<Case> cases) => [.. cases.SelectMany(one => one.Images).Where(image => image.Shape.Rank >= 2).Select(image =>
    {
        int rows = image.Shape[image.Shape.Rank - 2], columns = image.Shape[image.Shape.Rank - 1];
        return ImageMarks.Of(image.Values.Span, image.Values.Length / (rows * columns), rows, columns);
    })];

    private static bool IsBlank(ReadOnlySpan<float> values) => values.Length == 0 || values.IndexOfAnyExcept(values[0]) < 0;

    private static string FormOf(IReadOnlyList<Case> cases)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Case one in cases)
        {
            hash.AppendData(MemoryMarshal.AsBytes(one.Numbers.ToArray().AsSpan()));
            foreach (CaseImage image in one.Images)
            {
                hash.AppendData(MemoryMarshal.AsBytes(image.Shape.ToArray().AsSpan()));
                hash.AppendData(MemoryMarshal.AsBytes(image.Values.Span));
                if (image.Geometry is { } place)
                {
                    Point3[] directions = [place.Origin, place.RowDirection, place.ColumnDirection, place.SectionDirection];
                    hash.AppendData(MemoryMarshal.AsBytes<double>([place.ColumnSpacing, place.RowSpacing, place.SectionSpacing, .. directions.SelectMany(point => new[] { point.X, point.Y, point.Z })]));
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string HashOf(IReadOnlyList<Case> cases)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (CaseImage image in cases.SelectMany(one => one.Images))
        {
            hash.AppendData(MemoryMarshal.AsBytes(image.Shape.ToArray().AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(image.Values.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string HashOf(IReadOnlyList<ScintigraphyImage> images)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ScintigraphyImage image in images)
        {
            hash.AppendData(MemoryMarshal.AsBytes([image.Header.Columns, image.Header.Rows, image.Header.Frames.Count]));
            hash.AppendData(MemoryMarshal.AsBytes(image.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
