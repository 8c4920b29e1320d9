using System.Collections;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What is known of a schema before there is data: names, item types, scalar or vector, and the shape of the annotations.</summary>
public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private readonly Column[] _columns;

    public SchemaShape(IEnumerable<Column> columns) => _columns = [.. Guard.NotNull(columns, nameof(columns))];

    public int Count => _columns.Length;

    public Column this[int index] => _columns[index];

    internal static SchemaShape Empty { get; } = new([]);

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static SchemaShape Create(DataViewSchema schema) =>
        new(Guard.NotNull(schema, nameof(schema)).Where(column => !column.IsHidden).Select(column => Column.Of(column.Name, column.Type, column.Annotations)));

    internal bool TryFindColumn(string name, out Column column)
    {
        int index = Array.FindIndex(_columns, one => one.Name == name);
        column = index < 0 ? default : _columns[index];
        return index >= 0;
    }

    internal Column Input(string name) =>
        TryFindColumn(name, out Column column) ? column : throw Guard.ColumnMissing("inputSchema", "input", name);

    /// <summary>This shape with columns added, or put in the place of those of the same name.</summary>
    internal SchemaShape With(IEnumerable<Column> added)
    {
        List<Column> columns = [.. _columns];
        foreach (Column column in added)
        {
            int index = columns.FindIndex(one => one.Name == column.Name);
            if (index < 0)
            {
                columns.Add(column);
            }
            else
            {
                columns[index] = column;
            }
        }

        return new SchemaShape(columns);
    }

    public struct Column
    {
        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }

        internal Column(string name, VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations = null)
        {
            Name = Guard.NotEmpty(name, nameof(name));
            Kind = kind;
            ItemType = itemType;
            IsKey = isKey;
            Annotations = annotations ?? Empty;
        }

        public readonly string Name;

        public readonly VectorKind Kind;

        public readonly DataViewType ItemType;

        public readonly bool IsKey;

        public readonly SchemaShape Annotations;

        internal static Column Of(string name, DataViewType type, DataViewSchema.Annotations annotations = null)
        {
            VectorKind kind = type is not VectorDataViewType vector ? VectorKind.Scalar : vector.IsKnownSize ? VectorKind.Vector : VectorKind.VariableVector;
            DataViewType item = type.ItemType();
            bool isKey = item is KeyDataViewType;
            SchemaShape shape = annotations is null || annotations.Schema.Count == 0 ? Empty : Create(annotations.Schema);
            return new Column(name, kind, isKey ? TypeTable.Number(item.RawType) : item, isKey, shape);
        }

        internal Column Named(string name) => new(name, Kind, ItemType, IsKey, Annotations);

        internal string TypeText => Kind == VectorKind.Scalar ? Item : Kind == VectorKind.Vector ? $"Vector<{Item}>" : $"VarVector<{Item}>";

        private string Item => IsKey ? $"Key<{ItemType}>" : $"{ItemType}";
    }
}
