using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>What came of reading a study: its cases and the SHA-256 of its values, or why there are none.</summary>
public sealed record StudyCases(IReadOnlyList<Case> Cases, string ContentHash, LeftOutStudy? LeftOut = null)
{
    /// <summary>What to know of the study before using it: kinds of warnings, each once, without what identifies a patient.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// The SHA-256 of the cases as a network gets them: values, numbers and how the images lie in space. A run is bound to it; an image is
    /// known again without it, since it may lie otherwise under another header.
    /// </summary>
    public string Form { get; init; } = "";

    /// <summary>Whose images these are and which.</summary>
    public StudyOrigin Origin { get; init; } = StudyOrigin.Unknown;

    /// <summary>A study that is left out.</summary>
    public static StudyCases Without(LeftOutStudy study) => new([], "", study);
}

/// <summary>Where cases come from: studies in a fixed order, each of them made into cases when it is read.</summary>
public abstract class CaseSource
{
    /// <summary>What the cases have in common.</summary>
    public abstract CaseSchema Schema { get; }

    /// <summary>What is asked of a case; null where no truth is known, and there are no columns of it then.</summary>
    public abstract LearningTask? Task { get; }

    /// <summary>The number of studies, those that will be left out among them.</summary>
    public abstract int Count { get; }

    /// <summary>Studies that were left out before any was read.</summary>
    public virtual IReadOnlyList<LeftOutStudy> LeftOut => [];

    /// <summary>By which facts, besides a system's own, figures are reported in groups: those that a labels table names.</summary>
    public virtual IReadOnlyList<Grouping> Groupings => [];

    /// <summary>Lines of a labels table that label none of the studies.</summary>
    public virtual IReadOnlyList<UnusedLabelLine> UnusedLabels => [];

    /// <summary>Reads one study. May be called from several threads.</summary>
    /// <exception cref="OutOfMemoryException">There is not enough memory now: it is called again when nothing else is read.</exception>
    public abstract StudyCases Read(int study);

    /// <summary>What is said of a study that does not fit into memory although nothing else is read.</summary>
    public virtual StudyCases DoesNotFit(int study) =>
        StudyCases.Without(new LeftOutStudy(string.Create(CultureInfo.InvariantCulture, $"study {study + 1}"), "TooLarge", "the study does not fit into memory: use a machine with more of it."));

    /// <summary>Some of the studies.</summary>
    /// <param name="studies">Their numbers, in the order wanted.</param>
    public CaseSource Some(IReadOnlyList<int> studies)
    {
        ArgumentNullException.ThrowIfNull(studies);
        return new SomeStudies(this, studies);
    }

    // What was left out before a study was read belongs to the whole.
    private sealed class SomeStudies(CaseSource all, IReadOnlyList<int> studies) : CaseSource
    {
        public override CaseSchema Schema => all.Schema;

        public override LearningTask? Task => all.Task;

        public override int Count => studies.Count;

        public override IReadOnlyList<Grouping> Groupings => all.Groupings;

        public override StudyCases Read(int study) => all.Read(studies[study]);

        public override StudyCases DoesNotFit(int study) => all.DoesNotFit(studies[study]);
    }
}

/// <summary>How a view of cases reads and keeps.</summary>
public sealed record CaseViewOptions
{
    /// <summary>Studies decoded at the same time. Rows and their order do not depend on it.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Whether what was decoded is kept, so that a file is opened once however often the view is read. False to stream through an archive once.</summary>
    public bool Keep { get; init; } = true;

    /// <summary>Bytes of images that are kept in memory; more goes to a file.</summary>
    public long MemoryBudget { get; init; } = CaseStore.MemoryBudget;
}

