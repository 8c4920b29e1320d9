using MLNetScinti.Dicom;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

/// <summary>What is written of a study that was left out names no file and no study.</summary>
public sealed class LeftOutStudyTests
{
    private static readonly PseudonymKey s_key = new(TestSecret.Of("left out"));

    [Theory]
    [InlineData("the transfer syntax 1.2.3.4.5.6.7 is not known here: ask", "the transfer syntax [identifier] is not known here: ask")]
    [InlineData("found no pixel data (1.2.826.0.1.3680043.9.19470512): leave it out.", "found no pixel data ([identifier]): leave it out.")]
    [InlineData("coded as 1.2.840.10008.19470512.4711, which nothing decodes", "coded as [identifier], which nothing decodes")]
    [InlineData("coded as HEVC Main Profile (1.2.840.10008.1.2.4.107), which nothing decodes", "coded as HEVC Main Profile (1.2.840.10008.1.2.4.107), which nothing decodes")]
    [InlineData("expected 4.5 mm, found 4.25 mm in 3 frames of 128 x 128.", "expected 4.5 mm, found 4.25 mm in 3 frames of 128 x 128.")]
    [InlineData("Meier, Anna.dcm is in a/Meier, Anna.dcm", "NAME is in NAME")]
    public void ReasonsAreWrittenWithoutIdentifiers(string sentence, string written)
    {
        LeftOutStudy study = new("a/Meier, Anna.dcm", "Reason", sentence) { Key = s_key };
        Assert.Equal(written, study.What.Replace(study.Name, "NAME", StringComparison.Ordinal));
        Assert.Contains(sentence, study.OnConsole(), StringComparison.Ordinal);
    }
}
