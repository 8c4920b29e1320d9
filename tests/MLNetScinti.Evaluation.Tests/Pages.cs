using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Pages as trees, whatever they report.</summary>
internal static class Pages
{
    /// <summary>The body of a page that is well formed, names its parts once, and links only to what is there or beside it.</summary>
    public static XElement Body(string page)
    {
        int from = page.IndexOf("<body>", StringComparison.Ordinal), to = page.IndexOf("</body>", StringComparison.Ordinal);
        XElement body = XElement.Parse(Single().Replace(page[from..(to + "</body>".Length)], "<$1$2/>").Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal));
        string[] ids = [.. body.DescendantsAndSelf().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(body.Descendants("a").Select(link => (string)link.Attribute("href")!).Where(link => link[0] == '#'), link => Assert.Contains(link[1..], ids));
        Assert.All(body.Descendants("section"), section => Assert.Contains((string)section.Attribute("aria-labelledby")!, ids));
        Assert.All(body.Descendants("th").Where(head => head.Value.Length > 0), head => Assert.NotNull(head.Attribute("scope")));
        Assert.Empty(body.Descendants("script"));
        return body;
    }

    private static Regex Single() => new("<(img|meta|br)([^>]*)>", RegexOptions.None, TimeSpan.FromSeconds(10));
}
