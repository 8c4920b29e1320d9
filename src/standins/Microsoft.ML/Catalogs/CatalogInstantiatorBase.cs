using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public abstract class CatalogInstantiatorBase
{
    internal CatalogInstantiatorBase(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }
}
