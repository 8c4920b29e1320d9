using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    public readonly IEstimator<TLastTransformer> LastEstimator;

    private readonly IHostEnvironment _cacheEnvironment;
    private readonly (IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter)[] _steps;

    public EstimatorChain() => _steps = [];

    internal EstimatorChain((IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter)[] steps, IHostEnvironment cacheEnvironment)
    {
        _steps = steps;
        _cacheEnvironment = cacheEnvironment;
        LastEstimator = steps[^1].Estimator as IEstimator<TLastTransformer>;
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        // A step whose input is missing is found before the steps ahead of it do any work.
        _ = GetOutputSchema(SchemaShape.Create(input.Schema));
        IDataView view = input;
        ITransformer[] transformers = new ITransformer[_steps.Length];
        for (int i = 0; i < _steps.Length; i++)
        {
            transformers[i] = _steps[i].Estimator.Fit(view);
            if (i == _steps.Length - 1)
            {
                break;
            }

            view = transformers[i].Transform(view);
            if (_steps[i].CacheAfter)
            {
                view = new CacheDataView(_cacheEnvironment, view, null);
            }
        }

        return new TransformerChain<TLastTransformer>(transformers, _steps.Select(step => step.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        return _steps.Aggregate(inputSchema, (shape, step) => step.Estimator.GetOutputSchema(shape));
    }

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Guard.NotNull(estimator, nameof(estimator));
        return new EstimatorChain<TNewTrans>([.. _steps, (estimator, scope, false)], _cacheEnvironment);
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Guard.NotNull(env, nameof(env));
        Guard.State(_steps.Length > 0, "Current estimator chain has no estimator, can't append cache checkpoint.");
        if (_steps[^1].CacheAfter)
        {
            return this;
        }

        return new EstimatorChain<TLastTransformer>([.. _steps[..^1], _steps[^1] with { CacheAfter = true }], env);
    }
}
