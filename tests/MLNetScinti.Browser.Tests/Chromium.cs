using System.Runtime.InteropServices;
using Microsoft.Playwright;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>One Chromium for all tests: the system's own, driven by Playwright. Nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why no browser can be opened here; null where one can.</summary>
    public static string? Missing { get; } = Find() is null ? "Not installed here: chromium." : null;

    /// <summary>The browser.</summary>
    public IBrowser Browser => _browser ?? throw new InvalidOperationException(Missing);

    public async Task InitializeAsync()
    {
        if (Find() is not { } path)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,

            // Chromium's sandbox refuses to run for root, which containers often are. The pages are our own.
            ChromiumSandbox = !(RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && Environment.UserName == "root"),
            Args = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static string? Find() =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         where folder.Length > 0
         from name in s_names
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();
}
