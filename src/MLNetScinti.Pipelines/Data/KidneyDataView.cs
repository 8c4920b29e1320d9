using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.ML;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// Kidneys as ML.NET rows, two a study, left before right: File, CaseId and PatientID (pseudonyms), Side (L or R), Image
/// (Single, [size, size, size]: the counts around the kidney, the other side emptied), StudyMaximum (the study's highest
/// count), VoxelMillilitres, SplitFunction (this kidney's part of both kidneys' counts), SeparationConfidence, Age and, where there is a labels table, Label (true for abnormal), DefectVolume, Counts and Groups ("Name=value", joined by semicolons).
/// </summary>
/// <remarks>
/// Lin et al. 2023 split the kidneys by hand; here <see cref="KidneySeparation"/> does, and a study in which it fails is left
/// out, named and counted. So is a study that the labels table does not know.
/// </remarks>
[TypeFormatterSource(typeof(IDataView))]
public sealed class KidneyDataView : IDataView
{
    internal const string PatientColumn = "PatientID";

    private readonly DicomDataView _studies;
    private readonly LabelsTable? _labels;
    private readonly KidneyOptions _options;
    private readonly IReadOnlySet<string>? _patients;
    private readonly ConcurrentDictionary<string, StudyOutcome<KidneyFacts[]>> _outcomes;
    private readonly StreamingDataView<KidneyCase> _view;

    internal KidneyDataView(DicomDataView studies, LabelsTable? labels, KidneyOptions options)
        : this(studies, labels, options, patients: null, new(StringComparer.Ordinal))
    {
    }

    private KidneyDataView(
        DicomDataView studies, LabelsTable? labels, KidneyOptions options, IReadOnlySet<string>? patients, ConcurrentDictionary<string, StudyOutcome<KidneyFacts[]>> outcomes)
    {
        _studies = studies;
        _labels = labels;
        _options = options;
        _patients = patients;
        _outcomes = outcomes;
        ImageShape shape = new(options.Size, options.Size, options.Size);
        // Without a table there is no truth, and no column that could be taken for it.
        StreamingColumn<KidneyCase>[] truth = labels is null ? [] :
        [
            StreamingColumn<KidneyCase>.Flag("Label", kidney => kidney.Facts.Label),
            StreamingColumn<KidneyCase>.Number("DefectVolume", kidney => kidney.Facts.DefectVolume),
            StreamingColumn<KidneyCase>.Number("Counts", kidney => kidney.Facts.Counts),
            StreamingColumn<KidneyCase>.Text("Groups", kidney => kidney.Facts.Groups),
        ];
        _view = new StreamingDataView<KidneyCase>(
        [
            StreamingColumn<KidneyCase>.Text("File", kidney => kidney.Facts.File),
            StreamingColumn<KidneyCase>.Text("CaseId", kidney => kidney.Facts.CaseId),
            StreamingColumn<KidneyCase>.Text(PatientColumn, kidney => kidney.Facts.Patient),
            StreamingColumn<KidneyCase>.Text("Side", kidney => kidney.Facts.Side),
            StreamingColumn<KidneyCase>.Vector("Image", shape.ToArray(), isImage: true, kidney => kidney.Image),
            StreamingColumn<KidneyCase>.Number("StudyMaximum", kidney => kidney.Facts.StudyMaximum),
            StreamingColumn<KidneyCase>.Number("VoxelMillilitres", kidney => kidney.Facts.VoxelMillilitres),
            StreamingColumn<KidneyCase>.Number("SplitFunction", kidney => kidney.Facts.SplitFunction),
            StreamingColumn<KidneyCase>.Number("SeparationConfidence", kidney => kidney.Facts.Confidence),
            StreamingColumn<KidneyCase>.Number("Age", kidney => kidney.Facts.AgeYears),
            .. truth,
        ], Kidneys);
    }

    /// <summary>The studies left out so far, the files that are none among them. Complete once a cursor has been to the end.</summary>
    public IReadOnlyList<LeftOutStudy> LeftOut =>
        [.. _studies.LeftOut.Concat(_outcomes.Values.Select(outcome => outcome.LeftOut).OfType<LeftOutStudy>())
            .DistinctBy(study => study.File).OrderBy(study => study.File, StringComparer.Ordinal)];

    /// <summary>The studies that the kidneys come from.</summary>
    public DicomDataView Studies => _studies;

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

    /// <summary>What is known of a kidney that a cursor has come by, or null.</summary>
    internal KidneyFacts? FactsOf(string caseId) =>
        _outcomes.Values.SelectMany(outcome => outcome.Facts ?? []).FirstOrDefault(facts => string.Equals(facts.CaseId, caseId, StringComparison.Ordinal));

