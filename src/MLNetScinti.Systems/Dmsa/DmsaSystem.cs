using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Dmsa.Explanation;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>
/// 99mTc-DMSA kidney SPECT, normal or abnormal (Lin et al. 2023). Two cases a study, left before right, or one where a kidney is alone: Image (the counts around the
/// kidney, [size, size, size], the other side emptied) and, beside it, StudyMaximum (the study's highest count),
/// VoxelMillilitres and SplitFunction (this kidney's part of both kidneys' counts).
/// </summary>
/// <remarks>
/// Lin et al. split the kidneys by hand; here <see cref="KidneySeparation"/> does, and a study in which it fails is left
/// out, named and counted. So is a study that the labels table does not know.
/// </remarks>
public sealed record DmsaSystem : SystemDefinition
{
    /// <summary>Numbers beside an image, in their order.</summary>
    internal const string StudyMaximum = "StudyMaximum", VoxelMillilitres = "VoxelMillilitres", SplitFunction = "SplitFunction";

    /// <summary>Facts of a kidney.</summary>
    internal const string Side = "Side", Sex = "Sex", Age = "Age", SeparationConfidence = "SeparationConfidence", DefectVolume = "DefectVolume", Counts = "Counts", KidneyKind = "Kidney", ScanKind = "Scan";

    /// <summary>The column of the kidney's counts.</summary>
    internal const string Image = "Image";

    /// <summary>What is said beside the answer for a kidney that is alone.</summary>
    internal const string OneKidney = "One kidney: the other side is empty or holds less than a twentieth of the counts. Models learn from pairs: nothing is known of how well they judge a kidney that is alone.";

    // The key voxel where studies are taken as they come.
    private const string OwnVoxels = "own";

    // Lobulated and flattened outlines are how most kidneys look; the other variants are what readers are fooled by.
    private static readonly string[] s_outlines = ["Lobulated", "Flattened"];

    private static readonly (string Column, ProjectionAxis Axis)[] s_views =
        [("MipTransverse", ProjectionAxis.Transverse), ("MipSagittal", ProjectionAxis.Sagittal), ("MipCoronal", ProjectionAxis.Coronal)];

    /// <summary>The system as definitions ask for it.</summary>
    public static SystemEntry Entry { get; } = new("dmsa", "99mTc-DMSA kidney SPECT: is a kidney normal or abnormal?", "kidneys", Read) { Start = DmsaStart.Start, KeyWords = DmsaStart.KeyWords };

    /// <summary>The edge of the cube that is cut out around each kidney, in voxels of the study; a multiple of 16.</summary>
    public int Size { get; init; } = 128;

    /// <summary>Where a kidney lies in its cube.</summary>
    public KidneyPlacement Placement { get; init; }

    /// <summary>Studies separated with less confidence (0 to 1) are left out, named and counted.</summary>
    public double MinimumConfidence { get; init; } = KidneySeparation.MinimumConfidence;

    /// <summary>Sections that a study is thought to have at most: the paper's matrix. Fewer are as if zeros were around them.</summary>
    public int Sections { get; init; } = 128;

    /// <inheritdoc/>
    public override bool HeedsVoxel => true;

    /// <inheritdoc/>
    public override bool TakesVoxelsAsTheyCome => true;

    /// <inheritdoc/>
    public override string Name => Entry.Name;

    /// <inheritdoc/>
    public override string Section => Entry.Section;

    /// <inheritdoc/>
    public override LearningTask Task => s_task;

    /// <inheritdoc/>
    public override CaseSchema Cases => new(
        [new CaseImageColumn(Image, new ImageShape(Size, Size, Size))],
        [StudyMaximum, VoxelMillilitres, SplitFunction],
        [
            new FactColumn(Side, IsNumber: false), new FactColumn(Sex, IsNumber: false), new FactColumn(Age, IsNumber: true), new FactColumn(SeparationConfidence, IsNumber: true),
            new FactColumn(DefectVolume, IsNumber: true, FromLabels: true), new FactColumn(Counts, IsNumber: true, FromLabels: true),
            new FactColumn(KidneyKind, IsNumber: false, FromLabels: true), new FactColumn(ScanKind, IsNumber: false, FromLabels: true),
        ]);

