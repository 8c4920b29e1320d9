using System.Globalization;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Every scored case on a line of a CSV file, for who wants to compute something else. Pseudonyms only; of masks there is no table.</summary>
internal static class ScoresTable
{
    public static void Write(string path, LearningTask task, IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test) =>
        Write(path, task, [("validation", validation), ("test", test)]);

    /// <summary>Writes the cases of several sets.</summary>
    public static void Write(string path, LearningTask task, IEnumerable<(string Name, IEnumerable<AnsweredCase> Cases)> sets)
    {
        if (task is SegmentationTask)
        {
            return;
        }

        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true }).ToText();
        foreach ((string name, IEnumerable<AnsweredCase> set) in sets)
        {
            // By pseudonym: the order in which the files lie in their folder is that of their names.
            foreach (AnsweredCase one in set.OrderBy(one => one.CaseId, StringComparer.Ordinal))
            {
                using SepWriter.Row row = writer.NewRow();
                row["Set"].Set(name);
                row["CaseId"].Set(PlainText.Cell(one.CaseId));
                row["PatientID"].Set(PlainText.Cell(one.PatientId));
                row["Label"].Set(PlainText.Cell(task.Describe(one.Truth)));
                foreach ((string column, string value) in Columns(task, one.Answers))
                {
                    row[PlainText.Cell(column)].Set(PlainText.Cell(value));
                }
            }
        }

        AtomicFile.Write(path, writer.ToString());
    }

    /// <summary>The answers for a case as columns of a table.</summary>
    public static IEnumerable<(string Column, string Value)> Columns(LearningTask task, IReadOnlyList<float[]> answers)
    {
        if (task is SegmentationTask)
        {
            // A mask is no line of a table: its extent is.
            foreach ((string name, int index) in task.Classes.Select((name, index) => (name, index)))
            {
                yield return ($"Voxels.{name}", answers[^1].Count(label => label.Equals(index + 1f)).ToString(CultureInfo.InvariantCulture));
            }

            yield break;
        }

        for (int i = 0; i < task.Answers.Count; i++)
        {
            AnswerColumn answer = task.Answers[i];
            float[] values = answers[i];
            if (answer.Name == AnswerColumn.PredictedLabel)
            {
                yield return (answer.Name, task.Describe(Called(task, values)));
            }
            else if (values.Length == 1)
            {
                yield return (answer.Name, values[0].ToString("R", CultureInfo.InvariantCulture));
            }
            else
            {
                for (int c = 0; c < values.Length; c++)
                {
                    yield return ($"{answer.Name}.{task.Classes[c]}", values[c].ToString("R", CultureInfo.InvariantCulture));
                }
            }
        }
    }

    private static Target Called(LearningTask task, float[] label) => task is MultiLabelTask or OneOrTwoTask
        ? new FindingsTarget(Array.ConvertAll(label, value => value > 0))
        : new ClassTarget((int)label[0]);
}
