using System.Text.Json;
using Microsoft.Playwright;
using MLNetScinti.Notebooks;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>The page of the notebook that is shipped, in a real browser.</summary>
public sealed class NotebookPageTests : IClassFixture<Chromium>, IDisposable
{
    private readonly Chromium _chromium;
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-notebook-page-").FullName;
    private readonly string _file;

    public NotebookPageTests(Chromium chromium)
    {
        _chromium = chromium;
        _file = Path.Combine(_folder, "01-dmsa.html");
        NotebookPage.Write(NotebookDocument.Read(Path.Combine(TestData.Repository, "notebooks", "01-dmsa.ipynb")), "01-dmsa", _file);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserTheory]
    [InlineData(1200)]
    [InlineData(320)]
    public async Task It_opens_quietly_shows_every_picture_and_scrolls_only_downwards(int width)
    {
        await using IBrowserContext context = await _chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 800 } });
        List<string> said = [], asked = [];
        context.Console += (_, message) => said.Add($"{message.Type}: {message.Text}");
        context.WebError += (_, error) => said.Add(error.Error);
        context.Request += (_, request) => asked.Add(request.Url);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(_file).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.Empty(said);
        Assert.Equal([new Uri(_file).AbsoluteUri], asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.True(await page.EvaluateAsync<int>("document.images.length") > 20);
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.images].filter(image => !image.complete || image.naturalWidth === 0 || !image.alt).length"));
        Assert.True(await page.EvaluateAsync<bool>("document.scrollingElement.scrollWidth <= innerWidth"));
    }

    [BrowserTheory(withAxe: true)]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task A_checker_of_accessibility_finds_nothing(ColorScheme scheme, int width)
    {
        await using IBrowserContext context = await _chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(_file).AbsoluteUri);
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(one => one.open = true)");
        await page.EvaluateAsync(AxeCore.Source + ";0");
        JsonElement found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        Assert.Empty(found.GetProperty("violations").EnumerateArray().Select(violation =>
            $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()} ({string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString()))})"));
    }
}
