using System.Globalization;
using System.Text.Json;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>
/// A data set as an archive tells it (PS3.18 F, DICOM JSON model). Whatever stands there: what is not of the form that was asked for is as good as absent.
/// </summary>
internal readonly struct DicomJson(JsonElement element)
{
    public const string StudyUid = "0020000D", SeriesUid = "0020000E", ClassUid = "00080016", InstanceUid = "00080018", Modality = "00080060", StudyInstances = "00201208", SeriesInstances = "00201209",
        Stored = "00081199", Failed = "00081198", ReferencedClass = "00081150", ReferencedInstance = "00081155", FailureReason = "00081197", WarningReason = "00081196";

    // PS3.18 F.2 needs three levels for a sequence; nothing that is asked for has more than one.
    private static readonly JsonDocumentOptions s_form = new() { MaxDepth = 32 };

    /// <summary>The data sets of an answer.</summary>
    /// <exception cref="JsonException">It is no JSON, or nested too deeply.</exception>
    public static IReadOnlyList<DicomJson> Many(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes, s_form);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(one => new DicomJson(one.Clone()))]
            : throw new JsonException("an array was expected");
    }

    /// <summary>The one data set of an answer; some archives put it into an array.</summary>
    /// <exception cref="JsonException">It is no JSON, nested too deeply, or no data set.</exception>
    public static DicomJson One(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes, s_form);
        JsonElement root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object ? new(root.Clone())
            : root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 1 && root[0].ValueKind == JsonValueKind.Object ? new(root[0].Clone())
            : throw new JsonException("an object was expected");
    }

    /// <summary>The first value as a text on one line; empty where there is none.</summary>
    public string Text(string tag) => Values(tag) is { } values && values.GetArrayLength() > 0 && values[0].ValueKind == JsonValueKind.String ? PlainText.Short(values[0].GetString() ?? "", 200).Trim() : "";

    /// <summary>The first value as an identifier (PS3.5 9.1); empty where there is none. Only such a text may become a part of an address.</summary>
    public string Uid(string tag) => Text(tag) is var text && IsUid(text) ? text : "";

    /// <summary>The first value as a whole number from 0 on; null where there is none.</summary>
    public int? Whole(string tag)
    {
        if (Values(tag) is not { } values || values.GetArrayLength() == 0)
        {
            return null;
        }

        // Some write numbers as texts.
        return values[0].ValueKind switch
        {
            JsonValueKind.Number when values[0].TryGetInt32(out int number) && number >= 0 => number,
            JsonValueKind.String when int.TryParse(values[0].GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) => number,
            _ => null,
        };
    }

    /// <summary>The items of a sequence; none where there is no sequence.</summary>
    public IReadOnlyList<DicomJson> Items(string tag) => Values(tag) is { } values ? [.. values.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(one => new DicomJson(one))] : [];

    /// <summary>Whether a text is an identifier.</summary>
    public static bool IsUid(string text) => text.Length is > 0 and <= 64 && text.All(character => char.IsAsciiDigit(character) || character == '.') && text[0] != '.' && text[^1] != '.' && !text.Contains("..", StringComparison.Ordinal);

    private JsonElement? Values(string tag) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(tag, out JsonElement found) && found.ValueKind == JsonValueKind.Object
        && found.TryGetProperty("Value", out JsonElement values) && values.ValueKind == JsonValueKind.Array ? values : null;
}
