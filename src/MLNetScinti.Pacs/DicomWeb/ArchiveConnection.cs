using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Web;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>
/// HTTP to one archive: what may pass is asked again, one that fails again and again is left alone for a while, and nothing is waited for without end. Redirections are not followed: they
/// would take patients' data, and credentials, to another place than the one that was named.
/// </summary>
internal sealed class ArchiveConnection : IDisposable
{
    private const string Json = "application/dicom+json";

    // Of an answer that is read into memory.
    private const long MostJson = 64L << 20;

    private static readonly ResiliencePropertyKey<TimeSpan> s_time = new("scinti.time");

    private readonly ArchiveSettings _settings;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    public ArchiveConnection(ArchiveSettings settings)
    {
        _settings = settings;
        SocketsHttpHandler handler = ServerAccess.Handler(settings.Authorities, settings.Patience.Timeout);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = settings.Credentials;
        PredicateBuilder<object> passing = new PredicateBuilder().Handle<DicomWebException>(problem => problem.MayPass).Handle<TimeoutRejectedException>();
        _pipeline = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions { ShouldHandle = passing, MaxRetryAttempts = Math.Max(settings.Patience.Retries, 1), Delay = settings.Patience.Pause, BackoffType = DelayBackoffType.Exponential, UseJitter = true, MaxDelay = TimeSpan.FromSeconds(20) })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { ShouldHandle = passing, FailureRatio = 0.8, MinimumThroughput = 12, SamplingDuration = TimeSpan.FromSeconds(30), BreakDuration = settings.Patience.Break })
            .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = told => ValueTask.FromResult(told.Context.Properties.GetValue(s_time, settings.Patience.Timeout)) })
            .Build();
    }

    /// <summary>Asks for data sets.</summary>
    /// <param name="address">The address, and what is asked.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<IReadOnlyList<DicomJson>> Query(Uri address, CancellationToken cancel) => Ask(() => Get(address, Json), _settings.Patience.Timeout * 4, async (response, stop) =>
        response.StatusCode == HttpStatusCode.NoContent ? [] : Parsed(await Bytes(response, Json, stop).ConfigureAwait(false), DicomJson.Many), cancel);

    /// <summary>Asks for JSON of no standard.</summary>
    public Task<JsonElement> Rest(Uri address, CancellationToken cancel) => Ask(() => Get(address, "application/json"), _settings.Patience.Timeout * 4, async (response, stop) =>
        Parsed(await Bytes(response, "application/json", stop).ConfigureAwait(false), bytes =>
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.Clone();
        }), cancel);

    /// <summary>Sends something, and reads the data set that answers, whatever the status: what was stored stands in it.</summary>
    /// <param name="request">Makes the request, anew for each attempt.</param>
    /// <param name="time">How long it may take.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<DicomJson> Send(Func<HttpRequestMessage> request, TimeSpan time, CancellationToken cancel) => Ask(request, time, async (response, stop) =>
        Parsed(await Bytes(response, Json, stop).ConfigureAwait(false), DicomJson.One), cancel, HttpStatusCode.Conflict, HttpStatusCode.Accepted);

    /// <summary>Carries out a request with all that was said above.</summary>
    public async Task<T> Ask<T>(Func<HttpRequestMessage> request, TimeSpan time, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancel, params HttpStatusCode[] taken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancel);
        context.Properties.Set(s_time, time);
        try
        {
            return await _pipeline.ExecuteAsync(async about => await Once(request, read, taken, about.CancellationToken).ConfigureAwait(false), context).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException problem)
        {
            throw new DicomWebException(ArchiveFault.Unreachable, FormattableString.Invariant($"{_settings.Place}: no answer within {time.TotalSeconds:0.#} s."), problem);
        }
        catch (BrokenCircuitException problem)
        {
            throw new DicomWebException(ArchiveFault.Unreachable, $"{_settings.Place}: the archive failed again and again, and is left alone for a while.", problem);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The answer's body, bounded.</summary>
    public async Task<Stream> Body(HttpResponseMessage response, long most, CancellationToken stop) =>
        new BoundedStream(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), most, _settings.Patience.Timeout, _settings.Place);

    public void Dispose() => _http.Dispose();

    public static HttpRequestMessage Get(Uri address, string accept)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return request;
    }

    private async Task<T> Once<T>(Func<HttpRequestMessage> request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, HttpStatusCode[] taken, CancellationToken stop)
    {
        try
        {
            using HttpRequestMessage message = request();
            using HttpResponseMessage response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode && Array.IndexOf(taken, response.StatusCode) < 0)
            {
                throw new DicomWebException(FaultOf(response.StatusCode), $"{_settings.Place}: the archive answered {(int)response.StatusCode}{(FaultOf(response.StatusCode) == ArchiveFault.NotAllowed ? ": look at the credentials and at what they allow" : "")}.");
            }

            return await read(response, stop).ConfigureAwait(false);
        }
        catch (HttpRequestException problem) when (problem.InnerException is AuthenticationException or { InnerException: AuthenticationException })
        {
            throw new DicomWebException(ArchiveFault.NotAllowed, $"{_settings.Place}: its certificate is not vouched for by the authorities that are trusted here, or not for this name: look at archive.authorities and archive.url.", problem);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            // Their own words may hold an address with identifiers.
            throw new DicomWebException(ArchiveFault.Unreachable, $"{_settings.Place}: the archive cannot be reached, or broke off its answer ({Kind(problem)}).", problem);
        }
    }

    private static string Kind(Exception problem) => problem is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var error } ? error.ToString() : problem.GetBaseException().GetType().Name;

    private async Task<byte[]> Bytes(HttpResponseMessage response, string expected, CancellationToken stop)
    {
        string found = response.Content.Headers.ContentType?.MediaType ?? "";
        if (found.Length > 0 && !found.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            throw new DicomWebException(ArchiveFault.BadAnswer, $"{_settings.Place}: expected {expected}, found '{PlainText.Short(found, 60)}': is this the address of DICOMweb?");
        }

        await using Stream body = await Body(response, MostJson, stop).ConfigureAwait(false);
        using MemoryStream kept = new();
        await body.CopyToAsync(kept, stop).ConfigureAwait(false);
        return kept.ToArray();
    }

    private T Parsed<T>(byte[] bytes, Func<ReadOnlyMemory<byte>, T> parse)
    {
        try
        {
            return parse(bytes);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new DicomWebException(ArchiveFault.BadAnswer, $"{_settings.Place}: the archive's answer is no JSON of the form that was asked for.", problem);
        }
    }

    private static ArchiveFault FaultOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => ArchiveFault.NotAllowed,
        HttpStatusCode.NotFound or HttpStatusCode.Gone => ArchiveFault.NotFound,
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => ArchiveFault.Unreachable,
        HttpStatusCode.NotImplemented => ArchiveFault.Refused,
        >= HttpStatusCode.InternalServerError => ArchiveFault.Unreachable,
        HttpStatusCode.RequestEntityTooLarge => ArchiveFault.TooLarge,
        _ => ArchiveFault.Refused,
    };
}
