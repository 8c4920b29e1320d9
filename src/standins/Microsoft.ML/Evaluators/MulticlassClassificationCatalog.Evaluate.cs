using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class MulticlassClassificationCatalog
{
    /// <summary>
    /// Metrics of one score for each class. The first highest score is the prediction; the column of predicted labels has
    /// to be there, but is not read. Classes have their names from the score's SlotNames, else their numbers.
    /// </summary>
    public MulticlassClassificationMetrics Evaluate(
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel",
        int topKPredictionCount = 0)
    {
        Guard.Argument(topKPredictionCount >= 0, nameof(topKPredictionCount), "Must be non-negative");
        var scored = new ScoredData(
            data,
            ("Label", labelColumnName),
            ("Score", scoreColumnName),
            ("PredictedLabel", predictedLabelColumnName));
        scored.Check(
            "Score",
            type => type is VectorDataViewType { Size: >= 2 } vector && vector.ItemType == NumberDataViewType.Single,
            "Vector of two or more items of type Single");
        scored.Check("Label", type => type == NumberDataViewType.Single || type is KeyDataViewType, "Single or Key");

        int classes = ((VectorDataViewType)scored["Score"].Type).Size;
        var tally = new MulticlassTally(
            scored.Names("Score", "SlotNames", classes)
            ?? [.. Enumerable.Range(0, classes).Select(k => k.ToString(CultureInfo.InvariantCulture))]);
        using DataViewRowCursor cursor = scored.Read("Label", "Score");
        ValueGetter<float> labels = scored.LabelGetter(cursor);
        ValueGetter<VBuffer<float>> scores = cursor.GetGetter<VBuffer<float>>(scored["Score"]);
        float label = 0;
        VBuffer<float> sparse = default;
        var dense = new float[classes];
        while (cursor.MoveNext())
        {
            labels(ref label);
            scores(ref sparse);
            Guard.State(sparse.Length == classes, "Check failed");
            sparse.CopyTo(dense);
            tally.Add(label, dense);
        }
        return new MulticlassClassificationMetrics(tally, topKPredictionCount);
    }
}