    /// <summary>The kidneys of some patients. Files of other patients, once known, are not opened again.</summary>
    internal KidneyDataView RestrictTo(IReadOnlySet<string> patients) => new(_studies, _labels, _options, patients, _outcomes);

    private IEnumerable<KidneyCase> Kidneys(bool pixels) =>
        ReadAhead.Ordered(_studies.Files.Where(MayBeWanted), _studies.Parallelism, (file, _) => Read(file, pixels)).SelectMany(cases => cases);

    private bool MayBeWanted(string file) => !_outcomes.TryGetValue(file, out StudyOutcome<KidneyFacts[]>? known)
        || (known.Facts is not null && (_patients is null || _patients.Contains(known.Facts[0].Patient)));

    private IReadOnlyList<KidneyCase> Read(string file, bool pixels)
    {
        if (!pixels && _outcomes.TryGetValue(file, out StudyOutcome<KidneyFacts[]>? known))
        {
            return known.Facts is null ? [] : [.. known.Facts.Select(facts => new KidneyCase(facts, default))];
        }

        // Without the padding: nothing is found in sections of zeros, and the result is the same.
        StudyOutcome<DicomStudy> study = _studies.Read(file, pixels: true, padded: false);
        if (study.Facts is null)
        {
            _outcomes[file] = new(null, study.LeftOut);
            return [];
        }

        (StudyOutcome<KidneyFacts[]> outcome, ReadOnlyMemory<float>[] images) = Separate(study.Facts, pixels);
        _outcomes[file] = outcome;
        return outcome.Facts is null || (_patients is not null && !_patients.Contains(outcome.Facts[0].Patient))
            ? []
            : [.. outcome.Facts.Select((facts, index) => new KidneyCase(facts, images[index]))];
    }

    private (StudyOutcome<KidneyFacts[]> Outcome, ReadOnlyMemory<float>[] Images) Separate(DicomStudy study, bool pixels)
    {
        static StudyOutcome<KidneyFacts[]> Leave(string file, string reason, string sentence) => new(null, new LeftOutStudy(file, reason, sentence));

        (BodySide Side, string Letter)[] sides = [(BodySide.Left, "L"), (BodySide.Right, "R")];
        KidneyLabel unknown = new(IsAbnormal: false, float.NaN, float.NaN, float.NaN);
        KidneyLabel?[] labels = [.. sides.Select(side => _labels is null ? unknown : _labels.Find(study.File, side.Letter))];
        if (labels.Any(label => label is null))
        {
            return (Leave(study.File, "NoLabel", "the labels table has no line for both kidneys of this file; add them."), []);
        }

        Volume volume = study.Volume!;
        KidneySeparation separation = KidneySeparation.Find(volume, _studies.Shape.Sections);
        if (separation.Left is null || separation.Right is null || separation.Confidence < _options.MinimumConfidence)
        {
            return (Leave(study.File, "KidneysNotSeparated",
                $"the kidneys could not be separated with confidence ({separation.Confidence:0.00}): {separation.Reason ?? "below the confidence asked for."}"), []);
        }

        float maximum = TensorPrimitives.Max(volume.Voxels);
        if (volume.Geometry.Sections < _studies.Shape.Sections)
        {
            maximum = Math.Max(maximum, 0);
        }

        float millilitres = (float)(volume.Geometry.ColumnSpacing * volume.Geometry.RowSpacing * volume.Geometry.SectionSpacing / 1000);
        double bothCounts = separation.Left.Counts + separation.Right.Counts;
        KidneyFacts[] facts = [.. sides.Select((side, index) => new KidneyFacts(
            study.File, $"{study.Patient}-{study.Tag}-{side.Letter}", study.Patient, side.Letter, labels[index]!.IsAbnormal, maximum, millilitres,
            (float)(separation.Of(side.Side)!.Counts / bothCounts), (float)separation.Confidence,
            float.IsNaN(labels[index]!.AgeYears) ? study.AgeYears : labels[index]!.AgeYears, labels[index]!.DefectVolume, labels[index]!.Counts, labels[index]!.Groups)
        {
            Geometry = separation.CropGeometry(side.Side, new ImageShape(_options.Size, _options.Size, _options.Size)),
        })];
        ReadOnlyMemory<float>[] images = pixels
            ? [.. sides.Select(side => (ReadOnlyMemory<float>)separation.Crop(volume, side.Side, _options.Size).Voxels)]
            : [.. sides.Select(_ => ReadOnlyMemory<float>.Empty)];
        return (new StudyOutcome<KidneyFacts[]>(facts, null), images);
    }
}
