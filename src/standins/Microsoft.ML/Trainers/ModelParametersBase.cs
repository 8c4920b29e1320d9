namespace Microsoft.ML;

/// <summary>What a trainer has learnt.</summary>
public abstract class ModelParametersBase<TOutput> : ICanSaveModel
{
    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveCore(Guard.NotNull(ctx, nameof(ctx)));

    private protected abstract void SaveCore(ModelSaveContext ctx);
}
