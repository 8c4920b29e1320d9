using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>
/// What <see cref="LeakageAudit"/> asks of the pipeline's network, asked of a control in seconds: how much better do answers look where rows
/// are split after they were copied, than where patients are split? A control sees images in coarse parts; it is tested on patients that it
/// never saw, and then on rows whose patients it did, time and again: rows are dealt anew among the patients of their class.
/// </summary>
public static class LeakageControl
{
    private const string Question = "How much do figures gain where images are split after they were copied, and not patients?";

    private const int Along = 8, Across = 4, MostRows = 4, Paired = 5;

    /// <summary>Audits cases whose classes are known.</summary>
    /// <param name="cases">The cases as they are read, without copies.</param>
    /// <param name="copies">How training cases are copied.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Nothing is known that could be given away.</exception>
    public static AuditFinding Run(CaseView cases, TrainingCopies copies, AuditOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(copies);
        ArgumentNullException.ThrowIfNull(options);
        AuditedCases audited = AuditedCases.Of(cases, options);
        (int Case, int Copy)[] places = [.. MultipliedSamples.Rows(audited.Task, [.. audited.Rows.Select(row => row.Target)], copies).Where(row => row.Copy < MostRows)];
        (int[] patients, int patientCount) = AuditControl.Numbers(places.Select(place => audited.Rows[place.Case].Patient));
        (int[] classes, int classCount) = AuditControl.Numbers(places.Select(place => audited.Rows[place.Case].Class));
        AuditControl control = new(Measure(audited, places, copies.Changes, options, cancellation), options);
        if (classCount < 2 || !control.Sees || places.Length == patientCount)
        {
            return AuditWords.Nothing(LeakageAudit.Word, Question, places.Length == patientCount ? "Each patient has one row: there is nothing to split." : "There are no two classes that enough patients have: nothing could be given away.", audited);
        }

        RowAreas Areas(int[] groups) => new(control.OutOfFold(groups, classes, classCount), classes, classCount);
        RowAreas grouped = Areas(patients);
        RowAreas[] dealt = new RowAreas[options.Permutations];
        Parallel.For(0, dealt.Length, AuditControl.Parallels(options, cancellation), draw => dealt[draw] = Areas(Dealt(patients, classes, classCount, new CounterRandom(options.Seed, draw, 0, "audit.patients of rows"))));
        double[] chance = [.. dealt.Select(one => one.Macro)];
        double mean = chance.Average(), gain = mean - grouped.Macro, p = (1.0 + chance.Count(area => area <= grouped.Macro + 1e-12)) / (chance.Length + 1);
        // What is found half the time is the gain beyond which chance does not lower the figure of a split.
        double least = mean + AuditControl.LeastFound([.. chance.Select(area => -area)], options.Alarm);
        ConfidenceInterval? interval = new PatientBootstrap(patients, options.Replicates, options.Seed)
            .Intervals([weights => dealt.Take(Paired).Average(one => one.Of(weights)) - grouped.Of(weights)], options.Level)[0];
        bool found = p <= options.Alarm;
        string between = AuditWords.Text($"{gain:+0.000;-0.000;0.000}{(interval is null ? "" : AuditWords.Text($" ({interval.Level:P0} interval {interval.Lower:0.000} to {interval.Upper:0.000}; p {p:0.000})"))}");
        return new AuditFinding
        {
            Audit = LeakageAudit.Word,
            Question = Question,
            IsFound = found,
            Sentences =
            [
                (found ? $"Splitting images flatters: the area under the ROC curve of a control gains {between}. Figures from such a split do not hold for other patients." : $"That splitting images flatters could not be shown: {between}.") + audited.Caution,
                AuditWords.Text($"By patient the control reaches {grouped.Macro:0.000}, with rows dealt among the patients of their class {mean:0.000}, over {places.Length} rows of {patientCount} patients. A gain of {least:0.000} would be found half the time; a network remembers more than this control."),
            ],
            Effect = AuditWords.Entry("gain", "Gain in area", "area under the ROC curve with images split, less that with patients split", Metric.Of(gain, places.Length, patientCount, interval)) with { HasOpenScale = true },
            P = p,
            Alarm = options.Alarm,
            FoundHalfTheTime = least,
            FoundHalfTheTimeWords = AuditWords.Text($"a gain of {least:0.000} in the area"),
            Figures =
            [
                AuditWords.Entry("areaByPatient", "Patients split", "area under the ROC curve of the control", Metric.Of(grouped.Macro, places.Length, patientCount)),
                AuditWords.Entry("areaByImage", "Images split", "mean area under the ROC curve where rows are dealt among the patients of their class", Metric.Of(mean, places.Length, patientCount)),
            ],
        };
    }

    private static IReadOnlyList<float[]> Measure(AuditedCases audited, (int Case, int Copy)[] places, Augmentation changes, AuditOptions options, CancellationToken cancellation)
    {
        float[][] measured = new float[places.Length][];
        Parallel.ForEach(places.Select((place, row) => (place, row)).GroupBy(pair => pair.place.Case), AuditControl.Parallels(options, cancellation), rows =>
        {
            Case one = audited.Rows[rows.Key].Read();
            foreach (((int index, int copy), int row) in rows)
            {
                measured[row] = [.. one.Images.SelectMany(image =>
                {
                    float[] values = image.Values.ToArray();
                    if (copy > 0)
                    {
                        changes.Draw(options.Seed, -copy, (ulong)index, image.Shape).Apply(image.Values.Span, image.Shape, values);
                    }

                    return ImageParts.Of(image with { Values = values }, Along, Across);
                })];
            }
        });
        return measured;
    }

    private static int[] Dealt(int[] patients, int[] classes, int classCount, CounterRandom random)
    {
        int[] dealt = new int[patients.Length];
        for (int k = 0; k < classCount; k++)
        {
            int[] rows = [.. Enumerable.Range(0, patients.Length).Where(row => classes[row] == k)], own = [.. rows.Select(row => patients[row])];
            random.Shuffle<int>(own);
            for (int i = 0; i < rows.Length; i++)
            {
                dealt[rows[i]] = own[i];
            }
        }

        return dealt;
    }

    /// <summary>Areas over rows, each for itself.</summary>
    private sealed class RowAreas
    {
        private readonly WeightedRanking[] _rankings;

        public RowAreas(double[][] scores, int[] classes, int classCount)
        {
            _rankings = [.. Enumerable.Range(0, classCount == 2 ? 1 : classCount).Select(k => new WeightedRanking([.. scores.Select(row => Math.Round(row[k], 9))], [.. classes.Select(one => one == k)]))];
            Macro = Of([.. Enumerable.Repeat(1, scores.Length)]);
        }

        public double Macro { get; }

        public double Of(int[] weights) => _rankings.Average(ranking => ranking.Area(weights));
    }
}
