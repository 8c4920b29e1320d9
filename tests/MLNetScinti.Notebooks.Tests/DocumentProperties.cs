using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

public class DocumentProperties
{
    [Fact]
    public void Any_source_is_written_and_read_again()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
        {
            // Half of a letter that needs two units is no text: no file holds one.
            string[] sources = [.. texts.Select(text => new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]) + "\u2028 🩻 \u0001\\\"")];
            JsonNode json = JsonNode.Parse(Notebooks.Json(sources.Select(source => "int x = 1; // " + source)))!;
            string written = NotebookDocument.Parse(json.ToJsonString()).ToJson();
            return JsonNode.DeepEquals(json, JsonNode.Parse(written)) && NotebookDocument.Parse(written).ToJson() == written;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_damaged_notebook_is_a_notebook_or_one_line()
    {
        string whole = NotebookDocument.Parse(Notebooks.Json("# Title", "parameters:int a = 1;", "a\n+ 1")).ToJson();
        string[] pieces = ["", "\"", "5", "[", "}", "null", "{}", "\"\\ud800\"", ",", "cells", "code"];
        Gen<string> damaged =
            from start in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 12)
            from piece in Gen.Elements(pieces)
            select whole[..start] + piece + whole[Math.Min(whole.Length, start + length)..];
        int refused = 0;
        Prop.ForAll(damaged.ToArbitrary(), text =>
        {
            try
            {
                return NotebookDocument.Parse(text).ToJson().Length > 0;
            }
            catch (NotebookException problem)
            {
                refused++;
                return !problem.Message.Contains('\n', StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.InRange(refused, 50, 399);
    }
}
