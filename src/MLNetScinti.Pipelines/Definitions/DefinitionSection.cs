using System.Globalization;
using MLNetScinti.Imaging;
using YamlDotNet.RepresentationModel;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>
/// A pipeline definition that cannot be carried out as written. The message is one line: the file and line, the key,
/// what was expected and what was found.
/// </summary>
public sealed class DefinitionException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public DefinitionException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public DefinitionException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }

    /// <summary>The key of the section in hand that is meant, where whoever found the problem knows no file; empty otherwise.</summary>
    internal string Key { get; private init; } = "";

    /// <summary>A problem with a key, found by who knows no file and no line: whoever reads the section adds them.</summary>
    public static DefinitionException Of(string key, string problem) => new(problem) { Key = key };

    internal static DefinitionException At(string file, long line, string key, string problem, Exception? innerException = null)
    {
        // What was set on the command line has no line.
        string message = PlainText.OneLine($"{file}{(line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{line}") : "")}: {(key.Length == 0 ? "" : key + ": ")}{problem}");
        return innerException is null ? new DefinitionException(message) : new DefinitionException(message, innerException);
    }
}

/// <summary>
/// One mapping of a YAML file, read key by key. Every key must be asked for by name, so a misspelt one is found:
/// <see cref="Done"/> refuses what nobody asked for.
/// </summary>
public sealed class DefinitionSection
{
    private readonly string _file;
    private readonly string _path;
    private readonly long _line;
    private readonly Dictionary<string, (YamlScalarNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly SettingsTold _told;

    private DefinitionSection(string file, string path, YamlNode? node, long line, SettingsTold? told = null)
    {
        _file = file;
        _path = path;
        _line = line;
        _told = told ?? SettingsTold.None;
        if (node is null || node is YamlScalarNode { Value: null or "" })
        {
            return;
        }

        if (node is not YamlMappingNode mapping)
        {
            throw At(node, node.Start.Line, path, $"expected keys and values, found {Describe(node)}.");
        }

        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string name = key is YamlScalarNode { Value: { } text } ? text
                : throw At(key, key.Start.Line, path, $"expected a key, found {Describe(key)}.");
            // The parser tells keys of another tag or style apart that are one word to whoever reads them.
            if (!_entries.TryAdd(name, ((YamlScalarNode)key, value)))
            {
                throw At(key, key.Start.Line, path, $"expected each key once, found '{PlainText.Short(name)}' again: leave one of the two out.");
            }
        }
    }

