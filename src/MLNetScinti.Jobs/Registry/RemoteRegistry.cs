using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Web;

namespace MLNetScinti.Jobs.Registry;

/// <summary>How a container registry is reached.</summary>
public sealed record RemoteAccess
{
    /// <summary>How this program says who it is; null for not at all.</summary>
    public AuthenticationHeaderValue? Credentials { get; init; }

    /// <summary>Authorities whose certificates are taken, besides none; empty for those that this machine trusts.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>How long nothing may happen.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// A repository of a container registry (OCI distribution specification 1.1): blobs and manifests by their digests, in both directions as streams. What comes is
/// taken only where its SHA-256 is the one that was asked for; what was sent is asked for again before it is called stored.
/// </summary>
public sealed partial class RemoteRegistry : IDisposable
{
    private const long LargestManifest = 16L << 20;

    private readonly RemotePlace _place;
    private readonly RemoteAccess _access;
    private readonly HttpClient _http;
    private readonly CancellationToken _cancel;
    private AuthenticationHeaderValue? _authorization;

    /// <summary>Reaches nothing yet.</summary>
    public RemoteRegistry(RemotePlace place, RemoteAccess access, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(access);
        (_place, _access, _cancel, _authorization) = (place, access, cancel, access.Credentials);
        _http = new HttpClient(ServerAccess.Handler(access.Authorities, access.Patience)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether a blob is there.</summary>
    public bool Has(OciDescriptor blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return Ask(() => new HttpRequestMessage(HttpMethod.Head, _place.At($"blobs/{blob.Digest}")), "push,pull", response =>
            response.StatusCode == HttpStatusCode.OK && (response.Content.Headers.ContentLength is null || response.Content.Headers.ContentLength == blob.Size), HttpStatusCode.NotFound);
    }

    /// <summary>Sends a blob in one piece.</summary>
    /// <param name="blob">What it is.</param>
    /// <param name="file">Where it lies.</param>
    public void Send(OciDescriptor blob, string file)
    {
        ArgumentNullException.ThrowIfNull(blob);
        Uri upload = Ask(() => new HttpRequestMessage(HttpMethod.Post, _place.At("blobs/uploads/")) { Content = new ByteArrayContent([]) }, "push,pull", response =>
            response.StatusCode == HttpStatusCode.Accepted && response.Headers.Location is { } location
                ? new Uri(_place.Server, location)
                : throw Refused(response, "an upload was not begun"));
        if (upload.Authority != _place.Server.Authority || upload.Scheme != _place.Server.Scheme)
        {
            throw new RegistryException($"{_place}: the registry wants the files sent to another server ({PlainText.Short(upload.Authority)}), which is not done here.");
        }

        // A digest is plain in a query; what the location already asks stays.
        UriBuilder target = new(upload) { Query = $"{(upload.Query.Length > 1 ? upload.Query[1..] + "&" : "")}digest={Uri.EscapeDataString(blob.Digest)}" };
        _ = Ask(() =>
        {
            StreamContent content = new(InputFile.Open(file, 1 << 16));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            content.Headers.ContentLength = blob.Size;
            return new HttpRequestMessage(HttpMethod.Put, target.Uri) { Content = content };
        }, "push,pull", response => response.StatusCode == HttpStatusCode.Created ? true : throw Refused(response, $"{OciLayout.Named(blob, "blob")} was not stored"), _access.Patience + TimeSpan.FromSeconds(blob.Size / 50_000.0));
    }

    /// <summary>Gives a manifest a tag.</summary>
    public void Tag(ReadOnlyMemory<byte> manifest, string tag)
    {
        string digest = OciLayout.DigestOf(manifest.Span);
        _ = Ask(() =>
        {
            ReadOnlyMemoryContent content = new(manifest);
            content.Headers.ContentType = new MediaTypeHeaderValue(OciLayout.ManifestType);
            return new HttpRequestMessage(HttpMethod.Put, _place.At($"manifests/{tag}")) { Content = content };
        }, "push,pull", response => response.StatusCode == HttpStatusCode.Created ? true : throw Refused(response, "the manifest was not stored"));
        byte[] stored = Manifest(tag);
        if (OciLayout.DigestOf(stored) != digest)
        {
            throw RegistryException.Tampered($"{_place}: the registry took the manifest, and gives another one back under {tag} (SHA-256 {OciLayout.DigestOf(stored)[7..19]}, expected {digest[7..19]}).");
        }
    }

    /// <summary>The manifest under a tag or digest, to the byte; one that is asked for by digest has that digest.</summary>
    public byte[] Manifest(string reference)
    {
        byte[] bytes = Ask(() =>
        {
            HttpRequestMessage request = new(HttpMethod.Get, _place.At($"manifests/{reference}"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(OciLayout.ManifestType));
            return request;
        }, "pull", response =>
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw response.StatusCode == HttpStatusCode.NotFound ? new RegistryException($"{_place}: there is nothing under {PlainText.Short(reference)}: look at the repository's name and its tags.") : Refused(response, "no manifest came");
            }

            string type = response.Content.Headers.ContentType?.MediaType ?? "";
            using MemoryStream kept = new();
            _ = type == OciLayout.ManifestType
                ? Copy(response, kept, LargestManifest)
                : throw new RegistryException($"{_place}: expected a manifest of a model, found '{PlainText.Short(type, 80)}': this is no model that this program wrote.");
            return kept.ToArray();
        }, HttpStatusCode.NotFound);
        return !OciLayout.IsDigest(reference) || OciLayout.DigestOf(bytes) == reference ? bytes
            : throw RegistryException.Tampered($"{_place}: the registry gave another manifest than the one that was asked for (SHA-256 {OciLayout.DigestOf(bytes)[7..19]}).");
    }

    /// <summary>Reads a blob into a stream; whoever calls throws the stream's content away where this throws.</summary>
    /// <exception cref="RegistryException">Another content came.</exception>
    public void Receive(OciDescriptor blob, Stream target)
    {
        ArgumentNullException.ThrowIfNull(blob);
        string digest = Ask(() => new HttpRequestMessage(HttpMethod.Get, _place.At($"blobs/{blob.Digest}")), "pull", response =>
            response.StatusCode == HttpStatusCode.OK ? Copy(response, target, blob.Size) : throw Refused(response, $"{OciLayout.Named(blob, "blob")} did not come"));
        if (digest != blob.Digest)
        {
            throw RegistryException.Tampered($"{_place}: {OciLayout.Named(blob, "blob")} is not what was written: what came has SHA-256 {digest[7..19]}: nothing was kept of this model.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private string Copy(HttpResponseMessage response, Stream target, long most)
    {
        using Stream body = response.Content.ReadAsStream(_cancel);
        using Stalled stalled = new(response, _access.Patience, _cancel);
        using BoundedCopy bounded = new(body, most, stalled, _place);
        return OciLayout.Copy(bounded, target);
    }

    private T Ask<T>(Func<HttpRequestMessage> request, string actions, Func<HttpResponseMessage, T> read, params HttpStatusCode[] taken) => Ask(request, actions, read, _access.Patience, taken);

    private T Ask<T>(Func<HttpRequestMessage> request, string actions, Func<HttpResponseMessage, T> read, TimeSpan time, params HttpStatusCode[] taken)
    {
        try
        {
            for (bool again = false; ; again = true)
            {
                using HttpRequestMessage message = request();
                message.Headers.Authorization = _authorization;
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
                limit.CancelAfter(time);
                using HttpResponseMessage response = _http.Send(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode == HttpStatusCode.Unauthorized && !again && Challenge(response) is { } realm)
                {
                    _authorization = Token(realm, actions);
                    continue;
                }

                return response.IsSuccessStatusCode || Array.IndexOf(taken, response.StatusCode) >= 0 ? read(response) : throw Refused(response, "it refused");
            }
        }
        catch (HttpRequestException problem) when (problem.InnerException is AuthenticationException or { InnerException: AuthenticationException })
        {
            throw new RegistryException($"{_place}: its certificate is not vouched for by the authorities that are trusted here, or not for this name: name the authority with --authorities.", problem);
        }
        catch (OperationCanceledException problem) when (!_cancel.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{_place}: no answer within {time.TotalSeconds:0} s: the same command goes on with what is missing."), problem);
        }
        catch (Exception problem) when (problem is HttpRequestException or HttpIOException or ObjectDisposedException && !_cancel.IsCancellationRequested)
        {
            throw new IOException($"{_place}: the registry cannot be reached, or broke off ({PlainText.Short(problem is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } ? error.ToString() : problem.GetBaseException().Message, 120)}): the same command goes on with what is missing.", problem);
        }
    }

    private RegistryException Refused(HttpResponseMessage response, string what)
    {
        string word = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": look at the credentials and at what they allow",
            HttpStatusCode.NotFound => ": look at the repository's name",
            HttpStatusCode.RequestEntityTooLarge => ": the file is larger than the registry takes",
            _ => "",
        };
        return new($"{_place}: {what}: the registry answered {(int)response.StatusCode}{word}.");
    }

    // Docker's token authentication, which most registries speak: where a token is to be had, for what service.
    private (Uri Realm, string Service)? Challenge(HttpResponseMessage response)
    {
        string text = response.Headers.WwwAuthenticate.FirstOrDefault(one => one.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))?.Parameter ?? "";
        string Part(string name) => Parts().Matches(text).FirstOrDefault(match => match.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase))?.Groups["value"].Value ?? "";
        if (!Uri.TryCreate(Part("realm"), UriKind.Absolute, out Uri? realm))
        {
            return null;
        }

        // Credentials go nowhere in the clear, whatever a server says.
        return realm.Scheme == Uri.UriSchemeHttps || realm.IsLoopback || (realm.Scheme == Uri.UriSchemeHttp && realm.Authority == _place.Server.Authority) ? (realm, Part("service"))
            : throw new RegistryException($"{_place}: the registry sends for a token to {PlainText.Short(realm.Authority)} without TLS, which is not done.");
    }

    private AuthenticationHeaderValue Token((Uri Realm, string Service) from, string actions)
    {
        UriBuilder address = new(from.Realm)
        {
            Query = $"{(from.Realm.Query.Length > 1 ? from.Realm.Query[1..] + "&" : "")}service={Uri.EscapeDataString(from.Service)}&scope={Uri.EscapeDataString($"repository:{_place.Repository}:{actions}")}",
        };
        using HttpRequestMessage request = new(HttpMethod.Get, address.Uri);
        request.Headers.Authorization = _access.Credentials;
        using HttpResponseMessage response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, _cancel);
        using MemoryStream kept = new();
        if (response.IsSuccessStatusCode)
        {
            _ = Copy(response, kept, 1 << 20);
            try
            {
                using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(kept.ToArray()));
                if ((document.RootElement.TryGetProperty("token", out JsonElement token) || document.RootElement.TryGetProperty("access_token", out token)) && token.GetString() is { Length: > 0 } found && found.All(character => character is > ' ' and < '\x7f'))
                {
                    return new AuthenticationHeaderValue("Bearer", found);
                }
            }
            catch (Exception problem) when (problem is JsonException or InvalidOperationException)
            {
                // Said below.
            }
        }

        throw new RegistryException($"{_place}: no token came from {PlainText.Short(from.Realm.Authority)} (it answered {(int)response.StatusCode}): look at the credentials and at what they allow.");
    }

    [GeneratedRegex("(?<name>[a-z_]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Parts();

    /// <summary>Breaks off an answer of which nothing comes for too long.</summary>
    private sealed class Stalled : IDisposable
    {
        private readonly CancellationTokenSource _limit;
        private readonly CancellationTokenRegistration _breaks;
        private readonly TimeSpan _patience;

        public Stalled(HttpResponseMessage response, TimeSpan patience, CancellationToken cancel)
        {
            _patience = patience;
            _limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            _breaks = _limit.Token.Register(response.Dispose);
            Moves();
        }

        public void Moves() => _limit.CancelAfter(_patience);

        public void Dispose()
        {
            _breaks.Dispose();
            _limit.Dispose();
        }
    }

    /// <summary>An answer that may not be longer than was said.</summary>
    private sealed class BoundedCopy(Stream body, long most, Stalled stalled, RemotePlace place) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = body.Read(buffer);
            stalled.Moves();
            return (_read += read) <= most ? read : throw RegistryException.Tampered($"{place}: more came than the {most} bytes that were announced.");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
