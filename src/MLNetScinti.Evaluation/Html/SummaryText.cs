using System.Globalization;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>What was found and how sure it is, in sentences for a reader who knows no statistics.</summary>
internal sealed class SummaryText(EvaluationReport report, BinaryEvaluation evaluation)
{
    private readonly BinaryEvaluation _evaluation = evaluation;
    private readonly EvaluationOptions _options = evaluation.Options;
    private readonly TaskWords _words = evaluation.Options.Words;

    public const string ResearchOnly = "Research use only. This is not a medical device and must not be used for decisions about patients.";

    /// <summary>Who was judged, and what came out.</summary>
    public string Found()
    {
        ScoreSet test = _evaluation.Test;
        ConfusionCounts counts = _evaluation.OperatingPoint.Counts;
        if (test.Count == 0)
        {
            return $"No {_options.Words.Case} was judged: the test set is empty.";
        }

        string judged = $"{Cases(test.Count)} of {FigureText.Patients(test.PatientCount)} ({Stated(report.Data.Origin)}) {Were(test.Count)} judged: {FigureText.Count(test.Positives)} {_words.Positive} and {FigureText.Count(test.Negatives)} {_words.Negative}.";
        string called = $"The model {_evaluation.Model} called {FigureText.Count(counts.Correct)} of {FigureText.Count(counts.Total)} right ({FigureText.Percent((double)counts.Correct / counts.Total)}).";
        string found = counts.Positives == 0 ? "" : $" It found {FigureText.Count(counts.TruePositives)} of the {FigureText.Count(counts.Positives)} {_words.Positive} {_options.Words.Cases}";
        string alarms = counts.Negatives == 0 ? "" : $"raised {FigureText.Of(counts.FalsePositives, "false alarm", "false alarms")} among the {FigureText.Count(counts.Negatives)} {_words.Negative} ones";
        string joined = (found.Length, alarms.Length) switch
        {
            (0, 0) => "",
            (0, _) => $" It {alarms}.",
            (_, 0) => $"{found}.",
            _ => $"{found} and {alarms}.",
        };
        return $"{judged} {called}{joined}";
    }

    /// <summary>How sure that is.</summary>
    public string Sure()
    {
        string level = FigureText.Percent(_options.Level);
        if (!_evaluation.AreaUnderRoc.IsDefined)
        {
            return $"How well the model tells {_words.Positive} from {_words.Negative} cannot be said: {_evaluation.AreaUnderRoc.UndefinedReason}.";
        }

        ConfidenceInterval interval = _evaluation.AreaUnderRoc.Interval!;
        string ranks = $"In {FigureText.Percent(_evaluation.AreaUnderRoc.Value, "0")} of all pairs it gives the {_words.Positive} {_options.Words.Case} the higher probability (area under the ROC curve {FigureText.Number(_evaluation.AreaUnderRoc.Value)}; {level} interval {FigureText.Interval(interval, " to ")}).";
        string verdict = (interval.Lower, interval.Upper) switch
        {
            ( > 0.5, _) => " That is better than chance.",
            (_, < 0.5) => " That is worse than chance: the labels or the scores may be the wrong way round.",
            _ => " That cannot be told from chance with so few cases.",
        };
        return ranks + verdict + Sensitivity();
    }

    /// <summary>What a reader must know before using a figure.</summary>
    public IEnumerable<string> Cautions()
    {
        yield return Origin(report.Data.Origin);
        DecisionThreshold threshold = _evaluation.OperatingPoint.Threshold;
        yield return threshold.Protocol switch
        {
            ThresholdProtocol.Validation when ValidationText.Of(report) is { Length: > 0 } validation => validation,
            ThresholdProtocol.Validation => string.Create(CultureInfo.InvariantCulture, $"The threshold ({threshold.Value:0.000}) was fitted on {FigureText.Patients(threshold.FittedOnPatients)} of a separate validation set; the test set had no part in it."),
            ThresholdProtocol.Paper => "The threshold was chosen on the test set itself, as in the paper. Sensitivity, specificity and all that follows are optimistic: new patients would show less.",
            _ => $"The threshold ({FigureText.Number(threshold.Value)}) was given and not fitted. {threshold.Rule}",
        };
        if (threshold.Protocol != ThresholdProtocol.Validation && ValidationText.Of(report) is { Length: > 0 } used)
        {
            yield return used;
        }

        if (_evaluation.Test.PatientCount is > 0 and < 100)
        {
            yield return $"{FigureText.Patients(_evaluation.Test.PatientCount)} are few. The intervals are wide, and models of similar quality cannot be ranked on this test.";
        }

        if (_evaluation.Test.PatientCount < _evaluation.Test.Count)
        {
            yield return $"Several {_options.Words.Cases} of one patient are not independent: the intervals allow for that. Those that would hold if they were (Wilson's, DeLong's) are under \"Further intervals\".";
        }

        if (_evaluation.PaperProtocol is not null)
        {
            yield return "Figures at the threshold of the paper's protocol (chosen on the test set) are given for comparison only; they are optimistic.";
        }

        yield return ConsoleReport.PatientsOnly;
        yield return ResearchOnly;
    }

    private string Sensitivity()
    {
        Metric sensitivity = _evaluation.OperatingPoint.Sensitivity;
        return sensitivity.Interval is { } interval
            ? $" The share of {_words.Positive} {_options.Words.Cases} found could, given so many cases, be anything from {FigureText.Percent(interval.Lower, "0")} to {FigureText.Percent(interval.Upper, "0")} in truth."
            : "";
    }

    /// <summary>What every reader must know of where the patients come from.</summary>
    public static string Origin(DataOrigin origin) => origin switch
    {
        DataOrigin.Simulated => "The patients are simulated. The figures say how the model does on the simulation; they say nothing yet about people.",
        DataOrigin.Real => "The patients are real, under pseudonyms. The figures hold for patients like these, from the same scanners and the same readers; elsewhere they are usually worse.",
        DataOrigin.Mixed => "Some of the patients are simulated. Figures over both kinds together describe neither.",
        _ => "It is not stated whether the patients are real or simulated.",
    };

    /// <summary>The origin in brackets behind a number of patients.</summary>
    public static string Stated(DataOrigin origin) => origin switch
    {
        DataOrigin.Simulated => "simulated",
        DataOrigin.Real => "real, under pseudonyms",
        DataOrigin.Mixed => "some simulated, some real",
        _ => "origin not stated",
    };

    private string Cases(long count) => FigureText.Cases(_options, count);

    private static string Were(long count) => count == 1 ? "was" : "were";
}
