using System.Globalization;

namespace MLNetScinti.Evaluation.Published;

/// <summary>A printed figure that cannot be.</summary>
/// <param name="Row">Where it stands.</param>
/// <param name="Figure">Its column.</param>
/// <param name="Sentence">Which figures contradict each other, and by how much.</param>
public sealed record ImpossibleFigure(PublishedRow Row, string Figure, string Sentence);

/// <summary>
/// Whether printed results are possible at all: what holds between the figures of one confusion table holds for every table, so
/// figures that break it were not all computed from one. Each rule allows for rounding; figures averaged over runs are held to
/// the rules that an average keeps.
/// </summary>
/// <remarks>
/// For a class, F1 is the harmonic mean of precision and recall, which is concave: a mean of F1 over classes or runs is at most
/// the harmonic mean of the means. N test cases allow accuracies of k / N only, and a class of n cases recalls of k / n. An error is one missed case of a
/// class and one false one of another: with E errors a class of n cases has an F1 of 2 (n - E) / (2 n - E) at least. What the
/// classes that are printed leave open lies between 0 and 1, which bounds the mean over all. With two classes a ROC curve
/// through (1 - specificity, recall) has an area between recall x specificity and 1 - (1 - recall)(1 - specificity).
/// </remarks>
public static class PublishedChecks
{
    private const double Slack = 1e-9;

    /// <summary>All that cannot be.</summary>
    public static IReadOnlyList<ImpossibleFigure> Of(IReadOnlyList<PublishedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        List<ImpossibleFigure> found = [];
        foreach (PublishedRow row in rows)
        {
            found.AddRange(Ranges(row));
            found.AddRange(row.Class.Length > 0 ? OfClass(row) : OfAll(row));
        }

        foreach (IGrouping<(string Table, string Name), PublishedRow> experiment in rows.GroupBy(row => (row.Table, row.Name)))
        {
            PublishedRow[] classes = [.. experiment.Where(row => row.Class.Length > 0)];
            foreach (PublishedRow all in experiment.Where(row => row.Class.Length == 0))
            {
                found.AddRange(Together(all, classes));
            }
        }

        return [.. found.OrderBy(one => one.Row.Line)];
    }

    private static IEnumerable<ImpossibleFigure> Ranges(PublishedRow row) =>
        from figure in row.Figures
        where figure.Value.Least > 1 + Slack || figure.Value.Most < -Slack
        select new ImpossibleFigure(row, figure.Key, $"{figure.Key} {figure.Value} is not between 0 and 1");

    private static IEnumerable<ImpossibleFigure> OfClass(PublishedRow row)
    {
        if (row is { Runs: 1 } && (row.Figure("F1"), row.Figure("Precision"), row.Figure("Recall")) is ({ } f1, { } precision, { } recall))
        {
            (double least, double most) = (ClassTable.MacroF1Ceiling(precision.Least, recall.Least), ClassTable.MacroF1Ceiling(precision.Most, recall.Most));
            if (f1.Most < least - Slack || f1.Least > most + Slack)
            {
                yield return new(row, "F1", $"F1 {f1} is not the harmonic mean of precision {precision} and recall {recall}, which is {Range(least, most)}");
            }
        }
        else if (AboveCeiling(row) is { } above)
        {
            yield return above;
        }

        if ((row.ClassCases, row.Figure("Recall")) is ({ } cases, { } share) && !IsShareOf((long)cases * row.Runs, share))
        {
            yield return new(row, "Recall", $"recall {share} is no number of {cases} cases{OverRuns(row)}: the nearest are {Nearest((long)cases * row.Runs, share)}");
        }

        if (row is { Classes: 2 } && (row.Figure("AUC"), row.Figure("Recall"), row.Figure("Specificity")) is ({ } area, { } sensitivity, { } specificity)
            && row.Runs == 1)
        {
            double least = Math.Max(0, sensitivity.Least) * Math.Max(0, specificity.Least);
            double most = 1 - (Math.Max(0, 1 - sensitivity.Most) * Math.Max(0, 1 - specificity.Most));
            if (area.Most < least - Slack || area.Least > most + Slack)
            {
                yield return new(row, "AUC", $"a ROC curve through recall {sensitivity} at specificity {specificity} has an area of {Range(least, most)}, AUC {area} is outside");
            }
        }
    }

