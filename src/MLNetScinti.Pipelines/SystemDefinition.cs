using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Starting;
using MLNetScinti.Pipelines.Structures;

namespace MLNetScinti.Pipelines;

/// <summary>
/// A system with its settings: the only place that knows what a study shows and what is asked of it. It says how studies become
/// cases, what is done to their images, which networks there are, and how results are put into words. Everything else is the
/// same for all systems.
/// </summary>
public abstract record SystemDefinition
{
    /// <summary>The name by which definitions and models ask for the system.</summary>
    public abstract string Name { get; }

    /// <summary>The key of the system's own section in a definition.</summary>
    public virtual string Section => Name;

    /// <summary>What is asked of a case.</summary>
    public abstract LearningTask Task { get; }

    /// <summary>What the cases have in common.</summary>
    public abstract CaseSchema Cases { get; }

    /// <summary>The kinds of image that a study of the system holds; files of other kinds are left out.</summary>
    public abstract IReadOnlyCollection<ImageKind> Kinds { get; }

    /// <summary>Of these kinds, those whose images come before the network: what a model was trained on is told of them.</summary>
    public virtual IReadOnlyCollection<ImageKind> Seen => Kinds;

    /// <summary>
    /// Which images of a folder are one study: an examination, or all of a patient; null where each file is a study of its own, and is
    /// read without a look at the others.
    /// </summary>
    public virtual StudyBoundary? Boundary => null;

    /// <summary>The voxels that every volume is brought to before anything is made of it, of a system that <see cref="HeedsVoxel"/>; null for its own way.</summary>
    public VoxelSize? Voxel { get; init; }

    /// <summary>Whether <see cref="Voxel"/> is of account. Other systems have a field of their own in millimetres.</summary>
    public virtual bool HeedsVoxel => false;

    /// <summary>Whether volumes are taken in the voxels that they come in where <see cref="Voxel"/> says nothing: a folder of several sizes is then brought to the commonest, where its headers were read before its images.</summary>
    public virtual bool TakesVoxelsAsTheyCome => false;

    /// <summary>The system as a model is to be asked later: with the voxels of its training cases, where these have one size and the definition gave none.</summary>
    internal SystemDefinition OnGridOf(TrainingEnvelope? envelope) =>
        HeedsVoxel && Voxel is null && envelope?.Grid is [{ Millimetres: [var section, var row, var column] }, ..]
            && new VoxelSize(section.Low, row.Low, column.Low) is var voxel && voxel.IsLike(new VoxelSize(section.High, row.High, column.High))
            ? this with { Voxel = voxel } : this;

    /// <summary>The system's settings as its section of a definition holds them: they bind a run.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The settings that decide which cases there are: models of one comparison must agree in them.</summary>
    public virtual IReadOnlyDictionary<string, string> CohortSettings => Settings;

    /// <summary>The training of the paper that the system follows; null for none.</summary>
    public virtual PublishedTraining? PublishedTraining => null;

    /// <summary>What a labels table of the system holds.</summary>
    public virtual LabelsLayout Labels => new(Task);

    /// <summary>The networks that a definition may ask for, the first one by default.</summary>
    public abstract IReadOnlyList<string> Architectures { get; }

    /// <summary>Refuses what a definition asks of a network and the system's images do not allow.</summary>
    /// <exception cref="DefinitionException">Made by <see cref="DefinitionException.Of"/> with a key of the section <c>network</c>.</exception>
    public virtual void Check(NetworkDefinition network)
    {
    }

    /// <summary>What reports call things.</summary>
    public abstract SystemWords Words { get; }

    /// <summary>By which facts figures are reported in groups.</summary>
    public virtual IReadOnlyList<Grouping> Groupings => [];

    /// <summary>What models of some kind cannot pass, however good they are; null where nothing is known of the kind.</summary>
    public virtual FactCeiling? Ceiling => null;

    /// <summary>Makes simulated cohorts, where the system can.</summary>
    public virtual CohortSimulator? Simulator => null;

    /// <summary>A model of hand-made measures to stand beside networks, where the system has one.</summary>
    public virtual BaselineDefinition? Baseline => null;

    /// <summary>Says where in an image answers come from, where the system can.</summary>
    public virtual CaseExplainer? Explainer => null;

    /// <summary>The projection of a case's image that an input of a network holds; null where it holds the image itself.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="input">The network's input.</param>
    public virtual ProjectionAxis? ProjectionOf(string architecture, string input) => null;

    /// <summary>What is measured in masks, the true ones and those of a model, and compared; nothing where masks are compared alone.</summary>
    public virtual IReadOnlyList<MaskQuantity> Quantities => [];