    /// <inheritdoc/>
    public override IReadOnlyCollection<ImageKind> Kinds => s_kinds;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            Dictionary<string, string> settings = new(StringComparer.Ordinal)
            {
                ["size"] = Size.ToString(CultureInfo.InvariantCulture),
                ["placement"] = Placement == KidneyPlacement.InPlace ? s_placements[1] : s_placements[0],
                ["minimum-confidence"] = MinimumConfidence.ToString(CultureInfo.InvariantCulture),
            };
            if (Voxel is not null)
            {
                settings["voxel"] = Voxel.ToString();
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> CohortSettings
    {
        get
        {
            Dictionary<string, string> settings = new(StringComparer.Ordinal) { ["minimum-confidence"] = MinimumConfidence.ToString(CultureInfo.InvariantCulture) };
            if (Voxel is not null)
            {
                settings["voxel"] = Voxel.ToString();
            }

            if (Placement == KidneyPlacement.InPlace && Size < Sections)
            {
                // Kidneys that the middle of the matrix does not hold are left out.
                settings["size in place"] = Size.ToString(CultureInfo.InvariantCulture);
            }

            return settings;
        }
    }

    /// <inheritdoc/>
    public override PublishedTraining PublishedTraining => s_paper;

    // What all settings have in common stands apart: two systems are the same where their settings are.
    private static readonly string[] s_placements = ["centred", "in-place"];
    private static readonly BinaryTask s_task = new("normal", "abnormal");
    private static readonly ImageKind[] s_kinds = [ImageKind.ReconTomo];
    private static readonly string[] s_architectures = ["dmsa-2.5d", "dmsa-3d", "dmsa-2d-transverse", "dmsa-2d-sagittal", "dmsa-2d-coronal"];
    private static readonly PublishedTraining s_paper = new("300 epochs, batches of 4, the full network and matrix", definition =>
        definition.Training is { Epochs: 300, BatchSize: 4 } && definition.Network is { Width: 1, Downsample: 1 } && definition.System is DmsaSystem { Size: 128 });

    /// <inheritdoc/>
    public override LabelsLayout Labels => new(Task, "Side",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["L"] = "L", ["left"] = "L", ["Left"] = "L", ["R"] = "R", ["right"] = "R", ["Right"] = "R" },
        "Age", "LargestDefectMl", "Counts");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Architectures => s_architectures;

