using MLNetScinti.Testing;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Small files that were once read wrongly; nothing in them is a patient's.</summary>
internal static class Cases
{
    public static string File(string name) => Path.Combine(TestData.Repository, "tests", "MLNetScinti.Dicom.Tests", "Cases", name + ".dcm");
}
