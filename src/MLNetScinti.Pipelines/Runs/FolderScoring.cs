using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a model says of one case of a folder.</summary>
/// <param name="Case">The case, without its images.</param>
/// <param name="Answers">The answers as columns of a table: names and values.</param>
public sealed record ScoredFolderCase(Case Case, IReadOnlyList<(string Column, string Value)> Answers);

/// <summary>Scores the studies of a folder with a model.</summary>
public static class FolderScoring
{
    private const int Batch = 4;

    /// <summary>Scores every case of a folder, lazily and in the order of the files; nothing is kept of what was scored.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">The system with the settings that the model was made with.</param>
    /// <param name="folder">The folder of DICOM files. A labels.csv or cohort.json in it is known to be no study.</param>
    /// <param name="threads">Files decoded at once, and threads of the model.</param>
    /// <param name="leftOut">Is told of files that gave no case, when the end is reached.</param>
    /// <param name="masks">The folder for the masks that the model draws, one NIfTI file a case under its pseudonym; null to keep none.</param>
    /// <param name="cancellation">Stops between cases.</param>
    /// <param name="assumeSpacing">Whether volumes go on with lengths that their files do not give.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a case has, or draws no masks and is asked for them.</exception>
    public static IEnumerable<ScoredFolderCase> Score(
        ModelBundle bundle, SystemDefinition system, string folder, int threads, Action<LeftOutStudy> leftOut, string? masks = null, CancellationToken cancellation = default, bool assumeSpacing = false)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(leftOut);
        if (masks is not null && bundle.Model.Task is not SegmentationTask)
        {
            throw new NotAFusedModelException($"{bundle.Source}: the model answers a {bundle.Model.Task.Name} and draws no masks; ask for none.");
        }

        CaseView cases = new(new FolderCases(folder, system, new FolderOptions { Labels = null, WithContent = false, AssumeSpacing = assumeSpacing }),
            new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(threads, 1, 8) });
        return Scored(bundle, cases, threads, leftOut, masks, cancellation);
    }

    private static IEnumerable<ScoredFolderCase> Scored(ModelBundle bundle, CaseView cases, int threads, Action<LeftOutStudy> leftOut, string? masks, CancellationToken cancellation)
    {
        using (cases)
        using (OnnxScorer scorer = new(bundle.Model, threads))
        {
            foreach (Case[] some in cases.Read().Chunk(Batch))
            {
                cancellation.ThrowIfCancellationRequested();
                IReadOnlyList<IReadOnlyList<float[]>> answers = scorer.Score([.. some.Select(one => bundle.Model.ValuesOf(one, cases.Cases))]);
                for (int i = 0; i < some.Length; i++)
                {
                    (string Column, string Value)[] columns = [.. ScoresTable.Columns(bundle.Model.Task, answers[i])];
                    if (masks is not null)
                    {
                        // The answer lies on the grid of the case's first image.
                        string name = $"{some[i].Id}.nii.gz";
                        Directory.CreateDirectory(masks);
                        AtomicFile.Write(Path.Combine(masks, name), NiftiLabels.Encode(Array.ConvertAll(answers[i][^1], label => (byte)label), some[i].Images[0].Place, "MLNetScinti, research use only"));
                        columns = [.. columns, ("Mask", name)];
                    }

                    yield return new ScoredFolderCase(some[i] with { Images = [] }, columns);
                }
            }

            foreach (LeftOutStudy study in cases.LeftOut)
            {
                leftOut(study);
            }
        }
    }
}