    /// <inheritdoc/>
    public override SystemWords Words => DmsaWords.Of(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Grouping> Groupings => DmsaWords.Groupings;

    /// <inheritdoc/>
    public override CohortSimulator Simulator => DmsaCohortSimulator.Instance;

    /// <inheritdoc/>
    public override BaselineDefinition Baseline => s_baseline;

    private static readonly BaselineDefinition s_baseline = new(
        "logistic regression on hand-made measures: side asymmetry, volume, evenness of the cortex", ml => new KidneyMeasuringEstimator(ml.Transforms, "Features", new KidneyMeasureColumns()));

    /// <inheritdoc/>
    public override CaseExplainer Explainer => new DmsaExplainer(this);

    /// <inheritdoc/>
    public override ProjectionAxis? ProjectionOf(string architecture, string input) => ViewOf(new NetworkDefinition(architecture, 1, 1), input);

    /// <inheritdoc/>
    public override PublishedResult? Published(string architecture) => PublishedDmsaResults.ByPipeline.GetValueOrDefault(architecture);

    /// <inheritdoc/>
    public override void Check(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (Size / network.Downsample % 16 != 0)
        {
            throw DefinitionException.Of("downsample", $"expected 1, 2 or 4, leaving a multiple of 16 of the {Size} voxels of kidneys.size, found '{network.Downsample}'.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PaperDecision> DecisionsAgainstThePaper(PipelineDefinition definition) => DmsaDecisions.Of(this, definition);

    /// <inheritdoc/>
    public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
    {
        ArgumentNullException.ThrowIfNull(study);
        (BodySide Side, string Letter)[] sides = [(BodySide.Left, "L"), (BodySide.Right, "R")];
        if (AxialOrientation.InPlace(study.Images[0].TakeVolume()) is not { } volume)
        {
            throw new LeaveOutException("NotAxial", "expected transverse sections, found sections of another direction; export the transverse ones.");
        }

        if (volume.Geometry.Sections > Sections && Voxel is null)
        {
            throw new LeaveOutException("TooManySections", $"expected at most {Sections} sections, found {volume.Geometry.Sections}; load it with more sections.");
        }

        int sections = Sections;
        List<string> warnings = [];
        if (Voxel is not null)
        {
            if (!Voxel.IsLike(VoxelSize.Of(volume.Geometry)))
            {
                warnings.Add($"Voxels of {VoxelSize.Of(volume.Geometry)} mm were brought to {Voxel} mm, by a cubic spline.");
            }

            volume = Resample.ToVoxels(volume, Voxel, GridResampling.Counts);
            sections = Math.Max(sections, volume.Geometry.Sections);
        }

        LabelRow?[] rows = [.. sides.Select(side => labels?.Find(study.File, side.Letter))];
        if (labels is not null && rows.All(row => row is null))
        {
            throw NoLabel();
        }

        KidneySeparation separation = KidneySeparation.Find(volume, sections);
        Kidney? alone = separation.Alone;
        if ((alone is null && (separation.Left is null || separation.Right is null)) || separation.Confidence < MinimumConfidence)
        {
            throw new LeaveOutException("KidneysNotSeparated", string.Create(CultureInfo.InvariantCulture,
                $"the kidneys could not be separated with confidence ({separation.Confidence:0.00}): {separation.Reason ?? "below the confidence asked for."}"));
        }

        int[] found = [.. Enumerable.Range(0, sides.Length).Where(index => separation.Of(sides[index].Side) is not null)];
        if (labels is not null)
        {
            MustBeLabelled(sides, rows, found);
        }

        if (alone is not null)
        {
            warnings.Add(OneKidney);
        }

        if (Placement == KidneyPlacement.InPlace && !separation.IsWholeInPlace(Size))
        {
            throw new LeaveOutException("KidneyCut", $"a kidney lies beyond the middle {Size} x {Size} x {Size} voxels of the matrix, where it is to be kept in place; give a larger kidneys.size, or placement: centred.");
        }

        // Sections of zeros that are only thought of count like those that are there.
        float maximum = TensorPrimitives.Max(volume.AsSpan());
        if (volume.Geometry.Sections < sections)
        {
            maximum = Math.Max(maximum, 0);
        }

        ImageShape cube = new(Size, Size, Size);
        float millilitres = (float)(volume.Geometry.VoxelVolume / 1000);
        double bothCounts = (separation.Left?.Counts ?? 0) + (separation.Right?.Counts ?? 0);
        return [.. found.Select(index => (side: sides[index], index)).Select(one => Of(one.side, one.index))];

        Case Of((BodySide Side, string Letter) side, int index) => new()
        {
            Id = study.CaseId(side.Letter),
            PatientId = study.PatientId,
            File = study.File,
            Part = side.Letter,
            Images = [new CaseImage(cube, separation.Crop(volume, side.Side, Size, Placement).Voxels, separation.CropGeometry(side.Side, cube, Placement))],
            Numbers = [maximum, millilitres, (float)(separation.Of(side.Side)!.Counts / bothCounts)],
            Target = rows[index]?.Target,
            Facts = FactsOf(side.Letter, study, separation, rows[index]),
            Warnings = warnings,
        };
    }

    // Of a kidney that is alone, its own label is needed and enough; of two, both: a label of one says nothing of what the other is.
    private static void MustBeLabelled((BodySide Side, string Letter)[] sides, LabelRow?[] rows, int[] found)
    {
        if (found.Any(index => rows[index] is null))
        {
            throw found.Length > 1 ? NoLabel() : new LeaveOutException("NoLabel", $"there is one kidney, on the {Word(sides[found[0]].Side)} side, and the labels table has a label for the other side; correct it.");
        }

        if (found.Length == 1 && rows.All(row => row is not null))
        {
            throw new LeaveOutException("KidneysNotSeparated", $"the labels table has labels for two kidneys, and one was found, on the {Word(sides[found[0]].Side)} side; take the other line out if that kidney is not there.");
        }

        static string Word(BodySide side) => side == BodySide.Left ? "left" : "right";
    }

    private static LeaveOutException NoLabel() => new("NoLabel", "the labels table has no label for both kidneys of this file; add them.");

    /// <inheritdoc/>
    public override IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(network);
        // The counts stay in their column: reports read them again.
        string volume = network.Architecture == "dmsa-3d" ? "Volume" : "Normalized";
        IEstimator<ITransformer> chain = ml.Transforms.NormalizeByStudyMaximum(volume, Image);
        int size = Size;
        for (int factor = network.Downsample; factor > 1; factor /= 2)
        {
            // Halving by linear interpolation is the mean of the eight voxels that become one: nothing is skipped.
            size /= 2;
            chain = chain.Append(ml.Transforms.ApplyImageOperator(volume, new Resample(new ImageShape(size, size, size))));
        }

        return network.Architecture switch
        {
            "dmsa-3d" => chain,
            "dmsa-2.5d" => s_views.Aggregate(chain, (steps, view) => steps.Append(ml.Transforms.MaximumIntensityProjection(view.Column, volume, view.Axis))),
            _ => chain.Append(ml.Transforms.MaximumIntensityProjection("Mip", volume, ViewOf(network, "Mip")!.Value)),
        };
    }

    /// <inheritdoc/>
    public override NetworkGraph Network(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        int size = Size / network.Downsample;
        DmsaNetworkOptions options = new() { Sections = size, Rows = size, Columns = size, WidthMultiplier = network.Width };
        return network.Architecture switch
        {
            "dmsa-2.5d" => DmsaNetworks.ThreeView(options),
            "dmsa-3d" => DmsaNetworks.Volumetric(options),
            _ => DmsaNetworks.Planar(options),
        };
    }

    /// <summary>The projection that an input of the network holds, or null for the volume itself.</summary>
    internal static ProjectionAxis? ViewOf(NetworkDefinition network, string input) => (network.Architecture, input) switch
    {
        (_, "Volume") => null,
        ("dmsa-2d-transverse", _) => ProjectionAxis.Transverse,
        ("dmsa-2d-sagittal", _) => ProjectionAxis.Sagittal,
        ("dmsa-2d-coronal", _) => ProjectionAxis.Coronal,
        _ => Array.Find(s_views, view => string.Equals(view.Column, input, StringComparison.Ordinal)).Axis,
    };

    private static DmsaSystem Read(DefinitionSection kidneys)
    {
        int size = kidneys.Whole("size", 128, least: 16, most: 512);
        string voxel = kidneys.Line("voxel", OwnVoxels, most: 60);
        VoxelSize? brought = voxel == OwnVoxels ? null
            : VoxelSize.TryParse(voxel, out VoxelSize? read) ? read
            : throw kidneys.Refuse("voxel", $"expected {OwnVoxels}, millimetres such as 1.748, or those of sections, rows and columns such as 3.5 x 1.75 x 1.75, found '{voxel}'.");
        return size % 16 == 0
            ? new DmsaSystem { Voxel = brought, Size = size, Placement = kidneys.Choice("placement", s_placements, s_placements[0]) == s_placements[1] ? KidneyPlacement.InPlace : KidneyPlacement.Centred, MinimumConfidence = kidneys.Number("minimum-confidence", KidneySeparation.MinimumConfidence, least: 0, most: 1) }
            : throw kidneys.Refuse("size", $"expected a multiple of 16, found '{size}'.");
    }

    private static Facts FactsOf(string letter, StudyImages study, KidneySeparation separation, LabelRow? row)
    {
        // In whole years, where it was counted from the birth date: to the day it would lead back to that date in a list of examinations.
        double? age = study.Patient.WholeYears;
        Facts facts = Facts.Of((Side, letter == "L" ? "left" : "right"), (Sex, study.Patient.Sex switch { PatientSex.Female => "female", PatientSex.Male => "male", _ => "unknown" })).WithKnown(Age, row?.Number("Age") ?? age)
            .With(SeparationConfidence, separation.Confidence);
        if (row is null)
        {
            return facts;
        }

        facts = facts.WithKnown(DefectVolume, row.Number("LargestDefectMl")).WithKnown(Counts, row.Number("Counts"));
        if (row.Has("KidneyVariants"))
        {
            facts = facts.With(KidneyKind, row.Text("KidneyVariants").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries).Except(s_outlines, StringComparer.Ordinal).Any() ? "variant" : "usual");
        }

        return row.Has("ScanVariants") ? facts.With(ScanKind, row.Text("ScanVariants").Length > 0 ? "disturbed" : "undisturbed") : facts;
    }
}
