using MLNetScinti.Imaging;
using YamlDotNet.RepresentationModel;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>Settings that were laid over a definition, and whether its keys are written down as they are asked for.</summary>
internal sealed class SettingsTold
{
    /// <summary>What stands in messages where a file's name and line stand otherwise.</summary>
    public const string Source = "--set";

    // By reference: equal words of the file are others.
    private readonly HashSet<YamlNode> _nodes = new(ReferenceEqualityComparer.Instance);

    /// <summary>No settings.</summary>
    public static SettingsTold None { get; } = new();

    /// <summary>Where keys are written down; null for nowhere.</summary>
    public KeyRecord? Record { get; init; }

    /// <summary>Whether a node comes from a setting.</summary>
    public bool Holds(YamlNode node) => _nodes.Contains(node);

    /// <summary>Lays settings over a definition, in their order.</summary>
    /// <exception cref="DefinitionException">A setting is none.</exception>
    public static SettingsTold Lay(YamlMappingNode root, IReadOnlyList<string> settings)
    {
        SettingsTold told = new();
        foreach (string setting in settings)
        {
            int equal = setting.IndexOf('=', StringComparison.Ordinal);
            string[] path = equal > 0 ? [.. setting[..equal].Split('.').Select(part => part.Trim())] : [];
            if (path.Length == 0 || Array.Exists(path, part => part.Length == 0))
            {
                throw new DefinitionException($"{Source}: expected key=value, such as training.epochs=10, found '{PlainText.Short(setting)}'.");
            }

            YamlMappingNode section = root;
            foreach (string part in path[..^1])
            {
                if (section.Children.TryGetValue(new YamlScalarNode(part), out YamlNode? within) && within is YamlMappingNode inner)
                {
                    section = inner;
                    continue;
                }

                YamlScalarNode key = new(part);
                YamlMappingNode made = [];
                told._nodes.Add(key);
                told._nodes.Add(made);
                section.Children.Remove(key);
                section.Add(key, made);
                section = made;
            }

            YamlScalarNode last = new(path[^1]);
            YamlNode value = Value(setting[(equal + 1)..].Trim());
            told._nodes.Add(last);
            told._nodes.UnionWith(value.AllNodes);
            section.Children.Remove(last);
            section.Add(last, value);
        }

        return told;
    }

    // A list or keys and values as YAML writes them on one line; all else is a word as it stands, whatever signs it holds.
    private static YamlNode Value(string text)
    {
        if (text is not ['[' or '{', ..])
        {
            return new YamlScalarNode(text);
        }

        YamlStream stream = BoundedYaml.Parse(Source, System.Text.Encoding.UTF8.GetBytes(text));
        return stream.Documents is [{ RootNode: var value }] ? value : new YamlScalarNode(text);
    }
}

/// <summary>Keys of definitions as they were asked for, each once: its path, what it may hold, and what holds where it is not there.</summary>
internal sealed class KeyRecord
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Expected, string? Otherwise)> _keys = [];

    /// <summary>The keys, in the order in which they were asked for.</summary>
    public IReadOnlyList<(string Path, string Expected, string? Otherwise)> Keys => _keys;

    /// <summary>Writes a key down.</summary>
    public void Add(string path, string expected, string? otherwise)
    {
        if (_places.TryAdd(path, _keys.Count))
        {
            _keys.Add((path, expected, otherwise));
        }
        else if (expected.Length > 0 && _keys[_places[path]].Expected.Length == 0)
        {
            // It was asked for before only where it is there.
            _keys[_places[path]] = (path, expected, otherwise);
        }
    }
}
