using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

/// <summary>A fact that needs the genuine kernel of .NET Interactive, and a client of Jupyter that talks to it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    {
        _ = (sourceFilePath, sourceLineNumber);
        string[] missing = [.. InteractiveKernel.Program is null ? (string[])["the tool Microsoft.dotnet-interactive"] : [], .. Peer.IsThere("python:nbclient") ? (string[])[] : ["python3-nbclient"]];
        if (missing.Length > 0)
        {
            Skip = $"Not installed here: {string.Join(", ", missing)}; './scinti setup --tests' installs them.";
        }
    }
}

/// <summary>The genuine kernel, where <c>scinti setup --tests</c> has put it, driven by Debian's nbclient: ports on this machine alone, nothing registered for good.</summary>
internal static class InteractiveKernel
{
    private const string Client = """
        import nbformat, sys
        from nbclient import NotebookClient
        notebook = nbformat.read(sys.argv[1], 4)
        try:
            NotebookClient(notebook, timeout=240, startup_timeout=120, kernel_name='.net-csharp', resources={'metadata': {'path': sys.argv[2]}}).execute()
        finally:
            nbformat.write(notebook, sys.argv[3])
        """;

    /// <summary>The tool; null where it is not installed.</summary>
    public static string? Program { get; } = Find();

    /// <summary>Runs a notebook from a folder and reads it back.</summary>
    public static NotebookDocument Run(NotebookDocument notebook, string folder)
    {
        using TemporaryFolder temporary = new();
        string kernels = Path.Combine(temporary.Path, "kernels", ".net-csharp");
        Directory.CreateDirectory(kernels);
        File.WriteAllText(Path.Combine(kernels, "kernel.json"), new JsonObject
        {
            ["argv"] = new JsonArray(Program, "jupyter", "--default-kernel", "csharp", "--http-local-only", "{connection_file}"),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
        }.ToJsonString());
        string input = temporary.Write("in.ipynb", notebook.ToJson()), output = temporary.File("out.ipynb");
        ProcessStartInfo start = new(Peer.Python, ["-c", Client, input, folder, output]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["JUPYTER_PATH"] = temporary.Path;
        start.Environment["JUPYTER_RUNTIME_DIR"] = temporary.Path;
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        // What the test's own host was told about its SDK is not meant for the kernel's.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{error.GetAwaiter().GetResult()}\n{said}");
        return NotebookDocument.Read(output);
    }

    private static string? Find()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } told
            ? told
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string folder = Path.Combine(cache, "mlnetscinti");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "dotnet-interactive-*").Order(StringComparer.Ordinal).Select(tool => Path.Combine(tool, "dotnet-interactive")).LastOrDefault(File.Exists)
            : null;
    }
}

/// <summary>Notebooks on the genuine kernel, with the references that the shipped one begins with.</summary>
public class KernelTests
{
    private static readonly string s_folder = Path.Combine(TestData.Repository, "notebooks");

