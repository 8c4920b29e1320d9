using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using FellowOakDicom;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using MLNetScinti.Pacs.DicomWeb;

// It ends with the test.
#pragma warning disable MA0040

namespace MLNetScinti.Pacs.Tests;

/// <summary>An archive of DICOMweb in this process, which can be told to go wrong.</summary>
internal sealed class FakeArchive : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly WebApplication _application;

    private FakeArchive(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.First() + "/dicom-web/");

    public IReadOnlyCollection<Kept> All => [.. _kept.Values];

    /// <summary>What has to come as Authorization; null for nothing.</summary>
    public string? Password { get; set; }

    /// <summary>Says 200 and stores nothing.</summary>
    public bool StoresNothing { get; set; }

    /// <summary>Stores, and names something else as stored.</summary>
    public bool NamesOthers { get; set; }

    /// <summary>Classes that are refused with 0122.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>How often 503 is answered before anything else is.</summary>
    public int Unavailable { get; set; }

    /// <summary>How many answers of objects break off in the middle.</summary>
    public int Drops { get; set; }

    /// <summary>What is answered instead of everything, with its type.</summary>
    public (string Type, string Text)? Instead { get; set; }

    /// <summary>Bytes of nothing behind each object that is fetched.</summary>
    public int Padding { get; set; }

    /// <summary>Is told of each request.</summary>
    public Action<HttpRequest> Seen { get; set; } = _ => { };

    public static async Task<FakeArchive> Start()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        FakeArchive archive = new(application);
        application.Run(archive.Answer);
        await application.StartAsync();
        return archive;
    }

    public ArchiveSettings Settings() => new()
    {
        Address = Address,
        Patience = new ArchivePatience { Timeout = TimeSpan.FromSeconds(5), Retries = 2, Pause = TimeSpan.FromMilliseconds(10), Break = TimeSpan.FromSeconds(1) },
    };

    public void Keep(string file) => Keep(File.ReadAllBytes(file));

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private Kept Keep(byte[] bytes)
    {
        DicomDataset dataset = DicomFile.Open(new MemoryStream(bytes)).Dataset;
        Kept kept = new(Text(dataset, DicomTag.StudyInstanceUID), Text(dataset, DicomTag.SeriesInstanceUID), Text(dataset, DicomTag.SOPInstanceUID), Text(dataset, DicomTag.SOPClassUID), Text(dataset, DicomTag.Modality), bytes);
        if (!StoresNothing && !Refused.Contains(kept.ClassUid))
        {
            _kept[kept.InstanceUid] = kept;
        }

        return kept;
    }

    private static string Text(DicomDataset dataset, DicomTag tag) => dataset.GetSingleValue<string>(tag);

    private async Task Answer(HttpContext context)
    {
        Seen(context.Request);
        if (Password is not null && context.Request.Headers.Authorization != Password)
        {
            context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
        }
        else if (Unavailable > 0)
        {
            Unavailable--;
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        }
        else if (Instead is { } other)
        {
            context.Response.ContentType = other.Type;
            await context.Response.WriteAsync(other.Text);
        }
        else
        {
            string[] parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)[1..];
            await (context.Request.Method == "POST" ? Store(context) : parts switch
            {
                ["studies"] => Json(context, _kept.Values.GroupBy(one => one.StudyUid).Select(study => Told(("0020000D", study.Key), ("00201208", study.Count())))),
                ["studies", var study, "series"] => Json(context, Of(study).GroupBy(one => one.SeriesUid).Select(series => Told(("0020000E", series.Key), ("00080060", series.First().Modality)))),
                ["studies", var study, "instances"] => Json(context, Of(study).Select(one => Told(("0020000E", one.SeriesUid), ("00080018", one.InstanceUid)))),
                ["studies", var study, "series", var series] => Fetch(context, [.. Of(study).Where(one => one.SeriesUid == series)]),
                _ => throw new InvalidOperationException(context.Request.Path),
            });
        }
    }

    private IEnumerable<Kept> Of(string study) => _kept.Values.Where(one => one.StudyUid == study).OrderBy(one => one.InstanceUid, StringComparer.Ordinal);

    private static JsonObject Told(params (string Tag, object Value)[] values) => new(values.Select(pair =>
        KeyValuePair.Create<string, JsonNode?>(pair.Tag, new JsonObject { ["vr"] = "UI", ["Value"] = new JsonArray(pair.Value is int number ? JsonValue.Create(number) : JsonValue.Create((string)pair.Value)) })));

    private static async Task Json(HttpContext context, IEnumerable<JsonObject> all)
    {
        int offset = int.Parse(context.Request.Query["offset"].FirstOrDefault() ?? "0"), limit = int.Parse(context.Request.Query["limit"].FirstOrDefault() ?? "1000");
        JsonObject[] page = [.. all.Skip(offset).Take(limit)];
        context.Response.ContentType = "application/dicom+json";
        context.Response.StatusCode = page.Length == 0 ? 204 : 200;
        if (page.Length > 0)
        {
            await context.Response.WriteAsync(new JsonArray([.. page]).ToJsonString());
        }
    }

    private async Task Fetch(HttpContext context, Kept[] all)
    {
        context.Response.ContentType = "multipart/related; type=\"application/dicom\"; boundary=\"a-boundary\"";
        foreach (Kept one in all)
        {
            await context.Response.WriteAsync("--a-boundary\r\nContent-Type: application/dicom\r\n\r\n");
            if (Drops > 0)
            {
                Drops--;
                await context.Response.Body.WriteAsync(one.Bytes.AsMemory(0, one.Bytes.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(one.Bytes);
            await context.Response.Body.WriteAsync(new byte[Padding]);
            await context.Response.WriteAsync("\r\n");
        }

        await context.Response.WriteAsync("--a-boundary--\r\n");
    }

    private async Task Store(HttpContext context)
    {
        string boundary = context.Request.ContentType!.Split("boundary=")[1].Split(';')[0].Trim('"');
        MultipartReader reader = new(boundary, context.Request.Body);
        JsonArray stored = [], failed = [];
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using MemoryStream bytes = new();
            await section.Body.CopyToAsync(bytes);
            Kept kept = Keep(bytes.ToArray());
            if (Refused.Contains(kept.ClassUid))
            {
                failed.Add(Told(("00081150", kept.ClassUid), ("00081155", kept.InstanceUid), ("00081197", 0x0122)));
            }
            else if (!StoresNothing)
            {
                stored.Add(Told(("00081150", kept.ClassUid), ("00081155", NamesOthers ? "1.2.3" : kept.InstanceUid)));
            }
        }

        context.Response.ContentType = "application/dicom+json";
        context.Response.StatusCode = failed.Count > 0 ? (stored.Count > 0 ? 202 : 409) : 200;
        JsonObject answer = [];
        if (stored.Count > 0)
        {
            answer["00081199"] = new JsonObject { ["vr"] = "SQ", ["Value"] = stored };
        }

        if (failed.Count > 0)
        {
            answer["00081198"] = new JsonObject { ["vr"] = "SQ", ["Value"] = failed };
        }

        await context.Response.WriteAsync(answer.ToJsonString());
    }

    internal sealed record Kept(string StudyUid, string SeriesUid, string InstanceUid, string ClassUid, string Modality, byte[] Bytes);
}
