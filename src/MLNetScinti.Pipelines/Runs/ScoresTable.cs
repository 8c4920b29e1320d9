using System.Globalization;
using System.Text;
using MLNetScinti.Evaluation;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Every scored case on a line of a CSV file, for who wants to compute something else. Pseudonyms only.</summary>
internal static class ScoresTable
{
    public static void Write(string path, ValidationScores validation, TestScores test, DecisionThreshold threshold)
    {
        StringBuilder text = new("Set,CaseId,PatientID,Side,Label,Score,Probability,PredictedLabel\n");
        foreach (ScoreSet set in (ScoreSet[])[validation, test])
        {
            foreach (ScoredCase scored in set.Cases)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{set.Name},{scored.CaseId},{scored.PatientId},{scored.Facts.Text(DmsaReport.Side)},{(scored.Label ? "abnormal" : "normal")},{scored.Score:R},{scored.Probability:R},"
                    + $"{(threshold.IsPositive(scored.Probability) ? "abnormal" : "normal")}\n");
            }
        }

        AtomicFile.Write(path, text.ToString());
    }
}
