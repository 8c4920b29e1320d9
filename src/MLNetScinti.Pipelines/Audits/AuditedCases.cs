using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>A case that an audit looks at.</summary>
/// <param name="Patient">The patient's pseudonym.</param>
/// <param name="Class">What is true of the case, in words.</param>
/// <param name="Target">What is true of it.</param>
/// <param name="Read">Gives the case with its images.</param>
internal sealed record AuditedCase(string Patient, string Class, Target Target, Func<Case> Read);

/// <summary>The cases that an audit looks at: those of classes that enough patients have, and of not too many patients.</summary>
internal sealed class AuditedCases
{
    private AuditedCases(LearningTask task, IReadOnlyList<AuditedCase> rows, IReadOnlyList<string> rare, int patients, bool drawn) =>
        (Task, Rows, Rare, Patients, IsDrawn) = (task, rows, rare, patients, drawn);

    public LearningTask Task { get; }

    public IReadOnlyList<AuditedCase> Rows { get; }

    /// <summary>Classes that too few patients have.</summary>
    public IReadOnlyList<string> Rare { get; }

    public int Patients { get; }

    /// <summary>Whether there are more patients than are looked at.</summary>
    public bool IsDrawn { get; }

    public IReadOnlyList<string> Classes => [.. Rows.Select(row => row.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What is to be said of whom it looked at; empty where all were.</summary>
    public string Caution => (Rare.Count > 0 ? $" Too few patients to look at: {string.Join(", ", Rare)}." : "") + (IsDrawn ? string.Create(CultureInfo.InvariantCulture, $" Of the patients {Patients} were drawn.") : "");

    /// <summary>Takes the cases whose truth is known.</summary>
    /// <exception cref="ArgumentException">Nothing is known that could be given away.</exception>
    public static AuditedCases Of(CaseView cases, AuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(cases);
        LearningTask task = cases.Task ?? throw new ArgumentException("An audit needs cases whose truth is known.", nameof(cases));
        if (task is SegmentationTask)
        {
            throw new ArgumentException("Cases with masks have no classes that could be given away.", nameof(cases));
        }

        cases.Settle();
        AuditedCase[] all = [.. cases.Read(images: false).Zip(cases.Deferred(), (one, read) => new AuditedCase(CopiedCases.PatientOf(one.PatientId), task.Describe(one.Target!), one.Target!, read))];
        string[] patients = [.. all.Select(row => row.Patient).Distinct(StringComparer.Ordinal)];
        bool drawn = patients.Length > options.MostPatients;
        if (drawn)
        {
            new CounterRandom(options.Seed, 0, 0, "audit.patients").Shuffle<string>(patients);
            HashSet<string> taken = [.. patients.Take(options.MostPatients)];
            all = [.. all.Where(row => taken.Contains(row.Patient))];
        }

        HashSet<string> frequent = [.. all.GroupBy(row => row.Class, StringComparer.Ordinal).Where(group => group.Select(row => row.Patient).Distinct(StringComparer.Ordinal).Count() >= options.Folds).Select(group => group.Key)];
        string[] rare = [.. all.Select(row => row.Class).Distinct(StringComparer.Ordinal).Where(name => !frequent.Contains(name)).Order(StringComparer.Ordinal)];
        all = [.. all.Where(row => frequent.Contains(row.Class))];
        return new AuditedCases(task, all, rare, all.Select(row => row.Patient).Distinct(StringComparer.Ordinal).Count(), drawn);
    }
}

/// <summary>How audits put what they found into words.</summary>
internal static class AuditWords
{
    /// <summary>A text with numbers as they are written everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>"high from the others with an area under the ROC curve of 0.712 (95 % interval 0.650 to 0.770; p 0.005)".</summary>
    public static string Told(ControlFinding finding) =>
        Text($"{(finding.Class.Length > 0 ? finding.Class : "no class")} from the others with an area under the ROC curve of {finding.Area.Value:0.000}{(finding.Area.Interval is { } interval ? Text($" ({interval.Level:P0} interval {interval.Lower:0.000} to {interval.Upper:0.000}; p {finding.P:0.000})") : "")}");

    /// <summary>"an area of 0.603, as if the class were plain in 11 % of the patients and hidden in the others".</summary>
    public static string Limit(ControlFinding finding) => double.IsNaN(finding.LeastFound) ? ""
        : Text($"an area of {finding.LeastFound:0.000}, as if the class were plain in {ControlFinding.ShareOf(finding.LeastFound):P0} of the patients and hidden in all others");

    /// <summary>The area as a figure.</summary>
    public static MetricEntry Entry(string key, string name, string meaning, Metric metric) => new(key, name, meaning, metric);

    /// <summary>A finding of nothing where there is nothing to look at.</summary>
    public static AuditFinding Nothing(string audit, string question, string sentence, AuditedCases cases) => new()
    {
        Audit = audit,
        Question = question,
        IsFound = false,
        Sentences = [sentence + cases.Caution],
        Effect = Entry("area", "Area under the ROC curve", "of what was looked at", Metric.Undefined("there is nothing to tell classes by", cases.Rows.Count, cases.Patients)),
    };
}
