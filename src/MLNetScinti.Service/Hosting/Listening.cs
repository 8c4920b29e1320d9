using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using MLNetScinti.Imaging;

namespace MLNetScinti.Service.Hosting;

/// <summary>Where the service listens.</summary>
/// <param name="Address">The address; null for localhost in both families.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
/// <param name="IsEncrypted">Whether by TLS.</param>
internal sealed record Listening(IPAddress? Address, int Port, bool IsEncrypted)
{
    /// <summary>The names under which this machine's own loopback is called.</summary>
    public static IReadOnlyList<string> LoopbackNames { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>Reads addresses.</summary>
    /// <exception cref="ServiceException">One is none, or needs a certificate that is not given.</exception>
    public static IReadOnlyList<Listening> Of(ServiceSettings settings)
    {
        Listening[] all = [.. settings.Urls.SelectMany(text => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(One)];
        return all.Length == 0 ? throw new ServiceException("--urls: expected an address such as http://127.0.0.1:5080, found none.")
            : all.Any(one => one.IsEncrypted) && settings.Certificate is null ? throw new ServiceException("--urls: an address with https needs certificate and certificate-key in the YAML file.")
            : all;
    }

    /// <summary>Has the server listen.</summary>
    public static void Apply(KestrelServerOptions server, IReadOnlyList<Listening> all, ServiceSettings settings)
    {
        X509Certificate2Collection chain = [];
        X509Certificate2? certificate = settings.Certificate is { } file && settings.CertificateKey is { } key ? Load(file, key, chain) : null;
        foreach (Listening one in all)
        {
            Action<ListenOptions> how = options =>
            {
                if (one.IsEncrypted)
                {
                    options.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate, ServerCertificateChain = chain });
                }
            };
            if (one.Address is { } address)
            {
                server.Listen(address, one.Port, how);
            }
            else
            {
                server.ListenLocalhost(one.Port, how);
            }
        }
    }

    /// <summary>What has to be said loudly; empty for nothing.</summary>
    public static IEnumerable<string> Warnings(IReadOnlyList<Listening> all, ServiceSettings settings)
    {
        foreach (Listening one in all.Where(one => !one.IsLoopback))
        {
            yield return $"WARNING: it listens beyond this machine ({one.Address}, port {one.Port}): everybody who reaches that address can try to sign in.";
            if (!one.IsEncrypted)
            {
                yield return "WARNING: that address has no TLS. Whoever comes by it without a proxy that says it spoke TLS (proxies in the YAML file) is turned away; give a certificate, or listen at 127.0.0.1 behind a proxy.";
            }

            if (settings.Hosts.Count == 0)
            {
                yield return "WARNING: it answers to any name: list the names it is called by under hosts in the YAML file.";
            }
        }
    }

    private static Listening One(string text)
    {
        // "+" and "*" stand for all addresses, as everywhere in ASP.NET Core.
        string plain = text.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(plain, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
        {
            throw Wrong();
        }

        bool isEncrypted = uri.Scheme == "https";
        return uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? new(null, uri.Port, isEncrypted)
            : IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) ? new(address, uri.Port, isEncrypted)
            : throw Wrong();

        ServiceException Wrong() => new($"--urls '{PlainText.Short(text)}': expected an address of this machine such as http://127.0.0.1:5080, http://localhost:5080 or https://0.0.0.0:8443.");
    }

    private static X509Certificate2 Load(string file, string key, X509Certificate2Collection chain)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(key) & (UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new ServiceException($"{key}: the private key can be read or changed by others than its owner and its group: run 'chmod 640' on it.");
            }

            chain.ImportFromPemFile(file);
            return X509Certificate2.CreateFromPemFile(file, key);
        }
        catch (Exception problem) when (problem is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ServiceException($"{file}, {key}: expected a certificate and its private key in PEM: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }
}
