using Xunit;

namespace MLNetScinti.Pipelines.Tests;

/// <summary>The tests that read the small cohort.</summary>
[CollectionDefinition("small cohort")]
public sealed class SmallCohortCollection : ICollectionFixture<SmallCohort>;
