using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>A theory that needs a Chromium, and where asked the accessibility checker; reports itself skipped where one of them is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute(bool withAxe = false) => Skip = Chromium.Missing ?? (withAxe ? AxeCore.Missing : null);
}
