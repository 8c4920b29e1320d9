namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What the validation set was used for, said once in every report.</summary>
internal static class ValidationText
{
    /// <summary>What it chose or fitted, a few words each.</summary>
    public static IReadOnlyList<string> Uses(EvaluationReport report)
    {
        List<string> uses = [];
        if (report.Evaluation.Validation is not { Cases.Count: > 0 })
        {
            return uses;
        }

        if (report.History?.BestEpoch is { } epoch)
        {
            uses.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the epoch whose weights are kept ({epoch})"));
        }

        DecisionThreshold[] thresholds = report.Evaluation switch
        {
            BinaryEvaluation binary => [binary.OperatingPoint.Threshold],
            MultiLabelEvaluation labels => [.. labels.Labels.Select(label => label.OperatingPoint.Threshold)],
            _ => [],
        };
        int fitted = thresholds.Count(threshold => threshold.Protocol == ThresholdProtocol.Validation);
        if (fitted > 0)
        {
            uses.Add(fitted > 1 ? "the thresholds" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the threshold ({thresholds.First(threshold => threshold.Protocol == ThresholdProtocol.Validation).Value:0.000})"));
        }

        if (report.Evaluation is BinaryEvaluation { Calibration: not null })
        {
            uses.Add("the temperature, with which no figure is computed but those that name it");
        }

        return uses;
    }

    /// <summary>The same as a sentence or two; empty where there is no validation set.</summary>
    public static string Of(EvaluationReport report)
    {
        IReadOnlyList<string> uses = Uses(report);
        if (uses.Count == 0)
        {
            return "";
        }

        ICaseSet validation = report.Evaluation.Validation!;
        string listed = uses.Count == 1 ? uses[0] : $"{string.Join("; ", uses.SkipLast(1))}; and {uses[^1]}";
        return $"The validation set ({FigureText.Cases(report.Evaluation.Options, validation.Cases.Count)} of {FigureText.Patients(validation.PatientIds.Count)}) chose {listed}.{(uses.Count > 1 ? " One set did all of it." : "")} What is chosen on patients suits them better than others, so no figure of theirs is an estimate for new ones. The test set had no part in it.";
    }
}
