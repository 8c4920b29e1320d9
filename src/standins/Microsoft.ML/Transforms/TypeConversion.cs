using System.Globalization;
using System.Linq.Expressions;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Which values become which others: nothing that could lose whole numbers, everything to and from text.</summary>
internal static class TypeConversion
{
    private static readonly Type[] Signed = [typeof(sbyte), typeof(short), typeof(int), typeof(long)];
    private static readonly Type[] Unsigned = [typeof(byte), typeof(ushort), typeof(uint), typeof(ulong)];
    private static readonly Type[] Floating = [typeof(float), typeof(double)];

    public static bool IsPossible(DataViewType source, PrimitiveDataViewType target)
    {
        Type from = source.RawType;
        Type to = target.RawType;
        if (source is KeyDataViewType)
        {
            return from == to || (Array.IndexOf(Unsigned, from) >= 0 && Array.IndexOf(Unsigned, to) >= 0) || target is TextDataViewType;
        }

        if (from == to || source is TextDataViewType)
        {
            return PrimitiveCodec.Knows(from);
        }

        if (target is TextDataViewType)
        {
            return source is NumberDataViewType or BooleanDataViewType or DateTimeDataViewType or DateTimeOffsetDataViewType or TimeSpanDataViewType;
        }

        if (source is BooleanDataViewType)
        {
            return target is NumberDataViewType;
        }

        if (source is not NumberDataViewType)
        {
            return false;
        }

        return target is BooleanDataViewType
            || Array.IndexOf(Floating, to) >= 0
            || Widens(Signed, from, to)
            || Widens(Unsigned, from, to);
    }

    public static Func<TSource, TTarget> Of<TSource, TTarget>()
    {
        if (typeof(TSource) == typeof(TTarget))
        {
            return value => (TTarget)(object)value;
        }

        if (typeof(TTarget) == typeof(ReadOnlyMemory<char>))
        {
            return value => (TTarget)(object)TextOf(value).AsMemory();
        }

        if (typeof(TSource) == typeof(ReadOnlyMemory<char>))
        {
            return value => Parsed<TTarget>(((ReadOnlyMemory<char>)(object)value).Trim().ToString());
        }

        if (typeof(TTarget) == typeof(bool))
        {
            return value => (TTarget)(object)!EqualityComparer<TSource>.Default.Equals(value, default);
        }

        ParameterExpression source = Expression.Parameter(typeof(TSource));
        Expression number = typeof(TSource) == typeof(bool) ? Expression.Condition(source, Expression.Constant(1), Expression.Constant(0)) : source;
        return Expression.Lambda<Func<TSource, TTarget>>(Expression.Convert(number, typeof(TTarget)), source).Compile();
    }

    private static bool Widens(Type[] family, Type from, Type to) =>
        Array.IndexOf(family, from) is var source and >= 0 && Array.IndexOf(family, to) > source;

    private static string TextOf<T>(T value) => value switch
    {
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("o", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>An empty text is the default value; what cannot be read is missing for floating-point numbers, false for Booleans, and otherwise an error.</summary>
    private static T Parsed<T>(string text)
    {
        if (text.Length == 0)
        {
            return default;
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        object value = default(T) switch
        {
            float => float.TryParse(text, NumberStyles.Float, invariant, out float number) ? number : float.NaN,
            double => double.TryParse(text, NumberStyles.Float, invariant, out double number) ? number : double.NaN,
            bool => bool.TryParse(text, out bool flag) ? flag : text is "1" or "yes" or "Yes" or "on",
            sbyte => sbyte.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out sbyte number) ? number : null,
            short => short.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out short number) ? number : null,
            int => int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out int number) ? number : null,
            long => long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out long number) ? number : null,
            byte => byte.TryParse(text, NumberStyles.None, invariant, out byte number) ? number : null,
            ushort => ushort.TryParse(text, NumberStyles.None, invariant, out ushort number) ? number : null,
            uint => uint.TryParse(text, NumberStyles.None, invariant, out uint number) ? number : null,
            ulong => ulong.TryParse(text, NumberStyles.None, invariant, out ulong number) ? number : null,
            DateTime => DateTime.TryParse(text, invariant, out DateTime time) ? time : default,
            DateTimeOffset => DateTimeOffset.TryParse(text, invariant, out DateTimeOffset time) ? time : default,
            TimeSpan => TimeSpan.TryParse(text, invariant, out TimeSpan span) ? span : default,
            _ => null,
        };
        return value is null ? throw new InvalidOperationException($"Value could not be parsed from text to {NameOf(typeof(T))}.") : (T)value;
    }

    private static string NameOf(Type type) => type == typeof(sbyte) ? "sbyte"
        : type == typeof(short) ? "short"
        : type == typeof(int) ? "int"
        : type == typeof(long) ? "long"
        : type == typeof(byte) ? "byte"
        : type == typeof(ushort) ? "ushort"
        : type == typeof(uint) ? "uint"
        : type == typeof(ulong) ? "ulong"
        : type.Name;
}
