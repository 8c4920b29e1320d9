using MLNetScinti.Imaging;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>
/// YAML within bounds: how large the file is, how deep it nests and how much it becomes when its aliases are written out. The events
/// of the parser are counted before anything is built of them, since what builds trees calls itself for each level, and hashes
/// each key with all that its aliases stand for. Every alias is written out, so that no two keys share a value.
/// </summary>
internal static class BoundedYaml
{
    /// <summary>Bytes of a file: a definition has a few thousand.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Levels of keys and lists: a definition has four.</summary>
    public const int Deepest = 32;

    /// <summary>Values and keys, with aliases written out.</summary>
    public const int MostValues = 20_000;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DefinitionException">It is no YAML, or larger than a definition can be.</exception>
    public static YamlStream Load(string file) => Parse(file, ReadBytes(file));

    /// <summary>Reads a text.</summary>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="bytes">The text.</param>
    /// <exception cref="DefinitionException">It is no YAML, or larger than a definition can be.</exception>
    public static YamlStream Parse(string file, byte[] bytes)
    {
        try
        {
            using StreamReader reader = new(new MemoryStream(bytes));
            YamlStream stream = [];
            stream.Load(new Replay(Events(file, new Parser(reader))));
            return stream;
        }
        catch (YamlException problem)
        {
            throw DefinitionException.At(file, problem.Start.Line, "", $"this is not YAML: {PlainText.Short(problem.Message, 200)}", problem);
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or OverflowException or InvalidOperationException or IndexOutOfRangeException or KeyNotFoundException or NullReferenceException)
        {
            // The parser meets malformed escapes in many places, and answers with many types.
            throw DefinitionException.At(file, 1, "", $"this is not YAML: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }

    private static byte[] ReadBytes(string file)
    {
        try
        {
            // What the system makes up, such as a file of /proc, does not say how long it is.
            using FileStream stream = InputFile.Open(file);
            byte[] bytes = new byte[MostBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MostBytes
                ? bytes[..length]
                : throw DefinitionException.At(file, 1, "", $"expected a pipeline definition, which has at most {MostBytes >> 20} MiB, found a larger file.");
        }
        catch (InvalidDataException problem)
        {
            throw new DefinitionException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DefinitionException(PlainText.OneLine($"{file}: the pipeline definition cannot be read: {problem.Message}"), problem);
        }
    }

    private static List<ParsingEvent> Events(string file, Parser parser)
    {
        List<ParsingEvent> events = [];
        // Where an anchor's value is in the events; its end is not known while it is being read.
        Dictionary<string, (int Start, int End)> anchors = new(StringComparer.Ordinal);
        Stack<(string? Anchor, int Start)> open = new();
        while (parser.MoveNext())
        {
            ParsingEvent one = parser.Current!;
            switch (one)
            {
                case AnchorAlias alias:
                    (int start, int end) = !anchors.TryGetValue(alias.Value.Value, out (int Start, int End) found)
                        ? throw DefinitionException.At(file, one.Start.Line, "", $"the alias *{PlainText.Short(alias.Value.Value)} has no anchor before it: write the value out.")
                        : found.End < 0
                            ? throw DefinitionException.At(file, one.Start.Line, "", $"the alias *{PlainText.Short(alias.Value.Value)} is within the value that it stands for: write the value out.")
                            : found;
                    // A value within the alias is as deep as the alias is.
                    MustFit(file, one, events.Count + end - start, open.Count + Depth(events, start, end));
                    events.AddRange(events.GetRange(start, end - start));
                    break;
                case Scalar scalar:
                    MustFit(file, one, events.Count + 1, open.Count);
                    events.Add(scalar.Anchor.IsEmpty ? scalar
                        : new Scalar(AnchorName.Empty, scalar.Tag, scalar.Value, scalar.Style, scalar.IsPlainImplicit, scalar.IsQuotedImplicit, scalar.Start, scalar.End));
                    if (!scalar.Anchor.IsEmpty)
                    {
                        anchors[scalar.Anchor.Value] = (events.Count - 1, events.Count);
                    }

                    break;
                case MappingStart mapping:
                    Open(mapping, mapping.Anchor.IsEmpty ? mapping : new MappingStart(AnchorName.Empty, mapping.Tag, mapping.IsImplicit, mapping.Style, mapping.Start, mapping.End));
                    break;
                case SequenceStart list:
                    Open(list, list.Anchor.IsEmpty ? list : new SequenceStart(AnchorName.Empty, list.Tag, list.IsImplicit, list.Style, list.Start, list.End));
                    break;
                case MappingEnd or SequenceEnd:
                    events.Add(one);
                    (string? anchor, int from) = open.Pop();
                    if (anchor is not null)
                    {
                        anchors[anchor] = (from, events.Count);
                    }

                    break;
                case Comment:
                    break;
                default:
                    MustFit(file, one, events.Count + 1, open.Count);
                    events.Add(one);
                    break;
            }
        }

        return events;

        void Open(NodeEvent node, NodeEvent plain)
        {
            string? anchor = node.Anchor.IsEmpty ? null : node.Anchor.Value;
            open.Push((anchor, events.Count));
            MustFit(file, node, events.Count + 1, open.Count);
            events.Add(plain);
            if (anchor is not null)
            {
                anchors[anchor] = (events.Count - 1, -1);
            }
        }
    }

    private static int Depth(List<ParsingEvent> events, int start, int end)
    {
        int depth = 0, deepest = 0;
        for (int i = start; i < end; i++)
        {
            depth += events[i].NestingIncrease;
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    private static void MustFit(string file, ParsingEvent at, int values, int depth)
    {
        if (depth > Deepest)
        {
            throw DefinitionException.At(file, at.Start.Line, "", $"expected at most {Deepest} levels of keys and lists, found more: this is no pipeline definition.");
        }

        if (values > MostValues)
        {
            throw DefinitionException.At(file, at.Start.Line, "", $"expected at most {MostValues} keys and values, with aliases written out, found more: this is no pipeline definition.");
        }
    }

    /// <summary>Events that were read already, as the builder of trees asks for them.</summary>
    private sealed class Replay(List<ParsingEvent> events) : IParser
    {
        private int _at = -1;

        public ParsingEvent? Current => _at >= 0 && _at < events.Count ? events[_at] : null;

        public bool MoveNext() => ++_at < events.Count;
    }
}
