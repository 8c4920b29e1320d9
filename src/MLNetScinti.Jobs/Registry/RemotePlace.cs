using System.Text.RegularExpressions;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Registry;

/// <summary>A place in a container registry (OCI distribution specification 1.1): its server, a repository there, and a tag or a digest.</summary>
/// <param name="Server">The server, such as <c>https://registry.hospital:5000/</c>.</param>
/// <param name="Repository">The repository, such as <c>nuclear-medicine/spect</c>.</param>
/// <param name="Reference">The tag, or "sha256:" and a digest; empty where none is named.</param>
public sealed partial record RemotePlace(Uri Server, string Repository, string Reference)
{
    /// <summary>Reads <c>[docker://|https://|http://]HOST[:PORT]/REPOSITORY[:TAG|@DIGEST]</c>.</summary>
    /// <param name="text">What a user wrote.</param>
    /// <param name="plainHttp">Whether the server may be asked without TLS; one on this machine may always.</param>
    /// <exception cref="RegistryException">It is no such place.</exception>
    public static RemotePlace Of(string text, bool plainHttp = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Form().Match(text);
        if (!match.Success || !Uri.TryCreate($"{(match.Groups["scheme"].Value is "http" ? "http" : "https")}://{match.Groups["host"].Value}/", UriKind.Absolute, out Uri? server))
        {
            throw new RegistryException($"'{PlainText.Short(text)}': expected a place in a container registry such as https://registry.hospital/models/spect:v3, of lower-case letters, digits and single dots, hyphens or underscores, without a name or password in it.");
        }

        return server.Scheme == Uri.UriSchemeHttps || plainHttp || server.IsLoopback
            ? new(server, match.Groups["repository"].Value, match.Groups["digest"] is { Success: true, Value: var digest } ? digest : match.Groups["tag"].Value)
            : throw new RegistryException($"{PlainText.Short(text)}: models and credentials would go over the network in the clear: expected https, or say --plain-http where the network is yours alone.");
    }

    /// <summary>The address of something in the repository.</summary>
    /// <param name="path">"manifests/v3", "blobs/sha256:...".</param>
    internal Uri At(string path) => new(Server, $"v2/{Repository}/{path}");

    /// <inheritdoc/>
    public override string ToString() => $"{Server}{Repository}{(Reference.Length == 0 ? "" : OciLayout.IsDigest(Reference) ? "@" + Reference : ":" + Reference)}";

    // The specification's own forms of names, tags and digests.
    [GeneratedRegex("^((?<scheme>docker|https|http)://)?(?<host>[A-Za-z0-9.-]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+\\](:[0-9]{1,5})?)/(?<repository>[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*)(:(?<tag>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})|@(?<digest>sha256:[0-9a-f]{64}))?\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
