using MLNetScinti.Cli.Tests;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Scheduling;

/// <summary>Nodes as processes of the program, with its own commands as jobs.</summary>
public sealed class KilledNodeTests : IDisposable
{
    private readonly StudyFolder _studies = new();

    [Fact]
    public void ATrainingWhoseNodeIsKilledGoesOnFromItsCheckpoint()
    {
        string checkpoint = Path.Combine(_studies.Root, "trained", "training.checkpoint");
        Done(Scinti.Run(_studies.Root, "schedule", "add", "small.yaml", "--name", "small", "--now", "--store", "kept.sqlite", "--", "--output", "trained"));
        Scinti.KillAtFile(Scinti.Start(_studies.Root, "schedule", "run", "--store", "kept.sqlite"), checkpoint);
        Assert.True(File.Exists(checkpoint), "The training was at its end before its node was killed.");
        string output = Done(Scinti.Run(_studies.Root, "schedule", "run", "--until-idle", "--store", "kept.sqlite"));
        Assert.Contains("small: goes on with a run that another node left", output, StringComparison.Ordinal);
        string history = Done(Scinti.Run(_studies.Root, "schedule", "history", "--store", "kept.sqlite"));
        Assert.Matches(@"small +done .*exit code 0: done \(went on", history);
        Assert.True(File.Exists(Path.Combine(_studies.Root, "trained", "model.onnx")) || Directory.Exists(Path.Combine(_studies.Root, "trained", "model")));
        string[] logs = [.. Directory.EnumerateFiles(Path.Combine(_studies.Root, "logs", "small"))];
        Assert.Equal(2, logs.Length);
        string log = string.Concat(logs.Select(File.ReadAllText));
        Assert.DoesNotContain(StudyFolder.PatientId, log, StringComparison.Ordinal);
        Assert.DoesNotContain("Geheimrat", log, StringComparison.Ordinal);
    }

    [Fact]
    public void AJobNamesNoFileOfAStudyThatItLeavesOut()
    {
        File.WriteAllText(Path.Combine(_studies.Studies, "Geheimrat_Gundula.dcm"), "no image");
        Done(Scinti.Run(_studies.Root, "schedule", "add", "small.yaml", "--now", "--store", "kept.sqlite", "--", "--set", "training.epochs=1"));
        Done(Scinti.Run(_studies.Root, "schedule", "run", "--until-idle", "--store", "kept.sqlite"));
        string log = string.Concat(Directory.EnumerateFiles(Path.Combine(_studies.Root, "logs", "small")).Select(File.ReadAllText));
        Assert.Contains("left out: F-", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Gundula", log, StringComparison.Ordinal);
        Assert.DoesNotContain("study0", log, StringComparison.Ordinal);
    }

    [PeerFact("pg_ctlcluster")]
    public void TwoNodesAtOneDataBaseDoEachJobOnce()
    {
        using TestPostgres server = new();
        Dictionary<string, string?> environment = new(StringComparer.Ordinal) { [ScheduleStoreVariable] = server.ConnectionString };
        string[] names = [.. Enumerable.Range(1, 4).Select(number => $"job{number}")];
        foreach (string name in names)
        {
            // One that cannot be carried out is over soonest.
            File.WriteAllText(Path.Combine(_studies.Root, $"{name}.yaml"), "name: none\n");
            Done(Scinti.Run(_studies.Root, environment, "schedule", "add", $"{name}.yaml", "--now"));
        }

        Parallel.ForEach((int[])[1, 2], _ => Done(Scinti.Run(_studies.Root, environment, "schedule", "run", "--until-idle")));
        string[] history = Done(Scinti.Run(_studies.Root, environment, "schedule", "history")).Split('\n').Where(line => line.Contains(" UTC ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(names, history.Select(line => line.Split("UTC", StringSplitOptions.TrimEntries)[1].Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.All(history, line => Assert.Contains("exit code 2: wrong arguments", line, StringComparison.Ordinal));
    }

    public void Dispose() => _studies.Dispose();

    private const string ScheduleStoreVariable = "SCINTI_SCHEDULE_POSTGRES";

    private static string Done((int Code, string Output, string Error) run)
    {
        Assert.True(run.Code == 0, $"exit code {run.Code}: {run.Output}{run.Error}");
        return run.Output;
    }
}
