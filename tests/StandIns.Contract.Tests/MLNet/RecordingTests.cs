using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The comparison itself must be able to fail.</summary>
public sealed class RecordingTests
{
    [Fact]
    public void A_wrong_value_is_found()
    {
        RecordedCases cases = new(RecordedFile.MLNet, "schema")
        {
            ["indexer: unknown name"] = () => throw new ArgumentOutOfRangeException("name", "Column 'Nope' not found"),
            ["DataViewSchema.Builder: no columns"] = () => 1,
            ["raw types"] = () => new { text = "ReadOnlyMemory<Char>", vec = "VBuffer<Single>", key = "UInt32", b = "Boolean" },
        };

        cases.Assert("indexer: unknown name");
        Assert.ThrowsAny<Exception>(() => cases.Assert("DataViewSchema.Builder: no columns"));
        Assert.ThrowsAny<Exception>(() => cases.Assert("raw types"));
    }
}
