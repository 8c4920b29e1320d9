using System.Text.RegularExpressions;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

public class PageTests
{
    [Fact]
    public void The_page_has_headings_code_outputs_and_alternative_texts()
    {
        NotebookDocument notebook = Notebooks.Of(
            "# A *title*\n\n## Part\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>",
            "using MLNetScinti.Imaging;\nConsole.WriteLine(\"a<b\");\nnew PlanarImage(3, 2, 1, 1, [0, 1, 2, 3, 4, 5])",
            "throw new Exception(\"1 < 2\");");
        Notebooks.Run(notebook);
        string page = NotebookPage.Text(notebook, "name");
        Assert.Single(Regex.Matches(page, "<h1"));
        Assert.Contains("<h2 id=\"part\">Part</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("a&lt;b", page, StringComparison.Ordinal);
        Assert.Matches("<img src=\"data:image/png;base64,[A-Za-z0-9+/=]+\" alt=\"Planar image of 2 × 3 pixels[^\"]*\">", WithoutEntities(page));
        Assert.Contains("<strong>Exception</strong>: 1 &lt; 2", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_notebook_without_a_heading_is_called_by_its_name() =>
        Assert.Contains("<h1>my &amp; notebook</h1>", NotebookPage.Text(Notebooks.Of("1"), "my & notebook"), StringComparison.Ordinal);

    [Fact]
    public void What_is_nested_too_deeply_to_be_drawn_stands_there_as_it_was_written()
    {
        string deep = $"# Title\n\n{new string('>', 5000)} deep & <b>";
        Assert.Contains("deep &amp; &lt;b&gt;", NotebookPage.Text(Notebooks.Of(deep, "1"), "name"), StringComparison.Ordinal);
    }

    private static string WithoutEntities(string page) => page.Replace("&#215;", "×", StringComparison.Ordinal);
}
