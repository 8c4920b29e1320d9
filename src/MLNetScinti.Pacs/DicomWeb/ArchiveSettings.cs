using System.ComponentModel;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Jobs.Web;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>How long is waited for an archive, and how often it is asked again.</summary>
public sealed record ArchivePatience
{
    /// <summary>How long an answer may take to begin, and how long nothing may come of one that has begun.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often what failed is asked again at once.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>How long is waited before the first of these; each next one waits twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long an archive is left alone that failed again and again.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>An archive that is reached by DICOMweb: where it is, who vouches for it, and how this program says who it is.</summary>
public sealed record ArchiveSettings
{
    /// <summary>Its address, to which "/studies" is added, with a slash at its end.</summary>
    public required Uri Address { get; init; }

    /// <summary>Authorities whose certificates are taken, besides none; empty for those that this machine trusts.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>How this program says who it is; null for not at all.</summary>
    [Browsable(false)]
    public AuthenticationHeaderValue? Credentials { get; init; }

    /// <summary>The environment variable that the credentials are from; empty for none. What is started from here is not given it.</summary>
    public string CredentialsVariable { get; init; } = "";

    /// <summary>How long is waited.</summary>
    public ArchivePatience Patience { get; init; } = new();

    /// <summary>The most bytes that are taken of one study.</summary>
    public long LargestStudy { get; init; } = 8L << 30;

    /// <summary>The address without anything that could be secret, for messages.</summary>
    public string Place => Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    /// <summary>Never the credentials.</summary>
    public override string ToString() => Place;

    /// <summary>Reads the section of a definition.</summary>
    /// <exception cref="DefinitionException">Names file, line and key.</exception>
    public static ArchiveSettings Read(DefinitionSection section) => Read(section, Environment.GetEnvironmentVariable);

    internal static ArchiveSettings Read(DefinitionSection section, Func<string, string?> environment)
    {
        Uri address = AddressIn(section, "url");
        string variable = section.Line("credentials-variable", ""), file = section.Has("credentials-file") ? section.Path("credentials-file") : "";
        AuthenticationHeaderValue? credentials = CredentialsOf(section, variable, file, environment);
        if (credentials is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !section.Flag("plain-http", false))
        {
            throw section.Refuse("url", $"credentials would go over the network in the clear: expected https, found '{address.Scheme}://{address.Host}'; or say plain-http: true where the network is yours alone.");
        }

        _ = section.Flag("plain-http", false);
        ArchiveSettings settings = new()
        {
            Address = address,
            Authorities = section.Has("authorities") ? AuthoritiesOf(section) : [],
            Credentials = credentials,
            CredentialsVariable = variable,
            Patience = new ArchivePatience { Timeout = TimeSpan.FromSeconds(section.Number("timeout", 60, least: 0.1, most: 3600)) },
            LargestStudy = section.Has("largest-study") ? Size(section) : 8L << 30,
        };
        section.Done();
        return settings;
    }

    /// <summary>Reads an address of the section.</summary>
    internal static Uri AddressIn(DefinitionSection section, string key)
    {
        string text = section.Line(key, most: 500);
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw section.Refuse(key, "expected an address such as https://archive.hospital/dicom-web, without a name or a password in it: these belong into credentials-variable or credentials-file.");
    }

    private static long Size(DefinitionSection section)
    {
        try
        {
            return JobLimits.MemoryOf(section.Line("largest-study"));
        }
        catch (ScheduleException)
        {
            throw section.Refuse("largest-study", "expected a size such as 8GB.");
        }
    }

    private static IReadOnlyList<X509Certificate2> AuthoritiesOf(DefinitionSection section)
    {
        try
        {
            return ServerAccess.Authorities(section.Path("authorities"));
        }
        catch (ServerAccessException problem)
        {
            throw section.Refuse("authorities", problem.Message);
        }
    }

    private static AuthenticationHeaderValue? CredentialsOf(DefinitionSection section, string variable, string file, Func<string, string?> environment)
    {
        if (variable.Length > 0 && file.Length > 0)
        {
            throw section.Refuse("credentials-file", "credentials come from a variable or from a file: leave one of them out.");
        }

        try
        {
            return ServerAccess.Credentials(variable, file, environment);
        }
        catch (ServerAccessException problem)
        {
            throw section.Refuse(variable.Length > 0 ? "credentials-variable" : "credentials-file", problem.Message);
        }
    }
}
