using System.Text.Json.Nodes;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

public class RunnerTests
{
    [Fact]
    public void A_cell_sees_what_the_cells_before_it_declared()
    {
        JsonArray outputs = Notebooks.Last("using System.Globalization;\nint x = 20;\nint Twice(int n) => 2 * n;\nrecord Pair(int A, int B);",
            "x += 1;", "await Task.Delay(1);\nnew Pair(Twice(x), CultureInfo.InvariantCulture.LCID).A");
        Assert.Equal("42", Notebooks.Plain(Assert.Single(outputs)));
        Assert.Equal("execute_result", outputs[0]!["output_type"]!.GetValue<string>());
        Assert.Equal(3, outputs[0]!["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public void What_is_printed_stands_under_its_cell_in_order()
    {
        JsonArray outputs = Notebooks.Last("Console.WriteLine(\"first\");\nConsole.Write(\"second\");\nConsole.Error.WriteLine(\"aside\");\nConsole.WriteLine(3.5);");
        Assert.Equal(["stdout", "stderr", "stdout"], outputs.Select(output => output!["name"]!.GetValue<string>()));
        Assert.Equal(["first\nsecond", "aside\n", "3.5\n"], outputs.Select(output => Notebooks.Text(output!["text"])));
    }

    [Fact]
    public void Printing_after_a_run_goes_to_the_console_again()
    {
        TextWriter before = Console.Out;
        Notebooks.Last("Console.WriteLine(1);");
        Assert.Same(before, Console.Out);
    }

    [Fact]
    public void Display_shows_and_updates_in_place()
    {
        JsonArray outputs = Notebooks.Last("var shown = display(\"start\");", "display(1); \"<b>x</b>\".DisplayAs(\"text/html\"); HTML(\"<i>y</i>\").Display(); 5.Display(\"text/plain\");\nConsole.Write(\"end\");");
        Assert.Equal(5, outputs.Count);
        Assert.Equal("1", Notebooks.Plain(outputs[0]));
        Assert.Equal("<b>x</b>", Notebooks.Text(outputs[1]!["data"]!["text/html"]));
        Assert.Equal("<i>y</i>", Notebooks.Text(outputs[2]!["data"]!["text/html"]));
        Assert.Equal("5", Notebooks.Plain(outputs[3]));
        Assert.Equal("stream", outputs[4]!["output_type"]!.GetValue<string>());

        NotebookDocument notebook = Notebooks.Of("var shown = display(\"start\");", "shown.Update(\"done\");");
        Assert.Null(Notebooks.Run(notebook).Failure);
        Assert.Equal("done", Notebooks.Plain(Assert.Single(Notebooks.Outputs(notebook, 0))));
        Assert.Empty(Notebooks.Outputs(notebook, 1));
    }

    [Fact]
    public void A_picture_is_kept_as_png_with_a_description()
    {
        JsonArray outputs = Notebooks.Last("using MLNetScinti.Imaging;\nvar volume = new Volume(ImageGeometry.Axial(6, 5, 4, 2, 2));\nvolume[1, 2, 3] = 9;\nvolume");
        JsonObject data = Assert.Single(outputs)!["data"]!.AsObject();
        byte[] png = Convert.FromBase64String(data["image/png"]!.GetValue<string>());
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
        Assert.Contains("4 × 5 × 6 voxels", Notebooks.Text(data["text/plain"]), StringComparison.Ordinal);
        Assert.False(data.ContainsKey("text/html"));
    }

    [Fact]
    public void A_list_of_records_is_a_table_and_its_text_is_escaped()
    {
        JsonArray outputs = Notebooks.Last("record Row(int Number, string Name);\nnew[] { new Row(1, \"a<b\"), new Row(2, \"c\") }");
        string html = Notebooks.Text(outputs[0]!["data"]!["text/html"]);
        Assert.Contains("<th scope=\"col\">Number</th><th scope=\"col\">Name</th>", html, StringComparison.Ordinal);
        Assert.Contains("<td>1</td><td>a&lt;b</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_cell_stops_with_its_number_line_and_error()
    {
        NotebookDocument notebook = Notebooks.Of("Console.WriteLine(\"before\");", "int a = 1;\nthrow new InvalidOperationException(\"no counts\");", "Console.WriteLine(\"after\");");
        NotebookRun run = Notebooks.Run(notebook);
        Assert.Equal("cell 2, line 2: InvalidOperationException: no counts", run.Failure!.ToString());
        Assert.Equal(2, run.CellsRun);
        Assert.False(run.Succeeded);
        Assert.Single(Notebooks.Outputs(notebook, 0));
        JsonNode error = Assert.Single(Notebooks.Outputs(notebook, 1))!;
        Assert.Equal("error", error["output_type"]!.GetValue<string>());
        Assert.Equal("InvalidOperationException", error["ename"]!.GetValue<string>());
        Assert.Equal("no counts", error["evalue"]!.GetValue<string>());
        Assert.Contains(error["traceback"]!.AsArray(), line => line!.GetValue<string>() == "   at cell 2, line 2");
        Assert.Empty(Notebooks.Outputs(notebook, 2));
        Assert.Equal([1, 2, null], notebook.Cells.Select(cell => cell.ExecutionCount));
    }

    [Fact]
    public void A_failure_inside_an_earlier_cells_function_names_both_lines()
    {
        NotebookDocument notebook = Notebooks.Of("void Fail()\n{\n    throw new ArgumentException(\"deep\");\n}", "\nFail();");
        CellFailure failure = Notebooks.Run(notebook).Failure!;
        Assert.Equal((2, 2), (failure.Cell, failure.Line));
        Assert.Equal(["   at cell 1, line 3", "   at cell 2, line 2"], failure.Traceback.Where(line => line.Contains("cell", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cell_that_does_not_compile_says_the_line()
    {
        NotebookDocument notebook = Notebooks.Of("int a = 1;", "\nint b = \"text\";\nint c = unknown;");
        CellFailure failure = Notebooks.Run(notebook).Failure!;
        Assert.Equal((2, 2, "CompilationError"), (failure.Cell, failure.Line, failure.Name));
        Assert.StartsWith("CS0029", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, failure.Traceback.Count);
        Assert.StartsWith("cell 2, line 3: CS0103", failure.Traceback[1], StringComparison.Ordinal);
    }

    [Fact]
    public void References_to_what_the_application_carries_are_its_own_assemblies()
    {
        JsonArray outputs = Notebooks.Last("#r \"nuget: Microsoft.ML, 5.0.0\"\n#r \"nuget: Markdig\"\n#r \"../elsewhere/MLNetScinti.Imaging.dll\"\n#i \"nuget:https://example.org\"\n#!csharp\nusing MLNetScinti.Imaging;\ntypeof(Volume).Assembly == AppDomain.CurrentDomain.GetAssemblies().Single(a => a.GetName().Name == \"MLNetScinti.Imaging\")");
        Assert.Equal("true", Notebooks.Plain(outputs[0]));
    }

    [Theory]
    [InlineData("int a = 1;\n#r \"nuget: Plotly.NET, 5.0\"", 2, "carries none named Plotly.NET")]
    [InlineData("#r \"missing/Other.dll\"", 1, "there is no such assembly")]
    [InlineData("#r nuget: X", 1, "expected #r")]
    [InlineData("\n\n#!fsharp\nlet x = 1", 3, "#!fsharp is not known here")]
    public void What_cannot_be_had_is_one_line(string code, int line, string part)
    {
        CellFailure failure = Notebooks.Run(Notebooks.Of(code)).Failure!;
        Assert.Equal((1, line), (failure.Cell, failure.Line));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void A_reference_to_another_assembly_starts_from_the_notebooks_folder()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("lib"));
        File.Copy(typeof(NotebookRunner).Assembly.Location, folder.File("lib/Renamed.dll"));
        NotebookDocument notebook = Notebooks.Of("#r \"lib/Renamed.dll\"\n1");
        Assert.Null(Notebooks.Run(notebook, new NotebookRunOptions { Folder = folder.Path }).Failure);
    }

    [Fact]
    public void Other_languages_in_a_cell_are_shown_and_lines_keep_their_numbers()
    {
        NotebookDocument notebook = Notebooks.Of("#!markdown\n*text*\n#!html\n<u>h</u>\n#!csharp\nthrow new Exception(\"x\");");
        CellFailure failure = Notebooks.Run(notebook).Failure!;
        Assert.Equal(6, failure.Line);
        JsonArray outputs = Notebooks.Outputs(notebook, 0);
        Assert.Equal("*text*", Notebooks.Text(outputs[0]!["data"]!["text/markdown"]));
        Assert.Equal("<u>h</u>", Notebooks.Text(outputs[1]!["data"]!["text/html"]));
    }

    [Fact]
    public void Parameters_replace_what_their_cell_set()
    {
        NotebookDocument notebook = Notebooks.Of("parameters:int patients = 40;\ndouble rate = 1;\nstring name = \"x\";\nbool full = false;", "$\"{patients} {rate} {name} {full}\"");
        NotebookRunOptions options = new()
        {
            Folder = AppContext.BaseDirectory,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["patients"] = "12", ["rate"] = "0.25", ["name"] = "a b", ["full"] = "true" },
        };
        Assert.Null(Notebooks.Run(notebook, options).Failure);
        Assert.Equal("12 0.25 a b True", Notebooks.Plain(Notebooks.Outputs(notebook, 1)[0]));
        Assert.Contains("patients = 12", Notebooks.Text(Notebooks.Outputs(notebook, 0)[0]!["text"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "1", "There is no parameter 'other'; there are patients.")]
    [InlineData("patients", "many", "Parameter 'patients': expected a value of Int32, found 'many'.")]
    public void A_parameter_that_cannot_be_set_is_one_line(string name, string value, string message)
    {
        NotebookRunOptions options = new() { Folder = AppContext.BaseDirectory, Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value } };
        Assert.Equal(message, Assert.Throws<NotebookException>(() => Notebooks.Run(Notebooks.Of("parameters:int patients = 40;"), options)).Message);
        Assert.Contains("tagged 'parameters'", Assert.Throws<NotebookException>(() => Notebooks.Run(Notebooks.Of("int patients = 40;"), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_hold_no_folder_of_this_machine()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("inner"));
        NotebookDocument notebook = Notebooks.Of(
            "Console.WriteLine(Environment.CurrentDirectory); Console.WriteLine(Path.GetFullPath(\"a/b.dcm\")); Console.WriteLine(Path.GetFullPath(\"../c\"));\nnew { Home = AppContext.BaseDirectory }".Replace("Path.", "System.IO.Path.", StringComparison.Ordinal),
            "System.IO.File.ReadAllText(\"nothing.txt\")");
        CellFailure failure = Notebooks.Run(notebook, new NotebookRunOptions { Folder = folder.File("inner") }).Failure!;
        string json = notebook.ToJson();
        Assert.Equal([".\n", "./a/b.dcm\n", "../c\n"], Notebooks.Outputs(notebook, 0)[0]!["text"]!.AsArray().Select(line => line!.GetValue<string>()));
        Assert.DoesNotContain(folder.Path, json, StringComparison.Ordinal);
        Assert.DoesNotContain(AppContext.BaseDirectory.TrimEnd('/', '\\'), json, StringComparison.Ordinal);
        Assert.Contains("./nothing.txt", failure.Message.Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_takes_too_long_stops_the_notebook()
    {
        NotebookDocument notebook = Notebooks.Of("await Task.Delay(System.Threading.Timeout.Infinite);", "Console.WriteLine(\"after\");");
        NotebookRun run = Notebooks.Run(notebook, new NotebookRunOptions { Folder = AppContext.BaseDirectory, CellTimeout = TimeSpan.FromSeconds(0.25) });
        Assert.Equal("cell 1: Timeout: the cell took longer than 0.25 s.", run.Failure!.ToString());
        Assert.Equal("error", Assert.Single(Notebooks.Outputs(notebook, 0))!["output_type"]!.GetValue<string>());
        Assert.Empty(Notebooks.Outputs(notebook, 1));
    }

    [Fact]
    public async Task An_interrupted_run_keeps_what_ran()
    {
        using CancellationTokenSource stop = new();
        Interruption.Stop = stop.Cancel;
        NotebookDocument notebook = Notebooks.Of(
            "Console.WriteLine(\"one\");",
            "Console.WriteLine(\"two\");\nMLNetScinti.Notebooks.Tests.Interruption.Stop();\nawait Task.Delay(System.Threading.Timeout.Infinite);",
            "Console.WriteLine(\"three\");");
        NotebookRunner runner = new(new NotebookRunOptions { Folder = AppContext.BaseDirectory });
        NotebookRun run = await runner.RunAsync(notebook, cancellationToken: stop.Token);
        Assert.True(run.Interrupted);
        Assert.Null(run.Failure);
        Assert.Equal(2, run.CellsRun);
        Assert.Single(Notebooks.Outputs(notebook, 0));
        Assert.Equal("two\n", Notebooks.Text(Assert.Single(Notebooks.Outputs(notebook, 1))!["text"]));
        Assert.Empty(Notebooks.Outputs(notebook, 2));
    }

    [Fact]
    public void Progress_is_told_after_each_cell_under_its_heading()
    {
        List<CellProgress> told = [];
        NotebookDocument notebook = Notebooks.Of("# One\n\ntext", "int a = 1;", "a + 1", "# Two", "throw new Exception();");
        new NotebookRunner(new NotebookRunOptions { Folder = AppContext.BaseDirectory }).RunAsync(notebook, new Listener(told.Add)).GetAwaiter().GetResult();
        Assert.Equal([(1, 3, "One", false), (2, 3, "a + 1", false), (3, 3, "Two", true)], told.Select(cell => (cell.Number, cell.Total, cell.Title, cell.Failed)));
    }

    private sealed class Listener(Action<CellProgress> told) : IProgress<CellProgress>
    {
        public void Report(CellProgress value) => told(value);
    }
}
