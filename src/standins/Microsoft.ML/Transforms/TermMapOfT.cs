using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Terms of raw type <typeparamref name="TRaw"/>, compared as <typeparamref name="TTerm"/>.</summary>
internal abstract class TermMap<TRaw, TTerm> : TermMap
{
    private readonly Dictionary<TTerm, uint> _keys = [];
    private readonly List<TTerm> _terms = [];

    public override int Count => _terms.Count;

    protected abstract IComparer<TTerm> Order { get; }

    public override void Sort()
    {
        _terms.Sort(Order);
        for (int i = 0; i < _terms.Count; i++)
        {
            _keys[_terms[i]] = (uint)i + 1;
        }
    }

    public override Delegate KeyGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            ValueGetter<TRaw> getter = row.GetGetter<TRaw>(column);
            TRaw read = default;
            return (ValueGetter<uint>)((ref uint value) =>
            {
                getter(ref read);
                value = KeyOf(read);
            });
        }

        ValueGetter<VBuffer<TRaw>> vectors = row.GetGetter<VBuffer<TRaw>>(column);
        VBuffer<TRaw> vector = default;
        return (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> value) =>
        {
            vectors(ref vector);
            VBufferEditor<uint> editor = VBufferEditor.Create(ref value, vector.Length);
            int i = 0;
            foreach (TRaw item in vector.DenseValues())
            {
                editor.Values[i++] = KeyOf(item);
            }

            value = editor.Commit();
        });
    }

    public override DataViewSchema.Annotations Annotations(bool asText)
    {
        DataViewSchema.Annotations.Builder builder = new();
        if (Count > 0 && (asText || Item is TextDataViewType))
        {
            ReadOnlyMemory<char>[] texts = [.. _terms.Select(term => TextOf(term).AsMemory())];
            builder.Add(
                AnnotationKinds.KeyValues,
                new VectorDataViewType(TextDataViewType.Instance, Count),
                (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(texts, 0, ref value, texts.Length));
        }
        else if (Count > 0)
        {
            TRaw[] values = [.. _terms.Select(Raw)];
            builder.Add(
                AnnotationKinds.KeyValues,
                new VectorDataViewType(Item, Count),
                (ref VBuffer<TRaw> value) => VBuffer<TRaw>.Copy(values, 0, ref value, values.Length));
        }

        return builder.ToAnnotations();
    }

    public override void Save(ModelSaveContext context)
    {
        context.Writer.Write(_terms.Count);
        foreach (TTerm term in _terms)
        {
            Write(context.Writer, term);
        }
    }

    public override void Load(ModelLoadContext context)
    {
        int count = context.Reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            Add(Read(context.Reader), int.MaxValue);
        }
    }

    protected abstract bool TryTerm(TRaw raw, out TTerm term);

    protected abstract TRaw Raw(TTerm term);

    protected abstract string TextOf(TTerm term);

    protected abstract void Write(BinaryWriter writer, TTerm term);

    protected abstract TTerm Read(BinaryReader reader);

    protected override Action Learner(DataViewRow row, DataViewSchema.Column column, int most)
    {
        if (column.Type is not VectorDataViewType)
        {
            ValueGetter<TRaw> getter = row.GetGetter<TRaw>(column);
            TRaw read = default;
            return () =>
            {
                getter(ref read);
                Learn(read, most);
            };
        }

        ValueGetter<VBuffer<TRaw>> vectors = row.GetGetter<VBuffer<TRaw>>(column);
        VBuffer<TRaw> vector = default;
        return () =>
        {
            vectors(ref vector);
            foreach (TRaw item in vector.DenseValues())
            {
                Learn(item, most);
            }
        };
    }

    private void Learn(TRaw raw, int most)
    {
        if (TryTerm(raw, out TTerm term))
        {
            Add(term, most);
        }
    }

    private void Add(TTerm term, int most)
    {
        if (_terms.Count < most && _keys.TryAdd(term, (uint)_terms.Count + 1))
        {
            _terms.Add(term);
        }
    }

    private uint KeyOf(TRaw raw) => TryTerm(raw, out TTerm term) && _keys.TryGetValue(term, out uint key) ? key : 0;
}
