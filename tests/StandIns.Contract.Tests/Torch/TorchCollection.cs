using Xunit;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>The generator of random numbers and the count of live tensors belong to the process: these tests run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
#pragma warning disable CA1711 // The name that xunit's users expect.
public sealed class TorchCollection
#pragma warning restore CA1711
{
    public const string Name = "torch";
}
