namespace MLNetScinti.Jobs.Registry;

/// <summary>
/// A registry as readers of pages see it: a part at a time, from its SQLite index. <c>index.json</c> is read again only where it was replaced since, so a page costs the
/// same whether there are ten versions or a hundred thousand.
/// </summary>
public sealed class RegistryPages
{
    private readonly OciLayout _layout;
    private readonly Lock _lock = new();
    private ((DateTime Written, long Size)? Stamp, string Digest) _known = (null, "");

    /// <summary>Opens a registry; nothing is read yet.</summary>
    public RegistryPages(string folder) => _layout = new OciLayout(folder);

    /// <summary>Whether there is one.</summary>
    public bool Exists => _layout.Exists;

    /// <summary>Models by name.</summary>
    /// <param name="after">Only those behind this name; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <exception cref="RegistryException">There is no registry, or its index cannot be read.</exception>
    public IReadOnlyList<ModelSummary> Models(string? after, int most)
    {
        using RegistryIndex index = Open();
        return index.Models(after, most);
    }

    /// <summary>Versions of a model, the newest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">Only those with a lower number; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <exception cref="RegistryException">There is no registry, or its index cannot be read.</exception>
    public IReadOnlyList<ModelVersion> Versions(string model, int? before, int most)
    {
        using RegistryIndex index = Open();
        return index.Versions(model, before, most);
    }

    private RegistryIndex Open()
    {
        // Looked at before it is read: one that is replaced in between is read again the next time.
        (DateTime Written, long Size)? stamp = _layout.Stamp;
        (DateTime Written, long Size)? known;
        string digest;
        lock (_lock)
        {
            (known, digest) = _known;
        }

        if (stamp is not null && stamp == known && RegistryIndex.OpenKept(_layout, digest) is { } kept)
        {
            return kept;
        }

        (OciIndex index, string read) = _layout.Read();
        RegistryIndex opened = RegistryIndex.Open(_layout, index, read);
        lock (_lock)
        {
            _known = (stamp, read);
        }

        return opened;
    }
}
