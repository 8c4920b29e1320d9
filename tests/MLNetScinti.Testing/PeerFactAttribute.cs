using Xunit;

namespace MLNetScinti.Testing;

/// <summary>
/// A fact that checks against another program: an executable on the path ("dciodvfy"), a module
/// of the system's Python ("python:onnx") or real data ("data:ct-kidney"). Reports itself skipped where one of them is absent.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] peers)
    {
        string[] missing = [.. peers.Where(peer => !Peer.IsThere(peer))];
        if (missing.Length > 0)
        {
            Skip = $"Not installed here: {string.Join(", ", missing)}.";
        }
    }
}
