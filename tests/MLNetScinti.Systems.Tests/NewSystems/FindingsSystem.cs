using MLNetScinti.Pipelines;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>The same views, but a scan may have foci in several places, or none.</summary>
internal sealed record FindingsSystem : ThreeClassSystem
{
    public static new SystemEntry Entry { get; } = new("findings", "Which places have a focus?", "views", section => new FindingsSystem { Size = section.Whole("size", 32, least: 8, most: 256) });

    public override string Name => Entry.Name;

    public override LearningTask Task { get; } = new MultiLabelTask("high", "middle", "low");
}
