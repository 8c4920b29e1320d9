using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class TextTermMap : TermMap<ReadOnlyMemory<char>, string>
{
    public override PrimitiveDataViewType Item => TextDataViewType.Instance;

    protected override IComparer<string> Order => StringComparer.Ordinal;

    protected override bool TryTerm(ReadOnlyMemory<char> raw, out string term)
    {
        term = raw.ToString();
        return term.Length > 0;
    }

    protected override ReadOnlyMemory<char> Raw(string term) => term.AsMemory();

    protected override string TextOf(string term) => term;

    protected override void Write(BinaryWriter writer, string term) => writer.Write(term);

    protected override string Read(BinaryReader reader) => reader.ReadString();
}
