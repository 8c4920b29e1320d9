using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The distinct values of a column, in the order of their keys.</summary>
internal abstract class TermMap
{
    private static readonly MethodInfo CreateMethod = typeof(TermMap).GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static);

    public abstract PrimitiveDataViewType Item { get; }

    public abstract int Count { get; }

    public static TermMap Create(DataViewSchema.Column column) => Create(
        column.Type.ItemType() as PrimitiveDataViewType
        ?? throw Guard.SchemaMismatch("inputSchema", "input", column.Name, "a primitive type or a vector of it", column.Type.ToString()));

    public static TermMap Create(PrimitiveDataViewType item) => (TermMap)ViewExtensions.Invoke(CreateMethod, item.RawType, item);

    public void Learn(IDataView view, DataViewSchema.Column[] columns, TermMap[] maps, int most)
    {
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        Action[] learners = [.. maps.Select((map, i) => map.Learner(cursor, columns[i], most))];
        while (cursor.MoveNext())
        {
            foreach (Action learner in learners)
            {
                learner();
            }
        }
    }

    public abstract void Sort();

    /// <summary>A getter of keys (<see cref="uint"/>, or vectors of it) for a column of values.</summary>
    public abstract Delegate KeyGetter(DataViewRow row, DataViewSchema.Column column);

    /// <summary>The KeyValues annotation, none without values.</summary>
    public abstract DataViewSchema.Annotations Annotations(bool asText);

    public abstract void Save(ModelSaveContext context);

    public abstract void Load(ModelLoadContext context);

    protected abstract Action Learner(DataViewRow row, DataViewSchema.Column column, int most);

    private static TermMap CreateTyped<T>(PrimitiveDataViewType item) =>
        typeof(T) == typeof(ReadOnlyMemory<char>) ? new TextTermMap() : new ValueTermMap<T>(item);
}
