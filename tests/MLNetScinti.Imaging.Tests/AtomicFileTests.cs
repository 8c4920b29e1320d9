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
}
