using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Imaging;

namespace MLNetScinti.Service.Pages;

/// <summary>How components become answers, and what pages have in common.</summary>
internal static class Show
{
    /// <summary>Rows of a page.</summary>
    public const int Rows = 50;

    private static readonly Lazy<(byte[] Content, string Address)> s_style = new(() =>
    {
        using Stream stream = typeof(Show).Assembly.GetManifestResourceStream("service.css")!;
        using StreamReader reader = new(stream);
        byte[] content = Encoding.UTF8.GetBytes(ReportStyle.Page + reader.ReadToEnd());
        return (content, $"/style.css?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}");
    });

    /// <summary>The one style sheet: that of reports, and what forms need.</summary>
    public static byte[] Style => s_style.Value.Content;

    /// <summary>Where it is; another content has another address.</summary>
    public static string StyleAddress => s_style.Value.Address;

    /// <summary>A page.</summary>
    public static RazorComponentResult Page<T>(int status, params IEnumerable<(string Name, object? Value)> parameters)
        where T : IComponent => new(typeof(T), parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal)) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>A page that is there.</summary>
    public static RazorComponentResult Page<T>(params IEnumerable<(string Name, object? Value)> parameters)
        where T : IComponent => Page<T>(StatusCodes.Status200OK, parameters);

    /// <summary>Leads to a page behind a form that was carried out: looking at it again does not send the form again.</summary>
    public static IResult See(string address) => new SeeOther(address);

    /// <summary>Text of others on one line; it is escaped where it is written.</summary>
    public static string Plain(string? text) => PlainText.OneLine(text ?? "");

    /// <summary>A time as pages have it.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A number with separators.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Megabytes.</summary>
    public static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>The address of a report in the folder of runs.</summary>
    public static string Report(string key) => "/reports/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString));

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
