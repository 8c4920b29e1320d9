using MLNetScinti.Pipelines.Tests.Training;
using Xunit;

namespace MLNetScinti.Pipelines.Tests;

/// <summary>The tests that look at the trained network, or train: TorchSharp's generator belongs to the process, so that two trainings at once would disturb each other.</summary>
[CollectionDefinition("trained network")]
public sealed class TrainedNetworkCollection : ICollectionFixture<TrainedNetwork>;
