using System.Runtime.CompilerServices;
using MLNetScinti.Networks.Native;

namespace MLNetScinti.Networks.Tests;

/// <summary>Tests that call TorchSharp themselves need its library loaded before, as everyone does.</summary>
internal static class LoadedFirst
{
    [ModuleInitializer]
    internal static void Load() => NativeLibraries.Load();
}
