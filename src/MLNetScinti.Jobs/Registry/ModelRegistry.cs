using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Jobs.Registry;

/// <summary>What adding, promoting or rolling back did.</summary>
/// <param name="Version">The version it is about, as it stands now.</param>
/// <param name="Before">The version whose place it took; null for none.</param>
/// <param name="IsNew">Whether anything changed.</param>
public sealed record RegistryChange(ModelVersion Version, ModelVersion? Before, bool IsNew);

/// <summary>What a look through a registry found.</summary>
/// <param name="Versions">Versions looked at.</param>
/// <param name="Blobs">Files looked at.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Faults">What is not what was written: a sentence each.</param>
/// <param name="Unused">Files that no version names: left by an addition that broke off; they do no harm.</param>
public sealed record RegistryVerdict(int Versions, int Blobs, long Bytes, IReadOnlyList<string> Faults, int Unused);

/// <summary>
/// The models of a house: an OCI image layout on disk, in which each version of a model is a manifest of its bundle's files, metrics and report, and
/// tags say which version is in use. Every change is entered in the audit log beside it. Several processes may use one registry at once.
/// </summary>
public sealed class ModelRegistry
{
    /// <summary>The file that whoever changes the registry holds.</summary>
    internal const string LockFile = ".lock";

    /// <summary>Where the index says at what stage a version is.</summary>
    internal const string StageKey = "org.mlnetscinti.stage";

    private const string HeadKey = "org.mlnetscinti.audit.head", LastKey = "org.mlnetscinti.audit.last";
    internal const string ArtifactType = "application/vnd.mlnetscinti.model.v1", CardType = "application/vnd.mlnetscinti.card.v1+json";

