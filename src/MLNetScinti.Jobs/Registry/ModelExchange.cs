using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Jobs.Registry;

/// <summary>What went to another registry, or came from one.</summary>
/// <param name="Version">The version here.</param>
/// <param name="Place">Where it went or came from, with its tag.</param>
/// <param name="Moved">Files that went over the network.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="IsNew">Whether the version is new here.</param>
public sealed record ExchangedModel(ModelVersion Version, RemotePlace Place, int Moved, long Bytes, bool IsNew);

/// <summary>
/// Models on their way between this registry and any container registry. Files that are there already are not sent again, so that a command that broke off goes on; a
/// model that came is a candidate, and put in use by nobody but who promotes it here.
/// </summary>
public static class ModelExchange
{
    // A model has some ten files.
    private const int MostFiles = 200;

    /// <summary>Sends a version with all its files.</summary>
    /// <param name="registry">The registry here.</param>
    /// <param name="reference">The version.</param>
    /// <param name="place">Where to; without a tag, under its version.</param>
    /// <param name="access">How the other registry is reached.</param>
    /// <param name="why">Why, for the audit log.</param>
    /// <param name="moving">Is told of each file that goes.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="RegistryException">A file is not what was written, or the other registry refuses it.</exception>
    /// <exception cref="IOException">The other registry cannot be reached.</exception>
    public static ExchangedModel Push(ModelRegistry registry, string reference, RemotePlace place, RemoteAccess access, string why, Action<OciDescriptor>? moving = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(place);
        ModelVersion version = registry.Find(reference);
        place = OciLayout.IsDigest(place.Reference)
            ? throw new RegistryException($"{place}: a model is sent under a tag, and found under its digest by itself: name a tag.")
            : place with { Reference = place.Reference.Length > 0 ? place.Reference : version.Version };
        OciDescriptor[] files = [.. registry.Files(version).DistinctBy(file => file.Digest)];
        foreach (OciDescriptor file in files)
        {
            if (registry.Layout.Fault(file) is { } fault)
            {
                throw RegistryException.Tampered($"{registry.Folder}: {version.Reference} is not sent: {OciLayout.Named(file, "blob")} {fault}.");
            }
        }

        int moved = 0;
        long bytes = 0;
        using RemoteRegistry remote = new(place, access, cancel);
        foreach (OciDescriptor file in files.Where(file => !remote.Has(file)))
        {
            moving?.Invoke(file);
            remote.Send(file, registry.Layout.PathOf(file.Digest));
            (moved, bytes) = (moved + 1, bytes + file.Size);
            if (!remote.Has(file))
            {
                throw new RegistryException($"{place}: the registry took {OciLayout.Named(file, "blob")}, and does not have it: the model is not there.");
            }
        }

        remote.Tag(registry.Layout.Content(new OciDescriptor(OciLayout.ManifestType, version.Digest, 0)), place.Reference);
        registry.Record(new AuditAct("push", "", $"{why} (to {place})", version.Model) { Subject = version.Version, To = version.Digest });
        return new(version, place, moved, bytes, IsNew: false);
    }

    /// <summary>Takes a model from another registry as the next version and as the candidate; one that is here already is not added again.</summary>
    /// <param name="registry">The registry here.</param>
    /// <param name="place">Where from, with its tag or digest.</param>
    /// <param name="name">Its name here; null for the one that it has there.</param>
    /// <param name="access">How the other registry is reached.</param>
    /// <param name="why">Why, for the audit log.</param>
    /// <param name="moving">Is told of each file that comes.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="RegistryException">It is no model, or a file is not what its digest says.</exception>
    /// <exception cref="IOException">The other registry cannot be reached.</exception>
    public static ExchangedModel Pull(ModelRegistry registry, RemotePlace place, string? name, RemoteAccess access, string why, Action<OciDescriptor>? moving = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(place);
        if (place.Reference.Length == 0)
        {
            throw new RegistryException($"{place}: which of its models? Name a tag, such as {place}:v1, or a digest.");
        }

        registry.Layout.MustBeFree();
        using RemoteRegistry remote = new(place, access, cancel);
        byte[] bytes = remote.Manifest(place.Reference);
        OciManifest manifest = OciLayout.ManifestOf(bytes, place.ToString());
        if (manifest.ArtifactType != ModelRegistry.ArtifactType)
        {
            throw new RegistryException($"{place}: expected a model of this program ({ModelRegistry.ArtifactType}), found '{PlainText.Short(manifest.ArtifactType ?? "", 80)}'.");
        }

        string model = ModelReference.Name(name ?? (manifest.Annotations?.GetValueOrDefault(OciLayout.TitleKey) is { Length: > 0 } title ? title : place.Repository[(place.Repository.LastIndexOf('/') + 1)..]));
        int moved = 0;
        long size = 0;
        void Take(OciDescriptor file)
        {
            if (registry.Layout.Keep(file, stream =>
            {
                moving?.Invoke(file);
                remote.Receive(file, stream);
            }))
            {
                (moved, size) = (moved + 1, size + file.Size);
            }
        }

        // The card first: what it does not name is not taken.
        Take(manifest.Config);
        Check(registry.Layout, manifest, place);
        foreach (OciDescriptor file in manifest.Layers.DistinctBy(file => file.Digest))
        {
            Take(file);
        }

        OciDescriptor kept = registry.Layout.KeepManifest(bytes);
        RegistryChange change = registry.Enter(model, kept, manifest.Layers, "pull", $"{why} (from {place})");
        return new(change.Version, place, moved, size, change.IsNew);
    }

    // A manifest that was put together by another hand: files that are not the card's, or that would leave their folder.
    private static void Check(OciLayout layout, OciManifest manifest, RemotePlace place)
    {
        if (manifest.Layers.Count > MostFiles || manifest.Layers.FirstOrDefault(file => !OciLayout.IsFileName(file.Note(OciLayout.TitleKey))) is not null)
        {
            throw RegistryException.Tampered($"{place}: its manifest names {(manifest.Layers.Count > MostFiles ? $"{manifest.Layers.Count} files, more than any model has" : "what is no name of a file")}: nothing of it is taken.");
        }

        BundleCard card = ModelRegistry.CardOf(layout, manifest);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (OciDescriptor file in manifest.Layers)
        {
            files[file.Note(OciLayout.TitleKey)] = file.Digest;
        }

        foreach ((string file, string hash) in card.Files)
        {
            if (files.GetValueOrDefault(file) != $"sha256:{hash}")
            {
                throw RegistryException.Tampered($"{place}: {PlainText.Short(file)} is {(files.ContainsKey(file) ? "not the file that the model's card names" : "missing")}: the model is not taken.");
            }
        }
    }
}
