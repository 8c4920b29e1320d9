using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Between the .NET values of members (strings, arrays, zero-based keys) and the values of columns.</summary>
internal static class MemberValues
{
    public delegate void Fill<TMember>(ref TMember value);

    private const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>The column's getter for what a member holds.</summary>
    public static Delegate Reader<TMember>(Func<TMember> get, DataViewType columnType)
    {
        (bool isVector, Type item) = MemberTypes.ItemOf(typeof(TMember));
        if (!isVector)
        {
            return columnType switch
            {
                TextDataViewType when get is Func<string> text => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = text().AsMemory()),
                KeyDataViewType key => KeyReader(get, key),
                _ => (ValueGetter<TMember>)((ref TMember value) => value = get()),
            };
        }

        string method = typeof(TMember).IsArray
            ? item == typeof(string) ? nameof(TextsReader) : nameof(ArrayReader)
            : nameof(VectorReader);
        MethodInfo reader = typeof(MemberValues).GetMethod(method, Private);
        return (Delegate)(reader.IsGenericMethodDefinition ? reader.MakeGenericMethod(item) : reader)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [get, columnType.ItemType()], null);
    }

    /// <summary>Brings a column's value into a member's; arrays of the right length are written into.</summary>
    public static Fill<TMember> Filler<TMember>(DataViewRow row, DataViewSchema.Column column)
    {
        (bool isVector, Type item) = MemberTypes.ItemOf(typeof(TMember));
        if (!isVector)
        {
            if (typeof(TMember) == typeof(string))
            {
                ValueGetter<ReadOnlyMemory<char>> text = row.GetGetter<ReadOnlyMemory<char>>(column);
                ReadOnlyMemory<char> read = default;
                Fill<string> fill = (ref string value) =>
                {
                    text(ref read);
                    value = read.ToString();
                };
                return (Fill<TMember>)(object)fill;
            }

            ValueGetter<TMember> getter = row.GetGetter<TMember>(column);
            return (ref TMember value) => getter(ref value);
        }

        if (!typeof(TMember).IsArray)
        {
            ValueGetter<TMember> getter = row.GetGetter<TMember>(column);
            return (ref TMember value) => getter(ref value);
        }

        MethodInfo filler = typeof(MemberValues).GetMethod(item == typeof(string) ? nameof(TextsFiller) : nameof(ArrayFiller), Private);
        return (Fill<TMember>)(filler.IsGenericMethodDefinition ? filler.MakeGenericMethod(item) : filler)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [row, column], null);
    }

    private static Delegate ArrayReader<T>(Func<T[]> get, DataViewType itemType)
    {
        Func<T, T> toKey = itemType is KeyDataViewType key ? ToKey<T>(key) : null;
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            T[] array = get();
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, array?.Length ?? 0);
            array.AsSpan().CopyTo(editor.Values);
            Change(editor.Values, toKey);
            value = editor.Commit();
        });
    }

    private static Delegate TextsReader(Func<string[]> get, DataViewType itemType) =>
        (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            string[] array = get() ?? [];
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, array.Length);
            for (int i = 0; i < array.Length; i++)
            {
                editor.Values[i] = array[i].AsMemory();
            }

            value = editor.Commit();
        });

    private static Delegate VectorReader<T>(Func<VBuffer<T>> get, DataViewType itemType)
    {
        Func<T, T> toKey = itemType is KeyDataViewType key ? ToKey<T>(key) : null;
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            get().CopyTo(ref value);
            if (toKey is not null)
            {
                VBufferEditor<T> editor = VBufferEditor.CreateFromBuffer(ref value);
                Change(editor.Values, toKey);
                value = editor.Commit();
            }
        });
    }

    private static Fill<T[]> ArrayFiller<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        return (ref T[] value) =>
        {
            // A row object that is used again offers its array, and the value is fetched straight into it.
            VBuffer<T> target = value is null ? default : new VBuffer<T>(value.Length, value);
            getter(ref target);
            if (target.IsDense && target.ValuesArray is { } array && array.Length == target.Length)
            {
                value = array;
                return;
            }

            if (value is null || value.Length != target.Length)
            {
                value = new T[target.Length];
            }

            target.CopyTo(value);
        };
    }

    private static Fill<string[]> TextsFiller(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> read = default;
        return (ref string[] value) =>
        {
            getter(ref read);
            value = [.. read.DenseValues().Select(text => text.ToString())];
        };
    }

    private static Delegate KeyReader<TMember>(Func<TMember> get, KeyDataViewType key)
    {
        Func<TMember, TMember> toKey = ToKey<TMember>(key);
        return (ValueGetter<TMember>)((ref TMember value) => value = toKey(get()));
    }

    /// <summary>Zero-based to one-based; what is no key is missing.</summary>
    private static Func<T, T> ToKey<T>(KeyDataViewType key)
    {
        ulong count = key.Count;
        Delegate map = key.RawType == typeof(byte) ? (Func<byte, byte>)(value => value < count ? (byte)(value + 1) : (byte)0)
            : key.RawType == typeof(ushort) ? (Func<ushort, ushort>)(value => value < count ? (ushort)(value + 1) : (ushort)0)
            : key.RawType == typeof(uint) ? (Func<uint, uint>)(value => value < count ? value + 1 : 0)
            : (Func<ulong, ulong>)(value => value < count ? value + 1 : 0);
        return (Func<T, T>)map;
    }

    private static void Change<T>(Span<T> values, Func<T, T> change)
    {
        if (change is not null)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = change(values[i]);
            }
        }
    }
}
