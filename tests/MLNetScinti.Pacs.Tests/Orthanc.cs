using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Pacs.DicomWeb;

namespace MLNetScinti.Pacs.Tests;

/// <summary>
/// Debian's Orthanc with its DICOMweb, in a folder of its own. This version listens on all interfaces: it lets in nobody from elsewhere, its DICOM port is off, and its data are simulated.
/// </summary>
internal sealed class Orthanc : IDisposable
{
    public const string Program = "Orthanc";

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-orthanc-").FullName;
    private readonly HttpClient _http = new();
    private Process? _process;

    public Orthanc()
    {
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        string plugin = Directory.Exists("/usr/share/orthanc/plugins") ? "/usr/share/orthanc/plugins/libOrthancDicomWeb.so" : "/usr/lib/orthanc/libOrthancDicomWeb.so";
        JsonObject settings = new()
        {
            ["Name"] = "test",
            ["StorageDirectory"] = Path.Combine(_folder, "storage"),
            ["IndexDirectory"] = Path.Combine(_folder, "index"),
            ["Plugins"] = new JsonArray(plugin),
            ["HttpPort"] = Port,
            ["DicomServerEnabled"] = false,
            ["RemoteAccessAllowed"] = false,
            ["AuthenticationEnabled"] = false,
            ["StableAge"] = 1,
            ["DicomWeb"] = new JsonObject { ["Enable"] = true, ["Root"] = "/dicom-web/" },
        };
        File.WriteAllText(Path.Combine(_folder, "orthanc.json"), settings.ToJsonString());
        Start();
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    public ArchiveSettings Settings => new() { Address = new Uri(Address, "dicom-web/") };

    public void Start()
    {
        ProcessStartInfo start = new(Program, [Path.Combine(_folder, "orthanc.json")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (int tries = 0; tries < 400; tries++)
        {
            try
            {
                using HttpResponseMessage answer = _http.GetAsync(new Uri(Address, "dicom-web/studies?limit=1")).GetAwaiter().GetResult();
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not yet.
            }

            Thread.Sleep(50);
        }

        throw new InvalidOperationException("Orthanc did not begin.");
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>The objects of each study, as Orthanc itself lists them: kind and identifier.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<(string Modality, string InstanceUid)>> Studies()
    {
        Dictionary<string, IReadOnlyList<(string, string)>> all = new(StringComparer.Ordinal);
        foreach (JsonElement study in Json("studies?expand").EnumerateArray())
        {
            List<(string, string)> objects = [];
            foreach (JsonElement series in study.GetProperty("Series").EnumerateArray())
            {
                JsonElement told = Json($"series/{series.GetString()}");
                foreach (JsonElement instance in told.GetProperty("Instances").EnumerateArray())
                {
                    objects.Add((told.GetProperty("MainDicomTags").GetProperty("Modality").GetString()!, Json($"instances/{instance.GetString()}").GetProperty("MainDicomTags").GetProperty("SOPInstanceUID").GetString()!));
                }
            }

            all[study.GetProperty("MainDicomTags").GetProperty("StudyInstanceUID").GetString()!] = objects;
        }

        return all;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonElement Json(string what)
    {
        using JsonDocument document = JsonDocument.Parse(_http.GetStringAsync(new Uri(Address, what)).GetAwaiter().GetResult());
        return document.RootElement.Clone();
    }
}