    [KernelFact]
    public void Natives_load_a_network_trains_and_results_draw_themselves()
    {
        using TemporaryFolder data = new();
        string[] cells =
        [
            Shipped().Cells.First(cell => cell.IsCode).Source,
            """
            using MLNetScinti.Networks.Native;
            NativeLibraries.Load();
            Console.WriteLine($"loaded: {NativeLibraries.Loaded}");
            """,
            "new PngImage(2, 2, 1, [0, 1, 2, 3])",
            $$"""
            var simulator = new DmsaSimulator
            {
                Acquisition = new SpectAcquisition { Bins = 64, Pixel = 2 * PhysicsConstants.Pixel, Views = 48, SecondsPerView = 75 },
                Iterations = 3,
            };
            DmsaCohortWriter.Write(new DmsaCohort(new DmsaCohortOptions { Patients = 8, Validation = 2, Test = 2, Seed = 3 }), "{{data.Path}}", simulator);
            """,
            .. Readme(data.Path),
        ];
        NotebookDocument run = InteractiveKernel.Run(Notebooks.Of(cells), s_folder);
        Assert.Contains("loaded: Processor", Streams(run), StringComparison.Ordinal);
        string html = Html(run);
        Assert.Contains("alt=\"Picture of 2 &#215; 2 pixels\"", html, StringComparison.Ordinal);
        Assert.Contains("<caption>Split by patient: no patient is on two sides</caption>", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Losses during training.", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"ROC curve.", html, StringComparison.Ordinal);
        Assert.True(File.Exists(data.File("dmsa.onnx")) && File.Exists(data.File("dmsa.zip")));
    }

    [KernelFact]
    public void The_DMSA_notebook_runs_there_as_it_does_here()
    {
        using TemporaryFolder folder = new();
        NotebookDocument notebook = Shipped();
        NotebookCell parameters = notebook.Cells.Single(cell => cell.IsCode && cell.Source.Contains("int patients", StringComparison.Ordinal));
        string[] cells = [.. notebook.Cells.Where(cell => cell.IsCode).Select(cell => cell == parameters
            ? $"""int patients = 16, validation = 4, test = 4, matrix = 64, size = 32, epochs = 2; double width = 0.1; string folder = "{folder.Path}";"""
            : cell.Source)];
        NotebookDocument run = InteractiveKernel.Run(Notebooks.Of(cells), s_folder);
        string printed = Streams(run), html = Html(run);
        Assert.Equal(3, printed.Split("as the pipeline, case by case, within 0.0001: True").Length - 1);
        Assert.Matches("Refused: Patient P-[0-9A-Z]+ is in train and in test", printed);
        Assert.DoesNotContain("missing", printed, StringComparison.Ordinal);
        Assert.Contains("alt=\"ROC curve.", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"MipCoronal: an image of", html, StringComparison.Ordinal);
    }

    /// <summary>The README's C# as two cells, on another folder, with smaller images and a shorter training.</summary>
    private static string[] Readme(string folder)
    {
        string text = File.ReadAllText(Path.Combine(TestData.Repository, "README.md"));
        string code = Replace(text.Split("```csharp\n")[1].Split("```")[0],
            ("\"data/dmsa\"", $"\"{folder}\""), ("train: 0.8, validation: 0.1", "train: 0.5, validation: 0.25"), ("Size = 64", "Size = 32"),
            ("Sections = 64, Rows = 64, Columns = 64", "Sections = 32, Rows = 32, Columns = 32, WidthMultiplier = 0.1"),
            ("Task = system.Task,", "Task = system.Task, Training = new TrainingOptions { Epochs = 2, Device = TrainingDevice.Cpu },"),
            ("\"dmsa.onnx\"", $"\"{Path.Combine(folder, "dmsa.onnx")}\""), ("\"dmsa.zip\"", $"\"{Path.Combine(folder, "dmsa.zip")}\""),
            // What draws itself is the last value of a cell.
            ("model.Evaluate(split.Test, split.Validation);", "display(model); display(model.Evaluate(split.Test, split.Validation));"));
        int second = code.IndexOf("var preprocessing", StringComparison.Ordinal);
        return [$"{code[..second]}split", code[second..]];

        static string Replace(string code, params (string Part, string By)[] changes)
        {
            foreach ((string part, string by) in changes)
            {
                Assert.Contains(part, code, StringComparison.Ordinal);
                code = code.Replace(part, by, StringComparison.Ordinal);
            }

            return code;
        }
    }

    private static NotebookDocument Shipped() => NotebookDocument.Read(Path.Combine(s_folder, "01-dmsa.ipynb"));

    private static IEnumerable<JsonObject> Outputs(NotebookDocument run) => run.Cells.SelectMany(cell => cell.Outputs).OfType<JsonObject>();

    private static string Streams(NotebookDocument run) => string.Concat(Outputs(run).Where(output => output["text"] is not null).Select(output => NotebookCell.Text(output["text"])));

    private static string Html(NotebookDocument run) => string.Concat(Outputs(run).Select(output => NotebookCell.Text((output["data"] as JsonObject)?["text/html"])));
}
