using System.Globalization;
using MLNetScinti.Jobs.Auditing;

namespace MLNetScinti.Jobs.Registry;

/// <summary>The tags of an index: which there are, where they point to, and what they will be once a change is written.</summary>
internal sealed class RegistryTags
{
    private readonly List<OciDescriptor> _descriptors;

    public RegistryTags(OciIndex index) => _descriptors = [.. index.Manifests];

    /// <summary>Where the audit log ends.</summary>
    public AuditHead Head { get; init; } = AuditHead.None;

    /// <summary>What to write: by tag, versions in their order.</summary>
    public IReadOnlyList<OciDescriptor> Descriptors =>
        [.. _descriptors.OrderBy(descriptor => Reference(descriptor)?.Model ?? "", StringComparer.Ordinal).ThenBy(descriptor => Reference(descriptor)?.Number ?? 0).ThenBy(descriptor => descriptor.Note(OciLayout.TagKey), StringComparer.Ordinal)];

    /// <summary>All versions, by name and number.</summary>
    public IEnumerable<ModelVersion> Versions() => _descriptors.Select(Version).OfType<ModelVersion>().OrderBy(version => version.Model, StringComparer.Ordinal).ThenBy(version => ModelReference.Of(version.Reference).Number);

    /// <summary>Tags that name no version that there is.</summary>
    public IEnumerable<string> Strays() => _descriptors
        .Where(descriptor => Reference(descriptor) is not { } reference || (reference.Number is null && VersionOf(reference.Model, descriptor.Digest) is null))
        .Select(descriptor => descriptor.Note(OciLayout.TagKey) is { Length: > 0 } tag ? tag : descriptor.Digest);

    /// <summary>The number of the newest version; 0 for none.</summary>
    public int Newest(string model) => _descriptors.Select(Reference).Where(reference => reference?.Model == model).Max(reference => reference!.Number) ?? 0;

    /// <summary>The version that a tag points to.</summary>
    public ModelVersion? At(string model, string tag) =>
        _descriptors.FirstOrDefault(descriptor => descriptor.Note(OciLayout.TagKey) == $"{model}:{tag}") is { } tagged ? Version(tagged) ?? VersionOf(model, tagged.Digest) : null;

    /// <summary>The version with a digest.</summary>
    public ModelVersion? VersionOf(string model, string digest) => Versions().FirstOrDefault(version => version.Model == model && version.Digest == digest);

    /// <summary>The descriptor of a version without its tag.</summary>
    public OciDescriptor DescriptorOf(ModelVersion version) => _descriptors[IndexOf(version)] with { Annotations = null };

    /// <summary>Adds a version.</summary>
    public void Enter(ModelVersion version, OciDescriptor manifest) => _descriptors.Add(Tagged(version, manifest));

    /// <summary>Says at what stage a version is; the tag of the stage that it leaves goes, one of the stage that it enters comes.</summary>
    public void Move(ModelVersion? version, string stage)
    {
        if (version is null)
        {
            return;
        }

        int at = IndexOf(version);
        OciDescriptor manifest = DescriptorOf(version);
        _descriptors[at] = Tagged(version with { Stage = stage }, manifest);
        _descriptors.RemoveAll(descriptor => descriptor.Digest == version.Digest && Reference(descriptor) is { Number: null } reference && reference.Model == version.Model);
        if (stage is ModelReference.Retired or ModelReference.Withdrawn)
        {
            Point(version.Model, stage, manifest);
        }
    }

    /// <summary>Has a tag point to a manifest, and nowhere else.</summary>
    public void Point(string model, string tag, OciDescriptor manifest)
    {
        string name = $"{model}:{tag}";
        _descriptors.RemoveAll(descriptor => descriptor.Note(OciLayout.TagKey) == name);
        _descriptors.Add(manifest with { Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [OciLayout.TagKey] = name } });
    }

    private int IndexOf(ModelVersion version) => _descriptors.FindIndex(descriptor => descriptor.Note(OciLayout.TagKey) == version.Reference);

    private static OciDescriptor Tagged(ModelVersion version, OciDescriptor manifest)
    {
        SortedDictionary<string, string> notes = new(StringComparer.Ordinal) { [OciLayout.TagKey] = version.Reference, [ModelRegistry.StageKey] = version.Stage };
        if (version.Added is { } added)
        {
            notes[OciLayout.CreatedKey] = added.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }

        return manifest with { Annotations = notes };
    }

    private static ModelReference? Reference(OciDescriptor descriptor) => ModelReference.Parse(descriptor.Note(OciLayout.TagKey));

    private static ModelVersion? Version(OciDescriptor descriptor) => Reference(descriptor) is { Number: not null } reference
        ? new(reference.Model, reference.Tag, descriptor.Digest, descriptor.Note(ModelRegistry.StageKey))
        {
            Added = DateTimeOffset.TryParse(descriptor.Note(OciLayout.CreatedKey), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset added) ? added : null,
        }
        : null;
}
