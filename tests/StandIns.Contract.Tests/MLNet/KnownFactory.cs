using Microsoft.ML.Transforms;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The mapping of <see cref="Out"/> under a contract name.</summary>
[CustomMappingFactoryAttribute("behaviour.known")]
public sealed class KnownFactory : CustomMappingFactory<OnlyP, Out>
{
    public override Action<OnlyP, Out> GetMapping() => Out.Map;
}
