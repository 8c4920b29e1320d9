using Microsoft.ML.Calibrators;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>A trained binary classifier: adds the columns PredictedLabel, Score and Probability.</summary>
public sealed class BinaryPredictionTransformer<TModel> : RowToRowTransformerBase, ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    internal const string Signature = "BinaryPredXfer";

    private readonly IHostEnvironment _environment;
    private readonly DataViewSchema _trainSchema;
    private readonly float _threshold;

    internal BinaryPredictionTransformer(IHostEnvironment environment, TModel model, DataViewSchema trainSchema, string featureColumnName, float threshold)
        : base(environment.Register("BinaryPredictionTransformer"))
    {
        _environment = environment;
        _trainSchema = trainSchema;
        _threshold = threshold;
        Model = model;
        FeatureColumnName = featureColumnName;
        FeatureColumnType = trainSchema[featureColumnName].Type;
    }

    public TModel Model { get; }

    public string FeatureColumnName { get; }

    public DataViewType FeatureColumnType { get; }

    internal static object Load(ModelLoadContext context) => new BinaryPredictionTransformer<TModel>(
        context.Environment,
        context.LoadModel<TModel>("Model"),
        SchemaCodec.Read(context.ReadBinary("TrainSchema")),
        context.Reader.ReadString(),
        context.Reader.ReadSingle());

    internal BinaryPredictionTransformer<TModel> WithThreshold(float threshold) =>
        new(_environment, Model, _trainSchema, FeatureColumnName, threshold);

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, this);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.SaveModel(Model, "Model");
        ctx.SaveBinary("TrainSchema", stream => SchemaCodec.Write(stream, _trainSchema));
        ctx.Writer.Write(FeatureColumnName);
        ctx.Writer.Write(_threshold);
    }

    private sealed class Mapper : RowMapper
    {
        private readonly DataViewSchema.Column _features;
        private readonly CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> _model;
        private readonly float _threshold;

        public Mapper(DataViewSchema schema, BinaryPredictionTransformer<TModel> transformer)
            : base(schema)
        {
            _model = (CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>)(object)transformer.Model;
            _threshold = transformer._threshold;
            _features = schema.GetColumnOrNull(transformer.FeatureColumnName)
                ?? throw Guard.ColumnMissing("schema", "feature", transformer.FeatureColumnName);
            if (!_features.Type.Equals(transformer.FeatureColumnType))
                throw Guard.SchemaMismatch("schema", "feature", _features.Name, transformer.FeatureColumnType.ToString(), _features.Type.ToString());
        }

        public override IEnumerable<int> DependenciesOf(bool[] activeOutputs) => activeOutputs.Contains(true) ? [_features.Index] : [];

        public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs)
        {
            if (!activeOutputs.Contains(true))
                return new Delegate[activeOutputs.Length];
            ValueGetter<VBuffer<float>> features = input.GetGetter<VBuffer<float>>(_features);
            VBuffer<float> sparse = default;
            var dense = new float[_model.SubModel.Weights.Count];
            return
            [
                activeOutputs[0] ? (ValueGetter<bool>)((ref bool value) => value = Score() > _threshold) : null,
                activeOutputs[1] ? (ValueGetter<float>)((ref float value) => value = Score()) : null,
                activeOutputs[2] ? (ValueGetter<float>)((ref float value) => value = _model.Calibrator.Probability(Score())) : null,
            ];

            float Score()
            {
                features(ref sparse);
                sparse.CopyTo(dense);
                return _model.SubModel.Score(dense);
            }
        }

        protected override DataViewSchema.DetachedColumn[] CreateOutputs() => BinaryScores.Columns();
    }
}
