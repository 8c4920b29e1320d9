using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class ValueTermMap<T>(PrimitiveDataViewType item) : TermMap<T, T>
{
    public override PrimitiveDataViewType Item => item;

    protected override IComparer<T> Order => Comparer<T>.Default;

    protected override bool TryTerm(T raw, out T term)
    {
        term = raw;
        return raw switch
        {
            float number => !float.IsNaN(number),
            double number => !double.IsNaN(number),
            _ => item is not KeyDataViewType || !EqualityComparer<T>.Default.Equals(raw, default),
        };
    }

    protected override T Raw(T term) => term;

    protected override string TextOf(T term) => Convert.ToString(term, CultureInfo.InvariantCulture);

    protected override void Write(BinaryWriter writer, T term) => PrimitiveCodec.Write(writer, term);

    protected override T Read(BinaryReader reader) => PrimitiveCodec.Read<T>(reader);
}
