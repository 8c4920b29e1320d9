using Xunit;

namespace MLNetScinti.Testing;

/// <summary>A theory that needs files from the folder of real images, and reports itself skipped where one is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute(params string[] files) => Skip = TestData.ReasonToSkip(files);
}