/// <summary>
/// Cases as ML.NET rows (see <see cref="CaseSchema"/> for the columns), lazy: studies are decoded while a cursor moves, a few ahead
/// and in order. A study that gives no case is left out, named and counted.
/// </summary>
[TypeFormatterSource(typeof(IDataView))]
public sealed class CaseView : IDataView, IDisposable
{
    private readonly Shared _shared;
    private readonly IReadOnlySet<string>? _patients;
    private readonly IReadOnlyDictionary<string, Target>? _targets;
    private readonly StreamingDataView<Row> _view;

    /// <summary>A view of a source's cases.</summary>
    public CaseView(CaseSource source, CaseViewOptions? options = null)
        : this(new Shared(source ?? throw new ArgumentNullException(nameof(source)), options ?? new CaseViewOptions()), patients: null)
    {
    }

    private CaseView(Shared shared, IReadOnlySet<string>? patients, IReadOnlyDictionary<string, Target>? targets = null)
    {
        _shared = shared;
        _patients = patients;
        _targets = targets;
        _view = new StreamingDataView<Row>([.. Columns(shared.Source, this)], Rows);
    }

    /// <summary>What the cases have in common.</summary>
    public CaseSchema Cases => _shared.Source.Schema;

    /// <summary>What is asked of a case; null where no truth is known.</summary>
    public LearningTask? Task => _shared.Source.Task;

    /// <summary>By which facts, besides a system's own, figures are reported in groups.</summary>
    public IReadOnlyList<Grouping> Groupings => _shared.Source.Groupings;

    /// <summary>Lines of a labels table that label none of the studies, for the console of whoever has the table.</summary>
    public IReadOnlyList<UnusedLabelLine> UnusedLabels => (Original ?? this)._shared.Source.UnusedLabels;

    /// <summary>The view that the rows are copies of; null where they are cases themselves.</summary>
    internal CaseView? Original => (_shared.Source as CopiedCases)?.Cases;

    /// <summary>The number of studies offered, those left out among them.</summary>
    public int StudyCount => _shared.Source.Count + _shared.Source.LeftOut.Count;

    /// <summary>The studies left out so far, by file. Complete once a cursor has been to the end.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut =>
        [.. _shared.Source.LeftOut.Concat(_shared.Known.Values.Select(known => known.LeftOut).OfType<LeftOutStudy>()).Concat(_shared.Repetitions.LeftOut).Concat(_shared.Withdrawn.Values).OrderBy(study => study.File, StringComparer.Ordinal)];

    /// <summary>Where the patients come from, as their files say. Complete once a cursor has been to the end.</summary>
    public DataOrigin Origin => (_shared.Known.Values.Any(known => known.IsSimulated is true), _shared.Known.Values.Any(known => known.IsSimulated is false)) switch
    {
        (true, true) => DataOrigin.Mixed,
        (true, false) => DataOrigin.Simulated,
        (false, true) => DataOrigin.Real,
        _ => DataOrigin.Unstated,
    };

    /// <summary>Studies that look alike without being copies of each other, to be looked at by somebody. Known after a split, or <see cref="Settle"/>.</summary>
    public IReadOnlyList<AlikeStudies> Alike => _shared.Repetitions.Alike;

    /// <summary>What was found in studies that were read, and in how many: the most frequent first. Complete once a cursor has been to the end of a view that keeps.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Warnings =>
        [.. _shared.Known.Values.SelectMany(known => known.Warnings).CountBy(warning => warning, StringComparer.Ordinal).Concat(MixedUnits()).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];

