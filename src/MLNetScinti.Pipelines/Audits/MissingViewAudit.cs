using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>
/// How much of the class the mere fact gives away that a view is not there, or stands for another as its mirror image; and whether a mirror
/// image can be seen in an image. Which images are mirrored is found in the images themselves, whatever was said of them.
/// </summary>
public static class MissingViewAudit
{
    /// <summary>The audit's word.</summary>
    public const string Word = "missing-view";

    private const string Question = "How much of the class does the mere fact give away that a view is missing, or is another one's mirror image?";

    // Parts of an image along and across, whose sides are compared.
    private const int Along = 16, Across = 8;

    // A mirror image that was brought to another matrix has the same values to the last digits.
    private const double Same = 1e-3;

    /// <summary>Audits cases whose classes are known.</summary>
    /// <exception cref="ArgumentException">Nothing is known that could be given away, or the images are no views.</exception>
    public static AuditFinding Run(CaseView cases, AuditOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        AuditedCases audited = AuditedCases.Of(cases, options);
        if (cases.Cases.Images.Any(image => image.Shape.IsVolume))
        {
            throw new ArgumentException("Volumes have no views that could be missing.", nameof(cases));
        }

        Scan[] scans = [.. audited.Rows.GroupBy(row => row.Patient, StringComparer.Ordinal).Select(rows => Scan.Of(rows.Key, [.. rows], cancellation))];
        if (audited.Classes.Count < 2)
        {
            return AuditWords.Nothing(Word, Question, "There are no two classes that enough patients have: nothing could be given away.", audited);
        }

        int usual = scans.CountBy(scan => scan.Images).MaxBy(count => (count.Value, count.Key)).Key;
        int[] lacking = [.. scans.Select(scan => scan.Images < usual ? 1 : 0)], mirrored = [.. scans.Select(scan => scan.Mirrored > 0 ? 1 : 0)];
        Metric visible = Visible(scans, options);
        if (lacking.Sum() + mirrored.Sum() == 0)
        {
            return AuditWords.Nothing(Word, Question, AuditWords.Text($"No view is missing and none is mirrored: each patient has {usual}, all their own."), audited) with { Figures = [Entry(visible)] };
        }

        // Of a patient whose cases are of several classes each class stands for itself.
        ControlRow[] rows = [.. scans.SelectMany((scan, index) => scan.Classes.Select(one => new ControlRow(scan.Patient, one, [lacking[index], mirrored[index]])))];
        ControlFinding fact = AuditControl.Judge(rows, options, options.Alarm, cancellation);
        bool found = fact.P <= options.Alarm, seen = visible.TryGetValue(out _) && visible.Interval is { Lower: > 0.5 };
        return new AuditFinding
        {
            Audit = Word,
            Question = Question,
            IsFound = found,
            Sentences =
            [
                Verdict(found, mirrored.Sum() > 0, seen) + audited.Caution,
                $"Patients of whom a view is missing or mirrored: {string.Join(", ", audited.Classes.Select(name => Share(name, scans, lacking, mirrored)))}.",
                $"That alone tells {AuditWords.Told(fact)}. Found half the time with as many patients would be {AuditWords.Limit(fact)}.",
                visible.TryGetValue(out double area)
                    ? AuditWords.Text($"A control that sees which parts of an image are brighter than their other side tells a mirror image from an image of another patient with an area of {area:0.000}{(visible.Interval is { } interval ? AuditWords.Text($" ({interval.Level:P0} interval {interval.Lower:0.000} to {interval.Upper:0.000})") : "")}; who is given both views sees that they are one.")
                    : "Whether a mirror image can be seen in an image was not asked: there are too few patients.",
            ],
            Effect = AuditWords.Entry("area", "Area under the ROC curve", "the class told best by whether a view is missing or mirrored, by patient", fact.Area),
            P = fact.P,
            Alarm = options.Alarm,
            FoundHalfTheTime = fact.LeastFound,
            FoundHalfTheTimeWords = AuditWords.Limit(fact),
            Figures = [Entry(visible)],
        };
    }

    private static MetricEntry Entry(Metric visible) => AuditWords.Entry("areaOfMirrored", "Mirror images told from images", "area under the ROC curve of a control that sees which parts are brighter than their other side", visible);

