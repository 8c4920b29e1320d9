using System.Text.Json.Nodes;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

public class DocumentTests
{
    // As Jupyter's nbformat writes it: keys sorted, one blank a level, letters of all languages as they are.
    private const string FromJupyter = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {},
           "source": [
            "# Größe µ 🩻\n",
            "a \"quoted\" \\ back\tslash"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": null,
           "id": "b2",
           "metadata": {
            "zeta": 1.50,
            "alpha": [
             true,
             null,
             1e3
            ]
           },
           "outputs": [],
           "source": []
          },
          {
           "cell_type": "raw",
           "id": "c3",
           "metadata": {},
           "source": "one text"
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "name": ".net-csharp"
          },
          "unknown": {}
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    public void What_Jupyter_wrote_is_written_back_byte_for_byte()
    {
        string text = FromJupyter.ReplaceLineEndings("\n");
        Assert.Equal(text, NotebookDocument.Parse(text).ToJson());
    }

    [Fact]
    public void A_second_run_gives_the_same_bytes_and_leaves_sources_and_metadata_alone()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("n.ipynb", Notebooks.Json("# Title", "Console.WriteLine(1);\nnew[] { 1.5, 2 }", "throw new Exception(\"x\");"));
        NotebookRunOptions options = new() { Folder = folder.Path };
        NotebookDocument first = NotebookDocument.Read(path);
        string before = Strip(first.ToJson());
        Notebooks.Run(first, options);
        first.Write(path);
        byte[] once = File.ReadAllBytes(path);
        NotebookDocument second = NotebookDocument.Read(path);
        Notebooks.Run(second, options);
        second.Write(path);
        Assert.Equal(once, File.ReadAllBytes(path));
        Assert.Equal(before, Strip(File.ReadAllText(path)));
        Assert.Equal(["n.ipynb"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{\n\"cells\": [,]}", "no JSON at line 2")]
    [InlineData("{\"cells\": [], \"cells\": [], \"nbformat\": 4}", "no JSON")]
    [InlineData("[1, 2]", "list of cells")]
    [InlineData("{\"nbformat\": 4}", "list of cells")]
    [InlineData("{\"cells\": [], \"nbformat\": 3}", "expected nbformat 4, found 3")]
    [InlineData("{\"cells\": []}", "expected nbformat 4, found none")]
    [InlineData("{\"cells\": [{\"cell_type\": \"code\"}], \"nbformat\": 4}", "cell 1")]
    [InlineData("{\"cells\": [{\"cell_type\": \"code\", \"source\": \"\\ud800\"}], \"nbformat\": 4}", "no JSON")]
    [InlineData("{\"cells\": [7], \"nbformat\": 4}", "cell 1")]
    [InlineData("{\"cells\": [], \"nbformat\": 4, \"metadata\": {\"kernelspec\": {\"name\": \"python3\"}}}", "for the kernel python3")]
    public void What_is_no_notebook_is_told_in_one_line(string text, string part)
    {
        NotebookException problem = Assert.Throws<NotebookException>(() => NotebookDocument.Parse(text, "some.ipynb"));
        Assert.StartsWith("some.ipynb: expected", problem.Message, StringComparison.Ordinal);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void Cells_of_other_languages_are_left_alone()
    {
        JsonNode json = JsonNode.Parse(Notebooks.Json("1", "let x = 1"))!;
        json["cells"]![1]!["metadata"] = new JsonObject { ["polyglot_notebook"] = new JsonObject { ["kernelName"] = "fsharp" } };
        NotebookDocument notebook = NotebookDocument.Parse(json.ToJsonString());
        NotebookRun run = Notebooks.Run(notebook);
        Assert.True(run.Succeeded);
        Assert.Equal(1, run.CellsRun);
        Assert.Null(notebook.Cells[1].ExecutionCount);
    }

    private static string Strip(string json)
    {
        JsonNode node = JsonNode.Parse(json)!;
        foreach (JsonNode? cell in node["cells"]!.AsArray())
        {
            cell!.AsObject().Remove("outputs");
            cell.AsObject().Remove("execution_count");
        }

        return node.ToJsonString();
    }
}
