using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Scores a set of labelled kidneys with several fused models, decoding each study once.</summary>
internal static class FusedScoring
{
    private const int Batch = 8;

    /// <summary>Each model's scores, in the models' order and the set's.</summary>
    /// <exception cref="NotAFusedModelException">A model reads a column that the set does not have.</exception>
    public static IReadOnlyList<IReadOnlyList<ScoredCase>> Score(IReadOnlyList<FusedModel> models, IDataView set, int threads, CancellationToken cancellationToken)
    {
        DataViewSchema schema = set.Schema;
        foreach (string column in models.SelectMany(model => model.InputColumns))
        {
            if (schema.GetColumnOrNull(column) is null)
            {
                throw new NotAFusedModelException($"A model reads the column {column}, which kidneys do not have.");
            }
        }

        FusedScorer[] scorers = [.. models.Select(model => new FusedScorer(model, threads))];
        try
        {
            string[] inputs = [.. models.SelectMany(model => model.InputColumns).Distinct(StringComparer.Ordinal)];
            List<ScoredCase>[] scored = [.. models.Select(_ => new List<ScoredCase>())];
            List<ScoredCase> cases = [];
            List<Dictionary<string, ReadOnlyMemory<float>>> rows = [];
            using DataViewRowCursor cursor = set.GetRowCursor([.. inputs.Concat(CaseReader.Columns).Select(name => schema[name])]);
            CaseReader reader = new(cursor);
            Func<ReadOnlyMemory<float>>[] values = [.. inputs.Select(name => RowReading.Values(cursor, schema[name]))];
            bool more = true;
            while (more)
            {
                cancellationToken.ThrowIfCancellationRequested();
                more = cursor.MoveNext();
                if (more)
                {
                    cases.Add(reader.Read(0, 0));
                    rows.Add(inputs.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second(), StringComparer.Ordinal));
                }

                if (rows.Count == Batch || !more)
                {
                    for (int m = 0; m < models.Count; m++)
                    {
                        IReadOnlyList<(float Score, float Probability, bool PredictedLabel)> answers =
                            scorers[m].Score([.. rows.Select(row => models[m].InputColumns.Select(name => row[name]).ToArray())]);
                        scored[m].AddRange(cases.Zip(answers, (one, answer) => one with { Score = answer.Score, Probability = answer.Probability }));
                    }

                    cases.Clear();
                    rows.Clear();
                }
            }

            return scored;
        }
        finally
        {
            foreach (FusedScorer scorer in scorers)
            {
                scorer.Dispose();
            }
        }
    }
}