    private static string Verdict(bool found, bool mirrored, bool seen) => (found, mirrored) switch
    {
        (true, true) => $"Classes lack views unequally, and mirror images stand for them{(seen ? ", which can be seen" : "")}: a network can learn who lacks a view. Leave such patients out, or lack views in all classes alike.",
        (true, false) => "Classes lack views unequally. Views that are left out show nothing, but whoever counts a patient's views, or mirrors the one that is there, is told the class.",
        _ => "That missing or mirrored views tell the class could not be shown.",
    };

    private static string Share(string name, Scan[] scans, int[] lacking, int[] mirrored)
    {
        int[] own = [.. Enumerable.Range(0, scans.Length).Where(index => scans[index].Classes.Contains(name))];
        return AuditWords.Text($"{name} {own.Count(index => lacking[index] + mirrored[index] > 0)} of {own.Length}");
    }

    // Every image of its own is there twice: as it is, and mirrored.
    private static Metric Visible(Scan[] scans, AuditOptions options)
    {
        (string Patient, float[] Sides)[] own = [.. scans.SelectMany(scan => scan.Sides.Select(sides => (scan.Patient, sides)))];
        (int[] patients, int count) = AuditControl.Numbers(own.Concat(own).Select(one => one.Patient));
        if (count < 2 * options.Folds)
        {
            return Metric.Undefined("there are too few patients", own.Length, count);
        }

        int[] isMirrored = [.. own.Select(_ => 0), .. own.Select(_ => 1)];
        AuditControl control = new([.. own.Select(one => one.Sides), .. own.Select(one => one.Sides.Select(value => -value).ToArray())], options);
        if (!control.Sees)
        {
            return Metric.Of(0.5, own.Length, count);
        }

        double[] scores = [.. control.OutOfFold(patients, isMirrored, 2).Select(row => Math.Round(row[1], 9))];
        WeightedRanking ranking = new(scores, [.. isMirrored.Select(one => one == 1)]);
        return Metric.Of(ranking.Area([.. scores.Select(_ => 1)]), own.Length, count, new PatientBootstrap(patients, options.Replicates, options.Seed).Intervals([ranking.Area], options.Level)[0]);
    }

    /// <summary>The images of a patient: how many, how many of them mirror another one, and of the others by how much their sides differ.</summary>
    private sealed record Scan(string Patient, IReadOnlyList<string> Classes, int Images, int Mirrored, IReadOnlyList<float[]> Sides)
    {
        public static Scan Of(string patient, AuditedCase[] rows, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            CaseImage[] images = [.. rows.SelectMany(row => row.Read().Images)];
            bool[] mirrors = new bool[images.Length];
            for (int one = 1; one < images.Length; one++)
            {
                mirrors[one] = Enumerable.Range(0, one).Any(other => !mirrors[other] && Mirrors(images[one], images[other]));
            }

            return new Scan(patient, [.. rows.Select(row => row.Class).Distinct(StringComparer.Ordinal)], images.Length, mirrors.Count(mirror => mirror),
                [.. images.Where((_, index) => !mirrors[index]).Select(SidesOf)]);
        }

        private static bool Mirrors(CaseImage one, CaseImage other)
        {
            if (one.Shape != other.Shape)
            {
                return false;
            }

            int columns = one.Shape.Columns;
            ReadOnlySpan<float> left = one.Values.Span, right = other.Values.Span;
            float most = 0, difference = 0;
            for (int start = 0; start < left.Length; start += columns)
            {
                for (int column = 0; column < columns; column++)
                {
                    most = Math.Max(most, Math.Abs(left[start + column]));
                    difference = Math.Max(difference, Math.Abs(left[start + column] - right[start + columns - 1 - column]));
                }
            }

            return most > 0 && difference <= Same * most;
        }

        private static float[] SidesOf(CaseImage image)
        {
            float[] parts = ImageParts.Of(image, Along, Across), sides = new float[Along * Across / 2];
            for (int i = 0; i < sides.Length; i++)
            {
                int row = i / (Across / 2), column = i % (Across / 2);
                sides[i] = parts[(row * Across) + column] - parts[(row * Across) + Across - 1 - column];
            }

            return sides;
        }
    }
}