    private static IEnumerable<ImpossibleFigure> OfAll(PublishedRow row)
    {
        if (AboveCeiling(row) is { } above)
        {
            yield return above;
        }

        if (row.Cases.Count == 0)
        {
            yield break;
        }

        long all = row.Cases.Sum(count => (long)count);
        if (row.Figure("Accuracy") is not { } accuracy)
        {
            yield break;
        }

        if (!IsShareOf(all * row.Runs, accuracy))
        {
            yield return new(row, "Accuracy", $"accuracy {accuracy} is no number of {all} cases{OverRuns(row)}: the nearest are {Nearest(all * row.Runs, accuracy)}");
        }

        int[] ordered = [.. row.Cases.Order()];
        if (row.Figure("Recall") is { } recall)
        {
            // With a given mean of the recalls, the most cases are right where the large classes are.
            double least = Filled(ordered, recall.Least * row.Classes, count => count) / all;
            double most = Filled([.. ordered.Reverse()], recall.Most * row.Classes, count => count) / all;
            if (accuracy.Most < least - Slack || accuracy.Least > most + Slack)
            {
                yield return new(row, "Accuracy", $"with a mean recall of {recall} over classes of {string.Join(", ", row.Cases)} cases the accuracy is {Range(least, most)}, {accuracy} is outside");
            }
        }

        if (row.Figure("Specificity") is { } specificity)
        {
            // Each error is a false one of some class; it weighs by the cases that are not of that class.
            double[] others = [.. ordered.Select(count => (double)(all - count))];
            double most = 1 - (LossOfSpecificity([.. others.OrderDescending()], (1 - accuracy.Most) * all) / row.Classes);
            double least = 1 - (LossOfSpecificity([.. others.Order()], (1 - accuracy.Least) * all) / row.Classes);
            if (specificity.Least > most + Slack || specificity.Most < least - Slack)
            {
                yield return new(row, "Specificity", $"with an accuracy of {accuracy} over classes of {string.Join(", ", row.Cases)} cases the mean specificity is {Range(least, most)}, {specificity} is outside");
            }
        }
    }

    private static IEnumerable<ImpossibleFigure> Together(PublishedRow all, PublishedRow[] classes)
    {
        foreach (string figure in PublishedTable.FigureColumns.Where(name => name is "Precision" or "Recall" or "Specificity" or "F1"))
        {
            PublishedRow[] known = [.. classes.Where(row => row.Figure(figure) is not null)];
            if (known.Length == 0 || known.Length > all.Classes || all.Figure(figure) is not { } mean)
            {
                continue;
            }

            double least = known.Sum(row => row.Figure(figure)!.Value.Least) / all.Classes;
            double most = (known.Sum(row => row.Figure(figure)!.Value.Most) + all.Classes - known.Length) / all.Classes;
            if (mean.Most < least - Slack || mean.Least > most + Slack)
            {
                yield return new(all, figure, $"with {string.Join(", ", known.Select(row => $"{row.Class} {row.Figure(figure)}"))} the mean {figure} of {all.Classes} classes is {Range(least, most)}, {mean} is outside");
            }
        }

        if (all.Cases.Count == 0 || all.Figure("Accuracy") is not { } accuracy)
        {
            yield break;
        }

        double errors = (1 - accuracy.Least) * all.Cases.Sum(count => (long)count);
        foreach (PublishedRow row in classes)
        {
            if ((row.Figure("F1"), row.ClassCases) is ({ } f1, { } cases) && errors < cases)
            {
                // Over runs only the chord of that curve is kept: one run may have all of the errors.
                double least = row.Runs == 1 ? 2 * (cases - errors) / ((2 * cases) - errors) : 1 - (errors / cases);
                if (f1.Most < least - Slack)
                {
                    yield return new(row, "F1", string.Create(CultureInfo.InvariantCulture,
                        $"an accuracy of {accuracy} leaves {errors:0} errors, with which a class of {cases} cases has an F1 of {least:0.0000} at least; {f1} is below"));
                }
            }
        }
    }

    // The harmonic mean is concave: its mean over classes or runs is at most that of the means.
    private static ImpossibleFigure? AboveCeiling(PublishedRow row)
    {
        if ((row.Figure("F1"), row.Figure("Precision"), row.Figure("Recall")) is not ({ } f1, { } precision, { } recall))
        {
            return null;
        }

        double most = ClassTable.MacroF1Ceiling(precision.Most, recall.Most);
        return f1.Least > most + Slack
            ? new(row, "F1", string.Create(CultureInfo.InvariantCulture, $"F1 is at most the harmonic mean of precision {precision} and recall {recall}, {most:0.0000#}; {f1} is above"))
            : null;
    }

    private static bool IsShareOf(long cases, PrintedFigure share) =>
        Math.Floor((share.Most * cases) + Slack) >= Math.Ceiling((share.Least * cases) - Slack);

    private static string Nearest(long cases, PrintedFigure share)
    {
        double below = Math.Floor(share.Least * cases);
        return string.Create(CultureInfo.InvariantCulture, $"{below:0} / {cases} = {below / cases:0.00000} and {below + 1:0} / {cases} = {(below + 1) / cases:0.00000}");
    }

    private static string OverRuns(PublishedRow row) => row.Runs > 1 ? string.Create(CultureInfo.InvariantCulture, $" in {row.Runs} runs") : "";

    // The classes in their order take a share of 1 each until the budget is used up; each gives its value times its share.
    private static double Filled(int[] classes, double budget, Func<int, double> value)
    {
        double sum = 0;
        foreach (int count in classes)
        {
            double share = Math.Clamp(budget, 0, 1);
            sum += share * value(count);
            budget -= share;
        }

        return sum;
    }

    // The errors go to the classes in their order, as many to each as there are cases of others.
    private static double LossOfSpecificity(double[] others, double errors)
    {
        double loss = 0;
        foreach (double count in others)
        {
            double here = Math.Clamp(errors, 0, count);
            loss += count > 0 ? here / count : 0;
            errors -= here;
        }

        return loss;
    }

    private static string Range(double least, double most) => string.Create(CultureInfo.InvariantCulture, $"{least:0.0000} to {most:0.0000}");
}
