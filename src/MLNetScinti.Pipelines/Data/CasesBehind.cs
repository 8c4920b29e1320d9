using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// The way back from a view to the cases it stands on. A cache, a filter, the first rows: ML.NET's own views keep the schema of what they stand on, and
/// with it the annotations of its columns; without one, whoever divides or judges patients would know of their images no more than the rows say.
/// </summary>
internal static class CasesBehind
{
    private const string Annotation = "Cases";

    /// <summary>Marks a column of a view of cases.</summary>
    public static void Mark(DataViewSchema.Annotations.Builder annotations, CaseView cases) => annotations.Add(Annotation, CasesType.Instance, (ref CaseView value) => value = cases);

    /// <summary>The cases behind a view: itself, or what it stands on; null where there are none. The rows of the view may be fewer.</summary>
    public static CaseView? Of(IDataView view)
    {
        if (view is CaseView cases)
        {
            return cases;
        }

        CaseView? behind = null;
        if (view.Schema.GetColumnOrNull(CaseSchema.PatientId) is { } column && column.Annotations.Schema.GetColumnOrNull(Annotation) is { Type: CasesType })
        {
            column.Annotations.GetValue(Annotation, ref behind);
        }

        return behind;
    }

    private sealed class CasesType : StructuredDataViewType
    {
        private CasesType()
            : base(typeof(CaseView))
        {
        }

        public static CasesType Instance { get; } = new();

        public override bool Equals(DataViewType? other) => other is CasesType;

        public override bool Equals(object? obj) => obj is CasesType;

        public override int GetHashCode() => typeof(CasesType).GetHashCode();
    }
}
