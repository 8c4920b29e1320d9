using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Which members of a class are columns, under which names and of which types.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    public Column this[string columnName]
    {
        get => Find(column => column.ColumnName == Guard.NotNull(columnName, nameof(columnName)));
        set
        {
            Guard.NotNull(columnName, nameof(columnName));
            int index = FindIndex(column => column.ColumnName == columnName);
            Guard.Argument(index >= 0, nameof(columnName), $"Column '{columnName}' not found");
            this[index] = value;
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        Guard.NotNull(userType, nameof(userType));
        SchemaDefinition definition = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (MemberInfo member in Members(userType, direction))
        {
            if (member.GetCustomAttribute<NoColumnAttribute>() is not null)
            {
                continue;
            }

            string name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (!names.Add(name))
            {
                throw new ArgumentOutOfRangeException(nameof(userType), $"Duplicate column name '{name}' detected");
            }

            definition.Add(new Column(member.Name, MemberTypes.ColumnTypeOf(member), name) { Member = member });
        }

        return definition;
    }

    /// <summary>The members of a class with the types and annotations that a schema has for their columns.</summary>
    internal static SchemaDefinition Of(Type userType, DataViewSchema schema)
    {
        SchemaDefinition definition = Create(userType, Direction.Read);
        foreach (Column column in definition)
        {
            if (schema.GetColumnOrNull(column.ColumnName) is { } given)
            {
                column.ColumnType = given.Type;
                column.Copied = given.Annotations;
            }
        }

        return definition;
    }

    private static IEnumerable<MemberInfo> Members(Type type, Direction direction)
    {
        const BindingFlags Flags = BindingFlags.Public | BindingFlags.Instance;
        bool Usable(PropertyInfo property) =>
            property.GetIndexParameters().Length == 0
            && (((direction & Direction.Read) == Direction.Read && property.GetGetMethod() is not null)
                || ((direction & Direction.Write) == Direction.Write && property.GetSetMethod() is not null));
        return type.GetFields(Flags).Cast<MemberInfo>().Concat(type.GetProperties(Flags).Where(Usable));
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public sealed class Column
    {
        private readonly DataViewSchema.Annotations.Builder _annotations = new();

        internal Column(string memberName, DataViewType columnType, string columnName)
        {
            MemberName = memberName;
            ColumnType = columnType;
            ColumnName = columnName;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations => Copied ?? _annotations.ToAnnotations();

        internal MemberInfo Member { get; init; }

        /// <summary>Annotations taken over from a schema as they are.</summary>
        internal DataViewSchema.Annotations Copied { get; set; }

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Guard.NotEmpty(kind, nameof(kind));
            if (annotationType.RawType != typeof(T))
            {
                throw new ArgumentOutOfRangeException(nameof(annotationType), $"Annotation of type {typeof(T)} does not fit {annotationType}.");
            }

            _annotations.Add(kind, annotationType, (ref T destination) => destination = value);
        }
    }
}
