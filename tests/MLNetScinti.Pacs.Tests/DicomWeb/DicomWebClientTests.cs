using System.Net.Http.Headers;
using MLNetScinti.Pacs.DicomWeb;
using Xunit;

namespace MLNetScinti.Pacs.Tests.DicomWeb;

/// <summary>What the client makes of an archive that does what it should, and of one that does not.</summary>
public sealed class DicomWebClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pacs-").FullName;
    private FakeArchive _archive = null!;
    private string _file = "";

    public async Task InitializeAsync()
    {
        _archive = await FakeArchive.Start();
        _file = Planar.Write(Path.Combine(_folder, "a.dcm"));
    }

    public async Task DisposeAsync()
    {
        await _archive.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WhatIsStoredIsFoundAndComesBackToTheByte()
    {
        using DicomWebClient client = new(_archive.Settings());
        FakeArchive.Kept sent = Sent();
        Assert.Equal(new StoreAnswer(true, ""), await client.Store(_file, sent.InstanceUid, default));
        Assert.Equal((sent.StudyUid, 1), Assert.Single(await client.Studies(null, default)));
        Assert.Equal(new ArchivedInstance(sent.SeriesUid, sent.InstanceUid, "NM"), Assert.Single(await client.Instances(sent.StudyUid, default)));
        string back = Path.Combine(_folder, "back");
        _ = await client.Retrieve(sent.StudyUid, sent.SeriesUid, back, 1, 1 << 20, default);
        Assert.Equal(File.ReadAllBytes(_file), File.ReadAllBytes(Assert.Single(Directory.GetFiles(back))));
        Assert.Empty(await client.Instances("1.2.3", default));
    }

    /// <summary>An archive was seen that answers 200 and stores nothing.</summary>
    [Fact]
    public async Task AnAnswerThatNamesNothingIsNoSuccess()
    {
        using DicomWebClient client = new(_archive.Settings());
        FakeArchive.Kept sent = Sent();
        _archive.StoresNothing = true;
        StoreAnswer answer = await client.Store(_file, sent.InstanceUid, default);
        Assert.False(answer.IsStored);
        Assert.Contains("names nothing that it stored", answer.Reason, StringComparison.Ordinal);
        (_archive.StoresNothing, _archive.NamesOthers) = (false, true);
        answer = await client.Store(_file, sent.InstanceUid, default);
        Assert.False(answer.IsStored);
        Assert.Contains("other objects", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClassThatIsRefusedIsKnownAsSuch()
    {
        using DicomWebClient client = new(_archive.Settings());
        FakeArchive.Kept sent = Sent();
        _archive.Refused.Add(sent.ClassUid);
        StoreAnswer answer = await client.Store(_file, sent.InstanceUid, default);
        Assert.Equal((false, true, 0x0122), (answer.IsStored, answer.IsClassRefused, answer.Code));
    }

    [Fact]
    public async Task WhatMayPassIsAskedAgainAndWhatBrokeOffIsFetchedAnew()
    {
        using DicomWebClient client = new(_archive.Settings());
        _archive.Keep(_file);
        _archive.Keep(Planar.Write(Path.Combine(_folder, "b.dcm"), 2));
        FakeArchive.Kept sent = Sent();
        _archive.Unavailable = 2;
        Assert.Equal(2, (await client.Studies(null, default)).Count);
        _archive.Drops = 1;
        string back = Path.Combine(_folder, "back");
        _ = await client.Retrieve(sent.StudyUid, sent.SeriesUid, back, 1, 1 << 20, default);
        Assert.Equal(sent.Bytes, File.ReadAllBytes(Assert.Single(Directory.GetFiles(back))));
        // Fewer than the archive itself counted.
        DicomWebException problem = await Assert.ThrowsAsync<DicomWebException>(() => client.Retrieve(sent.StudyUid, sent.SeriesUid, back, 2, 1 << 20, default));
        Assert.True(problem.MayPass);
        Assert.DoesNotContain(sent.StudyUid, problem.Message, StringComparison.Ordinal);
        _archive.Unavailable = 100;
        Assert.True((await Assert.ThrowsAsync<DicomWebException>(() => client.Studies(null, default))).MayPass);
        Assert.False(await client.IsThere(default));
    }

    [Fact]
    public async Task ABodyWithoutEndIsCutOff()
    {
        using DicomWebClient client = new(_archive.Settings());
        _archive.Keep(_file);
        FakeArchive.Kept sent = Sent();
        _archive.Padding = 1 << 20;
        Assert.Equal(ArchiveFault.TooLarge, (await Assert.ThrowsAsync<DicomWebException>(() => client.Retrieve(sent.StudyUid, sent.SeriesUid, Path.Combine(_folder, "back"), 1, 100_000, default))).Fault);
    }

    [Theory]
    [InlineData("text/html", "<html>welcome</html>")]
    [InlineData("application/dicom+json", "")]
    [InlineData("application/dicom+json", "{\"0020000D\":1}")]
    [InlineData("application/dicom+json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task WhatIsNoAnswerIsRefused(string type, string text)
    {
        using DicomWebClient client = new(_archive.Settings());
        _archive.Instead = (type, text);
        Assert.Equal(ArchiveFault.BadAnswer, (await Assert.ThrowsAsync<DicomWebException>(() => client.Studies(null, default))).Fault);
        Assert.Equal(ArchiveFault.BadAnswer, (await Assert.ThrowsAsync<DicomWebException>(() => client.Retrieve("1.2.3", "1.2.4", Path.Combine(_folder, "back"), 1, 1000, default))).Fault);
    }

    /// <summary>Values of other types, and identifiers that are ways out of an address.</summary>
    [Theory]
    [InlineData("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"../../system\"]}}]")]
    [InlineData("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":{\"a\":1}}},{\"0020000D\":\"1.2.3\"},null,7,[]]")]
    [InlineData("[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[1.2]}},{\"0020000D\":{\"Value\":[]}},{\"0020000D\":{\"Value\":[null]}}]")]
    public async Task WhatIsNoIdentifierIsNoStudy(string text)
    {
        using DicomWebClient client = new(_archive.Settings());
        _archive.Instead = ("application/dicom+json", text);
        Assert.Empty(await client.Studies(null, default));
        await Assert.ThrowsAsync<DicomWebException>(() => client.Instances("../../system", default));
    }

    [Fact]
    public async Task CredentialsAreSentAndNeverTold()
    {
        _archive.Password = "Bearer the-token";
        using DicomWebClient stranger = new(_archive.Settings()), known = new(_archive.Settings() with { Credentials = new AuthenticationHeaderValue("Bearer", "the-token") });
        Assert.Equal(ArchiveFault.NotAllowed, (await Assert.ThrowsAsync<DicomWebException>(() => stranger.Studies(null, default))).Fault);
        Assert.Empty(await known.Studies(null, default));
        Assert.DoesNotContain("the-token", known.Settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneThatIsNotThereIsToldInOneLine()
    {
        await using FakeArchive gone = await FakeArchive.Start();
        ArchiveSettings settings = gone.Settings();
        await gone.DisposeAsync();
        using DicomWebClient client = new(settings);
        DicomWebException problem = await Assert.ThrowsAsync<DicomWebException>(() => client.Studies(null, default));
        Assert.Equal((ArchiveFault.Unreachable, false), (problem.Fault, problem.Message.Contains('\n', StringComparison.Ordinal)));
    }

    private FakeArchive.Kept Sent()
    {
        FellowOakDicom.DicomDataset dataset = FellowOakDicom.DicomFile.Open(_file).Dataset;
        string Text(FellowOakDicom.DicomTag tag) => dataset.GetSingleValue<string>(tag);
        return new(Text(FellowOakDicom.DicomTag.StudyInstanceUID), Text(FellowOakDicom.DicomTag.SeriesInstanceUID), Text(FellowOakDicom.DicomTag.SOPInstanceUID), Text(FellowOakDicom.DicomTag.SOPClassUID), "NM", File.ReadAllBytes(_file));
    }
}
