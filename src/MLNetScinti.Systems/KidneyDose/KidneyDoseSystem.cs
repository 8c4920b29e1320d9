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
using MLNetScinti.Systems.SpectCtKidney;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>
/// Left and right kidney in the low-dose CT of a SPECT/CT (Jackson et al. 2018), for the dose of 177Lu: the CT is cut to 334 x 334 x 320 mm
/// and seen as a whole, never in windows, since a window does not know its side.
/// </summary>
public sealed record KidneyDoseSystem : SystemDefinition
{
    /// <summary>The column of the image: Hounsfield units plus 1000.</summary>
    internal const string Ct = "Ct";

    /// <summary>The labels, from 1 on.</summary>
    internal const string Left = "left kidney", Right = "right kidney";

    /// <summary>Facts of a study.</summary>
    internal const string Scanner = "Scanner", CystMl = "CystMl";

    /// <summary>The window of the CT that becomes 0 to 1, Hounsfield units.</summary>
    internal const double WindowLow = -200, WindowHigh = 300;

    private static readonly string[] s_sizes = ["128x128x64", "64x64x32", "32x32x16"], s_coordinates = ["off", "on"];
    private static readonly string[] s_architectures = [KidneyDoseNetworks.Name];
    private static readonly ImageKind[] s_kinds = [ImageKind.ReconTomo, ImageKind.Ct], s_seen = [ImageKind.Ct];

    /// <summary>The system as definitions ask for it.</summary>
    public static SystemEntry Entry { get; } = new("kidney-dose", "The CT of a SPECT/CT: where are the left and the right kidney?", "kidney-ct", Read) { Start = KidneyDoseStart.Start, KeyWords = KidneyDoseStart.KeyWords };

    /// <summary>Voxels from side to side; there are half as many sections.</summary>
    public int Size { get; init; } = 128;

    /// <summary>Whether the network is told the index of each voxel.</summary>
    public bool Coordinates { get; init; }

    /// <inheritdoc/>
    public override string Name => Entry.Name;

    /// <inheritdoc/>
    public override string Section => Entry.Section;

    /// <inheritdoc/>
    public override LearningTask Task => new SegmentationTask(Shape, Left, Right);

    /// <inheritdoc/>
    public override CaseSchema Cases => new(
        [new(Ct, Shape)],
        [],
        [
            new FactColumn("Sex", IsNumber: false), new FactColumn("Age", IsNumber: true), new FactColumn(Scanner, IsNumber: false, FromLabels: true), new FactColumn(CystMl, IsNumber: true, FromLabels: true),
        ])
    { Pairs = [(Left, Right)] };

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Kinds => s_kinds;

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Seen => s_seen;

    /// <inheritdoc/>
    public override StudyBoundary? Boundary => StudyBoundary.Examination;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["size"] = s_sizes[Array.FindIndex(s_sizes, size => size.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{Size}x"), StringComparison.Ordinal))],
        ["coordinates"] = s_coordinates[Coordinates ? 1 : 0],
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> CohortSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override PublishedTraining PublishedTraining => KidneyDosePaper.Training;

    /// <inheritdoc/>
    public override LabelsLayout Labels => new(Task);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => s_architectures;

    /// <inheritdoc/>
    public override SystemWords Words => KidneyDosePaper.WordsOf(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Grouping> Groupings => KidneyDosePaper.Groupings;

    /// <inheritdoc/>
    public override CohortSimulator Simulator => KidneyDoseCohortSimulator.Instance;

    private ImageShape Shape => new(Size / 2, Size, Size);

    /// <inheritdoc/>
    public override IReadOnlyList<PaperDecision> DecisionsAgainstThePaper(PipelineDefinition definition) => KidneyDosePaper.DecisionsOf(this, definition);

    /// <inheritdoc/>
    public override void Check(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Downsample != 1)
        {
            throw DefinitionException.Of("downsample", $"masks are drawn on the grid that the network sees: expected 1 and a smaller kidney-ct.size, found '{network.Downsample}'.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        ArgumentNullException.ThrowIfNull(study);
        LabelRow? row = StudyVolumes.RowOf(study, labels);
        SpectCtStudy both = StudyVolumes.Of(study, withSpect: false);
        Volume ct = both.Hounsfield;
        ImageGeometry field = KidneyField.InTheMiddleOf(ct, Shape);
        // Air is 0 here, so nothing outside is air.
        CaseImage image = new(Shape, Resample.ToGrid(ct, field, GridResampling.Emission).Volume.Voxels, field);
        Facts facts = StudyVolumes.PatientOf(study);
        if (row is not null)
        {
            facts = row.Text(Scanner) is { Length: > 0 } scanner ? facts.With(Scanner, scanner) : facts;
            facts = facts.WithKnown(CystMl, StudyVolumes.MeanOfSides(row.Text(CystMl)) is { } each ? 2 * each : null);
        }

        return [new Case { Id = study.CaseId(), PatientId = study.PatientId, File = study.File, Images = [image], Target = row?.MaskOn(field, 2), Facts = facts, Warnings = both.Warnings }];
    }

    /// <inheritdoc/>
    public override StructurePlausibility? Plausibility => StudyVolumes.UsualKidney;

    /// <inheritdoc/>
    public override IReadOnlyList<DerivedStructure> StructuresOf(Case one, byte[] labels) =>
    [
        new(Left, Array.ConvertAll(labels, label => label == 1)) { Type = CodedConcept.Kidney, Side = BodySide.Left },
        new(Right, Array.ConvertAll(labels, label => label == 2)) { Type = CodedConcept.Kidney, Side = BodySide.Right },
    ];

    /// <inheritdoc/>
    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(ml);
        return ml.Transforms.NormalizeByWindow(KidneyDoseNetworks.CtInput, StudyVolumes.Air + WindowLow, StudyVolumes.Air + WindowHigh, Ct);
    }

    /// <inheritdoc/>
    public override NetworkGraph Network(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Window is null
            ? KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { Shape = Shape, Classes = Task.Classes.Count + 1, WidthMultiplier = network.Width, Coordinates = Coordinates })
            : throw new NetworkGraphException("a window does not know which side of the body it shows: take the whole image.");
    }

    private static KidneyDoseSystem Read(DefinitionSection section) => new()
    {
        Size = 128 >> Array.IndexOf(s_sizes, section.Choice("size", s_sizes, s_sizes[0])),
        Coordinates = section.Choice("coordinates", s_coordinates, s_coordinates[0]) == s_coordinates[1],
    };
}
