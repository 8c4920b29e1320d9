using System.Runtime.CompilerServices;
using MLNetScinti.Dicom;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Tests have a key of their own, and leave that of the user alone.</summary>
internal static class TestKey
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable(PseudonymKey.EnvironmentVariable, "a key for tests, long enough to be one");
}
