namespace Microsoft.ML.Data;

/// <summary>The columns of scored rows by their role, checked as ML.NET checks them.</summary>
internal sealed class ScoredData
{
    private readonly IDataView _data;
    private readonly Dictionary<string, DataViewSchema.Column> _columns = new(StringComparer.Ordinal);

    public ScoredData(IDataView data, params (string Role, string Name)[] columns)
    {
        _data = Guard.NotNull(data, nameof(data));
        foreach ((string role, string name) in columns)
            Guard.NotEmpty(name, char.ToLowerInvariant(role[0]) + role[1..]);
        foreach ((string role, string name) in columns)
        {
            // The words stand in this order in ML.NET too: the column's name first, then its role.
            _columns[role] = data.Schema.GetColumnOrNull(name)
                ?? throw new ArgumentOutOfRangeException("schema", $"{name} column '{role}' not found");
        }
    }

    public DataViewSchema.Column this[string role] => _columns[role];

    public void Check(string role, Func<DataViewType, bool> accepted, string expected)
    {
        DataViewSchema.Column column = _columns[role];
        if (!accepted(column.Type))
            throw Guard.SchemaMismatch("schema", role.ToLowerInvariant(), column.Name, expected, column.Type.ToString());
    }

    public DataViewRowCursor Read(params string[] roles) =>
        _data.GetRowCursor(Array.ConvertAll(roles, role => _columns[role]));

    /// <summary>The names in a text annotation with one entry for each of <paramref name="count"/> classes; else null.</summary>
    public string[] Names(string role, string annotation, int count)
    {
        DataViewSchema.Annotations annotations = _columns[role].Annotations;
        if (annotations.Schema.GetColumnOrNull(annotation)?.Type is not VectorDataViewType { ItemType: TextDataViewType } type || type.Size != count)
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        annotations.GetValue(annotation, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>A label as a number: booleans 0 or 1, keys zero-based; NaN where it is missing.</summary>
    public ValueGetter<float> LabelGetter(DataViewRow row)
    {
        DataViewSchema.Column column = _columns["Label"];
        return column.Type switch
        {
            BooleanDataViewType => Converted<bool>(value => value ? 1 : 0),
            KeyDataViewType key when key.RawType == typeof(byte) => Converted<byte>(value => ZeroBased(value)),
            KeyDataViewType key when key.RawType == typeof(ushort) => Converted<ushort>(value => ZeroBased(value)),
            KeyDataViewType key when key.RawType == typeof(uint) => Converted<uint>(value => ZeroBased(value)),
            KeyDataViewType => Converted<ulong>(ZeroBased),
            _ when column.Type == NumberDataViewType.Double => Converted<double>(value => (float)value),
            _ => row.GetGetter<float>(column),
        };

        ValueGetter<float> Converted<T>(Func<T, float> convert)
        {
            ValueGetter<T> getter = row.GetGetter<T>(column);
            T value = default;
            return (ref float label) =>
            {
                getter(ref value);
                label = convert(value);
            };
        }

        static float ZeroBased(ulong key) => key == 0 ? float.NaN : key - 1;
    }
}
