using System.Diagnostics;
using FellowOakDicom;
using MLNetScinti.Cli.Tests;
using MLNetScinti.Imaging;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pacs.Tests;

/// <summary>Nodes as processes of the program, beside an archive in this process and beside Orthanc, with a model of both kidneys in CT.</summary>
public sealed class NodeTests(KidneyModel model) : IClassFixture<KidneyModel>, IDisposable
{
    private static readonly string[] s_four = ["OT", "RTSTRUCT", "SEG", "SR"];

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pacs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Each study gets its objects, once: also where the queue is lost, a class is refused, and the study grows.</summary>
    [Fact]
    public async Task AStudyIsAnsweredOnceWhateverIsAskedAgain()
    {
        await using FakeArchive archive = await FakeArchive.Start();
        string[] files = Directory.GetFiles(Path.Combine(model.Data, "SIM-5-000001-V1-CT"));
        foreach (string file in files)
        {
            archive.Keep(file);
        }

        // An archive that does not know the newest class of reports.
        archive.Refused.Add(DicomUID.Comprehensive3DSRStorage.UID);
        Definition(archive.Address, "kind: qido\n  days: 3660\n  from: beginning");
        string output = Run("pacs", "run", "node.yaml", "--once");
        Assert.Matches("S-[0-9A-Z]{12}: done, rule kidneys, [34] objects", output);
        Dictionary<string, string> made = archive.All.Where(one => one.Modality != "CT").ToDictionary(one => one.InstanceUid, one => one.Modality);
        FakeArchive.Kept first = archive.All.First(one => one.Modality == "CT");
        Assert.All(archive.All, one => Assert.Equal(first.StudyUid, one.StudyUid));
        Assert.Equal(s_four.Where(modality => made.ContainsValue(modality)), made.Values.Order(StringComparer.Ordinal));
        Assert.Equal(DicomUID.ComprehensiveSRStorage.UID, Assert.Single(archive.All, one => one.Modality == "SR").ClassUid);
        DicomDataset image = Opened(first), capture = Opened(Assert.Single(archive.All, one => one.Modality == "OT"));
        Assert.Equal(image.GetSingleValue<string>(DicomTag.PatientID), capture.GetSingleValue<string>(DicomTag.PatientID));
        Assert.StartsWith("AI, research use", capture.GetSingleValue<string>(DicomTag.SeriesDescription), StringComparison.Ordinal);
        string logs = string.Concat(Directory.GetFiles(Path.Combine(_folder, "logs"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.Contains("it goes as Comprehensive SR Storage instead", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("SIM-5", logs + output, StringComparison.Ordinal);
        Assert.DoesNotContain(first.StudyUid, logs + output, StringComparison.Ordinal);

        // Without its queue the node does it all again, and ends with what is there.
        File.Delete(Path.Combine(_folder, "pacs.sqlite"));
        _ = Run("pacs", "run", "node.yaml", "--once");
        Assert.Equal(made.Keys.Order(StringComparer.Ordinal), archive.All.Where(one => one.Modality != "CT").Select(one => one.InstanceUid).Order(StringComparer.Ordinal));

        // What was answered is not answered again as long as its images are the same.
        Assert.DoesNotContain("S-", Run("pacs", "run", "node.yaml", "--once"), StringComparison.Ordinal);
        Assert.Matches("^S-[0-9A-Z]{12}  done ", Run("pacs", "queue", "node.yaml"));
    }

    /// <summary>A study that no model answers gets a report that says why; one that the archive does not keep is given up, and can be tried again.</summary>
    [Fact]
    public async Task WhatCannotBeAnsweredIsSaidInTheArchiveAndWhatFailsIsGivenUp()
    {
        await using FakeArchive archive = await FakeArchive.Start();
        string[] files = Directory.GetFiles(Path.Combine(model.Data, "SIM-5-000002-V1-CT"));
        // Half a CT is no volume.
        foreach (string file in files.Where((_, place) => place % 2 == 0))
        {
            archive.Keep(file);
        }

        Definition(archive.Address, "kind: qido\n  days: 3660\n  from: beginning");
        archive.StoresNothing = true;
        string output = Run("pacs", "run", "node.yaml", "--once");
        Assert.Matches("S-[0-9A-Z]{12}: given up after 2 attempts: SR: the archive answered without an error, and names nothing", output);
        string dead = Run("pacs", "queue", "node.yaml", "list", "--state", "dead");
        Assert.Matches("^S-[0-9A-Z]{12}  dead ", dead);
        archive.StoresNothing = false;
        Assert.Contains("is tried again", Run("pacs", "queue", "node.yaml", "retry", dead.Split(' ')[0]), StringComparison.Ordinal);
        Assert.Contains(": refused, rule kidneys, 1 objects in the archive: ", Run("pacs", "run", "node.yaml", "--once"), StringComparison.Ordinal);
        DicomDataset report = Opened(Assert.Single(archive.All, one => one.Modality != "CT"));
        Assert.Contains("could not answer, because ", Texts(report), StringComparison.Ordinal);
    }

    /// <summary>Orthanc's own feed; the node is killed in the midst of a study, and Orthanc as well.</summary>
    [PeerFact(Orthanc.Program)]
    public async Task NoStudyIsLostOrAnsweredTwiceWhoeverIsKilled()
    {
        using Orthanc orthanc = new();
        Definition(orthanc.Settings.Address, $"kind: orthanc\n  url: {orthanc.Address}\n  from: beginning");
        string[] studies = [.. Directory.GetDirectories(model.Data).Order(StringComparer.Ordinal).Take(3)];
        Assert.Contains("stored, 0 not.", Scinti.Run(_folder, "pacs", "send", studies[0], studies[1], "--to", "node.yaml").Error, StringComparison.Ordinal);

        ProcessStartInfo start = Scinti.Start(_folder, "pacs", "run", "node.yaml");
        using (Process node = Process.Start(start)!)
        {
            node.OutputDataReceived += (_, _) => { };
            node.ErrorDataReceived += (_, _) => { };
            node.BeginOutputReadLine();
            node.BeginErrorReadLine();
            // Something of the first study is in the archive, and not yet all: or all of it, on a quick machine.
            Assert.True(SpinWait.SpinUntil(() => orthanc.Studies().Values.Any(study => study.Any(one => one.Modality != "CT")), TimeSpan.FromMinutes(2)));
            node.Kill();
            node.WaitForExit();
        }

        // An Orthanc that is killed does not say that the study is at rest which it got last.
        Assert.Contains("stored, 0 not.", Scinti.Run(_folder, "pacs", "send", studies[2], "--to", "node.yaml").Error, StringComparison.Ordinal);
        orthanc.Kill();
        orthanc.Start();
        _ = Run("pacs", "run", "node.yaml", "--once");
        IReadOnlyDictionary<string, IReadOnlyList<(string Modality, string InstanceUid)>> answered = orthanc.Studies();
        Assert.Equal(3, answered.Count);
        Assert.All(answered.Values, study =>
        {
            string[] made = [.. study.Select(one => one.Modality).Where(modality => modality != "CT").Order(StringComparer.Ordinal)];
            Assert.Equal(made.Distinct(StringComparer.Ordinal), made);
            Assert.Superset(new HashSet<string>(["OT", "RTSTRUCT", "SR"], StringComparer.Ordinal), made.ToHashSet(StringComparer.Ordinal));
        });
        _ = Run("pacs", "run", "node.yaml", "--once");
        Assert.Equal(answered.Values.Sum(study => study.Count), orthanc.Studies().Values.Sum(study => study.Count));
        using DicomWebClient client = new(orthanc.Settings);
        foreach ((string study, IReadOnlyList<(string Modality, string InstanceUid)> objects) in answered)
        {
            Assert.Equal(objects.Select(one => one.InstanceUid).Order(StringComparer.Ordinal), (await client.Instances(study, default)).Select(one => one.InstanceUid).Order(StringComparer.Ordinal));
        }
    }

    private static DicomDataset Opened(FakeArchive.Kept kept) => DicomFile.Open(new MemoryStream(kept.Bytes)).Dataset;

    private static string Texts(DicomDataset item) => string.Concat(item.GetSequence(DicomTag.ContentSequence).Items.Select(one =>
        one.GetSingleValueOrDefault(DicomTag.TextValue, "") + (one.Contains(DicomTag.ContentSequence) ? Texts(one) : "")));

    private void Definition(Uri archive, string feed) => AtomicFile.Write(Path.Combine(_folder, "node.yaml"), $"""
        archive:
          url: {archive}
          timeout: 10
        feed:
          {feed}
          every: 0.2
          at-rest: 1
        work:
          attempts: 2
          pause: 0.2
        rules:
          - name: kidneys
            modality: [CT]
            model: {Path.GetRelativePath(_folder, model.Folder)}
            accept-outside: true
        """);

    private string Run(params string[] arguments)
    {
        (int code, string output, string error) = Scinti.Run(_folder, arguments);
        Assert.True(code == 0, $"exit code {code}: {output}{error}");
        return output;
    }
}
