using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Structures;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>
/// Kidneys in 177Lu SPECT/CT by a 3D U-Net on both, or on the CT alone (Sahlgrenska University Hospital): the CT comes onto the grid of the
/// SPECT, both with the same voxels along each edge, and the mask is drawn there. What counts is the activity concentration in it.
/// </summary>
public sealed record SpectCtKidneySystem : SystemDefinition
{
    /// <summary>Columns of the images: Bq/ml, and Hounsfield units plus 1000.</summary>
    internal const string Spect = "Spect", Ct = "Ct";

    /// <summary>Facts of a study.</summary>
    internal const string DrawnOn = "DrawnOn", Displacement = "DisplacementMm", CtDice = "CtSpectDice", Hours = "HoursToScan", Tracer = "Tracer";

    /// <summary>From side to side and from front to back of the field where there is no SPECT whose it is, mm: 128 voxels of 4.42 mm. Along the body it is the CT's.</summary>
    internal const double FieldWithoutSpect = 565.76;

    /// <summary>The window of the CT that becomes 0 to 1, Hounsfield units.</summary>
    internal const double WindowLow = -200, WindowHigh = 300;

    private static readonly string[] s_images = ["spect-ct", "ct"], s_sizes = ["128", "96", "64", "48", "32", "16"];
    private static readonly string[] s_architectures = [SpectCtKidneyNetworks.Hybrid, SpectCtKidneyNetworks.Standard];
    private static readonly ImageKind[] s_kinds = [ImageKind.ReconTomo, ImageKind.Ct], s_ct = [ImageKind.Ct];

    /// <summary>The system as definitions ask for it.</summary>
    public static SystemEntry Entry { get; } = new("spect-ct-kidney", "SPECT/CT with 177Lu: which voxels are kidney, and how much activity do they hold?", "spect-ct", Read) { Start = SpectCtKidneyStart.Start, KeyWords = SpectCtKidneyStart.KeyWords };

    /// <summary>Voxels along each edge.</summary>
    public int Size { get; init; } = 128;

    /// <summary>Whether a study must have a SPECT beside its CT; without, the network sees the CT alone.</summary>
    public bool WithSpect { get; init; } = true;

    /// <inheritdoc/>
    public override string Name => Entry.Name;

    /// <inheritdoc/>
    public override string Section => Entry.Section;

    /// <inheritdoc/>
    public override LearningTask Task => new SegmentationTask(Shape, "kidney");

    /// <inheritdoc/>
    public override CaseSchema Cases => new(
        WithSpect ? [new(Spect, Shape), new(Ct, Shape)] : [new(Ct, Shape)],
        [],
        [
            new FactColumn("Sex", IsNumber: false), new FactColumn("Age", IsNumber: true), new FactColumn(DrawnOn, IsNumber: false, FromLabels: true), new FactColumn(Tracer, IsNumber: false, FromLabels: true),
            new FactColumn(Hours, IsNumber: true, FromLabels: true), new FactColumn(Displacement, IsNumber: true, FromLabels: true), new FactColumn(CtDice, IsNumber: true, FromLabels: true),
        ]);

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Kinds => s_kinds;

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Seen => WithSpect ? s_kinds : s_ct;

    /// <inheritdoc/>
    public override StudyBoundary? Boundary => StudyBoundary.Examination;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(CohortSettings, StringComparer.Ordinal)
    {
        ["size"] = Size.ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> CohortSettings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["images"] = s_images[WithSpect ? 0 : 1],
    };

    /// <inheritdoc/>
    public override PublishedTraining PublishedTraining => SpectCtKidneyPaper.Training;

    /// <inheritdoc/>
    public override LabelsLayout Labels => new(Task, null, null, Hours);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => s_architectures;

    /// <inheritdoc/>
    public override SystemWords Words => SpectCtKidneyPaper.WordsOf(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Grouping> Groupings => SpectCtKidneyPaper.Groupings;

    /// <inheritdoc/>
    public override FactCeiling? Ceiling => new("The CT's own truth against the SPECT's, which a mask of the CT alone cannot pass", CtDice, Displacement, "the half with most displacement between CT and SPECT");

    /// <inheritdoc/>
    public override CohortSimulator Simulator => SpectCtCohortSimulator.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<MaskQuantity> Quantities => WithSpect ? [s_activity, s_volume] : [s_volume];

    // By side of the body, of the true and of the predicted mask alike: the network draws both kidneys as one label.
    private static readonly MaskQuantity s_activity = new("Activity concentration", "Bq/ml", (one, mask) => BySide(one, mask, (sum, count, _) => count > 0 ? sum / count : double.NaN));
    private static readonly MaskQuantity s_volume = new("Volume by side", "ml", (one, mask) => BySide(one, mask, (_, count, voxel) => count * voxel / 1000));

    private ImageShape Shape => new(Size, Size, Size);

    /// <inheritdoc/>
    public override IReadOnlyList<PaperDecision> DecisionsAgainstThePaper(PipelineDefinition definition) => SpectCtKidneyPaper.DecisionsOf(this, definition);

    /// <inheritdoc/>
    public override void Check(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Downsample != 1)
        {
            throw DefinitionException.Of("downsample", $"masks are drawn on the grid that the network sees: expected 1 and a smaller spect-ct.size, found '{network.Downsample}'.");
        }

        if (network.Architecture == SpectCtKidneyNetworks.Hybrid && !WithSpect)
        {
            throw DefinitionException.Of("architecture", $"{SpectCtKidneyNetworks.Hybrid} takes SPECT and CT: expected spect-ct.images: {s_images[0]}, or ask for {SpectCtKidneyNetworks.Standard}.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        ArgumentNullException.ThrowIfNull(study);
        LabelRow? row = StudyVolumes.RowOf(study, labels);
        SpectCtStudy both = StudyVolumes.Of(study, WithSpect);
        Volume ct = both.Hounsfield;
        ImageGeometry grid = Resample.GeometryOf(both.SpectSeries?.Geometry ?? FieldOf(ct.Geometry), Shape);
        List<CaseImage> images = [];
        if (both.Activity is { } activity)
        {
            images.Add(new CaseImage(Shape, Resample.ToGrid(activity.Volume, grid, GridResampling.Emission).Volume.Voxels, grid));
        }

        // Air is 0 here, so nothing outside is air.
        images.Add(new CaseImage(Shape, Resample.ToGrid(ct, grid, GridResampling.Emission).Volume.Voxels, grid));
        // A map with sides serves too: either is kidney.
        MaskTarget? target = row?.MaskOn(grid, 2);
        target = target is null ? null : new MaskTarget(Shape, target.Labels.ToArray().Select(label => label > 0 ? (byte)1 : (byte)0).ToArray());
        return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = images, Target = target, Facts = FactsOf(study, row), Warnings = both.Warnings }];
    }

