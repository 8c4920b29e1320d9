using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_cannot_be_written_whole_leaves_the_old_one_and_nothing_else()
    {
        string path = Path.Combine(_folder, "below", "a.txt");
        AtomicFile.Write(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the new"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Every_way_of_writing_gives_the_same_bytes()
    {
        string[] paths = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(_folder, $"{i}"))];
        AtomicFile.Write(paths[0], "é\n");
        AtomicFile.Write(paths[1], "é\n"u8);
        AtomicFile.Write(paths[2], stream => stream.Write("é\n"u8));
        AtomicFile.WriteText(paths[3], writer => writer.WriteLine("é"));
        Assert.All(paths, path => Assert.Equal("é\n"u8.ToArray(), File.ReadAllBytes(path)));
    }

    [Fact]
    public async Task Whoever_reads_while_it_is_written_finds_a_whole_file()
    {
        string path = Path.Combine(_folder, "busy");
        string[] texts = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 100_000))];
        AtomicFile.Write(path, texts[0]);
        Task[] writers = [.. texts.Select(text => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                AtomicFile.Write(path, text);
            }
        }))];
        Task all = Task.WhenAll(writers);
        int read = 0;
        do
        {
            Assert.Contains(await File.ReadAllTextAsync(path), texts);
            read++;
        }
        while (!all.IsCompleted);
        await all;
        Assert.NotEqual(0, read);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Many_writers_of_a_new_file_leave_the_first_ones()
    {
        // Two of them come between each other's look and move only now and then: many rounds.
        for (int round = 0; round < 100; round++)
        {
            string path = Path.Combine(_folder, $"new-{round}");
            bool[] mine = new bool[16];
            Parallel.For(0, mine.Length, i => mine[i] = AtomicFile.WriteNew(path, [(byte)i], UnixFileMode.UserRead | UnixFileMode.UserWrite));
            byte first = (byte)Assert.Single(mine.Index(), one => one.Item).Index;
            Assert.Equal([first], File.ReadAllBytes(path));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }

        Assert.Equal(100, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void What_a_killed_writer_left_goes_once_it_is_old_and_nobodys()
    {
        string Left(string number, int minutes)
        {
            string file = Path.Combine(_folder, $".scinti-{number.PadLeft(32, '0')}.part");
            File.WriteAllText(file, "half");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-minutes));
            Assert.True(AtomicFile.IsTemporary(Path.GetFileName(file)));
            return file;
        }

        string old = Left("1", 60), young = Left("2", 1), others = Path.Combine(_folder, ".scinti-notes.part");
        File.WriteAllText(others, "kept");
        File.SetLastWriteTimeUtc(others, DateTime.UtcNow.AddDays(-1));
        AtomicFile.Write(Path.Combine(_folder, "a"), "new");
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young) && File.Exists(others));
        Assert.False(AtomicFile.IsTemporary("a.part"));

        using FileStream writer = new(Left("3", 60), FileMode.Open, FileAccess.Write, FileShare.None);
        AtomicFile.RemoveLeftBehind(_folder, TimeSpan.Zero);
        Assert.Equal([Path.GetFileName(writer.Name), Path.GetFileName(others), "a"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_as_long_as_the_system_allows_is_written() =>
        AtomicFile.Write(Path.Combine(_folder, new string('n', 255)), "long");

    [Fact]
    public void A_refusal_names_the_file_that_was_asked_for()
    {
        string folder = Path.Combine(_folder, "folder");
        Directory.CreateDirectory(Path.Combine(folder, "there"));
        string message = Assert.ThrowsAny<SystemException>(() => AtomicFile.Write(Path.Combine(folder, "there"), "text")).Message;
        Assert.StartsWith($"{Path.Combine(folder, "there")} cannot be written: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".part", message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder, "there")], Directory.GetFileSystemEntries(folder));
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("/dev/full", Assert.Throws<IOException>(() => AtomicFile.Write("/dev/full", "text")).Message, StringComparison.Ordinal);
        }
    }
}