    /// <summary>A section that was kept with a model rather than written in a file.</summary>
    /// <param name="values">Its keys and values.</param>
    /// <param name="source">What to call it in messages.</param>
    internal static DefinitionSection Of(IReadOnlyDictionary<string, string> values, string source) =>
        new(source, "", new YamlMappingNode(values.Select(pair => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(pair.Key), new YamlScalarNode(pair.Value)))), 1);

    /// <summary>A section out of settings of the form <c>key=value</c>, such as those of a command line; a dot in a key leads into a section within.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="source">What to call them in messages.</param>
    /// <exception cref="DefinitionException">One is not of that form, or two contradict each other.</exception>
    public static DefinitionSection OfSettings(IReadOnlyList<string> settings, string source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        YamlMappingNode root = [];
        foreach (string setting in settings)
        {
            int equal = setting.IndexOf('=', StringComparison.Ordinal);
            string[] path = equal > 0 ? setting[..equal].Split('.') : [];
            if (path.Length == 0 || Array.Exists(path, part => part.Length == 0))
            {
                throw new DefinitionException($"{source}: expected key=value, found '{PlainText.Short(setting)}'.");
            }

            YamlMappingNode section = root;
            foreach (string part in path[..^1])
            {
                if (!section.Children.TryGetValue(new YamlScalarNode(part), out YamlNode? within))
                {
                    section.Add(part, within = new YamlMappingNode());
                }

                section = within as YamlMappingNode ?? throw new DefinitionException($"{source}: {PlainText.Short(part)} is a value and a section.");
            }

            if (!section.Children.TryAdd(new YamlScalarNode(path[^1]), new YamlScalarNode(setting[(equal + 1)..])))
            {
                throw new DefinitionException($"{source}: {PlainText.Short(setting[..equal])} is set twice.");
            }
        }

        return new DefinitionSection(source, "", root, 1);
    }

    /// <summary>Reads a file's root, with a preset's values laid over it where one is named.</summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="preset">The preset under <c>presets</c>, or null.</param>
    /// <exception cref="DefinitionException">The file is no mapping, or has no such preset.</exception>
    public static DefinitionSection Read(string file, string? preset) => Read(file, preset, []);

    /// <summary>Reads a file's root, with a preset's values laid over it where one is named, and settings of the form <c>key=value</c> over both.</summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="preset">The preset under <c>presets</c>, or null.</param>
    /// <param name="settings">Settings, such as those of a command line; a dot in a key leads into a section within, and a value is written as in YAML.</param>
    /// <exception cref="DefinitionException">The file is no mapping, has no such preset, or a setting is none.</exception>
    public static DefinitionSection Read(string file, string? preset, IReadOnlyList<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        YamlStream stream = BoundedYaml.Load(file);
        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw DefinitionException.At(file, 1, "", "expected one document of keys and values.");
        }

        if (root.Children.TryGetValue(new YamlScalarNode("presets"), out YamlNode? presets))
        {
            if (presets is not YamlMappingNode named)
            {
                throw DefinitionException.At(file, presets.Start.Line, "presets", $"expected names of presets, found {Describe(presets)}.");
            }

            root.Children.Remove(new YamlScalarNode("presets"));
            if (preset is not null)
            {
                if (!named.Children.TryGetValue(new YamlScalarNode(preset), out YamlNode? chosen) || chosen is not YamlMappingNode over)
                {
                    string there = string.Join(", ", named.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value));
                    throw DefinitionException.At(file, presets.Start.Line, "presets", $"there is no preset '{preset}'; there is {PlainText.Short(there, 200)}.");
                }

                Overlay(root, over);
            }
        }
        else if (preset is not null)
        {
            throw DefinitionException.At(file, 1, "presets", $"there is no preset '{preset}': the file names none.");
        }

        SettingsTold told = SettingsTold.Lay(root, settings);
        return new DefinitionSection(file, "", root, 1, told);
    }

    /// <summary>A definition in a text.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="record">Where its keys are written down as they are asked for; null for nowhere.</param>
    internal static DefinitionSection OfText(string name, string text, KeyRecord? record = null)
    {
        YamlMappingNode root = (YamlMappingNode)BoundedYaml.Parse(name, System.Text.Encoding.UTF8.GetBytes(text)).Documents[0].RootNode;
        root.Children.Remove(new YamlScalarNode("presets"));
        return new DefinitionSection(name, "", root, 1, new SettingsTold { Record = record });
    }

    /// <summary>Whether the section has a key.</summary>
    public bool Has(string key) => _entries.ContainsKey(Known(key));

    /// <summary>Whether a key holds a number between 0 and 1, neither of them: a part of something rather than a count.</summary>
    internal bool IsPart(string key) => _entries.TryGetValue(Known(key), out var entry) && entry.Value is YamlScalarNode { Value: { } text }
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 1;

    /// <summary>A section within this one; empty where it is not there.</summary>
    public DefinitionSection Section(string key)
    {
        bool there = _entries.TryGetValue(Known(key), out var entry);
        return new DefinitionSection(_file, PathOf(key), there ? entry.Value : null, there ? entry.Key.Start.Line : _line, _told);
    }

    /// <summary>The sections under a key that holds keys and values, or a list of such; none where it is not there.</summary>
    /// <exception cref="DefinitionException">Something else is there.</exception>
    public IReadOnlyList<DefinitionSection> Sections(string key)
    {
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return [];
        }

        return entry.Value is not YamlSequenceNode list
            ? [new DefinitionSection(_file, PathOf(key), entry.Value, entry.Key.Start.Line, _told)]
            : [.. list.Children.Select((item, index) => item is YamlMappingNode
                ? new DefinitionSection(_file, string.Create(CultureInfo.InvariantCulture, $"{PathOf(key)}[{index}]"), item, item.Start.Line, _told)
                : throw Wrong(item, key, "keys and values, or a list of them"))];
    }

    /// <summary>A text that is not empty.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public string Text(string key, string? otherwise = null, string expected = "a text")
    {
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise ?? throw Missing(key, expected);
        }

        return entry.Value is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Wrong(entry.Value, key, expected);
    }

    /// <summary>A path, or another text of one line that goes to the operating system or to a terminal.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What holds where it is not there; null where it must be.</param>
    /// <param name="most">The most characters.</param>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public string Line(string key, string? otherwise = null, int most = 1000)
    {
        string text = Text(key, otherwise);
        return text.Length > most ? throw Refuse(key, string.Create(CultureInfo.InvariantCulture, $"expected at most {most} characters, found {text.Length}."))
            : text.Any(PlainText.IsCommand) ? throw Refuse(key, $"expected a text of one line without control characters, found '{PlainText.Short(text)}'.")
            : text;
    }

    /// <summary>
    /// A path: where it is relative, from the folder of the definition, or from the current one where a command line sets it; ~ is the user's own
    /// folder.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What holds where it is not there; null where it must be.</param>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public string Path(string key, string? otherwise = null) => Resolved(key, Line(key, otherwise));

    /// <summary>A path that may lie in another folder; where it is not there, it is looked for from the definition's folder.</summary>
    internal string PathIn(string folder, string key, string otherwise)
    {
        string told = Line(key, otherwise);
        if (System.IO.Path.IsPathRooted(told) || File.Exists(System.IO.Path.Combine(folder, told)))
        {
            return told;
        }

        string beside = Resolved(key, told);
        return File.Exists(beside) ? System.IO.Path.GetFullPath(beside) : told;
    }

    private string Resolved(string key, string told)
    {
        if (told is "~" or ['~', '/' or '\\', ..])
        {
            return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), told.Length > 2 ? told[2..] : "");
        }

        string folder = System.IO.Path.GetDirectoryName(_file) ?? "";
        if (told.Length == 0 || folder.Length == 0 || System.IO.Path.IsPathRooted(told) || (_entries.TryGetValue(key, out var entry) && _told.Holds(entry.Value)))
        {
            return told;
        }

        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, told));
        // As short as whoever reads a message of it would write it.
        return System.IO.Path.IsPathRooted(_file) ? path : System.IO.Path.GetRelativePath(Environment.CurrentDirectory, path);
    }

    /// <summary>A whole number within limits.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public int Whole(string key, int? otherwise = null, int least = int.MinValue, int most = int.MaxValue)
    {
        string expected = Range("a whole number", least == int.MinValue ? null : least, most == int.MaxValue ? null : most);
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise ?? throw Missing(key, expected);
        }

        return entry.Value is YamlScalarNode { Value: { } text }
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
                ? value
                : throw Wrong(entry.Value, key, expected);
    }

    /// <summary>A finite number within limits.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public double Number(string key, double? otherwise = null, double least = double.NegativeInfinity, double most = double.PositiveInfinity)
    {
        string expected = Range("a number", double.IsInfinity(least) ? null : least, double.IsInfinity(most) ? null : most);
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise ?? throw Missing(key, expected);
        }

        return entry.Value is YamlScalarNode { Value: { } text }
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) && value >= least && value <= most
                ? value
                : throw Wrong(entry.Value, key, expected);
    }

    /// <summary>Several finite numbers within limits, as a list; a single one stands for all of them.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public IReadOnlyList<double> Numbers(string key, int count, double? otherwise = null, double least = double.NegativeInfinity, double most = double.PositiveInfinity)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"{Range("a number", double.IsInfinity(least) ? null : least, double.IsInfinity(most) ? null : most)}, or a list of {count}");
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise is { } value ? [.. Enumerable.Repeat(value, count)] : throw Missing(key, expected);
        }

        YamlNode[] items = entry.Value is YamlSequenceNode list && list.Children.Count == count ? [.. list.Children] : [.. Enumerable.Repeat(entry.Value, count)];
        return [.. items.Select(item => item is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) && number >= least && number <= most ? number : throw Wrong(item, key, expected))];
    }

    /// <summary>True or false.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public bool Flag(string key, bool otherwise)
    {
        Recorded(key, "true or false", otherwise ? "true" : "false");
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise;
        }

        return entry.Value is YamlScalarNode { Value: "true" or "false" } scalar ? scalar.Value == "true" : throw Wrong(entry.Value, key, "true or false");
    }

    /// <summary>One of several words.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public string Choice(string key, IReadOnlyList<string> choices, string? otherwise = null)
    {
        string expected = "one of " + string.Join(", ", choices);
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise ?? throw Missing(key, expected);
        }

        return entry.Value is YamlScalarNode { Value: { } text } && choices.Contains(text, StringComparer.Ordinal)
            ? text
            : throw Wrong(entry.Value, key, expected);
    }

    /// <summary>A list of some of several words, each once.</summary>
    /// <exception cref="DefinitionException">Something else is there, or nothing and there is no default.</exception>
    public IReadOnlyList<string> Choices(string key, IReadOnlyList<string> choices, IReadOnlyList<string>? otherwise = null)
    {
        string expected = "a list of " + string.Join(", ", choices);
        Recorded(key, expected, otherwise is null ? null : $"[{string.Join(", ", otherwise)}]");
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return otherwise ?? throw Missing(key, expected);
        }

        if (entry.Value is not YamlSequenceNode list)
        {
            throw Wrong(entry.Value, key, expected);
        }

        List<string> read = [];
        foreach (YamlNode item in list.Children)
        {
            read.Add(item is YamlScalarNode { Value: { } text } && choices.Contains(text, StringComparer.Ordinal) && !read.Contains(text)
                ? text
                : throw Wrong(item, key, expected + ", each once"));
        }

        return read;
    }

    /// <summary>A list of texts; empty where nothing is there.</summary>
    /// <exception cref="DefinitionException">Something else is there.</exception>
    public IReadOnlyList<string> Texts(string key, string expected = "a list of texts", string otherwise = "[]")
    {
        Recorded(key, expected, otherwise);
        if (!_entries.TryGetValue(Known(key), out var entry))
        {
            return [];
        }

        return entry.Value is YamlSequenceNode list && list.Children.All(item => item is YamlScalarNode { Value.Length: > 0 })
            ? [.. list.Children.Select(item => ((YamlScalarNode)item).Value!)]
            : throw Wrong(entry.Value, key, expected);
    }

    /// <summary>Says that a value read without complaint is impossible beside the others.</summary>
    public DefinitionException Refuse(string key, string problem) =>
        _entries.TryGetValue(key, out var entry) ? At(entry.Value, entry.Value.Start.Line, PathOf(key), problem) : DefinitionException.At(_file, _line, PathOf(key), problem);

    /// <summary>Refuses the keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (string key in _told.Record is null ? [] : _known)
        {
            // A key that is asked for where it is there is a key too.
            _told.Record!.Add(PathOf(key), "", null);
        }

        foreach ((string name, (YamlScalarNode key, _)) in _entries)
        {
            if (!_known.Contains(name, StringComparer.Ordinal))
            {
                // No key is as long as a text can be.
                string? near = name.Length > 60 ? null : _known.MinBy(known => Distance(known, name));
                string hint = near is not null && Distance(near, name) <= 3 ? $" Did you mean '{near}'?" : "";
                throw At(key, key.Start.Line, PathOf(name),
                    $"there is no such key here; expected one of {string.Join(", ", _known.Order(StringComparer.Ordinal))}.{hint}");
            }
        }
    }

    private static void Overlay(YamlMappingNode below, YamlMappingNode over)
    {
        foreach ((YamlNode key, YamlNode value) in over.Children)
        {
            if (value is YamlMappingNode inner && below.Children.TryGetValue(key, out YamlNode? there) && there is YamlMappingNode target)
            {
                Overlay(target, inner);
            }
            else
            {
                below.Children[key] = value;
            }
        }
    }

    private static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode scalar => $"'{PlainText.Short(scalar.Value ?? "")}'",
        YamlSequenceNode list => $"a list of {list.Children.Count}",
        _ => "keys and values",
    };

    private static string Range(string what, double? least, double? most) => (least, most) switch
    {
        (null, null) => what,
        ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"{what} of at least {low}"),
        (null, { } high) => string.Create(CultureInfo.InvariantCulture, $"{what} of at most {high}"),
        ({ } low, { } high) => string.Create(CultureInfo.InvariantCulture, $"{what} from {low} to {high}"),
    };

    private DefinitionException At(YamlNode node, long line, string key, string problem) =>
        _told.Holds(node) ? DefinitionException.At(SettingsTold.Source, 0, key, problem) : DefinitionException.At(_file, line, key, problem);

    private void Recorded<T>(string key, string expected, T otherwise) =>
        _told.Record?.Add(PathOf(key), expected, otherwise is null ? null : string.Create(CultureInfo.InvariantCulture, $"{otherwise}"));

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            previous = current;
        }

        return previous[b.Length];
    }

    private string Known(string key)
    {
        if (!_known.Contains(key, StringComparer.Ordinal))
        {
            _known.Add(key);
        }

        return key;
    }

    private string PathOf(string key) => _path.Length == 0 ? PlainText.Short(key) : $"{_path}.{PlainText.Short(key)}";

    private DefinitionException Missing(string key, string expected) =>
        DefinitionException.At(_file, _line, PathOf(key), $"expected {expected}, found nothing.");

    private DefinitionException Wrong(YamlNode found, string key, string expected) =>
        At(found, found.Start.Line, PathOf(key), $"expected {expected}, found {Describe(found)}.");
}
