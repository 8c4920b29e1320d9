using System.Text;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>A key of a definition: where it stands, what it may hold, what holds where it is not there, and what it is for.</summary>
/// <param name="Path">Its path, with dots: "training.epochs".</param>
/// <param name="Expected">What it may hold, in the words of the message that refuses anything else; empty where it is not asked for by itself.</param>
/// <param name="Otherwise">What holds where it is not there; null where it must be there, or where nothing holds.</param>
/// <param name="Words">What it is for; empty where nobody has said it.</param>
public sealed record DefinitionKey(string Path, string Expected, string? Otherwise, string Words);

/// <summary>
/// Every key of a definition, as the reader of definitions asks for them: the reference is what is read, and nothing is in it that is not. What each
/// key is for stands here, and for the systems' own keys with the systems.
/// </summary>
public static class KeyReference
{
    private const string Whole = "data: { folder: x }\nsplit: { train: 1, validation: 1, test: 1 }\n";

    private static readonly string[] s_amounts = ["blur", "edges", "scale", "shift", "gamma", "noise"];

    /// <summary>What keys are for that all systems have. A star stands for any words.</summary>
    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal)
    {
        ["name"] = "what the model is called; letters, digits, '-', '_' and '.'",
        ["description"] = "what it is for, in a sentence or two",
        ["seed"] = "decides every random choice",
        ["system"] = "how a study becomes cases, and what is asked of them",
        ["output"] = "the folder that the run writes; a relative path starts at the definition's folder",
        ["presets.NAME"] = "any of these keys, laid over the file's by --preset NAME",
        ["data.folder"] = "the folder of studies; a relative path starts at the definition's folder, ~ is the user's own",
        ["data.labels"] = "the labels table: in the folder of studies, or beside the definition",
        ["data.assume-spacing"] = "go on with lengths that files do not give, and say so",
        ["data.simulation.patients"] = "simulate so many patients into the folder, where it has no studies yet",
        ["data.simulation.seed"] = "the cohort's seed: the same seed, the same files",
        ["data.simulation.scatter"] = "whether scattered photons arrive where scatter sends them",
        ["data.simulation.false-readings"] = "the part of the labels that say the opposite of what is true",
        ["split.train"] = "patients to train on, or a part of all, such as 0.7",
        ["split.validation"] = "patients that choose the epoch and the threshold, or a part of all",
        ["split.test"] = "patients to test on, or a part of all",
        ["split.balanced"] = "whether validation and test hold each pattern of a patient's labels equally often",
        ["split.column"] = "instead of these: the column of the labels table that says train, validation or test",
        ["split.folds"] = "instead of these: cross-validate by patient over so many folds",
        ["split.protocol"] = "what is divided; others than patients show what splitting images does to figures",
        ["network.architecture"] = "the network; scinti networks describes them",
        ["network.width"] = "multiplies every layer's filters; 1 is the paper's network",
        ["network.downsample"] = "voxels along each edge that become one before the network: 1, 2 or 4",
        ["inferer.kind"] = "whether images go through the network whole, or in windows that are put together again",
        ["inferer.window"] = "the window's extents, slowest first",
        ["inferer.overlap"] = "the part of a window that the next one repeats",
        ["inferer.weights"] = "whether the middle of a window counts more than its edges",
        ["inferer.batch"] = "windows that go through together",
        ["training.epochs"] = "passes over the training cases",
        ["training.batch-size"] = "cases a step",
        ["training.optimizer"] = "the optimizer",
        ["training.conventions"] = "whose defaults layers and optimizer take",
        ["training.learning-rate"] = "the optimizer's step size",
        ["training.beta1"] = "Adam's decay of the first moment",
        ["training.beta2"] = "Adam's decay of the second moment",
        ["training.epsilon"] = "Adam's addend in the denominator",
        ["training.weight-decay"] = "how strongly weights are drawn to 0",
        ["training.momentum"] = "the momentum of sgd",
        ["training.validation"] = "the validation figure that keeps the epoch",
        ["training.device"] = "where it is computed",
        ["training.lanes"] = "parts of the processor's arithmetic; decides last digits, as the seed does",
        ["training.precision"] = "the numbers that the network computes in",
        ["training.reproducible"] = "whether the same seed gives the same bits on this kind of processor, or on every one with AVX2",
        ["training.start-from"] = "a model's folder whose weights the training begins with",
        ["training.frozen"] = "layers that stay as they are, by name; * stands for any letters",
        ["training.fresh"] = "layers that begin anew although there are weights",
        ["training.loss"] = "what is made small",
        ["training.permuted-labels"] = "a control: patients exchange their labels",
        ["augmentation.flip"] = "mirror training images, every second time",
        ["augmentation.translate-pixels"] = "shift them by up to so many pixels",
        ["augmentation.rotate-degrees"] = "turn them by up to so many degrees",
        ["augmentation.zoom"] = "zoom in or out by up to this fraction",
        ["augmentation.whole-case.mirror.axes"] = "axes along which all images of a case and its mask are mirrored together",
        ["augmentation.whole-case.affine.rotate-degrees"] = "turn the whole case about each axis",
        ["augmentation.whole-case.affine.translate-mm"] = "move it along each axis, mm",
        ["augmentation.whole-case.affine.zoom"] = "zoom it",
        ["augmentation.whole-case.affine.shear"] = "shear it",
        ["augmentation.whole-case.*.probability"] = "how often the change is made",
        ["augmentation.whole-case.*.least"] = "the least amount of the change (blur, edges, scale, shift, gamma, noise)",
        ["augmentation.whole-case.*.most"] = "the largest amount of the change",
        ["augmentation.whole-case.*.image"] = "the image that is changed; all where it is not named",
        ["augmentation.whole-case.edges.millimetres"] = "the width of the edges that are enhanced, mm",
        ["augmentation.copies.by-class.*"] = "rows of a class's cases together, as a multiple of their number",
        ["augmentation.copies.flip"] = "how a copy differs from its case: mirrored",
        ["augmentation.copies.translate-pixels"] = "shifted by up to so many pixels",
        ["augmentation.copies.rotate-degrees"] = "turned by up to so many degrees",
        ["augmentation.copies.zoom"] = "zoomed by up to this fraction",
        ["augmentation.generated.by-class.*"] = "training images of a class with those that a generator adds, as a multiple of the real ones",
        ["augmentation.generated.epochs"] = "the generator's epochs",
        ["augmentation.generated.batch-size"] = "its cases a step",
        ["augmentation.generated.learning-rate"] = "its step size",
        ["augmentation.generated.filters"] = "filters of its first layer",
        ["augmentation.generated.noise"] = "numbers that it begins with",
        ["augmentation.generated.downsample"] = "pixels along each edge that become one in its images",
        ["evaluation.threshold"] = "how the threshold is found on the validation patients",
        ["evaluation.prevalences"] = "shares of positive cases at which predictive values are told, beside those of the test set and of all that are labelled",
        ["evaluation.primary-contrast"] = "two models by name, for scinti compare: their test is named beforehand and not corrected for the number of pairs, the others are",
        ["evaluation.primary-map"] = "the explanation map on which the verdict about maps rests, named beforehand",
        ["evaluation.confidence"] = "the level of all intervals",
        ["evaluation.paper-protocol"] = "also the threshold from the test set's own ROC curve, marked as optimistic",
        ["evaluation.smoke"] = "mark every figure as that of a model that is not trained",
        ["evaluation.baseline"] = "also fit the system's hand-made measures, beside the network",
        ["evaluation.audits"] = "audits that are sections of the report",
        ["compare.networks.name"] = "a name for one of several models; each may have keys of its own",
        ["compare.networks.*"] = "the same key as in the file, for one of several models",
    };

    /// <summary>The keys of a system's definitions, in the order in which they are read.</summary>
    /// <param name="entry">The system.</param>
    /// <param name="systems">All systems that there are.</param>
    public static IReadOnlyList<DefinitionKey> Of(SystemEntry entry, IReadOnlyList<SystemEntry> systems)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(systems);
        KeyRecord record = new();
        SystemDefinition usual = entry.Restore(new Dictionary<string, string>(StringComparer.Ordinal));
        string network = usual.Architectures.First(architecture => Allows(usual, architecture));
        string head = $"name: x\nsystem: {entry.Name}\nnetwork: {{ architecture: {network} }}\n", images = usual.Cases.Images[0].Name;
        string window = $"[{string.Join(", ", Enumerable.Repeat("64", usual.Cases.Images[0].Shape.Rank))}]";
        string classes = string.Join(", ", usual.Task.Classes.Append("several").Select(name => $"{name}: 2"));
        foreach (string text in (string[])
        [
            Whole,
            "data: { folder: x, simulation: { patients: 3 } }\nsplit: { train: 1, validation: 1, test: 1 }\n",
            "data: { folder: x }\nsplit: { column: x }\n",
            "data: { folder: x }\nsplit: { folds: 3 }\n",
            $"{Whole}inferer: {{ kind: sliding-window, window: {window} }}\n",
            $"{Whole}augmentation: {{ copies: {{ translate-pixels: 1, by-class: {{ {classes} }} }} }}\n",
            $"{Whole}augmentation: {{ generated: {{ by-class: {{ {classes} }} }} }}\n",
            .. ((string[])["mirror: { axes: [left-right] }", "affine: { zoom: 0.1 }", .. s_amounts.Select(amount => $"{amount}: {{ least: 1, most: 1, image: {images}{(amount == "edges" ? ", millimetres: 1" : "")} }}")])
                .Select(step => $"{Whole}augmentation: {{ whole-case: {{ {step} }} }}\n"),
            $"{Whole}compare: {{ networks: {{ architecture: {network}, name: x }} }}\n",
        ])
        {
            try
            {
                DefinitionSection root = DefinitionSection.OfText("the reference", head + text, record);
                _ = root.Has(PipelineReader.Compare) ? PipelineReader.Models(root, PipelineReader.Read(root, "x.yaml", systems, preset: null)).Count : PipelineReader.Read(root, "x.yaml", systems, preset: null).Name.Length;
            }
            catch (DefinitionException)
            {
                // What the system cannot do has been asked for, and refused; the keys up to there are known.
            }
        }

        IEnumerable<(string Path, string Expected, string? Otherwise)> keys = record.Keys
            // A section is none, nor is one that this system refuses.
            .Where(key => key.Expected.Length > 0 || !record.Keys.Select(other => other.Path).Concat(s_words.Keys).Any(other => other.StartsWith(key.Path + ".", StringComparison.Ordinal)))
            .Append(("presets.NAME", "keys and values", null));
        return [.. keys.Select(key => new DefinitionKey(key.Path, key.Expected, key.Otherwise, WordsOf(entry, key.Path)))];
    }

    /// <summary>Words of keys that no system asks for.</summary>
    internal static IReadOnlyList<string> Unused(IReadOnlyList<SystemEntry> systems)
    {
        DefinitionKey[] all = [.. systems.SelectMany(system => Of(system, systems))];
        return [.. s_words.Keys.Concat(systems.SelectMany(system => system.KeyWords.Keys)).Where(words => !all.Any(key => Fits(words, key.Path)))];
    }

    /// <summary>The reference as a page in Markdown: the keys of all systems, and behind them those of each.</summary>
    public static string Markdown(IReadOnlyList<SystemEntry> systems)
    {
        ArgumentNullException.ThrowIfNull(systems);
        DefinitionKey[][] each = [.. systems.Select(system => Of(system, systems).ToArray())];
        HashSet<DefinitionKey> common = [.. each[0]];
        foreach (DefinitionKey[] keys in each)
        {
            common.IntersectWith(keys);
        }

        StringBuilder page = new();
        page.Append("# Keys of a definition\n\nMade by `scinti keys --markdown` from what the reader of definitions asks for; do not edit. Any key can be set on the command line too: `--set training.epochs=10`, `--set \"augmentation.flip=[horizontal]\"`.\nA path given there starts at the current folder, one in a file at that file's folder.\n");
        Table("All systems", each[0].Where(common.Contains));
        foreach ((SystemEntry system, DefinitionKey[] keys) in systems.Zip(each))
        {
            Table($"system: {system.Name}", keys.Where(key => !common.Contains(key)));
        }

        return page.ToString();

        void Table(string title, IEnumerable<DefinitionKey> keys)
        {
            page.Append($"\n## {title}\n\n| key | holds | otherwise | what for |\n|---|---|---|---|\n");
            foreach (DefinitionKey key in keys)
            {
                page.Append($"| `{key.Path}` | {Cell(key.Expected)} | {(key.Otherwise is null or "" ? "" : $"`{key.Otherwise}`")} | {Cell(key.Words)} |\n");
            }
        }

        static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static bool Allows(SystemDefinition system, string architecture)
    {
        try
        {
            system.Check(new NetworkDefinition(architecture, 1));
            return true;
        }
        catch (DefinitionException)
        {
            return false;
        }
    }

    // A key's own words before those for several.
    private static string WordsOf(SystemEntry entry, string path)
    {
        foreach (IReadOnlyDictionary<string, string> words in (IReadOnlyDictionary<string, string>[])[entry.KeyWords, s_words])
        {
            if (words.TryGetValue(path, out string? own))
            {
                return own;
            }
        }

        return entry.KeyWords.Concat(s_words).FirstOrDefault(words => Fits(words.Key, path)).Value ?? "";
    }

    private static bool Fits(string words, string path)
    {
        int star = words.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? string.Equals(words, path, StringComparison.Ordinal)
            : path.Length >= words.Length && path.StartsWith(words[..star], StringComparison.Ordinal) && path.EndsWith(words[(star + 1)..], StringComparison.Ordinal);
    }
}
