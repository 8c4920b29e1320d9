using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>
/// Whether images that were turned or shifted can be told from those that were not, and whether that tells the class. A control learns
/// the noise of images and of copies of them made here; then it looks at the rows that are trained on, as many of each class as the
/// pipeline makes, and at the images as they came, some of which others may have resampled.
/// </summary>
public static class AugmentationSignatureAudit
{
    /// <summary>The audit's word.</summary>
    public const string Word = "augmentation-signature";

    private const string Question = "Can copies that were turned or shifted be told from the images they were made of, and does that tell the class?";

    /// <summary>Audits cases whose classes are known.</summary>
    /// <param name="cases">The cases as they are read, without copies.</param>
    /// <param name="copies">How training cases are copied; null where they are not: then only the images themselves are looked at.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Nothing is known that could be given away.</exception>
    public static AuditFinding Run(CaseView cases, TrainingCopies? copies, AuditOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        AuditedCases audited = AuditedCases.Of(cases, options);
        if (audited.Classes.Count < 2)
        {
            return AuditWords.Nothing(Word, Question, "There are no two classes that enough patients have: nothing could be given away.", audited);
        }

        // What papers usually do, where the pipeline itself copies nothing.
        Augmentation changes = copies?.Changes ?? new Augmentation(new RandomRotate(3), new RandomTranslate(2));
        int[] rowsOf = new int[audited.Rows.Count];
        foreach ((int index, int copy) in copies is null ? [] : MultipliedSamples.Rows(audited.Task, [.. audited.Rows.Select(row => row.Target)], copies))
        {
            rowsOf[index] = Math.Max(rowsOf[index], copy);
        }

        (IReadOnlyList<float[]> features, IReadOnlyList<(int Case, int Copy)> places) = Measure(audited, changes, rowsOf, options, cancellation);
        (int[] patients, _) = AuditControl.Numbers(places.Select(place => audited.Rows[place.Case].Patient));
        int[] copied = [.. places.Select(place => place.Copy > 0 ? 1 : 0)];
        // As many copies as images teach; the others are only judged.
        double[] scores = [.. new AuditControl(features, options).OutOfFold(patients, copied, 2, [.. places.Select(place => place.Copy <= 1)]).Select(row => row[1])];
        Metric told = Told(scores, places, patients, copied, options);
        ControlFinding classes = AuditControl.Judge([.. ClassRows(audited, places, scores, rowsOf)], options, options.Alarm, cancellation);
        bool found = classes.P <= options.Alarm;
        return new AuditFinding
        {
            Audit = Word,
            Question = Question,
            IsFound = found,
            Sentences =
            [
                Verdict(found, told.Interval is { Lower: > 0.5 }, copies is not null) + audited.Caution,
                AuditWords.Text($"A control that sees the noise alone tells a copy from the image of another patient with an area under the ROC curve of {told.Value:0.000}{(told.Interval is { } interval ? AuditWords.Text($" ({interval.Level:P0} interval {interval.Lower:0.000} to {interval.Upper:0.000})") : "")}."),
                copies is null ? "The pipeline copies no cases; looked at was whether the images as they came are resampled in one class more than in another." : $"Rows that are copies: {string.Join(", ", Shares(audited, rowsOf))}.",
                $"What looks copied tells {AuditWords.Told(classes)}. Found half the time with as many patients would be {AuditWords.Limit(classes)}.",
            ],
            Effect = AuditWords.Entry("area", "Area under the ROC curve", "the class told best by how much a patient's rows look copied", classes.Area),
            P = classes.P,
            Alarm = options.Alarm,
            FoundHalfTheTime = classes.LeastFound,
            FoundHalfTheTimeWords = AuditWords.Limit(classes),
            Figures = [AuditWords.Entry("areaOfCopies", "Copies told from images", "area under the ROC curve of a control that sees the noise alone", told)],
        };
    }

    private static string Verdict(bool found, bool told, bool copies) => (found, told, copies) switch
    {
        (true, _, true) => "Copies look different from images, and classes are copied unequally: a network can learn which class was copied more. Copy all classes alike, or weigh classes instead.",
        (true, _, false) => "The images as they came look resampled in one class more than in another: a network can learn that instead of what they show.",
        (false, true, true) => "Copies can be told from images, but that this tells the class could not be shown.",
        (false, true, false) => "That images of one class were resampled more than those of another could not be shown; a control would see it.",
        _ => "The control cannot tell copies from images: what it says of classes is worth little.",
    };

    private static (IReadOnlyList<float[]> Features, IReadOnlyList<(int Case, int Copy)> Places) Measure(AuditedCases audited, Augmentation changes, int[] rowsOf, AuditOptions options, CancellationToken cancellation)
    {
        float[][][] measured = new float[audited.Rows.Count][][];
        Parallel.For(0, measured.Length, AuditControl.Parallels(options, cancellation), index =>
        {
            Case one = audited.Rows[index].Read();
            measured[index] = [.. Enumerable.Range(0, Math.Max(1, rowsOf[index]) + 1).Select(copy => one.Images.SelectMany(image => NoiseTexture.Of(copy == 0 ? image : Changed(image, changes, options.Seed, index, copy))).ToArray())];
        });
        return ([.. measured.SelectMany(copies => copies)], [.. measured.SelectMany((copies, index) => copies.Select((_, copy) => (index, copy)))]);
    }

    private static CaseImage Changed(CaseImage image, Augmentation changes, ulong seed, int index, int copy)
    {
        float[] values = new float[image.Shape.Length];
        changes.Draw(seed, -copy, (ulong)index, image.Shape).Apply(image.Values.Span, image.Shape, values);
        return image with { Values = values };
    }

    private static Metric Told(double[] scores, IReadOnlyList<(int Case, int Copy)> places, int[] patients, int[] copied, AuditOptions options)
    {
        int[] rows = [.. Enumerable.Range(0, scores.Length).Where(row => places[row].Copy <= 1)];
        WeightedRanking ranking = new([.. rows.Select(row => Math.Round(scores[row], 9))], [.. rows.Select(row => copied[row] == 1)]);
        int[] own = [.. rows.Select(row => patients[row])];
        return Metric.Of(ranking.Area([.. rows.Select(_ => 1)]), rows.Length, own.Distinct().Count(), new PatientBootstrap(own, options.Replicates, options.Seed).Intervals([ranking.Area], options.Level)[0]);
    }

    // Of each case how much its image looks copied, and how much more its rows do.
    private static IEnumerable<ControlRow> ClassRows(AuditedCases audited, IReadOnlyList<(int Case, int Copy)> places, double[] scores, int[] rowsOf)
    {
        int start = 0;
        for (int index = 0; index < audited.Rows.Count; index++)
        {
            double image = scores[start], rows = Enumerable.Range(0, rowsOf[index] + 1).Average(copy => scores[start + copy]);
            yield return new ControlRow(audited.Rows[index].Patient, audited.Rows[index].Class, [(float)image, (float)(rows - image)]);
            while (start < places.Count && places[start].Case == index)
            {
                start++;
            }
        }
    }

    private static IEnumerable<string> Shares(AuditedCases audited, int[] rowsOf) => audited.Classes.Select(name =>
    {
        int[] own = [.. Enumerable.Range(0, rowsOf.Length).Where(index => audited.Rows[index].Class == name)];
        int copies = own.Sum(index => rowsOf[index]);
        return AuditWords.Text($"{name} {(double)copies / (copies + own.Length):P0}");
    });
}
