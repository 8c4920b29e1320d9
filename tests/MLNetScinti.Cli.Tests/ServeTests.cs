using System.Diagnostics;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>The service as its administrators have it: accounts by the command line, an end in good order.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-serve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_account_is_made_with_a_password_from_standard_input_and_what_will_not_do_is_one_line()
    {
        Assert.Equal((0, "anna may sign in as operator."), With("correct horse battery", "add", "anna", "--role", "operator", "--at", _folder));
        Assert.Equal((2, "scinti: anna: there is such an account already: 'scinti serve user password anna' gives it another password, 'user role anna' another role."), With("correct horse battery", "add", "anna", "--role", "reader", "--at", _folder));
        Assert.Equal((2, "scinti: berta: expected a password of 12 to 200 characters, at least five of them different, without the name in it: give another one."), With("short", "add", "berta", "--role", "reader", "--at", _folder));
        Assert.Equal((0, "anna is approver now."), With("", "role", "anna", "--role", "approver", "--at", _folder));
        Assert.Equal((0, "anna is removed."), With("", "remove", "anna", "--at", _folder));
        (int code, string said) = With("", "add", "anna", "--role", "king", "--at", _folder);
        Assert.Equal(2, code);
        Assert.Contains("reader", said, StringComparison.Ordinal);
        Assert.DoesNotContain("MLNetScinti", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls '5080': expected an address of this machine", "serve", ".", "--urls", "5080")]
    [InlineData("nowhere: expected a folder of results or a YAML file", "serve", "nowhere")]
    [InlineData("--jobs takes a whole number from 0 to 1000", "serve", ".", "--jobs", "-1")]
    public void What_cannot_be_served_is_one_line(string message, params string[] arguments)
    {
        (int code, string output, string error) = Scinti.Run(_folder, arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task It_says_where_its_pages_are_and_ends_when_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        ProcessStartInfo start = Scinti.Start(_folder, "serve", ".", "--urls", "http://127.0.0.1:0", "--jobs", "0");
        using Process process = Process.Start(start)!;
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync();
            Assert.StartsWith("Pages: http://127.0.0.1:", line, StringComparison.Ordinal);
            using HttpClient client = new();
            Assert.Equal("live\n", await client.GetStringAsync(new Uri(new Uri(line!["Pages: ".Length..]), "/health/live")));
            Assert.Equal("Nobody can sign in yet: 'scinti serve user add NAME --role approver' makes an account.", await process.StandardOutput.ReadLineAsync());
            using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    private (int Code, string Said) With(string line, params string[] arguments)
    {
        ProcessStartInfo start = Scinti.Start(_folder, ["serve", "user", .. arguments]);
        start.RedirectStandardInput = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.WriteLine(line);
        process.StandardInput.Close();
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.Trim());
    }
}
