using System.Security.Cryptography;
using System.Text;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>A pipeline as a file describes it: from a folder of DICOM to a report.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Description">What it is for, in a sentence or two.</param>
/// <param name="Seed">Decides every random choice of the run.</param>
/// <param name="Data">Where the studies are.</param>
/// <param name="Kidneys">How a study becomes two cases.</param>
/// <param name="Split">Who trains, validates and tests.</param>
/// <param name="Network">The network.</param>
/// <param name="Training">The training settings.</param>
/// <param name="Augmentation">Random changes of the training images.</param>
/// <param name="Evaluation">What is reported.</param>
/// <param name="Output">The folder that the run writes.</param>
/// <param name="Source">The file this was read from, with its preset.</param>
public sealed record PipelineDefinition(
    string Name,
    string Description,
    ulong Seed,
    DataDefinition Data,
    KidneyDefinition Kidneys,
    SplitDefinition Split,
    NetworkDefinition Network,
    TrainingDefinition Training,
    AugmentationDefinition Augmentation,
    EvaluationDefinition Evaluation,
    string Output,
    string Source)
{
    /// <summary>
    /// SHA-256 of the values in force, in lower-case hexadecimal, however the file was laid out. Where the run writes, and which
    /// file said so, is no part of what it does.
    /// </summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((this with { Output = "", Source = "" }).ToString())));
}
