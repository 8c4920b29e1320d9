namespace MLNetScinti.Evaluation;

/// <summary>The few figures of an evaluation that come first, whatever the task: those in which trainings and models are set side by side.</summary>
public static class MainFigures
{
    /// <summary>The figures of an evaluation, the most telling one first.</summary>
    public static IReadOnlyList<MetricEntry> Of(IEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return evaluation switch
        {
            BinaryEvaluation => evaluation.Figures.Only(RankingFigures.AreaUnderRocKey, "accuracy", OperatingPoint.SensitivityKey, OperatingPoint.SpecificityKey, "f1"),
            MulticlassEvaluation => evaluation.Figures.Only(MulticlassScores.MacroAreaKey, MulticlassScores.MacroF1Key, MulticlassScores.MicroAccuracyKey, MulticlassScores.MacroAccuracyKey),
            MultiLabelEvaluation => evaluation.Figures.Only(MultiLabelEvaluation.MacroAreaKey, MultiLabelEvaluation.MacroF1Key, MultiLabelEvaluation.MicroF1Key, MultiLabelEvaluation.SubsetAccuracyKey),
            _ => [.. evaluation.Figures.Take(4)],
        };
    }

    /// <summary>The interval of a figure that draws whole patients, where one was made; else the figure's own.</summary>
    public static ConfidenceInterval? IntervalByPatient(this Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.FurtherIntervals.Append(metric.Interval).OfType<ConfidenceInterval>()
            .FirstOrDefault(interval => interval.HasWidth && interval.Method.StartsWith("bootstrap by patient", StringComparison.Ordinal)) ?? metric.Interval;
    }
}

/// <summary>How far a figure differs from one training to the next.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Values">What each training has, those among them for which it is undefined.</param>
public sealed record FigureSpread(string Key, string Name, IReadOnlyList<Metric> Values)
{
    /// <summary>The trainings that have the figure.</summary>
    public int Trainings => Defined.Count();

    /// <summary>The mean over the trainings; not a number where none has the figure.</summary>
    public double Mean => Trainings == 0 ? double.NaN : Defined.Average();

    /// <summary>The standard deviation over the trainings (one less in the denominator); not a number where fewer than two have the figure.</summary>
    public double StandardDeviation
    {
        get
        {
            double mean = Mean;
            return Trainings < 2 ? double.NaN : Math.Sqrt(Defined.Sum(value => (value - mean) * (value - mean)) / (Trainings - 1));
        }
    }

    /// <summary>The smallest value; not a number where there is none.</summary>
    public double Minimum => Trainings == 0 ? double.NaN : Defined.Min();

    /// <summary>The largest value; not a number where there is none.</summary>
    public double Maximum => Trainings == 0 ? double.NaN : Defined.Max();

    private IEnumerable<double> Defined => Values.Where(value => value.IsDefined).Select(value => value.Value);

    /// <summary>The spread of the main figures over evaluations of one task.</summary>
    /// <exception cref="ArgumentException">There is none, or they are of several tasks.</exception>
    public static IReadOnlyList<FigureSpread> Of(IReadOnlyList<IEvaluation> evaluations)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        if (evaluations.Select(one => one.Task).Distinct(StringComparer.Ordinal).Count() != 1)
        {
            throw new ArgumentException("Trainings of one task are expected, at least one.", nameof(evaluations));
        }

        IReadOnlyList<MetricEntry>[] figures = [.. evaluations.Select(MainFigures.Of)];
        return [.. figures[0].Select(entry => new FigureSpread(entry.Key, entry.Name, [.. figures.Select(own => own.Named(entry.Key))]))];
    }
}
