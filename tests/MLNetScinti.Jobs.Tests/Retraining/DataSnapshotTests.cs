using MLNetScinti.Dicom;
using MLNetScinti.Jobs.Retraining;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Retraining;

public sealed class DataSnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PseudonymKey _key = PseudonymKey.Simulated;

    [Fact]
    public void WhatCameWentAndChangedIsTold()
    {
        Write("studies/Meier.dcm", "a");
        Write("studies/one/Huber.dcm", "b");
        Write("studies/Maier.dcm", "c");
        Write("labels.csv", "File,Label\n");
        DataSnapshot first = Take();
        Assert.Equal((4, 0, 0, 0), Counts(first.Since(null)));
        Write("studies/Maier.dcm", "d");
        Write("studies/New.dcm", "e");
        File.Delete(_folder.File("studies", "Meier.dcm"));
        DataSnapshot second = Take();
        SnapshotChange change = second.Since(first);
        Assert.Equal((1, 1, 1, 2), Counts(change));
        Assert.Equal([_key.PseudonymOfFile("New.dcm")], change.Came);
        Assert.Equal([_key.PseudonymOfFile("Meier.dcm")], change.Went);
        Assert.Equal([_key.PseudonymOfFile("Maier.dcm")], change.Changed);
        Assert.NotEqual(first.Hash, second.Hash);
        Write("labels.csv", "File,Label\nNew.dcm,normal\n");
        Assert.Equal((0, 0, 1, 3), Counts(Take().Since(second)));
    }

    [Fact]
    public void ASnapshotIsReadAsItWasWrittenAndNamesNoFile()
    {
        Write("studies/Meier.dcm", "a");
        Write("labels.csv", "");
        DataSnapshot taken = Take();
        string file = _folder.File("snapshot.json");
        taken.Write(file);
        Assert.Equal(taken.Hash, DataSnapshot.Read(file)!.Hash);
        Assert.DoesNotContain("Meier", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Null(DataSnapshot.Read(_folder.File("none.json")));
        File.WriteAllText(file, "{");
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => DataSnapshot.Read(file)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static (int, int, int, int) Counts(SnapshotChange change) => (change.Came.Count, change.Went.Count, change.Changed.Count, change.Kept);

    private DataSnapshot Take() => DataSnapshot.Take(_folder.File("studies"), "../labels.csv", _key, CancellationToken.None);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), text);
    }
}
