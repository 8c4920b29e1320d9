using System.Diagnostics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

/// <summary>The command as its users have it: a process of its own.</summary>
public class CommandTests
{
    [Fact]
    public void A_run_writes_the_notebook_and_the_page_and_says_how_far_it_is()
    {
        using TemporaryFolder folder = new();
        string notebook = folder.Write("n.ipynb", Notebooks.Json("# The heading", "parameters:int n = 1;", "n + 1"));
        (int code, string output, string error) = Run(folder.Path, "notebook", "run", "n.ipynb", "--set", "n=41");
        Assert.True(code == 0, error);
        Assert.Contains("42", File.ReadAllText(notebook), StringComparison.Ordinal);
        Assert.Contains("<h1 id=\"the-heading\">The heading</h1>", File.ReadAllText(folder.File("n.html")), StringComparison.Ordinal);
        Assert.Contains("[ 1/2]", error, StringComparison.Ordinal);
        Assert.Contains(" s  The heading", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void A_failing_cell_ends_with_1_and_what_ran_is_written_elsewhere_when_asked()
    {
        using TemporaryFolder folder = new();
        string text = Notebooks.Json("Console.WriteLine(\"before\");", "int x = 1;\nthrow new Exception(\"the reason\");");
        string notebook = folder.Write("n.ipynb", text);
        (int code, _, string error) = Run(folder.Path, "notebook", "run", "n.ipynb", "--output", "out/o.ipynb", "--html", "out/p.html");
        Assert.Equal(1, code);
        Assert.Contains("scinti: n.ipynb: cell 2, line 2: Exception: the reason", error, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(notebook));
        Assert.Contains("before", File.ReadAllText(folder.File("out/o.ipynb")), StringComparison.Ordinal);
        Assert.Contains("the reason", File.ReadAllText(folder.File("out/p.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "expected a notebook", "run", "bad.ipynb")]
    [InlineData(5, "there is no such notebook", "run", "missing.ipynb")]
    [InlineData(2, "expected name=value", "run", "good.ipynb", "--set", "patients")]
    [InlineData(2, "tagged 'parameters'", "run", "good.ipynb", "--set", "patients=1")]
    [InlineData(2, "expected seconds above 0", "run", "good.ipynb", "--timeout", "0")]
    public void A_users_mistake_is_one_line(int expected, string part, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        folder.Write("bad.ipynb", "{}");
        folder.Write("good.ipynb", Notebooks.Json("1"));
        (int code, string output, string error) = Run(folder.Path, ["notebook", .. arguments]);
        Assert.Equal(expected, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("Environment.Exit(0);", "ProcessEnded", "exit code 0")]
    [InlineData("System.Threading.Tasks.Task.Run(() => Environment.Exit(7)).Wait(); System.Threading.Thread.Sleep(60000);", "ProcessEnded", "exit code 7")]
    [InlineData("int Down(int n) => Down(n + 1) + 1;\nDown(0)", "StackOverflow", "called itself until the stack was used up")]
    [InlineData("Environment.FailFast(\"enough\");", "ProcessEnded", "exit code")]
    public void A_cell_that_ends_the_process_is_a_failure_and_the_notebook_says_so(string code, string name, string how)
    {
        using TemporaryFolder folder = new();
        string notebook = folder.Write("n.ipynb", Notebooks.Json("# A heading", "int before = 1;", code, "2"));
        (int exit, string output, string error) = Run(folder.Path, "notebook", "run", "n.ipynb");
        Assert.Equal(1, exit);
        Assert.Contains($"scinti: n.ipynb: cell 2: {name}: ", error, StringComparison.Ordinal);
        Assert.Contains(how, error, StringComparison.Ordinal);
        Assert.InRange(error.Split('\n').Length, 1, 12);
        Assert.Empty(output);
        Assert.Contains($"\"ename\": \"{name}\"", File.ReadAllText(notebook), StringComparison.Ordinal);
        Assert.Contains(how, File.ReadAllText(folder.File("n.html")), StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(string workingFolder, params IEnumerable<string> arguments)
    {
        string target = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        string program = Path.Combine(
            TestData.Repository, "src", "MLNetScinti.Cli", "bin", Path.GetFileName(Path.GetDirectoryName(target))!, Path.GetFileName(target), "scinti.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
