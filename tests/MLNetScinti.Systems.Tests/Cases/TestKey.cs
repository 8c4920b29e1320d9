using System.Runtime.CompilerServices;
using MLNetScinti.Dicom;
using MLNetScinti.Testing;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Tests have a key of their own, and leave that of the user alone.</summary>
internal static class TestKey
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable(PseudonymKey.EnvironmentVariable, TestSecret.Of("systems"));
}
