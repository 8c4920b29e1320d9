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
    /// <param name="cancellation">Stops between cases.</param>
    /// <exception cref="NoStudyException">The folder is empty.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a case has.</exception>
    public static IEnumerable<ScoredFolderCase> Score(
        ModelBundle bundle, SystemDefinition system, string folder, int threads, Action<LeftOutStudy> leftOut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(leftOut);
        CaseView cases = new(new FolderCases(folder, system, new FolderOptions { Labels = null, WithContent = false }),
            new CaseViewOptions { Keep = false, Parallelism = Math.Clamp(threads, 1, 8) });
        return Scored(bundle, cases, threads, leftOut, cancellation);
    }

    private static IEnumerable<ScoredFolderCase> Scored(ModelBundle bundle, CaseView cases, int threads, Action<LeftOutStudy> leftOut, CancellationToken cancellation)
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
                    yield return new ScoredFolderCase(some[i] with { Images = [] }, [.. ScoresTable.Columns(bundle.Model.Task, answers[i])]);
                }
            }

            foreach (LeftOutStudy study in cases.LeftOut)
            {
                leftOut(study);
            }
        }
    }
}
