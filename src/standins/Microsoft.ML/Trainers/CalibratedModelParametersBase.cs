namespace Microsoft.ML.Calibrators;

/// <summary>A model whose scores a calibrator turns into probabilities.</summary>
public abstract class CalibratedModelParametersBase<TSubModel, TCalibrator> : ICanSaveModel
    where TSubModel : class
    where TCalibrator : class
{
    private protected CalibratedModelParametersBase(TSubModel subModel, TCalibrator calibrator)
    {
        SubModel = subModel;
        Calibrator = calibrator;
    }

    public TSubModel SubModel { get; }

    public TCalibrator Calibrator { get; }

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveCore(Guard.NotNull(ctx, nameof(ctx)));

    private protected abstract void SaveCore(ModelSaveContext ctx);
}
