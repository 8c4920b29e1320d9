using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string Signature = "TermTransform";

    private readonly (string Output, string Input)[] _columns;
    private readonly TermMap[] _maps;
    private readonly bool _asText;

    internal ValueToKeyMappingTransformer(IHostEnvironment environment, (string Output, string Input)[] columns, TermMap[] maps, bool asText)
        : base(environment.Register(nameof(ValueToKeyMappingTransformer)))
    {
        _columns = columns;
        _maps = maps;
        _asText = asText;
    }

    internal static object Load(ModelLoadContext context)
    {
        (string Output, string Input)[] columns = context.ReadPairs();
        bool asText = context.Reader.ReadBoolean();
        TermMap[] maps = new TermMap[columns.Length];
        for (int i = 0; i < maps.Length; i++)
        {
            PrimitiveDataViewType item = context.Reader.ReadString() is var text && text == "Text"
                ? TextDataViewType.Instance
                : TypeTable.PrimitiveOrNull(Type.GetType($"System.{text}")) ?? throw new FormatException("Corrupt model file");
            maps[i] = TermMap.Create(item);
            maps[i].Load(context);
        }

        return new ValueToKeyMappingTransformer(context.Environment, columns, maps, asText);
    }

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, this);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.WritePairs(_columns);
        ctx.Writer.Write(_asText);
        foreach (TermMap map in _maps)
        {
            ctx.Writer.Write(map.Item is TextDataViewType ? "Text" : map.Item.RawType.Name);
            map.Save(ctx);
        }
    }

    private sealed class Mapper : OneToOneMapper
    {
        private readonly ValueToKeyMappingTransformer _parent;

        public Mapper(DataViewSchema schema, ValueToKeyMappingTransformer parent)
            : base(schema, parent._columns)
        {
            _parent = parent;
            for (int i = 0; i < parent._columns.Length; i++)
            {
                DataViewSchema.Column input = schema[parent._columns[i].Input];
                if (input.Type.ItemType().RawType != parent._maps[i].Item.RawType)
                {
                    throw Guard.SchemaMismatch("inputSchema", "input", input.Name, parent._maps[i].Item.ToString(), input.Type.ToString());
                }
            }
        }

        protected override DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index)
        {
            TermMap map = _parent._maps[index];
            KeyDataViewType key = new(typeof(uint), Math.Max(1, map.Count));
            DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(key, vector.Dimensions) : key;
            return new DataViewSchema.DetachedColumn(name, type, map.Annotations(_parent._asText));
        }

        protected override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index) => _parent._maps[index].KeyGetter(row, input);
    }
}