    private static readonly JsonSerializerOptions s_card = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true };

    // What a run leaves beside its model and belongs to it.
    private static readonly string[] s_beside = ["metrics.json", "report.html", "scores.csv", "run-key.json"];

    private readonly OciLayout _layout;
    private readonly string _program, _who;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;

    /// <summary>Opens a registry; nothing is read or written yet.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="program">The program with its version, for the log.</param>
    /// <param name="who">Whose hand it is, for the log; null for the user that the system knows.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="patience">How long to wait for others; null for a minute.</param>
    public ModelRegistry(string folder, string program, string? who = null, TimeProvider? time = null, TimeSpan? patience = null)
    {
        _layout = new OciLayout(folder);
        _program = program;
        _who = who ?? AuditAct.User;
        _time = time ?? TimeProvider.System;
        _patience = patience ?? TimeSpan.FromMinutes(1);
    }

    /// <summary>The folder.</summary>
    public string Folder => _layout.Folder;

    /// <summary>The file of the audit log.</summary>
    public string LogFile => Path.Combine(Folder, AuditLog.FileName);

    /// <summary>The type under which a file of a model is kept.</summary>
    public static string MediaTypeOf(string file) => file switch
    {
        ModelBundle.ModelFile => "application/vnd.mlnetscinti.model.v1+onnx",
        ModelBundle.ExplanationFile => "application/vnd.mlnetscinti.explanation.v1+onnx",
        ModelBundle.ModelFile + ".data" or ModelBundle.ExplanationFile + ".data" => "application/vnd.mlnetscinti.onnx-data.v1",
        ModelBundle.StockFile => "application/vnd.mlnetscinti.mlnet.v1+zip",
        ModelBundle.WeightsFile => "application/vnd.mlnetscinti.weights.v1+safetensors",
        ModelBundle.CardFile => CardType,
        "split.json" => "application/vnd.mlnetscinti.split.v1+json",
        "metrics.json" => "application/vnd.mlnetscinti.metrics.v1+json",
        "report.html" => "application/vnd.mlnetscinti.report.v1+html",
        "scores.csv" => "application/vnd.mlnetscinti.scores.v1+csv",
        "run-key.json" => "application/vnd.mlnetscinti.run-key.v1+json",
        _ => "application/vnd.mlnetscinti.file.v1",
    };

    /// <summary>Adds a model as the next version and as the candidate. One that is there already to the byte is not added again.</summary>
    /// <param name="path">The bundle's folder or zip; metrics, report and scores in the folder go with it.</param>
    /// <param name="name">The name; null for the one on its card.</param>
    /// <param name="why">Why, for the log.</param>
    /// <exception cref="ModelBundleException">It is no bundle, or a file is not the one that was written.</exception>
    /// <exception cref="RegistryException">The name or the folder cannot be used.</exception>
    public RegistryChange Add(string path, string? name, string why)
    {
        using ModelBundle bundle = ModelBundle.Load(path);
        string model = ModelReference.Name(name ?? bundle.Card.Name);
        _layout.MustBeFree();

        // Outside the lock: blobs under the hash of their content are in nobody's way.
        OciDescriptor card = _layout.Keep(Path.Combine(bundle.Folder, ModelBundle.CardFile), CardType);
        OciDescriptor[] layers = [.. bundle.Card.Files.Select(file => _layout.Keep(Path.Combine(bundle.Folder, file.Key), MediaTypeOf(file.Key), file.Value)),
            .. s_beside.Where(file => !bundle.Card.Files.ContainsKey(file) && File.Exists(Path.Combine(bundle.Folder, file))).Select(file => _layout.Keep(Path.Combine(bundle.Folder, file), MediaTypeOf(file)))];
        OciDescriptor manifest = _layout.Keep(new OciManifest(2, OciLayout.ManifestType, ArtifactType, card, layers)
        {
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [OciLayout.TitleKey] = model, ["org.mlnetscinti.run-key"] = bundle.Card.RunKey },
        });
        return Enter(model, manifest, layers, "add", why);
    }

    /// <summary>The versions of a model, or of all.</summary>
    /// <exception cref="RegistryException">There is no registry.</exception>
    public IReadOnlyList<ModelVersion> List(string? model = null)
    {
        (OciIndex index, string digest) = _layout.Read();
        using RegistryIndex kept = RegistryIndex.Open(_layout, index, digest);
        return kept.Versions(model);
    }

    /// <summary>The version that a reference names; without a tag the champion, or where there is none the newest.</summary>
    /// <exception cref="RegistryException">There is none.</exception>
    public ModelVersion Find(string reference)
    {
        (OciIndex index, string digest) = _layout.Read();
        ModelVersion found = Named(new RegistryTags(index), reference);
        using RegistryIndex kept = RegistryIndex.Open(_layout, index, digest);
        return kept.Versions(found.Model).FirstOrDefault(version => version.Version == found.Version) ?? found;
    }

    /// <summary>The files of a version, its card first.</summary>
    /// <exception cref="RegistryException">Its manifest is gone or changed.</exception>
    public IReadOnlyList<OciDescriptor> Files(ModelVersion version)
    {
        OciManifest manifest = ManifestOf(version);
        return [manifest.Config, .. manifest.Layers];
    }

    /// <summary>Where a file of a version lies, checked against its hash; null where it has none of this name.</summary>
    /// <exception cref="RegistryException">It is gone or changed.</exception>
    public string? FileOf(ModelVersion version, string name) => Files(version).FirstOrDefault(file => file.Note(OciLayout.TitleKey) == name) is not { } file ? null
        : _layout.Fault(file) is { } fault ? throw RegistryException.Tampered($"{Folder}: {version.Reference}: {OciLayout.Named(file, "blob")} {fault}.")
        : _layout.PathOf(file.Digest);

    /// <summary>Patients whom a version was trained or validated on, by pseudonym.</summary>
    /// <exception cref="RegistryException">That cannot be told: the file is gone or changed.</exception>
    public IReadOnlySet<string> TrainedOn(ModelVersion version)
    {
        string split = FileOf(version, SplitMembership.FileName)
            ?? throw RegistryException.Tampered($"{Folder}: {version.Reference} has no {SplitMembership.FileName}: whom it was trained on cannot be told.");
        return SplitMembership.Read(split).Patients.Where(patient => patient.Side != SplitSide.Test).Select(patient => patient.PatientId).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What a version's card says.</summary>
    /// <exception cref="RegistryException">It is gone or changed.</exception>
    public BundleCard Card(ModelVersion version) => CardOf(_layout, ManifestOf(version));

    /// <summary>Puts a version in use. All its files are checked first.</summary>
    /// <param name="reference">The version.</param>
    /// <param name="why">Why, for the log.</param>
    /// <param name="hashes">Hashes of what the decision rests on besides the model's own, by name; null for none.</param>
    /// <exception cref="RegistryException">There is no such version, or a file of it is not what was written.</exception>
    public RegistryChange Promote(string reference, string why, IReadOnlyDictionary<string, string>? hashes = null) => Change<RegistryChange>(tags =>
    {
        ModelVersion version = Named(tags, reference, otherwise: ModelReference.Candidate);
        ModelVersion? before = tags.At(version.Model, ModelReference.Champion);
        return before?.Digest == version.Digest ? (null, new(before, null, IsNew: false)) : Enthrone(tags, version, before, ModelReference.Retired, "promote", why, hashes);
    });

    /// <summary>Puts the version back in use that was before, as the audit log tells, or a named one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="why">Why, for the log.</param>
    /// <param name="to">The version; null for the one before.</param>
    /// <exception cref="RegistryException">There is none before, the log is not sound, or a file of it is not what was written.</exception>
    public RegistryChange Rollback(string model, string why, string? to = null) => Change<RegistryChange>(tags =>
    {
        model = ModelReference.Name(model);
        ModelVersion now = tags.At(model, ModelReference.Champion) ?? throw new RegistryException($"{Folder}: no version of {model} is in use, so there is nothing to roll back.");
        ModelVersion version = to is not null ? Named(tags, to.Contains(':', StringComparison.Ordinal) ? to : $"{model}:{to}") : Before(tags, now);
        return version.Digest == now.Digest || version.Model != model
            ? throw new RegistryException($"{Folder}: {version.Reference} is {(version.Model == model ? "in use already" : "another model")}: name the version to go back to with --to.")
            : Enthrone(tags, version, now, ModelReference.Withdrawn, "rollback", why, null);
    });

    /// <summary>Writes the files of a version into a folder; a file that is not what was written is refused and named.</summary>
    /// <param name="reference">The version.</param>
    /// <param name="folder">The folder; it must not have a model yet.</param>
    /// <exception cref="RegistryException">A file is not what was written, or the folder has a model.</exception>
    public ModelVersion Export(string reference, string folder)
    {
        ModelVersion version = Find(reference);
        if (File.Exists(Path.Combine(folder, ModelBundle.CardFile)))
        {
            throw new RegistryException($"{folder}: there is a model here already: give another folder.");
        }

        // The card last: a folder with a card has all that it names.
        OciDescriptor[] files = [.. Files(version)];
        foreach (OciDescriptor file in files[1..].Append(files[0]))
        {
            string title = file == files[0] ? ModelBundle.CardFile : file.Note(OciLayout.TitleKey);
            if (!OciLayout.IsFileName(title))
            {
                throw RegistryException.Tampered($"{Folder}: {version.Reference} names a file '{PlainText.Short(title)}', which is no name of a file.");
            }

            _layout.Export(file, Path.Combine(folder, title));
        }

        return version;
    }

    /// <summary>Checks every file against its hash, and the stages against the audit log.</summary>
    /// <param name="model">Of one model; null for all.</param>
    /// <exception cref="RegistryException">There is no registry, or its index cannot be read.</exception>
    public RegistryVerdict Verify(string? model = null)
    {
        (OciIndex index, _) = _layout.Read();
        RegistryTags tags = new(index);
        List<string> faults = [];
        Dictionary<string, string?> seen = new(StringComparer.Ordinal);
        HashSet<string> named = new(StringComparer.Ordinal);
        long bytes = 0;
        ModelVersion[] versions = [.. tags.Versions().Where(version => model is null || version.Model == model)];
        foreach (ModelVersion version in versions)
        {
            try
            {
                foreach (OciDescriptor file in Files(version))
                {
                    if (!seen.TryGetValue(file.Digest, out string? fault))
                    {
                        seen.Add(file.Digest, fault = _layout.Fault(file));
                        bytes += file.Size;
                    }

                    if (fault is not null)
                    {
                        faults.Add($"{version.Reference}: {OciLayout.Named(file, "blob")} {fault}.");
                    }
                }
            }
            catch (RegistryException problem)
            {
                faults.Add($"{version.Reference}: {problem.Message}");
            }
        }

        faults.AddRange(tags.Strays().Select(tag => $"the index names {PlainText.Short(tag)}, which is no version of a model."));
        foreach (OciDescriptor tagged in index.Manifests)
        {
            named.Add(tagged.Digest);
        }

        faults.AddRange(Contradictions(tags, model));
        int unused = model is null && faults.Count == 0 ? _layout.Blobs().Count(blob => !named.Contains(blob) && !seen.ContainsKey(blob)) : 0;
        return new(versions.Length, seen.Count, bytes, faults, unused);
    }

    /// <summary>Looks through the audit log for the first entry that was changed, removed or inserted.</summary>
    /// <param name="known">A head that somebody wrote down, to be found in it; null for none.</param>
    /// <exception cref="RegistryException">There is no registry, or its index cannot be read.</exception>
    public AuditVerdict VerifyLog(AuditHead? known = null)
    {
        AuditVerdict own = Verdict();
        if (own.Fault is not null)
        {
            // Somebody may be between the index and the log: once more, when nobody is.
            using FileStream held = Lock();
            own = Verdict();
        }

        return own.Fault is null && known is not null ? AuditLog.Verify(LogFile, known) : own;

        AuditVerdict Verdict()
        {
            (OciIndex index, _) = _layout.Read();
            AuditVerdict found = AuditLog.Verify(LogFile, HeadOf(index), isLast: true);
            return found.Fault is { Kind: AuditFaultKind.Removed } fault && fault.Entry == HeadOf(index).Entries
                ? found with { Fault = fault with { Sentence = fault.Sentence + "; the registry's index still has it, and the next change puts it back: a crash leaves this, and so does whoever takes the last line away" } }
                : found;
        }
    }

    /// <summary>The entries of the audit log, in order.</summary>
    public IEnumerable<AuditEntry> Log() => AuditLog.Read(LogFile);

    /// <summary>Enters an act in the audit log that changes no stage.</summary>
    public void Record(AuditAct act) => _ = Change<bool>(_ => (act with { Who = act.Who.Length > 0 ? act.Who : _who, Program = _program }, true));

    /// <summary>Enters an act that depends on what the log says, while nobody else can enter one.</summary>
    /// <param name="act">Is given the entries so far, and gives what to enter and what to answer.</param>
    /// <exception cref="RegistryException">The log is not what was written, so nothing may depend on it.</exception>
    public T Record<T>(Func<IReadOnlyList<AuditEntry>, (AuditAct? Act, T Answer)> act) => Change<T>(tags =>
    {
        if (AuditLog.Verify(LogFile, tags.Head, isLast: true).Fault is { } fault)
        {
            throw RegistryException.Tampered($"{LogFile}: {fault.Sentence}: what it says cannot be relied on.");
        }

        (AuditAct? entered, T answer) = act([.. Log()]);
        return (entered is null ? null : entered with { Who = entered.Who.Length > 0 ? entered.Who : _who, Program = _program }, answer);
    });

    /// <summary>The layout on disk.</summary>
    internal OciLayout Layout => _layout;

    /// <summary>Enters a kept manifest as the next version and as the candidate, unless it is there already.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="layers">What it names besides the card.</param>
    /// <param name="what">What was done, for the log: "add", "pull".</param>
    /// <param name="why">Why.</param>
    internal RegistryChange Enter(string model, OciDescriptor manifest, IReadOnlyList<OciDescriptor> layers, string what, string why) => Change<RegistryChange>(tags =>
    {
        if (tags.VersionOf(model, manifest.Digest) is { } there)
        {
            return (null, new(there, null, IsNew: false));
        }

        ModelVersion? before = tags.At(model, ModelReference.Candidate);
        ModelVersion added = new(model, string.Create(CultureInfo.InvariantCulture, $"v{tags.Newest(model) + 1}"), manifest.Digest, ModelReference.Candidate) { Added = Now };
        tags.Enter(added, manifest);
        tags.Move(before, ModelReference.Superseded);
        tags.Point(model, ModelReference.Candidate, manifest);
        return (Act(what, why, model) with { Subject = added.Version, From = before?.Digest ?? "", To = added.Digest, Hashes = HashesOf(manifest, layers) }, new(added, before, IsNew: true));
    });

    /// <summary>What the card of a manifest says.</summary>
    internal static BundleCard CardOf(OciLayout layout, OciManifest manifest)
    {
        try
        {
            return JsonSerializer.Deserialize<BundleCard>(layout.Content(manifest.Config), s_card) ?? throw RegistryException.Tampered($"{layout.Folder}: {ModelBundle.CardFile} is empty.");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new RegistryException($"{layout.Folder}: {ModelBundle.CardFile} cannot be read: {PlainText.Short(problem.Message, 200)}", problem) { IsTampered = true };
        }
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private AuditAct Act(string what, string why, string model) => new(what, _who, why, model) { Program = _program };

    private OciManifest ManifestOf(ModelVersion version) =>
        _layout.Manifest(new(OciLayout.ManifestType, version.Digest, 0) { Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [OciLayout.TagKey] = version.Reference } });

    private ModelVersion Named(RegistryTags tags, string text, string otherwise = ModelReference.Champion)
    {
        ModelReference reference = ModelReference.Of(text);
        ModelVersion? found = reference.Tag.Length > 0 ? tags.At(reference.Model, reference.Tag)
            : tags.At(reference.Model, otherwise) ?? tags.Versions().LastOrDefault(version => version.Model == reference.Model);
        return found ?? throw new RegistryException(tags.Versions().Where(version => version.Model == reference.Model).Select(version => version.Version).ToArray() is { Length: > 0 } there
            ? $"{Folder}: there is no {reference}; of {reference.Model} there is {PlainText.Short(string.Join(", ", there), 200)}."
            : $"{Folder}: there is no model {reference.Model}; there is {PlainText.Short(string.Join(", ", tags.Versions().Select(version => version.Model).Distinct(StringComparer.Ordinal)) is { Length: > 0 } all ? all : "none yet", 200)}.");
    }

    private (AuditAct? Act, RegistryChange Change) Enthrone(RegistryTags tags, ModelVersion version, ModelVersion? before, string stageOfBefore, string what, string why, IReadOnlyDictionary<string, string>? more)
    {
        OciDescriptor[] files = [.. Files(version)];
        foreach (OciDescriptor file in files)
        {
            if (_layout.Fault(file) is { } fault)
            {
                throw RegistryException.Tampered($"{Folder}: {version.Reference} is not put in use: {OciLayout.Named(file, "blob")} {fault}.");
            }
        }

        OciDescriptor manifest = tags.DescriptorOf(version);
        tags.Move(before, stageOfBefore);
        tags.Move(version, ModelReference.Champion);
        tags.Point(version.Model, ModelReference.Champion, manifest);
        SortedDictionary<string, string> hashes = HashesOf(manifest, files);
        foreach ((string name, string hash) in more ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            hashes[name] = hash;
        }

        return (Act(what, why, version.Model) with { Subject = version.Version, From = before?.Digest ?? "", To = version.Digest, Hashes = hashes },
            new(version with { Stage = ModelReference.Champion }, before, IsNew: true));
    }

    private ModelVersion Before(RegistryTags tags, ModelVersion now)
    {
        if (AuditLog.Verify(LogFile, tags.Head, isLast: true).Fault is { } fault)
        {
            throw RegistryException.Tampered($"{LogFile}: {fault.Sentence}: which version was in use before cannot be told; name it with --to.");
        }

        string[] reigns = [.. Reigns(now.Model)];
        return reigns.Length > 1 && tags.VersionOf(now.Model, reigns[^2]) is { } version ? version
            : throw new RegistryException($"{Folder}: no version of {now.Model} was in use before {now.Version}: name the version to go back to with --to.");
    }

    // What was in use, the last first taken back: a rollback takes away what came behind the one it goes back to.
    private List<string> Reigns(string model)
    {
        List<string> reigns = [];
        foreach (AuditAct act in Log().Select(entry => entry.Act).Where(act => act.Model == model && act.What is "promote" or "rollback"))
        {
            int back = act.What == "rollback" && reigns.Count > 1 ? reigns.FindLastIndex(reigns.Count - 2, digest => digest == act.To) : -1;
            reigns = back >= 0 ? reigns[..(back + 1)] : [.. reigns, act.To];
        }

        return reigns;
    }

    // Who moves a tag with another tool leaves no entry.
    private IEnumerable<string> Contradictions(RegistryTags tags, string? model)
    {
        Dictionary<string, string> logged = new(StringComparer.Ordinal);
        HashSet<(string, string)> added = [];
        foreach (AuditAct act in Log().Select(entry => entry.Act))
        {
            if (act.What is "promote" or "rollback")
            {
                logged[act.Model] = act.To;
            }
            else if (act.What is "add" or "pull")
            {
                added.Add((act.Model, act.To));
            }
        }

        foreach (string name in tags.Versions().Select(version => version.Model).Concat(logged.Keys).Distinct(StringComparer.Ordinal).Where(name => model is null || name == model))
        {
            string champion = tags.At(name, ModelReference.Champion)?.Digest ?? "", wanted = logged.GetValueOrDefault(name, "");
            if (champion != wanted)
            {
                yield return $"{name}: in use is {(champion.Length > 0 ? tags.VersionOf(name, champion)?.Version ?? "no version" : "none")}, and the audit log says {(wanted.Length > 0 ? tags.VersionOf(name, wanted)?.Version ?? "another one" : "none")}.";
            }
        }

        foreach (ModelVersion version in tags.Versions().Where(version => (model is null || version.Model == model) && !added.Contains((version.Model, version.Digest))))
        {
            yield return $"{version.Reference}: the audit log has no entry of its being added.";
        }
    }

    private static SortedDictionary<string, string> HashesOf(OciDescriptor manifest, IEnumerable<OciDescriptor> files)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal) { ["bundle"] = Bare(manifest.Digest) };
        foreach (OciDescriptor file in files)
        {
            if (file.Note(OciLayout.TitleKey) switch { ModelBundle.ModelFile => "model", "report.html" => "report", "metrics.json" => "metrics", "run-key.json" => "definition", "scores.csv" => "scores", _ => null } is { } name)
            {
                hashes[name] = Bare(file.Digest);
            }
        }

        return hashes;

        static string Bare(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private static AuditHead HeadOf(OciIndex index) => AuditHead.Parse(index.Note(HeadKey)) ?? AuditHead.None;

    // The index is replaced first, and holds the entry too: what a crash leaves out of the log is put there by the next change.
    private T Change<T>(Func<RegistryTags, (AuditAct? Act, T Result)> change)
    {
        _layout.MustBeFree();
        Directory.CreateDirectory(Folder);
        using FileStream held = Lock();
        _layout.Create();
        (OciIndex index, _) = _layout.Read();
        AuditLog.Complete(LogFile, index.Note(LastKey));
        RegistryTags tags = new(index) { Head = HeadOf(index) };
        (AuditAct? act, T result) = change(tags);
        if (act is null)
        {
            return result;
        }

        (string line, AuditHead head) = AuditLog.Next(act, Now, tags.Head);
        SortedDictionary<string, string> notes = new(index.Annotations?.ToDictionary() ?? [], StringComparer.Ordinal) { [HeadKey] = head.ToString(), [LastKey] = line };
        _layout.Write(index with { Manifests = tags.Descriptors, Annotations = notes });
        AuditLog.Append(LogFile, line);
        return result;
    }

    private FileStream Lock()
    {
        long started = Stopwatch.GetTimestamp();
        for (int wait = 5; ; wait = Math.Min(2 * wait, 200))
        {
            try
            {
                return new FileStream(Path.Combine(Folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < _patience && Directory.Exists(Folder))
            {
                Thread.Sleep(wait);
            }
            catch (IOException problem) when (problem is not DirectoryNotFoundException)
            {
                throw new RegistryException($"{Folder}: another process has been changing this registry for {_patience.TotalSeconds:0} seconds: try again when it is done.", problem);
            }
        }
    }
}
