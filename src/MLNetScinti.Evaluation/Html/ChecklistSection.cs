using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// What a reviewer looks for, as a list: the topics of TRIPOD+AI (Collins et al., BMJ 2024;385:e078378), with the part of CLAIM (Tejani et al., Radiology:
/// Artificial Intelligence 2024;6:e240300) that asks for the same, each with where the report has it, or "not done".
/// </summary>
internal static class ChecklistSection
{
    private const string NotDone = "not done";

    /// <summary>One topic: its items in TRIPOD+AI, the part of CLAIM, what it asks, and where it is; null where it is not.</summary>
    public sealed record Topic(string Tripod, string Claim, string Asks, string? Where, string Missing = "");

    public static ReportSection Of(EvaluationReport report)
    {
        IReadOnlyList<Topic> topics = Topics(report);
        return ReportSection.Of("checklist", "Checklist", "What a reviewer asks for", Markup.Of($"""
            <p>{topics.Count(topic => topic.Where is not null)} of {topics.Count} topics of TRIPOD+AI and CLAIM are in this report. The rest a study has to add: a report of figures cannot know them.</p>
            {TaskSections.Scroller("TRIPOD+AI and CLAIM", Markup.Of($"""
            <table><thead><tr><th scope="col">TRIPOD+AI</th><th scope="col">CLAIM</th><th scope="col">Asks for</th><th scope="col">Here</th></tr></thead>
            <tbody>{Markup.Each(topics, topic => Markup.Of($"""<tr><th scope="row">{topic.Tripod}</th><td>{topic.Claim}</td><td>{topic.Asks}</td><td>{(topic.Where is { } where ? Markup.Of($"{where}") : Markup.Of($"<strong>{NotDone}</strong>{(topic.Missing.Length > 0 ? $": {topic.Missing}" : "")}"))}</td></tr>"""))}</tbody></table>
            """))}
            """));
    }

    public static IReadOnlyList<Topic> Topics(EvaluationReport report)
    {
        IEvaluation evaluation = report.Evaluation;
        BinaryEvaluation? binary = evaluation as BinaryEvaluation;
        bool intervals = evaluation.Figures.Any(entry => entry.Metric.Interval is not null);
        string? data = report.Data.Splits.Count > 0 ? "Data card" : null;
        return
        [
            new("1, 2", "title, abstract", "What kind of study it is", report.Title.Length > 0 ? "title" : null),
            new("3, 4", "introduction", "Why, for whom, and what was to be shown", null, "say the clinical question and what decision the model is to help with"),
            new("5, 6", "data", "Where, when and which patients, with reasons for leaving out", report.Data.Offered > 0 ? "Data card: read, skipped and why; dates and places are not" : null, "how many inputs were offered and read"),
            new("7", "data", "How images are prepared", report.Model.Settings.Count > 0 ? "Model card" : null),
            new("8", "reference standard", "What the truth is: readers, their number, blinding, agreement", null, "the labels table says what is true, not who said so"),
            new("9", "data", "What goes into the model", report.Model.Network.Length > 0 ? "Model card" : null),
            new("10", "data", "Why so many patients", null, "a reason for the sample size, stated before the study"),
            new("11", "data", "What is missing, and what was done about it", report.Data.Offered > 0 ? "Data card: skipped inputs, warnings" : null),
            new("12", "training, evaluation", "How it was trained, tuned and tested, with measures and their intervals", report.History is not null && intervals ? "Training, All figures" : null),
            new("12, 16", "data partitions", "Which patients trained, validated and tested, none on two sides", data),
            new("13", "training", "What was done about classes of unequal size", report.Model.Settings.Any(setting => setting.Key == "Loss") ? "Model card: loss" : null),
            new("14", "evaluation", "Whether it does as well for all: sex, age, camera", evaluation.Subgroups.Count > 0 ? "Groups" : null, "nothing is known of the patients that would group them"),
            new("15", "model", "What the answer is, and from where a case is called positive", binary is not null ? "In plain words, All figures" : "All figures"),
            new("17, 19", "other", "Ethics, and patients' part in the study", report.Data.Origin == DataOrigin.Simulated ? "simulated patients: none" : null, "state the approval"),
            new("18", "other", "Protocol, registration, code and data", report.Run.Hashes.Count > 0 ? "Do it again: command, versions, hashes; no protocol was registered" : null),
            new("20", "results", "The flow of patients, and who they are, in each set", report.Data.Cohort is not null ? "Data card: what became of the files, who the sets consist of" : data is null ? null : "Data card: numbers and classes"),
            new("21, 22", "model", "The model, so that it can be run", report.Model.Parameters > 0 ? "Model card; the bundle beside this report" : null),
            new("23a", "results", "Performance with intervals", intervals ? "All figures" : null),
            new("23a", "results", "Calibration, and what acting on it is worth", binary?.Risk is not null ? "Risks" : null),
            new("23b", "results", "Where it does better or worse", evaluation.Subgroups.Count > 0 || binary is { Misjudged.Count: > 0 } ? "Groups, Called wrongly" : null),
            new("24", "results", "Whether it was updated elsewhere", null, "no other hospital's patients were tested here"),
            new("25, 26", "discussion", "What the figures mean, and their limits", report.Model.Limits.Count > 0 ? "In plain words, Model card: limits" : null),
            new("27", "discussion", "How it would be used, by whom, on which input", report.Model.IntendedUse.Length > 0 ? "Model card: intended use; Is it good enough" : null),
        ];
    }
}
