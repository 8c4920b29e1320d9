using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;

namespace MLNetScinti.Jobs.Web;

/// <summary>What is said to another server cannot be made out. The message is one line, and names no secret.</summary>
/// <param name="message">The line.</param>
public sealed class ServerAccessException(string message) : Exception(PlainText.Message(message));

/// <summary>How this program says who it is to another server, and whom it believes.</summary>
public static class ServerAccess
{
    /// <summary>
    /// Credentials of one line, "basic NAME:PASSWORD" or "bearer TOKEN", from an environment variable or from a file that its owner alone may read.
    /// </summary>
    /// <param name="variable">The variable; empty for none.</param>
    /// <param name="file">The file; empty for none.</param>
    /// <param name="environment">Where variables are looked up.</param>
    /// <returns>The header; null where neither is named.</returns>
    /// <exception cref="ServerAccessException">They are named and not there, or in another form. What was found is never shown.</exception>
    public static AuthenticationHeaderValue? Credentials(string variable, string file, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string text = "";
        if (variable is { Length: > 0 })
        {
            text = environment(variable)?.Trim() is { Length: > 0 } found ? found : throw new ServerAccessException($"the environment variable {PlainText.Short(variable)} is not set, or empty.");
        }
        else if (file is { Length: > 0 })
        {
            try
            {
                text = SecretFile.Read(file, "what is in it");
            }
            catch (ScheduleException problem)
            {
                throw new ServerAccessException(problem.Message);
            }
        }

        string[] parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        return text.Length == 0 ? null
            : parts is ["basic", [_, ..] pair] && pair.IndexOf(':', StringComparison.Ordinal) > 0 ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)))
            : parts is ["bearer", [_, ..] token] && token.All(character => character is > ' ' and < '\x7f') ? new AuthenticationHeaderValue("Bearer", token)
            : throw new ServerAccessException("expected one line, 'basic NAME:PASSWORD' or 'bearer TOKEN', found something else.");
    }

    /// <summary>Certificates of authorities, in PEM form.</summary>
    /// <exception cref="ServerAccessException">The file has none, or cannot be read.</exception>
    public static IReadOnlyList<X509Certificate2> Authorities(string file)
    {
        try
        {
            X509Certificate2Collection read = [];
            read.ImportFromPem(InputFile.ReadAllText(file));
            return read.Count > 0 ? [.. read] : throw new ServerAccessException($"expected certificates in PEM form, found none in {file}.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ServerAccessException($"expected a file of certificates in PEM form, and {file} cannot be read as one: {PlainText.Short(problem.Message, 150)}");
        }
    }

    /// <summary>
    /// A connection that follows no redirection, which would take data and credentials to another place than the one that was named, and that takes the
    /// certificates of the authorities alone, where any are given.
    /// </summary>
    /// <param name="authorities">The authorities; empty for those that this machine trusts.</param>
    /// <param name="connect">How long connecting may take.</param>
    public static SocketsHttpHandler Handler(IReadOnlyList<X509Certificate2> authorities, TimeSpan connect)
    {
        ArgumentNullException.ThrowIfNull(authorities);
        return new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = connect,
            // So that a server which moved is found again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trusting(authorities) },
        };
    }

    private static X509ChainPolicy? Trusting(IReadOnlyList<X509Certificate2> authorities)
    {
        if (authorities.Count == 0)
        {
            return null;
        }

        // Authorities of a house rarely answer for what they revoked.
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities.ToArray());
        return policy;
    }
}
