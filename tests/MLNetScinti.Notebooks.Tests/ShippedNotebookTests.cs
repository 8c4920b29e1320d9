using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

/// <summary>The notebooks of the repository.</summary>
public class ShippedNotebookTests
{
    private static readonly string s_folder = Path.Combine(TestData.Repository, "notebooks");

    public static TheoryData<string> Names => [.. Directory.GetFiles(s_folder, "*.ipynb").Select(file => Path.GetFileName(file))];

    [Fact]
    public void The_DMSA_notebook_runs_in_small()
    {
        using TemporaryFolder folder = new();
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(s_folder, "01-dmsa.ipynb"));
        NotebookRun run = Notebooks.Run(notebook, new NotebookRunOptions
        {
            Folder = s_folder,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["patients"] = "16",
                ["validation"] = "4",
                ["test"] = "4",
                ["matrix"] = "64",
                ["size"] = "32",
                ["width"] = "0.1",
                ["epochs"] = "2",
                ["folder"] = folder.Path,
            },
        });
        Assert.True(run.Succeeded, run.Failure?.ToString());
        JsonObject[] outputs = OutputsOf(notebook);
        string printed = string.Concat(outputs.Where(output => output["text"] is not null).Select(output => Notebooks.Text(output["text"])));
        Assert.Matches("Refused: Patient P-[0-9A-Z]+ is in train and in test", printed);
        Assert.Equal(3, Regex.Count(printed, "as the pipeline, case by case, within 0.0001: True"));
        Assert.DoesNotContain("missing", printed, StringComparison.Ordinal);
        // A file that was left out has a pseudonym in the notebook: its name may be a patient's.
        Assert.Contains(outputs, output => Form(output, "text/html").Contains("<td>F-", StringComparison.Ordinal));
        Assert.DoesNotContain(outputs, output => Form(output, "text/html").Contains("<td>broken.dcm</td>", StringComparison.Ordinal));
        Assert.Contains(outputs, output => Form(output, "text/plain").StartsWith("epoch 2 of 2: training loss", StringComparison.Ordinal));
        AssertShown(outputs, hasTwoClasses: true);
        Assert.DoesNotContain(folder.Path, notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_body_notebook_runs_in_small()
    {
        using TemporaryFolder folder = new();
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(s_folder, "02-whole-body.ipynb"));
        NotebookRun run = Notebooks.Run(notebook, new NotebookRunOptions
        {
            Folder = s_folder,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["patients"] = "24",
                ["validation"] = "6",
                ["test"] = "8",
                ["width"] = "0.125",
                ["epochs"] = "2",
                ["folder"] = folder.Path,
            },
        });
        Assert.True(run.Succeeded, run.Failure?.ToString());
        JsonObject[] outputs = OutputsOf(notebook);
        string printed = string.Concat(outputs.Where(output => output["text"] is not null).Select(output => Notebooks.Text(output["text"])));
        Assert.Contains("within 0.0001: True", printed, StringComparison.Ordinal);
        Assert.Contains("the same pixels as before: True", printed, StringComparison.Ordinal);
        Assert.Contains("by patient: accuracy", printed, StringComparison.Ordinal);
        AssertShown(outputs, hasTwoClasses: false);
        Assert.DoesNotContain(folder.Path, notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_SPECT_CT_notebook_runs_in_small()
    {
        using TemporaryFolder folder = new();
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(s_folder, "03-spect-ct.ipynb"));
        NotebookRun run = Notebooks.Run(notebook, new NotebookRunOptions
        {
            Folder = s_folder,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["patients"] = "6",
                ["validation"] = "2",
                ["test"] = "2",
                ["size"] = "16",
                ["epochs"] = "2",
                ["folder"] = folder.Path,
            },
        });
        Assert.True(run.Succeeded, run.Failure?.ToString());
        JsonObject[] outputs = OutputsOf(notebook);
        string printed = string.Concat(outputs.Where(output => output["text"] is not null).Select(output => Notebooks.Text(output["text"])));
        Assert.Contains("within 0.001: True", printed, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(printed, "Activity concentration, (left|right) kidney: "));
        Assert.Contains("objects; a person should look at it: ", printed, StringComparison.Ordinal);
        AssertMasksShown(outputs);
        Assert.DoesNotContain(folder.Path, notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_dose_notebook_runs()
    {
        using TemporaryFolder folder = new();
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(s_folder, "04-dose.ipynb"));
        NotebookRun run = Notebooks.Run(notebook, new NotebookRunOptions
        {
            Folder = s_folder,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["seed"] = "9", ["folder"] = folder.Path },
        });
        Assert.True(run.Succeeded, run.Failure?.ToString());
        JsonObject[] outputs = OutputsOf(notebook);
        string printed = string.Concat(outputs.Where(output => output["text"] is not null).Select(output => Notebooks.Text(output["text"])));
        Assert.Equal(2, Regex.Count(printed, "the same volume: True"));
        Assert.Equal(2, Regex.Count(printed, "dose by local deposition of Lu-177's electrons.* Gy \\("));
        Assert.Contains("registered on the first image's bones", printed, StringComparison.Ordinal);
        AssertPictures(outputs, 4);
        Assert.DoesNotContain(folder.Path, notebook.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_outputs_are_whole_show_pictures_and_name_no_machine(string name)
    {
        string path = Path.Combine(s_folder, name), text = File.ReadAllText(path);
        NotebookDocument notebook = NotebookDocument.Parse(text, name);
        NotebookCell[] code = [.. notebook.Cells.Where(cell => cell.IsCode)];
        Assert.Equal(Enumerable.Range(1, code.Length).Select(number => (int?)number), code.Select(cell => cell.ExecutionCount));
        Assert.DoesNotContain(code.SelectMany(cell => cell.Outputs), output => output!["output_type"]!.GetValue<string>() == "error");
        if (name.StartsWith("04", StringComparison.Ordinal))
        {
            // Nothing is trained there.
            AssertPictures(OutputsOf(notebook), 4);
        }
        else if (name.StartsWith("03", StringComparison.Ordinal))
        {
            AssertMasksShown(OutputsOf(notebook));
        }
        else
        {
            AssertShown(OutputsOf(notebook), hasTwoClasses: name.StartsWith("01", StringComparison.Ordinal));
        }

        Assert.Equal(text, notebook.ToJson());
        Assert.InRange(text.Length, 0, 2_000_000);
        Assert.DoesNotMatch("[\" ](/(?:home|root|tmp|Users)/|[A-Z]:\\\\\\\\)", text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Packages_are_those_that_the_product_is_built_with(string name)
    {
        XElement props = XElement.Load(Path.Combine(TestData.Repository, "Directory.Packages.props"));
        Dictionary<string, string> versions = props.Descendants("PackageVersion").Where(package => package.Attribute("Condition") is null)
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.Ordinal);
        string code = string.Concat(NotebookDocument.Read(Path.Combine(s_folder, name)).Cells.Where(cell => cell.IsCode).Select(cell => cell.Source + "\n"));
        MatchCollection references = Regex.Matches(code, "#r \"nuget: ([^,\"]+), ([^\"]+)\"");
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(versions[reference.Groups[1].Value], reference.Groups[2].Value));
    }

    // Pictures of image, volume, both kidneys, augmentation; and those inside of tables and evaluations.
    private static void AssertShown(JsonObject[] outputs, bool hasTwoClasses)
    {
        AssertPictures(outputs, 5);
        string html = string.Concat(outputs.Select(output => Form(output, "text/html")));
        // Several classes show their confusion table instead.
        Assert.Contains(hasTwoClasses ? "alt=\"ROC curve." : "Confusion table", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Losses during training.", html, StringComparison.Ordinal);
        Assert.Contains(": an image of", html, StringComparison.Ordinal);
    }

    // Pictures of the SPECT, of images with their mask, and of the worst mask; the training's curve and ML.NET's figures of voxels.
    private static void AssertMasksShown(JsonObject[] outputs)
    {
        AssertPictures(outputs, 3);
        string html = string.Concat(outputs.Select(output => Form(output, "text/html")));
        Assert.Contains("alt=\"Losses during training.", html, StringComparison.Ordinal);
        Assert.Contains("Dice", html, StringComparison.Ordinal);
    }

    private static void AssertPictures(JsonObject[] outputs, int least) =>
        Assert.True(outputs.Count(output => output["data"]?["image/png"] is not null) >= least, $"fewer than {least} pictures");

    private static string Form(JsonObject output, string mimeType) => NotebookCell.Text((output["data"] as JsonObject)?[mimeType]);

    private static JsonObject[] OutputsOf(NotebookDocument notebook) => [.. notebook.Cells.SelectMany(cell => cell.Outputs).OfType<JsonObject>()];
}
