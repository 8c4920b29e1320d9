using Xunit;

namespace MLNetScinti.Testing;

/// <summary>A fact that needs files from the folder of real images, and reports itself skipped where one is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(params string[] files) => Skip = TestData.ReasonToSkip(files);
}
