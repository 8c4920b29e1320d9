using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class BinaryClassificationCatalog
{
    /// <summary>
    /// Metrics of calibrated scores. A row counts as predicted positive if its score is above 0; the column of predicted
    /// labels has to be there, but is not read.
    /// </summary>
    public CalibratedBinaryClassificationMetrics Evaluate(
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string probabilityColumnName = "Probability",
        string predictedLabelColumnName = "PredictedLabel")
    {
        var scored = new ScoredData(
            data,
            ("Label", labelColumnName),
            ("Score", scoreColumnName),
            ("Probability", probabilityColumnName),
            ("PredictedLabel", predictedLabelColumnName));
        return new CalibratedBinaryClassificationMetrics(Tally(scored, calibrated: true));
    }

    /// <summary>Metrics of scores without a probability; otherwise like <see cref="Evaluate"/>.</summary>
    public BinaryClassificationMetrics EvaluateNonCalibrated(
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel")
    {
        var scored = new ScoredData(
            data,
            ("Label", labelColumnName),
            ("Score", scoreColumnName),
            ("PredictedLabel", predictedLabelColumnName));
        return new BinaryClassificationMetrics(Tally(scored, calibrated: false));
    }

    private static BinaryTally Tally(ScoredData scored, bool calibrated)
    {
        scored.Check("Score", type => type == NumberDataViewType.Single, "Single");
        scored.Check(
            "Label",
            type => type == NumberDataViewType.Single || type == NumberDataViewType.Double || type is BooleanDataViewType or KeyDataViewType { Count: 2 },
            "Single, Double, Boolean, or a Key with cardinality 2");
        if (calibrated)
            scored.Check("Probability", type => type == NumberDataViewType.Single, "Single");

        var tally = new BinaryTally(
            scored["Label"].Type is KeyDataViewType && scored.Names("Label", "KeyValues", 2) is { } names ? names : ["positive", "negative"]);
        using DataViewRowCursor cursor = calibrated ? scored.Read("Label", "Score", "Probability") : scored.Read("Label", "Score");
        ValueGetter<float> labels = scored.LabelGetter(cursor);
        ValueGetter<float> scores = cursor.GetGetter<float>(scored["Score"]);
        ValueGetter<float> probabilities = calibrated ? cursor.GetGetter<float>(scored["Probability"]) : null;
        float label = 0, score = 0, probability = 0;
        while (cursor.MoveNext())
        {
            labels(ref label);
            scores(ref score);
            probabilities?.Invoke(ref probability);
            tally.Add(label, score, probability);
        }
        return tally;
    }
}
