using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Registry;

/// <summary>Models go to a container registry and come back as they were, and nothing else comes.</summary>
public sealed class ModelExchangeTests(TrainedModels trained) : IClassFixture<TrainedModels>, IDisposable
{
    private static readonly RemoteAccess s_ward = new() { Credentials = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ward:open-sesame"u8)), Patience = TimeSpan.FromSeconds(20) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Debian's registry, with a password, and Debian's skopeo beside us.</summary>
    [PeerFact("docker-registry", "skopeo")]
    public void AModelGoesToAGenuineRegistryAndComesBackToTheByte()
    {
        using DebianRegistry server = new(_folder);
        ModelRegistry here = Open("here"), there = Open("there");
        ModelVersion version = here.Add(trained.Bundle(1), null, "first").Version;
        RemotePlace place = RemotePlace.Of($"{server.Address}/ward/demo");
        RegistryException refused = Assert.Throws<RegistryException>(() => ModelExchange.Push(here, "demo", place, new RemoteAccess(), "sent"));
        Assert.Contains("answered 401: look at the credentials", refused.Message, StringComparison.Ordinal);

        ExchangedModel sent = ModelExchange.Push(here, "demo", place, s_ward, "sent");
        Assert.Equal(here.Files(version).Select(file => file.Digest).Distinct().Count(), sent.Moved);
        Assert.Equal("v1", sent.Place.Reference);
        Assert.Equal(0, ModelExchange.Push(here, "demo", place with { Reference = "champion" }, s_ward, "again").Moved);
        Assert.Equal(["add", "push", "push"], here.Log().Select(entry => entry.Act.What));

        ExchangedModel come = ModelExchange.Pull(there, sent.Place, null, s_ward, "fetched");
        Assert.True(come.IsNew);
        Assert.Equal((version.Digest, "candidate", "demo"), (come.Version.Digest, come.Version.Stage, come.Version.Model));
        Assert.Empty(there.Verify().Faults);
        Assert.Null(there.VerifyLog().Fault);
        Assert.False(ModelExchange.Pull(there, sent.Place with { Reference = version.Digest }, null, s_ward, "again").IsNew);
        Assert.Equal("other", ModelExchange.Pull(there, sent.Place, "other", s_ward, "under another name").Version.Model);
        there.Export("demo:v1", _folder.File("exported"));
        Assert.All(Directory.GetFiles(trained.Bundle(1)).Where(file => Path.GetFileName(file) is "model.onnx" or "card.json" or "report.html"), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.File("exported"), Path.GetFileName(file)))));

        // Another program's copy of it is the same, and comes back as well.
        string docker = $"docker://{server.Address["http://".Length..]}/ward/";
        string[] plain = ["--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "--src-creds", "ward:open-sesame"];
        Assert.Equal((0, ""), Peer.Run("skopeo", [.. plain, docker + "demo:v1", $"oci:{_folder.File("skopeo")}:x"]) is var (code, _, error) ? (code, error) : default);
        Assert.Contains(version.Digest, File.ReadAllText(Path.Combine(_folder.File("skopeo"), "index.json")), StringComparison.Ordinal);
        (code, _, error) = Peer.Run("skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", "ward:open-sesame", $"oci:{_folder.File("skopeo")}:x", docker + "copied:v9");
        Assert.True(code == 0, error);
        Assert.False(ModelExchange.Pull(there, RemotePlace.Of($"{server.Address}/ward/copied:v9"), null, s_ward, "skopeo's").IsNew);

        // A byte that was changed on the server's disk.
        string blob = server.PathOf(here.Files(version)[1].Digest);
        byte[] bytes = File.ReadAllBytes(blob);
        bytes[^1] ^= 1;
        File.WriteAllBytes(blob, bytes);
        ModelRegistry third = Open("third");
        RegistryException tampered = Assert.Throws<RegistryException>(() => ModelExchange.Pull(third, sent.Place, null, s_ward, "fetched"));
        Assert.True(tampered.IsTampered);
        Assert.Contains("is not what was written", tampered.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(third.Folder, "index.json")));
    }

    [Theory]
    [InlineData("registry.hospital/models/dmsa:v3", "https://registry.hospital/models/dmsa:v3")]
    [InlineData("docker://registry.hospital:5000/dmsa", "https://registry.hospital:5000/dmsa")]
    [InlineData("http://localhost:5000/a/b/c-d_e.f:V1.x", "http://localhost:5000/a/b/c-d_e.f:V1.x")]
    [InlineData("http://[::1]:5000/a", "http://[::1]:5000/a")]
    [InlineData("h/a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "https://h/a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void APlaceIsReadAsOtherToolsWriteIt(string text, string read) => Assert.Equal(read, RemotePlace.Of(text).ToString());

    [Theory]
    [InlineData("registry.hospital")]
    [InlineData("https://name:word@registry.hospital/dmsa")]
    [InlineData("https://registry.hospital/Models/dmsa")]
    [InlineData("https://registry.hospital/a/../b")]
    [InlineData("https://registry.hospital/a?x=1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://registry.hospital/a:tag with space")]
    [InlineData("http://registry.hospital/dmsa")]
    public void WhatIsNoPlaceOrNotSafeIsRefused(string text) => Assert.DoesNotContain("word", Assert.Throws<RegistryException>(() => RemotePlace.Of(text)).Message.Replace("password", "", StringComparison.Ordinal).Replace(text, "", StringComparison.Ordinal), StringComparison.Ordinal);

    /// <summary>Servers that lie, break off, or send elsewhere.</summary>
    [Theory]
    [InlineData("manifest of another", "another manifest than the one that was asked for")]
    [InlineData("html", "found 'text/html'")]
    [InlineData("missing", "there is nothing under")]
    [InlineData("longer", "more came than")]
    [InlineData("cut", "broke off")]
    [InlineData("redirect", "answered 307")]
    [InlineData("token in the clear", "without TLS")]
    [InlineData("no token", "no token came")]
    [InlineData("other files", "not the file that the model's card names")]
    public void AServerThatLiesGivesNothing(string fault, string words)
    {
        ModelRegistry here = Open("here"), there = Open("there");
        ModelVersion version = here.Add(trained.Bundle(1), null, "first").Version;
        using LyingServer server = new(here, version, fault);
        Exception problem = Assert.ThrowsAny<Exception>(() => ModelExchange.Pull(there, RemotePlace.Of($"{server.Address}/demo@{(fault == "other files" ? server.Forged : version.Digest)}"), null, new RemoteAccess { Patience = TimeSpan.FromSeconds(5) }, "fetched"));
        Assert.True(problem is RegistryException or IOException, problem.ToString());
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(there.Folder, "index.json")));
    }

    [Fact]
    public void WithATokenItComes()
    {
        ModelRegistry here = Open("here"), there = Open("there");
        ModelVersion version = here.Add(trained.Bundle(1), null, "first").Version;
        using LyingServer server = new(here, version, "token");
        Assert.True(ModelExchange.Pull(there, RemotePlace.Of($"{server.Address}/demo:v1"), null, s_ward, "fetched").IsNew);
        Assert.Empty(there.Verify().Faults);
    }

    private ModelRegistry Open(string name) => new(_folder.File(name), "scinti test", "grete");

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>docker-registry on this machine alone.</summary>
    private sealed class DebianRegistry : IDisposable
    {
        private readonly Process _process;
        private readonly string _data;

        public DebianRegistry(TemporaryFolder folder)
        {
            int port = FreePort();
            Address = $"http://127.0.0.1:{port}";
            _data = folder.File("docker");
            File.WriteAllText(folder.File("htpasswd"), "ward:$2b$05$.f7nRLr1o31FHzuW4XY1M.AjmUu1Uyu4TwYc7GrI8JUdwR3MnD92G\n");
            File.WriteAllText(folder.File("docker.yml"), $$"""
                version: 0.1
                log: { level: error }
                storage: { filesystem: { rootdirectory: {{_data}} } }
                http: { addr: "127.0.0.1:{{port}}" }
                auth: { htpasswd: { realm: ward, path: {{folder.File("htpasswd")}} } }
                """);
            _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", folder.File("docker.yml")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _process.BeginErrorReadLine();
            _process.BeginOutputReadLine();
            using HttpClient http = new();
            for (int wait = 0; wait < 600; wait++)
            {
                try
                {
                    _ = http.GetAsync(new Uri(Address + "/v2/")).GetAwaiter().GetResult();
                    return;
                }
                catch (HttpRequestException)
                {
                    Thread.Sleep(50);
                }
            }

            throw new InvalidOperationException("docker-registry does not answer.");
        }

        public string Address { get; }

        public string PathOf(string digest) => Path.Combine(_data, "docker", "registry", "v2", "blobs", "sha256", digest[7..9], digest[7..], "data");

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    /// <summary>A registry with one model and one fault.</summary>
    private sealed class LyingServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ModelRegistry _registry;
        private readonly string _fault;
        private readonly byte[] _manifest, _forged;

        public LyingServer(ModelRegistry registry, ModelVersion version, string fault)
        {
            (_registry, _fault) = (registry, fault);
            _manifest = File.ReadAllBytes(registry.Layout.PathOf(version.Digest));
            // Two files with each other's names: each has the content that its digest says.
            string text = Encoding.UTF8.GetString(_manifest);
            _forged = Encoding.UTF8.GetBytes(text.Replace("\"model.onnx\"", "\"swap\"", StringComparison.Ordinal).Replace("\"split.json\"", "\"model.onnx\"", StringComparison.Ordinal).Replace("\"swap\"", "\"split.json\"", StringComparison.Ordinal));
            int port = FreePort();
            Address = $"http://127.0.0.1:{port}";
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = Task.Run(Serve);
        }

        public string Address { get; }

        public string Forged => OciLayout.DigestOf(_forged);

        public void Dispose() => _listener.Close();

        private void Serve()
        {
            while (_listener.IsListening)
            {
                try
                {
                    HttpListenerContext context = _listener.GetContext();
                    try
                    {
                        Answer(context.Request, context.Response);
                        context.Response.Close();
                    }
                    catch (Exception problem) when (problem is HttpListenerException or IOException or InvalidOperationException)
                    {
                        context.Response.Abort();
                    }
                }
                catch (Exception problem) when (problem is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private void Answer(HttpListenerRequest request, HttpListenerResponse response)
        {
            string path = request.Url!.AbsolutePath, own = request.Headers["Authorization"] ?? "";
            if (path == "/token")
            {
                Assert.StartsWith("Basic ", own, StringComparison.Ordinal);
                Assert.Equal("repository:demo:pull", request.QueryString["scope"]);
                response.OutputStream.Write("""{"token":"let-me-in"}"""u8);
            }
            else if (_fault.Contains("token", StringComparison.Ordinal) && own != "Bearer let-me-in")
            {
                response.StatusCode = 401;
                response.AddHeader("WWW-Authenticate", $"Bearer realm=\"{(_fault == "token in the clear" ? "http://203.0.113.7" : Address)}/{(_fault == "no token" ? "none" : "token")}\",service=\"ward\"");
            }
            else if (path.Contains("/manifests/", StringComparison.Ordinal))
            {
                response.StatusCode = _fault switch { "missing" => 404, "redirect" => 307, _ => 200 };
                response.AddHeader("Location", Address + "/elsewhere");
                response.ContentType = _fault == "html" ? "text/html" : OciLayout.ManifestType;
                response.OutputStream.Write(_fault switch { "manifest of another" => [.. _manifest, (byte)' '], "other files" => _forged, _ => _manifest });
            }
            else
            {
                byte[] blob = File.ReadAllBytes(_registry.Layout.PathOf(path[(path.LastIndexOf('/') + 1)..]));
                response.SendChunked = _fault == "longer";
                if (_fault != "longer")
                {
                    response.ContentLength64 = blob.Length;
                }

                response.OutputStream.Write(_fault switch { "longer" => [.. blob, .. blob], "cut" => blob[..(blob.Length / 2)], _ => blob });
                if (_fault == "cut")
                {
                    response.Abort();
                }
            }
        }
    }
}
