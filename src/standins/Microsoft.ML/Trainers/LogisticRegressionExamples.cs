using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>The rows of a data view that a logistic regression learns from, and its loss on them.</summary>
internal sealed class LogisticRegressionExamples
{
    private readonly List<(float[] Features, bool Label, float Weight)> _rows = [];

    /// <summary>Rows with a feature or weight that is not finite are left out.</summary>
    public LogisticRegressionExamples(IDataView data, string label, string features, string weight)
    {
        DataViewSchema.Column featureColumn = data.Schema[features], labelColumn = data.Schema[label];
        FeatureCount = ((VectorDataViewType)featureColumn.Type).Size;
        List<DataViewSchema.Column> columns = [featureColumn, labelColumn];
        if (weight is not null)
            columns.Add(data.Schema[weight]);
        using DataViewRowCursor cursor = data.GetRowCursor(columns);
        ValueGetter<VBuffer<float>> featureGetter = cursor.GetGetter<VBuffer<float>>(featureColumn);
        ValueGetter<bool> labelGetter = cursor.GetGetter<bool>(labelColumn);
        ValueGetter<float> weightGetter = weight is null ? null : cursor.GetGetter<float>(columns[2]);
        VBuffer<float> sparse = default;
        bool positive = false;
        float exampleWeight = 1;
        while (cursor.MoveNext())
        {
            featureGetter(ref sparse);
            labelGetter(ref positive);
            weightGetter?.Invoke(ref exampleWeight);
            var dense = new float[FeatureCount];
            sparse.CopyTo(dense);
            if (float.IsFinite(exampleWeight) && Array.TrueForAll(dense, float.IsFinite))
                _rows.Add((dense, positive, exampleWeight));
        }
    }

    public int FeatureCount { get; }

    public int Count => _rows.Count;

    /// <summary>Sum of the rows' losses in nats and half the squared weights; the first parameter is the bias.</summary>
    public double Loss(ReadOnlySpan<double> parameters, Span<double> gradient, double l2)
    {
        double loss = 0;
        gradient.Clear();
        for (int i = 1; i < parameters.Length; i++)
        {
            loss += 0.5 * l2 * parameters[i] * parameters[i];
            gradient[i] = l2 * parameters[i];
        }
        foreach ((float[] features, bool label, float weight) in _rows)
        {
            double score = parameters[0];
            for (int i = 0; i < features.Length; i++)
                score += parameters[i + 1] * features[i];
            double wrong = label ? -score : score;
            // ln(1 + e^wrong) without overflow.
            loss += weight * (Math.Max(wrong, 0) + double.LogP1(Math.Exp(-Math.Abs(wrong))));
            double slope = (label ? -weight : weight) / (1 + Math.Exp(-wrong));
            gradient[0] += slope;
            for (int i = 0; i < features.Length; i++)
                gradient[i + 1] += slope * features[i];
        }
        return loss;
    }
}
