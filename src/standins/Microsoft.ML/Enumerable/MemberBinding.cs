using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>One member of a row class and its column: gives the member's value to a getter, or sets the member from one.</summary>
internal sealed class MemberBinding
{
    private static readonly MethodInfo ReaderMethod = typeof(MemberBinding).GetMethod(nameof(ReaderFor), BindingFlags.NonPublic | BindingFlags.Static);
    private static readonly MethodInfo WriterMethod = typeof(MemberBinding).GetMethod(nameof(WriterFor), BindingFlags.NonPublic | BindingFlags.Static);

    private MemberBinding(MemberInfo member, string columnName, DataViewType columnType, DataViewSchema.Annotations annotations)
    {
        Member = member;
        ColumnName = columnName;
        ColumnType = columnType;
        Annotations = annotations;
    }

    public MemberInfo Member { get; }

    public string ColumnName { get; }

    public DataViewType ColumnType { get; }

    public DataViewSchema.Annotations Annotations { get; }

    public Type MemberType => MemberTypes.TypeOf(Member);

    public DataViewSchema.DetachedColumn Column => new(ColumnName, ColumnType, Annotations);

    public static MemberBinding[] Of(Type rowType, SchemaDefinition.Direction direction, SchemaDefinition definition = null)
    {
        definition ??= SchemaDefinition.Create(rowType, direction);
        MemberBinding[] bindings = new MemberBinding[definition.Count];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < bindings.Length; i++)
        {
            SchemaDefinition.Column column = definition[i];
            if (string.IsNullOrEmpty(column.MemberName))
            {
                throw new ArgumentOutOfRangeException("userSchemaDefinition", "Null field name detected in schema definition");
            }

            MemberInfo member = column.Member?.DeclaringType.IsAssignableFrom(rowType) == true
                ? column.Member
                : (MemberInfo)rowType.GetField(column.MemberName) ?? rowType.GetProperty(column.MemberName)
                    ?? throw new ArgumentOutOfRangeException("userSchemaDefinition", $"No field or property with name '{column.MemberName}' found in type '{rowType.FullName}'");
            DataViewType type = column.ColumnType ?? MemberTypes.ColumnTypeOf(member);
            (bool isVector, Type item) = MemberTypes.ItemOf(MemberTypes.TypeOf(member));
            string name = column.ColumnName ?? member.Name;
            if (isVector != type is VectorDataViewType && type is VectorDataViewType or PrimitiveDataViewType)
            {
                throw new ArgumentOutOfRangeException("userSchemaDefinition", $"Column '{name}' is supposed to be {(isVector ? "scalar" : "vector")}, but type of associated field '{member.Name}' is {(isVector ? "vector" : "not vector")}");
            }

            if (isVector || type is PrimitiveDataViewType)
            {
                Type expected = type.ItemType().RawType;
                if (expected != MemberTypes.RawItem(item))
                {
                    throw new ArgumentOutOfRangeException("userSchemaDefinition", $"Column '{name}' is supposed to have item type {expected}, but associated field has type {item}");
                }
            }

            if (!names.Add(name))
            {
                throw new ArgumentOutOfRangeException("userSchemaDefinition", $"Duplicate column name '{name}' detected");
            }

            bindings[i] = new MemberBinding(member, name, type, column.Annotations);
        }

        return bindings;
    }

    /// <summary>A <c>ValueGetter</c> of the column's raw type over the row object that <paramref name="current"/> gives.</summary>
    public Delegate CreateReader<TRow>(Func<TRow> current)
        where TRow : class => (Delegate)ReaderMethod.MakeGenericMethod(typeof(TRow), MemberType).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [this, current], null);

    /// <summary>Sets the member of a row object from a column of a row.</summary>
    public Action<TRow> CreateWriter<TRow>(DataViewRow row, DataViewSchema.Column column)
        where TRow : class => (Action<TRow>)WriterMethod.MakeGenericMethod(typeof(TRow), MemberType).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [this, row, column], null);

    private static Delegate ReaderFor<TRow, TMember>(MemberBinding binding, Func<TRow> current)
        where TRow : class
    {
        Func<TRow, TMember> get = Accessors<TRow, TMember>.Getter(binding.Member);
        return MemberValues.Reader(() => get(current()), binding.ColumnType);
    }

    private static Action<TRow> WriterFor<TRow, TMember>(MemberBinding binding, DataViewRow source, DataViewSchema.Column column)
        where TRow : class
    {
        bool canWrite = binding.Member is FieldInfo { IsInitOnly: false } or PropertyInfo { CanWrite: true };
        if (!canWrite)
        {
            return _ => { };
        }

        bool canRead = binding.Member is FieldInfo or PropertyInfo { CanRead: true };
        Action<TRow, TMember> set = Accessors<TRow, TMember>.Setter(binding.Member);
        Func<TRow, TMember> get = canRead ? Accessors<TRow, TMember>.Getter(binding.Member) : _ => default;
        MemberValues.Fill<TMember> fill = MemberValues.Filler<TMember>(source, column);
        return target =>
        {
            TMember current = get(target);
            fill(ref current);
            set(target, current);
        };
    }

    /// <summary>Compiled once a member: every pass over a view makes a cursor, and with it all getters anew.</summary>
    private static class Accessors<TRow, TMember>
    {
        private static readonly ConcurrentDictionary<MemberInfo, Func<TRow, TMember>> Getters = [];
        private static readonly ConcurrentDictionary<MemberInfo, Action<TRow, TMember>> Setters = [];

        public static Func<TRow, TMember> Getter(MemberInfo member) => Getters.GetOrAdd(member, static one =>
        {
            ParameterExpression row = Expression.Parameter(typeof(TRow));
            return Expression.Lambda<Func<TRow, TMember>>(Expression.MakeMemberAccess(row, one), row).Compile();
        });

        public static Action<TRow, TMember> Setter(MemberInfo member) => Setters.GetOrAdd(member, static one =>
        {
            ParameterExpression row = Expression.Parameter(typeof(TRow));
            ParameterExpression value = Expression.Parameter(typeof(TMember));
            return Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(Expression.MakeMemberAccess(row, one), value), row, value).Compile();
        });
    }
}