    /// <summary>No study is at fault where some count photons and others becquerels, and yet a network may tell by it where they come from: the studies in the rarer units.</summary>
    private IEnumerable<KeyValuePair<string, int>> MixedUnits()
    {
        KeyValuePair<string, int>[] units = [.. _shared.Known.Values
            .Where(known => known.Cases.Count > 0)
            .Select(known => known.Cases[0].Case.Acquisition.Text(AcquisitionFacts.Unit) ?? "")
            .Where(unit => unit.Length > 0)
            .CountBy(unit => unit, StringComparer.Ordinal)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
        if (units.Length > 1)
        {
            string each = string.Join(", ", units.Select(unit => string.Create(CultureInfo.InvariantCulture, $"{unit.Key} in {unit.Value}")));
            yield return KeyValuePair.Create($"The studies are not in one unit ({each}): a model may tell by it where they come from, unless preprocessing makes them alike.", units.Skip(1).Sum(unit => unit.Value));
        }
    }

    /// <inheritdoc/>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public DataViewSchema Schema => _view.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => null;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => _view.GetRowCursor(columnsNeeded, rand);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        _view.GetRowCursorSet(columnsNeeded, n, rand);

    /// <summary>The cases, decoded, in order.</summary>
    /// <param name="images">Whether their images are wanted; without, a study that is known is not decoded again.</param>
    public IEnumerable<Case> Read(bool images = true) => Rows(images).Select(row => row.Case);

    /// <summary>The cases in order, each to be read when it is wanted: what is kept is not decoded again.</summary>
    internal IReadOnlyList<Func<Case>> Deferred()
    {
        if (!_shared.Options.Keep)
        {
            return [.. Read().Select(one => (Func<Case>)(() => one))];
        }

        int known = Rows(pixels: false).Count();
        Func<Case>[] cases = [.. Enumerable.Range(0, _shared.Source.Count).Where(MayBeWanted).Where(study => !IsLeftOut(study)).SelectMany(study => _shared.Known[study].Cases)
            .Where(one => _patients is null || _patients.Contains(one.Case.PatientId))
            .Select(one => (Func<Case>)(() => Told(one.Case) with { Images = _shared.Store.Read(one.Place) }))];
        return cases.Length == known ? cases : throw new InvalidOperationException($"A view of {known} cases keeps {cases.Length} of them.");
    }

    /// <summary>What each case was made from, and how it lies in space, as hashes in the order of the cases.</summary>
    internal IEnumerable<(string Content, string Form)> Hashes() => Rows(pixels: false).Select(row => (row.ContentHash, row.Form));

    /// <summary>The cases of some patients. Studies of other patients, once known, are not read again.</summary>
    public CaseView RestrictTo(IReadOnlySet<string> patients) => new(_shared, patients, _targets);

    /// <summary>The same cases with something else said to be true of them: by their pseudonyms; of a case that is not among these nothing changes.</summary>
    internal CaseView WithTargets(IReadOnlyDictionary<string, Target> targets) => new(_shared, _patients, targets);

    /// <summary>
    /// Reads what is not read yet and decides which studies are there twice. Before, a copy is left out when a cursor comes to it, and
    /// the first one stays; here it goes too where the labels of the two contradict each other. A split does this first of all.
    /// </summary>
    public void Settle()
    {
        // A stream is read once and remembers nothing.
        if (_shared.Options.Keep)
        {
            foreach (IEnumerable<Row> _ in ReadAhead.Ordered(Enumerable.Range(0, _shared.Source.Count).Where(study => !_shared.Known.ContainsKey(study)), _shared.Options.Parallelism, (study, _) => Read(study, pixels: false)))
            {
            }

            _shared.Repetitions.Conclude();
        }
    }

    /// <summary>
    /// Leaves of several readings of the same studies what all of them can use: a study that one leaves out, or makes into other cases,
    /// is left out of all, with that one's reason. Reads what is not read yet.
    /// </summary>
    /// <param name="views">The readings, each of the same studies.</param>
    internal static void KeepCommon(IReadOnlyList<CaseView> views)
    {
        foreach (CaseView view in views)
        {
            view.Settle();
        }

        Dictionary<string, string>[] made = [.. views.Select(view => view.CasesByFile())];
        Dictionary<string, LeftOutStudy> reasons = views.SelectMany(view => view.LeftOut).DistinctBy(study => study.File).ToDictionary(study => study.File, StringComparer.Ordinal);
        foreach ((CaseView view, Dictionary<string, string> own) in views.Zip(made))
        {
            foreach ((int study, Known known) in view._shared.Known.Where(pair => pair.Value.Cases.Count > 0 && !view.IsLeftOut(pair.Key)))
            {
                string file = known.Cases[0].Case.File;
                if (made.Any(other => other.GetValueOrDefault(file) != own[file]))
                {
                    view._shared.Withdrawn[study] = reasons.GetValueOrDefault(file)
                        ?? new LeftOutStudy(file, "OtherCases", "the models that are compared make other cases of this study: compare models whose settings agree on what a case is.") { IsSimulated = known.IsSimulated ?? false };
                }
            }
        }
    }

    // Which cases each file that is not left out gives.
    private Dictionary<string, string> CasesByFile() => _shared.Known.Where(pair => pair.Value.Cases.Count > 0 && !IsLeftOut(pair.Key))
        .GroupBy(pair => pair.Value.Cases[0].Case.File, pair => pair.Value, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => string.Join('\n', group.SelectMany(known => known.Cases).Select(one => one.Case.Id).Order(StringComparer.Ordinal)), StringComparer.Ordinal);

    /// <summary>Pseudonyms of one patient, as far as is known: two of a pair must be on one side.</summary>
    internal IReadOnlyList<(string One, string Other)> SamePatients() => _shared.Repetitions.SamePatients();

    /// <summary>The pseudonyms of the images of each of the view's patients.</summary>
    internal IEnumerable<(string PatientId, IReadOnlyList<string> Instances)> Instances() =>
        _shared.Repetitions.Instances().Where(one => _patients is null || _patients.Contains(one.PatientId));

    /// <summary>What the images of each of the view's patients are known again by.</summary>
    internal IEnumerable<(string PatientId, IReadOnlyList<ImageMarks> Marks)> Marks() =>
        _shared.Repetitions.Marks().Where(one => _patients is null || _patients.Contains(one.PatientId));

    /// <summary>
    /// The SHA-256 of all cases in order: what each one's study holds, its pseudonyms and what is true of it. Reads what is not read yet.
    /// </summary>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Row row in Rows(pixels: false))
        {
            string truth = row.Case.Target switch
            {
                MaskTarget mask => Convert.ToHexStringLower(SHA256.HashData(mask.Labels.Span)),
                { } target => target.Pattern,
                null => "",
            };
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{row.ContentHash}\n{row.Form}\n{row.Case.Id}\n{row.Case.PatientId}\n{truth}\n{row.Case.Facts}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Lets go of what was kept, for all views of the same cases.</summary>
    public void Dispose() => _shared.Store.Dispose();

    private static IEnumerable<StreamingColumn<Row>> Columns(CaseSource source, CaseView owner)
    {
        CaseSchema schema = source.Schema;
        yield return StreamingColumn<Row>.Text(CaseSchema.File, row => row.Case.File);
        yield return StreamingColumn<Row>.Text(CaseSchema.CaseId, row => row.Case.Id);
        yield return StreamingColumn<Row>.Text(CaseSchema.PatientId, row => row.Case.PatientId, annotations => CasesBehind.Mark(annotations, owner));
        yield return StreamingColumn<Row>.Text(CaseSchema.Part, row => row.Case.Part);
        yield return StreamingColumn<Row>.Text(CaseSchema.ContentHash, row => row.ContentHash);
        for (int i = 0; i < schema.Images.Count; i++)
        {
            int image = i;
            yield return StreamingColumn<Row>.Vector(schema.Images[i].Name, schema.Images[i].Shape.ToArray(), isImage: true, row => row.Case.Images[image].Values);
        }

        for (int i = 0; i < schema.Numbers.Count; i++)
        {
            int number = i;
            yield return StreamingColumn<Row>.Number(schema.Numbers[i], row => row.Case.Numbers[number]);
        }

        foreach (FactColumn fact in schema.Facts)
        {
            yield return fact.IsNumber
                ? StreamingColumn<Row>.Number(fact.Name, row => (float)(row.Case.Facts.Number(fact.Name) ?? double.NaN), StreamingColumn.MarkAsFact)
                : StreamingColumn<Row>.Text(fact.Name, row => row.Case.Facts.Text(fact.Name), StreamingColumn.MarkAsFact);
        }

        if (source.Task is SegmentationTask)
        {
            int rank = schema.Images[0].Shape.Rank;
            yield return StreamingColumn<Row>.Vector(CaseSchema.Spacing, [rank], isImage: true, row => row.Case.Images[0].Geometry is { } geometry
                ? new[] { (float)geometry.SectionSpacing, (float)geometry.RowSpacing, (float)geometry.ColumnSpacing }[(3 - rank)..]
                : [.. Enumerable.Repeat(1f, rank)]);
        }

        if (source.Task is { } task)
        {
            yield return task.TargetColumn<Row>(row => row.Case.Target!);
        }
    }

    private IEnumerable<Row> Rows(bool pixels) => _shared.Options.Keep ? KeptRows(pixels) : StreamedRows();

    private IEnumerable<Row> KeptRows(bool pixels) =>
        ReadAhead.Ordered(Enumerable.Range(0, _shared.Source.Count).Where(MayBeWanted), _shared.Options.Parallelism, (study, _) => (Study: study, Rows: Read(study, pixels)), study => (Study: study, Rows: DoesNotFit(study)))
            .Where(read => !IsLeftOut(read.Study)).SelectMany(read => read.Rows);

    // For what others hold, not for what it holds itself.
    private bool IsLeftOut(int study) => _shared.Withdrawn.ContainsKey(study) || _shared.Repetitions.IsLeftOut(study);

    private bool MayBeWanted(int study) => !_shared.Known.TryGetValue(study, out Known? known)
        || (known.LeftOut is null && (_patients is null || known.Cases.Any(one => _patients.Contains(one.Case.PatientId))));

    private IEnumerable<Row> Read(int study, bool pixels)
    {
        // Two cursors that come to a new study together open it once.
        Known? known;
        lock (_shared.LockOf(study))
        {
            if (!_shared.Known.TryGetValue(study, out known))
            {
                StudyCases read = _shared.Source.Read(study);
                Check(read);
                known = _shared.Remember(study, read);
            }
        }

        return Wanted(known.Cases.Select(one => pixels ? new Row(one.Case with { Images = _shared.Store.Read(one.Place) }, one.ContentHash) : new Row(one.Case, one.ContentHash) { Form = known.Form }));
    }

    // Of a stream only what was left out is remembered, and which images came: no values, and nothing of the cases.
    private IEnumerable<Row> StreamedRows()
    {
        Dictionary<string, string> came = new(StringComparer.Ordinal);
        foreach ((int study, StudyCases read) in ReadAhead.Ordered(Enumerable.Range(0, _shared.Source.Count).Where(MayBeWanted), _shared.Options.Parallelism, (study, _) => (study, _shared.Source.Read(study)), study => (study, _shared.Source.DoesNotFit(study))))
        {
            Check(read);
            LeftOutStudy? leftOut = read.LeftOut;
            foreach (string instance in read.Cases.Count > 0 ? read.Origin.Instances : [])
            {
                if (!came.TryAdd(instance, read.Cases[0].File) && leftOut is null && SkippedFile.Repetition(read.Cases[0].File, came[instance]) is var repetition)
                {
                    leftOut = new LeftOutStudy(repetition.File, repetition.Reason.ToString(), repetition.Sentence) { Other = repetition.Other, IsSimulated = read.Origin.Patient?.IsSimulated ?? false, Key = read.Origin.Key };
                }
            }

            if (leftOut is not null)
            {
                _shared.Remember(study, StudyCases.Without(leftOut));
                continue;
            }

            foreach (Row row in Wanted(read.Cases.Select(one => new Row(one, Shared.HashOf(read.ContentHash, one.Part)))))
            {
                yield return row;
            }
        }
    }

    private IEnumerable<Row> DoesNotFit(int study)
    {
        _ = _shared.Remember(study, _shared.Source.DoesNotFit(study));
        return [];
    }

    private IEnumerable<Row> Wanted(IEnumerable<Row> rows)
    {
        IEnumerable<Row> own = _patients is null ? rows : rows.Where(row => _patients.Contains(row.Case.PatientId));
        return _targets is null ? own : own.Select(row => row with { Case = Told(row.Case) });
    }

    private Case Told(Case one) => _targets is not null && _targets.TryGetValue(one.Id, out Target? target) ? one with { Target = target } : one;

    private void Check(StudyCases read)
    {
        foreach (Case one in read.Cases)
        {
            if (one.Images.Count != Cases.Images.Count || one.Numbers.Count != Cases.Numbers.Count)
            {
                throw new InvalidOperationException($"Case {one.Id} has {one.Images.Count} images and {one.Numbers.Count} numbers; its system declares {Cases.Images.Count} and {Cases.Numbers.Count}.");
            }

            foreach ((CaseImageColumn column, CaseImage image) in Cases.Images.Zip(one.Images))
            {
                if (image.Shape != column.Shape || image.Values.Length != image.Shape.Length)
                {
                    throw new InvalidOperationException($"Case {one.Id}: image {column.Name} is {image.Shape} with {image.Values.Length} values; its system declares {column.Shape}.");
                }
            }

            if (one.Target is MaskFileTarget file)
            {
                throw new InvalidOperationException($"Case {one.Id} names the mask {file.File} without reading it: a system reads it by {nameof(LabelRow)}.{nameof(LabelRow.Mask)}.");
            }

            if (Task is not null && one.Target is null)
            {
                throw new InvalidOperationException($"Case {one.Id} has no target, but its source says that truth is known.");
            }
        }
    }

    /// <summary>A case and the hash of what it was made from.</summary>
    private sealed record Row(Case Case, string ContentHash)
    {
        public string Form { get; init; } = "";
    }

    /// <summary>What is known of a study once it was read: its cases without their images, and where those are.</summary>
    private sealed record Known(IReadOnlyList<(Case Case, string ContentHash, int Place)> Cases, LeftOutStudy? LeftOut, IReadOnlyList<string> Warnings, bool? IsSimulated)
    {
        public string Form { get; init; } = "";
    }

    /// <summary>What all views of the same cases share.</summary>
    private sealed class Shared(CaseSource source, CaseViewOptions options)
    {
        // Studies that are read ahead of one cursor are fewer than these, and do not wait for one another.
        private readonly Lock[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

        public CaseSource Source => source;

        public CaseViewOptions Options => options;

        public CaseStore Store { get; } = new(options.MemoryBudget);

        public ConcurrentDictionary<int, Known> Known { get; } = new();

        public Repetitions Repetitions { get; } = new(source.Task);

        /// <summary>Studies that another reading of the same folder cannot use.</summary>
        public ConcurrentDictionary<int, LeftOutStudy> Withdrawn { get; } = new();

        public Lock LockOf(int study) => _locks[study % _locks.Length];

        public Known Remember(int study, StudyCases read)
        {
            if (options.Keep)
            {
                Repetitions.Add(study, read);
            }

            return Known.GetOrAdd(study, _ => new Known(
                [.. read.Cases.Select(one => (one.WithoutImages(), HashOf(read.ContentHash, one.Part), options.Keep ? Store.Add(one.Images) : -1))],
                read.LeftOut, read.Warnings, read.LeftOut is null && read.Cases.Count > 0 ? read.Origin.Patient?.IsSimulated ?? false : null)
            { Form = read.Form });
        }

        public static string HashOf(string content, string part) =>
            content.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{content}/{part}")));
    }
}
