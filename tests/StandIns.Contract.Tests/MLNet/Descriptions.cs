using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>How the recording writes down what is ML.NET's own.</summary>
internal static class Descriptions
{
    [ModuleInitializer]
    internal static void Register()
    {
        RecordedValue.Register(type => type == typeof(DataViewSchema), schema => Of((DataViewSchema)schema));
        RecordedValue.Register(
            type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>),
            buffer => Of((dynamic)buffer));
    }

    public static object Of(DataViewSchema schema) => schema.Select(column => new
    {
        column.Index,
        column.Name,
        Type = column.Type.ToString(),
        column.IsHidden,
        Annotations = column.Annotations.Schema.Select(annotation => $"{annotation.Name}:{annotation.Type}"),
    }).ToList();

    public static object Of<T>(VBuffer<T> buffer)
    {
        Dictionary<string, object?> described = new(StringComparer.Ordinal)
        {
            ["Length"] = buffer.Length,
            ["IsDense"] = buffer.IsDense,
            ["values"] = buffer.GetValues().ToArray(),
        };
        if (!buffer.IsDense)
        {
            described["indices"] = buffer.GetIndices().ToArray();
        }

        return described;
    }

    public static IEnumerable<string> Names(DataViewSchema schema) => schema.Select(column => column.Name);

    public static IEnumerable<string> NamesAndTypes(DataViewSchema schema) =>
        schema.Select(column => $"{column.Name}:{column.Type}{(column.IsHidden ? ":hidden" : "")}");

    /// <summary>A type's name with its type arguments', without namespaces.</summary>
    public static string Name(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(",", type.GetGenericArguments().Select(Name))}>" : name;
    }

    public static string NameOf(object value) => Name(value.GetType());

    /// <summary>Column values, each in a buffer of its own.</summary>
    public static List<T> Values<T>(IDataView view, string column)
    {
        List<T> values = [];
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        ValueGetter<T> getter = cursor.GetGetter<T>(view.Schema[column]);
        while (cursor.MoveNext())
        {
            T value = default!;
            getter(ref value);
            values.Add(value);
        }

        return values;
    }

    public static int CountRows(IDataView view)
    {
        int rows = 0;
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        while (cursor.MoveNext())
        {
            rows++;
        }

        return rows;
    }
}
