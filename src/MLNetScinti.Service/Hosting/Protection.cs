using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;

namespace MLNetScinti.Service.Hosting;

/// <summary>What every answer carries and every request has to keep to.</summary>
internal static class Protection
{
    /// <summary>The largest body of a request, in bytes: forms have a few words.</summary>
    public const int MostBody = 32 << 10;

    /// <summary>The limits of attempts to sign in.</summary>
    public const string SignIns = "sign-ins";

    /// <summary>What our own pages may load and do: one style sheet, pictures, and their own forms.</summary>
    public const string PagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>What a report may: it was written by a program for a folder, and nothing in it acts for whoever reads it.</summary>
    public const string ReportPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Sets the headers of every answer.</summary>
    public static Task Headers(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";
        headers.XFrameOptions = "DENY";
        // In these words the framework leaves them, and has nothing to say about it in the log.
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(context);
    }

    /// <summary>Turns away whoever comes from another machine without TLS: a password or a cookie would travel readable.</summary>
    public static Task RequireEncryption(HttpContext context, RequestDelegate next)
    {
        if (context.Request.IsHttps || context.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(context.Connection.RemoteIpAddress))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }

    /// <summary>Refuses a form that this service did not hand out to whoever sends it.</summary>
    public static async ValueTask<object?> RequireOwnForm(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        IAntiforgery antiforgery = (IAntiforgery)context.HttpContext.RequestServices.GetService(typeof(IAntiforgery))!;
        try
        {
            await antiforgery.ValidateRequestAsync(context.HttpContext).ConfigureAwait(false);
        }
        catch (AntiforgeryValidationException problem)
        {
            // A form that cannot be read has no token that could be.
            if (problem.InnerException is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
            {
                return Problems.Result(StatusCodes.Status413PayloadTooLarge, Problems.TooLarge);
            }

            return Problems.Result(StatusCodes.Status400BadRequest, "This form was not handed out to you, or it is too old: open the page again and send it once more.");
        }

        return await next(context).ConfigureAwait(false);
    }

    /// <summary>How often somebody may ask.</summary>
    public static void Limit(RateLimiterOptions options, ServiceSettings settings)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) =>
        {
            context.HttpContext.Response.Headers[HeaderNames.RetryAfter] = "60";
            return ValueTask.CompletedTask;
        };
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetFixedWindowLimiter(
            context.User.Identity is { IsAuthenticated: true, Name: { } name } ? $"user {name}" : Address(context),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.RequestsPerTenSeconds, Window = TimeSpan.FromSeconds(10) }));
        options.AddPolicy(SignIns, context => RateLimitPartition.GetFixedWindowLimiter(
            Address(context),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.SignInsPerMinute, Window = TimeSpan.FromMinutes(1) }));
    }

    // Whoever has an address of IPv6 has a whole network of them.
    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "nowhere",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } six => new IPNetwork(Masked(six), 64).ToString(),
        var four => four.ToString(),
    };

    private static IPAddress Masked(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
