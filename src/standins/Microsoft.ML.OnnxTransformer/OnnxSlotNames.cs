using Google.Protobuf;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Looks through a model file for the nodes named <c>mlnet.{output}.SlotNames</c>, whose attribute <c>keys_strings</c> holds the names.
/// Only the field numbers on the way to them are known here (onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto); weights are skipped.
/// </summary>
internal static class OnnxSlotNames
{
    private const int Graph = 7;
    private const int GraphNode = 1;
    private const int NodeName = 3;
    private const int NodeAttribute = 5;
    private const int AttributeName = 1;
    private const int AttributeStrings = 9;

    public static IReadOnlyDictionary<string, string[]> Read(string path)
    {
        Dictionary<string, string[]> names = new(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(path);
        using CodedInputStream input = new(file);
        ForEach(input, long.MaxValue, (field, model) =>
        {
            if (field != Graph)
            {
                return false;
            }

            ForEach(model, Length(model), (part, graph) =>
            {
                if (part != GraphNode)
                {
                    return false;
                }

                (string name, string[] keys) = Node(graph);
                if (name.StartsWith("mlnet.", StringComparison.Ordinal) && name.EndsWith(".SlotNames", StringComparison.Ordinal) && keys is not null)
                {
                    names[name["mlnet.".Length..^".SlotNames".Length]] = keys;
                }

                return true;
            });
            return true;
        });
        return names;
    }

    private static (string Name, string[] Keys) Node(CodedInputStream input)
    {
        string name = "";
        string[] keys = null;
        ForEach(input, Length(input), (field, node) =>
        {
            switch (field)
            {
                case NodeName:
                    name = node.ReadString();
                    return true;
                case NodeAttribute:
                    (string attribute, List<string> strings) = Attribute(node);
                    if (attribute == "keys_strings")
                    {
                        keys = [.. strings];
                    }

                    return true;
                default:
                    return false;
            }
        });
        return (name, keys);
    }

    private static (string Name, List<string> Strings) Attribute(CodedInputStream input)
    {
        string name = "";
        List<string> strings = [];
        ForEach(input, Length(input), (field, attribute) =>
        {
            switch (field)
            {
                case AttributeName:
                    name = attribute.ReadString();
                    return true;
                case AttributeStrings:
                    strings.Add(attribute.ReadBytes().ToStringUtf8());
                    return true;
                default:
                    return false;
            }
        });
        return (name, strings);
    }

    private static long Length(CodedInputStream input) => input.ReadLength() is var length ? input.Position + length : 0;

    /// <summary>Reads the fields of one message; what <paramref name="take"/> does not read is skipped.</summary>
    private static void ForEach(CodedInputStream input, long end, Func<int, CodedInputStream, bool> take)
    {
        while (input.Position < end && !input.IsAtEnd)
        {
            uint tag = input.ReadTag();
            if (!take(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }
    }
}
