using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>The three columns that a binary classifier adds: decision, score and probability.</summary>
internal static class BinaryScores
{
    private static readonly KeyDataViewType SetId = new(typeof(uint), int.MaxValue);

    public static DataViewSchema.DetachedColumn[] Columns() =>
    [
        Column("PredictedLabel", BooleanDataViewType.Instance, ["ScoreColumnKind", "ScoreValueKind", "ScoreColumnSetId"]),
        Column("Score", NumberDataViewType.Single, ["ScoreColumnKind", "ScoreColumnSetId", "ScoreValueKind"]),
        Column("Probability", NumberDataViewType.Single, ["ScoreColumnKind", "ScoreColumnSetId", "IsNormalized", "ScoreValueKind"]),
    ];

    public static IEnumerable<SchemaShape.Column> Shapes() =>
        Columns().Select(column => SchemaShape.Column.Of(column.Name, column.Type, column.Annotations));

    private static DataViewSchema.DetachedColumn Column(string name, DataViewType type, string[] kinds)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        foreach (string kind in kinds)
        {
            switch (kind)
            {
                case "ScoreColumnSetId":
                    annotations.AddPrimitiveValue(kind, SetId, 1u);
                    break;
                case "IsNormalized":
                    annotations.AddPrimitiveValue(kind, BooleanDataViewType.Instance, true);
                    break;
                default:
                    annotations.AddPrimitiveValue(kind, TextDataViewType.Instance, (kind == "ScoreColumnKind" ? "BinaryClassification" : name).AsMemory());
                    break;
            }
        }
        return new DataViewSchema.DetachedColumn(name, type, annotations.ToAnnotations());
    }
}
