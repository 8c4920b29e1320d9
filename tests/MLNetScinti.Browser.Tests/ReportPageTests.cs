using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>Reports in a real browser: what readers, phones, printers and screen readers get.</summary>
public sealed class ReportPageTests(Chromium chromium, Pages pages) : IClassFixture<Chromium>, IClassFixture<Pages>
{
    /// <summary>The width of the text on A4 with the margins of the style sheet, in CSS pixels.</summary>
    private const int PaperWidth = (int)((210 - 28) / 25.4 * 96);

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task It_opens_without_a_word_on_the_console_and_asks_the_network_for_nothing(string name)
    {
        await using IBrowserContext context = await chromium.Browser.NewContextAsync();
        List<string> said = [], asked = [];
        context.Console += (_, message) => said.Add($"{message.Type}: {message.Text}");
        context.WebError += (_, error) => said.Add(error.Error);
        context.Request += (_, request) => asked.Add(request.Url);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(pages.Address(name), new() { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.Empty(said);
        Assert.Equal([pages.Address(name)], asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.images].filter(image => !image.complete || image.naturalWidth === 0).length"));
    }

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task It_is_read_without_script(string name)
    {
        await using IBrowserContext without = await chromium.Browser.NewContextAsync(new() { JavaScriptEnabled = false });
        await using IBrowserContext with = await chromium.Browser.NewContextAsync();
        string[] texts = await Task.WhenAll(new[] { without, with }.Select(async context =>
        {
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(pages.Address(name));
            return await page.Locator("main").InnerTextAsync();
        }));
        Assert.Equal(texts[1], texts[0]);
        Assert.True(texts[0].Length > 2000);
    }

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task A_phone_scrolls_it_only_downwards(string name)
    {
        foreach (int width in new[] { 320, 360, 412 })
        {
            IPage page = await Open(name, width, 740);
            await using IBrowserContext context = page.Context;
            string wide = await page.EvaluateAsync<string>("""
                () => document.scrollingElement.scrollWidth <= innerWidth ? '' : document.scrollingElement.scrollWidth + ' px: ' +
                    [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 0.5 && !one.closest('.scroller, pre, svg'))
                        .map(one => one.tagName + '.' + one.className).slice(0, 12).join(', ')
                """);
            Assert.True(wide.Length == 0, $"{name}: {wide}");
            string unreachable = await page.EvaluateAsync<string>("""
                () => [...document.querySelectorAll('body *')]
                    .filter(one => one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
                    .filter(one => one.tabIndex < 0 || !(one.getAttribute('aria-label') || one.tagName === 'PRE')).map(one => one.outerHTML.slice(0, 80)).join('; ')
                """);
            Assert.True(unreachable.Length == 0, $"{name}: {unreachable}");
        }
    }

    [BrowserTheory(withAxe: true)]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task A_checker_of_accessibility_finds_nothing_wide_in_light_and_narrow_in_dark(string name)
    {
        foreach ((ColorScheme scheme, int width) in new[] { (ColorScheme.Light, 1200), (ColorScheme.Dark, 360) })
        {
            IPage page = await Open(name, width, 900, scheme);
            await using IBrowserContext context = page.Context;
            await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(one => one.open = true)");
            await page.EvaluateAsync(AxeCore.Source + ";0");
            JsonElement found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
            string[] violations = [.. found.GetProperty("violations").EnumerateArray().Select(violation =>
                $"{scheme} {width}: {violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()} ({string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString()))})")];
            Assert.Empty(violations);
        }
    }

    [BrowserTheory(withAxe: true)]
    [InlineData("comparison")]
    public async Task The_checker_would_notice(string name)
    {
        IPage page = await Open(name, 1200, 900);
        await using IBrowserContext context = page.Context;
        await page.EvaluateAsync("() => { document.documentElement.removeAttribute('lang'); document.body.style.setProperty('--soft', '#ccc'); }");
        await page.EvaluateAsync(AxeCore.Source + ";0");
        JsonElement found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        string?[] rules = [.. found.GetProperty("violations").EnumerateArray().Select(violation => violation.GetProperty("id").GetString())];
        Assert.Contains("html-has-lang", rules);
        Assert.Contains("color-contrast", rules);
    }

    /// <summary>What the checker cannot see: text and lines inside drawings. 4.5 : 1 for text, 3 : 1 for lines (WCAG 2.1, 1.4.3 and 1.4.11).</summary>
    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task Drawings_have_contrast_in_light_and_dark(string name)
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            IPage page = await Open(name, 1200, 900, scheme);
            await using IBrowserContext context = page.Context;
            string poor = await page.EvaluateAsync<string>("""
                () => {
                    const parse = colour => colour.match(/[\d.]+/g).map(Number);
                    const light = colour => { const [r, g, b] = parse(colour).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                    const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
                    const behind = one => { for (let at = one.closest('svg').parentElement; at; at = at.parentElement) { const colour = getComputedStyle(at).backgroundColor; if (parse(colour)[3] !== 0) return colour; } return 'rgb(255, 255, 255)'; };
                    const poor = new Set();
                    for (const one of document.querySelectorAll('svg text')) { const value = contrast(getComputedStyle(one).fill, behind(one)); if (value < 4.5) poor.add('text ' + one.className.baseVal + ' ' + value.toFixed(2)); }
                    for (const one of document.querySelectorAll('svg .curve, svg .line, svg .whisker:not(.wide-bar), svg .case, svg .threshold, svg .chance, svg .axis, svg .published-mark')) { const value = contrast(getComputedStyle(one).stroke, behind(one)); if (value < 3) poor.add('line ' + one.className.baseVal + ' ' + value.toFixed(2)); }
                    return [...poor].join('; ');
                }
                """);
            Assert.True(poor.Length == 0, $"{name}: {poor}");
        }
    }

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task Light_and_dark_differ_and_paper_is_white(string name)
    {
        string[] colours = [await Background(ColorScheme.Light, Media.Screen), await Background(ColorScheme.Dark, Media.Screen), await Background(ColorScheme.Dark, Media.Print)];
        Assert.Equal(["rgb(251, 251, 249)", "rgb(20, 23, 27)", "rgb(255, 255, 255)"], colours);

        async Task<string> Background(ColorScheme scheme, Media media)
        {
            IPage page = await Open(name, 1200, 900, scheme);
            await using IBrowserContext context = page.Context;
            await page.EmulateMediaAsync(new() { Media = media, ColorScheme = scheme });
            return await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        }
    }

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task It_prints_and_nothing_leaves_the_paper(string name)
    {
        IPage page = await Open(name, PaperWidth, 1000, ColorScheme.Dark);
        await using IBrowserContext context = page.Context;
        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        string cut = await page.EvaluateAsync<string>("""
            () => [...document.querySelectorAll('body *')].filter(one => !one.closest('svg') && one.getBoundingClientRect().right > innerWidth + 1)
                .map(one => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right)).slice(0, 8).join('; ')
            """);
        Assert.True(cut.Length == 0, $"{name}: {cut}");
        int hidden = await page.EvaluateAsync<int>("[...document.querySelectorAll('details > :not(summary)')].filter(one => one.getBoundingClientRect().height === 0 || !one.checkVisibility({ contentVisibilityAuto: true })).length");
        Assert.Equal(0, hidden);
        byte[] pdf = await page.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true, PrintBackground = true });
        Assert.Equal("%PDF-", System.Text.Encoding.ASCII.GetString(pdf, 0, 5));
        Assert.InRange(pdf.Length, 20_000, 3_000_000);
    }

    [BrowserTheory]
    [MemberData(nameof(Pages.Names), MemberType = typeof(Pages))]
    public async Task The_keyboard_reaches_everything_and_shows_where_it_is(string name)
    {
        IPage page = await Open(name, 700, 900);
        await using IBrowserContext context = page.Context;
        int expected = await page.EvaluateAsync<int>("[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].filter(one => one.checkVisibility()).length");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("To the content", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.True(await page.EvaluateAsync<bool>("() => { const place = document.activeElement.getBoundingClientRect(); return place.left >= 0 && place.top >= 0 && place.right <= innerWidth; }"));
        HashSet<int> reached = [];
        for (int i = 0; i < expected; i++)
        {
            reached.Add(await page.EvaluateAsync<int>("[...document.querySelectorAll('*')].indexOf(document.activeElement)"));
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Equal(expected, reached.Count);
    }

    private async Task<IPage> Open(string name, int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowserContext context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(pages.Address(name));
        return page;
    }
}