    /// <inheritdoc/>
    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(network);
        IEstimator<ITransformer> ct = ml.Transforms.NormalizeByWindow(SpectCtKidneyNetworks.CtInput, StudyVolumes.Air + WindowLow, StudyVolumes.Air + WindowHigh, Ct);
        return network.Architecture == SpectCtKidneyNetworks.Hybrid ? ct.Append(ml.Transforms.NormalizeByMaximum(SpectCtKidneyNetworks.SpectInput, Spect)) : ct;
    }

    /// <inheritdoc/>
    public override NetworkGraph Network(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        SpectCtKidneyNetworkOptions options = new() { Shape = network.Window is { } window ? new ImageShape(window[0], window[1], window[2]) : Shape, WidthMultiplier = network.Width };
        return network.Architecture == SpectCtKidneyNetworks.Hybrid ? SpectCtKidneyNetworks.OfSpectAndCt(options) : SpectCtKidneyNetworks.OfCt(options);
    }

    private static ImageGeometry FieldOf(ImageGeometry ct)
    {
        const int voxels = 128;
        // From the feet's end to the head's, however its sections lie: half a voxel belongs to each end.
        double along = (Math.Abs(ct.RowDirection.Z) * ct.Columns * ct.ColumnSpacing) + (Math.Abs(ct.ColumnDirection.Z) * ct.Rows * ct.RowSpacing) + (Math.Abs(ct.SectionDirection.Z) * ct.Sections * ct.SectionSpacing);
        ImageGeometry field = ImageGeometry.Axial(voxels, voxels, voxels, FieldWithoutSpect / voxels, along / voxels);
        return field with { Origin = field.Origin + ct.PositionOf((ct.Columns - 1) / 2.0, (ct.Rows - 1) / 2.0, (ct.Sections - 1) / 2.0) };
    }

    private static Facts FactsOf(StudyImages study, LabelRow? row)
    {
        Facts facts = StudyVolumes.PatientOf(study);
        if (row is null)
        {
            return facts;
        }

        facts = row.Text(DrawnOn) is { Length: > 0 } drawn ? facts.With(DrawnOn, drawn) : facts;
        facts = row.Text(Tracer) is { Length: > 0 } tracer ? facts.With(Tracer, tracer) : facts;
        return facts.WithKnown(Hours, row.Number(Hours)).WithKnown(Displacement, StudyVolumes.MeanOfSides(row.Text(Displacement))).WithKnown(CtDice, StudyVolumes.MeanOfSides(row.Text(CtDice)));
    }

    /// <inheritdoc/>
    public override StructurePlausibility? Plausibility => StudyVolumes.UsualKidney;

    /// <inheritdoc/>
    public override IReadOnlyList<DerivedStructure> StructuresOf(Case one, byte[] labels)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(labels);
        bool[] left = StudyVolumes.LeftOf(one.Images[^1]);
        bool[] Side(bool isLeft) => [.. labels.Select((label, voxel) => label > 0 && left[voxel] == isLeft)];
        return
        [
            new("left kidney", Side(true)) { Type = CodedConcept.Kidney, Side = BodySide.Left },
            new("right kidney", Side(false)) { Type = CodedConcept.Kidney, Side = BodySide.Right },
        ];
    }

    private static IReadOnlyList<(string Part, double Value)> BySide(Case one, MaskTarget mask, Func<double, long, double, double> value)
    {
        CaseImage ct = one.Images[^1];
        ImageGeometry place = ct.Place();
        bool[] left = StudyVolumes.LeftOf(ct);
        ReadOnlySpan<byte> labels = mask.Labels.Span;
        ReadOnlySpan<float> values = one.Images[0].Values.Span;
        double[] sums = new double[2];
        long[] counts = new long[2];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0)
            {
                int side = left[i] ? 0 : 1;
                sums[side] += values[i];
                counts[side]++;
            }
        }

        return [("left kidney", value(sums[0], counts[0], place.VoxelVolume)), ("right kidney", value(sums[1], counts[1], place.VoxelVolume))];
    }

    private static SpectCtKidneySystem Read(DefinitionSection section) => new()
    {
        Size = int.Parse(section.Choice("size", s_sizes, s_sizes[0]), CultureInfo.InvariantCulture),
        WithSpect = section.Choice("images", s_images, s_images[0]) == s_images[0],
    };
}
