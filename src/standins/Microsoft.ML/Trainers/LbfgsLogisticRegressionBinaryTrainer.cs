using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>Logistic regression with L1 and L2 penalties on the weights (not on the bias).</summary>
public sealed class LbfgsLogisticRegressionBinaryTrainer
    : IEstimator<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>>
{
    private readonly IHostEnvironment _environment;
    private readonly string _label, _features, _weight;
    private readonly OrthantWiseOptimizer _optimizer;
    private readonly float _l2;

    internal LbfgsLogisticRegressionBinaryTrainer(
        IHostEnvironment environment, string label, string features, string weight, OrthantWiseOptimizer optimizer, float l2)
    {
        _environment = environment;
        _label = Guard.NotEmpty(label, "labelColumnName");
        _features = Guard.NotEmpty(features, "featureColumnName");
        _weight = weight;
        _optimizer = optimizer;
        Guard.Argument(l2 >= 0, "l2Regularization", "Must be non-negative");
        _l2 = l2;
    }

    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(IDataView input)
    {
        CheckColumns(SchemaShape.Create(Guard.NotNull(input, nameof(input)).Schema));
        IHost host = _environment.Register("LbfgsTrainerBase");
        using IChannel training = host.Start("Training");
        training.Info(
            MessageSensitivity.None,
            "LBFGS multi-threading will attempt to load dataset into memory. In case of out-of-memory issues, add 'numThreads=1' to the trainer arguments and 'cache=-' to the command line arguments to turn off multi-threading.");
        var examples = new LogisticRegressionExamples(input, _label, _features, _weight);
        Guard.State(examples.Count > 0, "No valid training instances found, all instances have missing features.");
        double[] parameters;
        using (IChannel optimization = host.Start("LBFGS Optimizer"))
        {
            optimization.Info(MessageSensitivity.None, "Beginning optimization");
            optimization.Info(MessageSensitivity.None, "num vars: {0}", examples.FeatureCount + 1);
            optimization.Info(MessageSensitivity.None, "improvement criterion: Mean Improvement");
            parameters = _optimizer.Minimize((point, gradient) => examples.Loss(point, gradient, _l2), examples.FeatureCount + 1);
        }
        if (_optimizer.HasPenalty)
        {
            training.Info(
                MessageSensitivity.None, "L1 regularization selected {0} of {1} weights.", parameters.Count(weight => weight != 0), parameters.Length);
        }

        float[] weights = Array.ConvertAll(parameters[1..], weight => (float)weight);
        var model = new ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>(
            new LinearBinaryModelParameters(weights, (float)parameters[0]),
            // The score of a logistic regression is the logarithm of the odds already.
            new PlattCalibrator(slope: -1, offset: 0));
        return new BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>(
            _environment, model, input.Schema, _features, threshold: 0);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        CheckColumns(Guard.NotNull(inputSchema, nameof(inputSchema)));
        return inputSchema.With(BinaryScores.Shapes());
    }

    private void CheckColumns(SchemaShape schema)
    {
        Check("feature", _features, column => column.Kind == SchemaShape.Column.VectorKind.Vector && column.ItemType == NumberDataViewType.Single, "Vector<Single>");
        if (_weight is not null)
            Check("weight", _weight, column => column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType == NumberDataViewType.Single, "Single");
        Check("label", _label, column => column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType == BooleanDataViewType.Instance, "Boolean");

        void Check(string role, string name, Func<SchemaShape.Column, bool> accepted, string expected)
        {
            if (!schema.TryFindColumn(name, out SchemaShape.Column column))
                throw Guard.ColumnMissing("inputSchema", role, name);
            if (!accepted(column) || column.IsKey)
                throw Guard.SchemaMismatch("inputSchema", role, name, expected, column.TypeText);
        }
    }
}
