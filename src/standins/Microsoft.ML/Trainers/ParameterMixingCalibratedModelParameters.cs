namespace Microsoft.ML.Calibrators;

internal sealed class ParameterMixingCalibratedModelParameters<TSubModel, TCalibrator> : CalibratedModelParametersBase<TSubModel, TCalibrator>
    where TSubModel : class
    where TCalibrator : class
{
    internal const string Signature = "PMixCaliPredExec";

    internal ParameterMixingCalibratedModelParameters(TSubModel subModel, TCalibrator calibrator)
        : base(subModel, calibrator)
    {
    }

    internal static object Load(ModelLoadContext context) => new ParameterMixingCalibratedModelParameters<TSubModel, TCalibrator>(
        context.LoadModel<TSubModel>("Predictor"), context.LoadModel<TCalibrator>("Calibrator"));

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.SaveModel(SubModel, "Predictor");
        ctx.SaveModel(Calibrator, "Calibrator");
    }
}