    /// <summary>The structures of a mask that a model drew in a case, as objects for an archive name them; a structure a class where a system says nothing else.</summary>
    /// <param name="one">The case, with its images.</param>
    /// <param name="labels">A label for each voxel of the grid of its first image.</param>
    public virtual IReadOnlyList<DerivedStructure> StructuresOf(Case one, byte[] labels) =>
        [.. Task.Classes.Select((name, index) => new DerivedStructure(name, Array.ConvertAll(labels, label => label == index + 1)))];

    /// <summary>How large the structures usually are; null where nothing is known.</summary>
    public virtual StructurePlausibility? Plausibility => null;

    /// <summary>What was published of a network; null where nothing was.</summary>
    public virtual PublishedResult? Published(string architecture) => null;

    /// <summary>What a definition decides otherwise than the paper that the system follows, or where that leaves it open: the report has it in one section.</summary>
    public virtual IReadOnlyList<PaperDecision> DecisionsAgainstThePaper(PipelineDefinition definition) => [];

    /// <summary>Makes the cases of one study. May be called from several threads; the images' values are not the system's to keep.</summary>
    /// <param name="study">The study, decoded.</param>
    /// <param name="labels">What is true of the cases; null where it is not known, and cases have no target then.</param>
    /// <exception cref="LeaveOutException">The study gives no case.</exception>
    public abstract IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels);

    /// <summary>The steps between a case's images and the network. They may be stock steps too; nothing is decided here that depends on truth.</summary>
    public abstract IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition network);

    /// <summary>A network for the images that come out of <see cref="Preprocessing"/>.</summary>
    public abstract NetworkGraph Network(NetworkDefinition network);
}

/// <summary>A quantity of a case's images within a mask of it, such as a mean activity.</summary>
/// <param name="Name">Its name: "Activity concentration".</param>
/// <param name="Unit">Its unit; empty where it has none.</param>
/// <param name="Measure">Measures a case with its images in a mask: a value for each part (a side); not a number where there is none.</param>
public sealed record MaskQuantity(string Name, string Unit, Func<Case, MaskTarget, IReadOnlyList<(string Part, double Value)>> Measure);

/// <summary>How a paper trained its networks.</summary>
/// <param name="Words">In a few words: "300 epochs, batches of 4".</param>
/// <param name="IsFollowed">Whether a definition does the same.</param>
public sealed record PublishedTraining(string Words, Func<PipelineDefinition, bool> IsFollowed);

/// <summary>A model of hand-made measures.</summary>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Measures">The step that makes the vector column "Features" of a case's images.</param>
public sealed record BaselineDefinition(string Description, Func<MLContext, IEstimator<ITransformer>> Measures);

/// <summary>A system that can be asked for by name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What it answers, in a sentence.</param>
/// <param name="Section">The key of the system's own section in a definition; every other section is read by the pipelines.</param>
/// <param name="Read">Reads that section.</param>
public sealed record SystemEntry(string Name, string Description, string Section, Func<DefinitionSection, SystemDefinition> Read)
{
    /// <summary>How it takes up a folder of studies that nobody has described yet; null where it cannot.</summary>
    public SystemStart? Start { get; init; }

    /// <summary>What the keys of its own section and of its simulator mean, by their paths: a few words each, for the reference of all keys.</summary>
    public IReadOnlyDictionary<string, string> KeyWords { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The system with settings that were kept with a model.</summary>
    /// <exception cref="DefinitionException">They are none of this system's.</exception>
    public SystemDefinition Restore(IReadOnlyDictionary<string, string> settings) => Read(DefinitionSection.Of(settings, $"the settings of {Name}"));
}

/// <summary>A study that gives no case: thrown by a system, answered by leaving out that study and going on.</summary>
public sealed class LeaveOutException : Exception
{
    /// <summary>Says why.</summary>
    /// <param name="reason">The kind of reason, one word ("NotSeparated").</param>
    /// <param name="sentence">What was expected, what was found, what to do.</param>
    public LeaveOutException(string reason, string sentence)
        : base(sentence) => Reason = reason;

    /// <summary>The kind of reason.</summary>
    public string Reason { get; }
}

/// <summary>What reports call things: nouns, classes, limits, sources.</summary>
public sealed record SystemWords
{
    /// <summary>What a case and its classes are called.</summary>
    public required TaskWords Task { get; init; }

    /// <summary>What the studies are, for a report's description of its data.</summary>
    public required string Studies { get; init; }

    /// <summary>What the figures do not say: each a sentence.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>How a case is made of a study: names and values for the report.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>The paper that the system follows, with its identifier; empty for none.</summary>
    public string Source { get; init; } = "";
}
