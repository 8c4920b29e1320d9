namespace MLNetScinti.Pipelines.Data;

/// <summary>One kidney as it streams through.</summary>
internal sealed record KidneyCase(KidneyFacts Facts, ReadOnlyMemory<float> Image);
