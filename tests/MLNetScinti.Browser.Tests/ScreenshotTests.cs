using Microsoft.Playwright;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>
/// Pictures of reports. Without settings they are taken of the samples and thrown away; tests/screenshots.sh has them taken of
/// real reports: SCINTI_SCREENSHOTS_OF lists pages ("name=path", one a line), SCINTI_SCREENSHOTS_TO says where they go.
/// </summary>
public sealed class ScreenshotTests(Chromium chromium, Pages pages) : IClassFixture<Chromium>, IClassFixture<Pages>
{
    [BrowserTheory]
    [InlineData("light", 1200, 1500)]
    [InlineData("dark", 1200, 1500)]
    [InlineData("phone", 390, 844)]
    public async Task They_can_be_taken(string kind, int width, int height)
    {
        (string Name, string Address)[] wanted = Environment.GetEnvironmentVariable("SCINTI_SCREENSHOTS_OF") is { Length: > 0 } list
            ? [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Select(parts => (parts[0], new Uri(Path.GetFullPath(parts[1])).AbsoluteUri))]
            : [("report", pages.Address("report"))];
        string? folder = Environment.GetEnvironmentVariable("SCINTI_SCREENSHOTS_TO");
        await using IBrowserContext context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            DeviceScaleFactor = kind == "phone" ? 2 : 1,
            ColorScheme = kind == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        foreach ((string name, string address) in wanted)
        {
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(address);
            byte[] picture = await page.ScreenshotAsync(new()
            {
                Path = folder is { Length: > 0 } ? Path.Combine(folder, $"{name}-{kind}.png") : null,
                Animations = ScreenshotAnimations.Disabled,
            });
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture.Take(4));
            Assert.True(picture.Length > 20_000, $"{name}: a picture of {picture.Length} bytes shows nothing.");
            await page.CloseAsync();
        }
    }
}
