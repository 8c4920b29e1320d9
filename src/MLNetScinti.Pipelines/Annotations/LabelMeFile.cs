using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Annotations;

/// <summary>A file of annotations that cannot be used. The message says what was expected, what was found and what to do.</summary>
public sealed class AnnotationException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public AnnotationException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public AnnotationException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>The forms that a reader draws.</summary>
public enum AnnotationForm
{
    /// <summary>Corners in order.</summary>
    Polygon,

    /// <summary>Two opposite corners.</summary>
    Rectangle,
}

/// <summary>A region that a reader drew and named.</summary>
/// <param name="Label">What the reader called it: a code, and perhaps the part of the body.</param>
/// <param name="Form">Polygon or rectangle.</param>
/// <param name="Points">Its corners: two for a rectangle.</param>
public sealed record AnnotatedRegion(string Label, AnnotationForm Form, IReadOnlyList<OutlinePoint> Points)
{
    /// <summary>What the reader wrote beside it; empty for nothing.</summary>
    public string Remark { get; init; } = "";

    /// <summary>The corners of the outline, four for a rectangle.</summary>
    public IReadOnlyList<OutlinePoint> Outline => Form == AnnotationForm.Polygon ? Points
        : [Points[0], new(Points[1].X, Points[0].Y), Points[1], new(Points[0].X, Points[1].Y)];
}

/// <summary>From which values to which a picture was drawn.</summary>
/// <param name="Low">The value of the first grey level.</param>
/// <param name="High">The value of the last one.</param>
/// <param name="Rule">How they were chosen.</param>
public sealed record PictureWindow(double Low, double High, string Rule);

/// <summary>
/// The annotations of one picture, as LabelMe keeps them: the XML of the tool of 2008 (http://labelme.csail.mit.edu) or the JSON of
/// today's (https://github.com/wkentaro/labelme). Coordinates are pixels from the outer edge of the first one.
/// </summary>
public sealed record LabelMeFile
{
    /// <summary>Bytes of a file, in which a picture may lie.</summary>
    private const long MostBytes = 256L << 20;
    private const int MostExtent = 1 << 16;
    private const int MostCorners = 1 << 20;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Columns of the picture.</summary>
    public required int Columns { get; init; }

    /// <summary>Rows of the picture.</summary>
    public required int Rows { get; init; }

    /// <summary>The picture's file, beside this one.</summary>
    public string Picture { get; init; } = "";

    /// <summary>What was drawn.</summary>
    public required IReadOnlyList<AnnotatedRegion> Regions { get; init; }

    /// <summary>What was said of the picture as a whole (LabelMe's flags that are set).</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>From which values to which the picture was drawn, where the file says so: ours do.</summary>
    public PictureWindow? Window { get; init; }

    /// <summary>Millimetres between rows and between columns, where the file says so: ours do.</summary>
    public (double Rows, double Columns)? Spacing { get; init; }

    /// <summary>What was left out of the file, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The extents of the picture.</summary>
    public ImageShape Shape => new(Rows, Columns);

    /// <summary>The pixels inside any of the regions of some labels.</summary>
    public bool[] Mask(Func<AnnotatedRegion, bool> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        bool[] mask = new bool[Shape.Length];
        foreach (AnnotatedRegion region in Regions.Where(counts))
        {
            RegionOutline.Fill(region.Outline, mask, Shape);
        }

        return mask;
    }

    /// <summary>Reads a file of either form; which one its content says.</summary>
    /// <exception cref="AnnotationException">It is neither, is damaged, or says what cannot be.</exception>
    public static LabelMeFile Read(string path)
    {
        try
        {
            using FileStream stream = InputFile.Open(path);
            return stream.Length <= MostBytes
                ? Read(stream)
                : throw new AnnotationException(string.Create(CultureInfo.InvariantCulture, $"expected at most {MostBytes >> 20} MiB, found {stream.Length >> 20}; save it without the picture in it."));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new AnnotationException($"it cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Reads annotations of either form.</summary>
    /// <exception cref="AnnotationException">It is neither, is damaged, or says what cannot be.</exception>
    public static LabelMeFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream content = new();
        stream.CopyTo(content);
        ReadOnlyMemory<byte> bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
        bytes = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        int first = bytes.Span.IndexOfAnyExcept(" \t\r\n"u8);
        try
        {
            return (first < 0 ? (byte)0 : bytes.Span[first]) switch
            {
                (byte)'{' => OfJson(bytes),
                (byte)'<' => OfXml(bytes),
                _ => throw new AnnotationException(first < 0 ? "expected LabelMe's JSON or XML, found an empty file." : "expected LabelMe's JSON or XML, found another format."),
            };
        }
        // A text that is no UTF-8, or half a pair of UTF-16, is found when it is asked for, and told as a wrong operation.
        catch (Exception problem) when (problem is JsonException or XmlException or DecoderFallbackException or InvalidOperationException)
        {
            throw new AnnotationException($"it is damaged, save it again: {problem.Message}", problem);
        }
    }

    /// <summary>The file as today's LabelMe reads it, with the picture beside it.</summary>
    public string ToJson()
    {
        JsonObject file = new()
        {
            ["version"] = "5.4.1",
            ["flags"] = new JsonObject(Flags.Select(flag => KeyValuePair.Create(flag, (JsonNode?)JsonValue.Create(true)))),
            ["shapes"] = new JsonArray([.. Regions.Select(region => new JsonObject
            {
                ["label"] = region.Label,
                ["points"] = new JsonArray([.. region.Points.Select(point => new JsonArray(point.X, point.Y))]),
                ["group_id"] = null,
                ["description"] = region.Remark,
                ["shape_type"] = region.Form == AnnotationForm.Polygon ? "polygon" : "rectangle",
                ["flags"] = new JsonObject(),
            })]),
            ["imagePath"] = Picture,
            ["imageData"] = null,
            ["imageHeight"] = Rows,
            ["imageWidth"] = Columns,
        };
        // Keys that LabelMe does not know it keeps.
        if (Window is { } window)
        {
            file["window"] = new JsonObject { ["low"] = window.Low, ["high"] = window.High, ["rule"] = window.Rule };
        }

        if (Spacing is { } spacing)
        {
            file["spacingMm"] = new JsonArray(spacing.Rows, spacing.Columns);
        }

        return file.ToJsonString(s_json) + "\n";
    }

    private static LabelMeFile OfJson(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
        JsonElement root = document.RootElement;
        if (!root.TryGetProperty("shapes", out JsonElement shapes) || shapes.ValueKind != JsonValueKind.Array)
        {
            throw new AnnotationException("expected a list 'shapes', as LabelMe writes it, found none.");
        }

        List<AnnotatedRegion> regions = [];
        List<string> notes = [];
        foreach (JsonElement shape in shapes.EnumerateArray())
        {
            string label = Text(shape, "label").Trim(), kind = Text(shape, "shape_type");
            if (kind is not ("polygon" or "rectangle" or ""))
            {
                notes.Add($"a {PlainText.Short(kind)} '{PlainText.Short(label)}' is left out: expected a polygon or a rectangle.");
                continue;
            }

            List<OutlinePoint> points = [];
            if (shape.TryGetProperty("points", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement point in list.EnumerateArray())
                {
                    points.Add(point.ValueKind == JsonValueKind.Array && point.GetArrayLength() == 2 && point[0].ValueKind == JsonValueKind.Number && point[1].ValueKind == JsonValueKind.Number
                        ? new(point[0].GetDouble(), point[1].GetDouble())
                        : throw new AnnotationException($"a point of '{PlainText.Short(label)}': expected two numbers, found {PlainText.Short(point.GetRawText())}."));
                }
            }

            // A rectangle with all four corners is one that was turned.
            AnnotationForm form = kind == "rectangle" && points.Count != 4 ? AnnotationForm.Rectangle : AnnotationForm.Polygon;
            regions.Add(new AnnotatedRegion(label, form, points) { Remark = PlainText.OneLine(Text(shape, "description")) });
        }

        LabelMeFile file = new()
        {
            Columns = Whole(root, "imageWidth"),
            Rows = Whole(root, "imageHeight"),
            Picture = Text(root, "imagePath"),
            Regions = regions,
            Flags = root.TryGetProperty("flags", out JsonElement flags) && flags.ValueKind == JsonValueKind.Object
                ? [.. flags.EnumerateObject().Where(flag => flag.Value.ValueKind == JsonValueKind.True).Select(flag => flag.Name)] : [],
            Window = root.TryGetProperty("window", out JsonElement window) && window.ValueKind == JsonValueKind.Object && Number(window, "low") is { } low && Number(window, "high") is { } high
                ? new PictureWindow(low, high, Text(window, "rule")) : null,
            Spacing = root.TryGetProperty("spacingMm", out JsonElement spacing) && spacing.ValueKind == JsonValueKind.Array && spacing.GetArrayLength() == 2
                && spacing[0].ValueKind == JsonValueKind.Number && spacing[1].ValueKind == JsonValueKind.Number && spacing[0].GetDouble() > 0 && spacing[1].GetDouble() > 0
                ? (spacing[0].GetDouble(), spacing[1].GetDouble()) : null,
            Notes = notes,
        };
        return file.Checked();
    }

    private static LabelMeFile OfXml(ReadOnlyMemory<byte> bytes)
    {
        using MemoryStream stream = new(bytes.ToArray());
        using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostBytes });
        XElement root = XDocument.Load(reader).Root!;
        if (root.Name.LocalName != "annotation")
        {
            throw new AnnotationException($"expected LabelMe's element 'annotation', found '{PlainText.Short(root.Name.LocalName)}'.");
        }

        List<AnnotatedRegion> regions = [];
        List<string> notes = [];
        foreach (XElement one in root.Elements("object"))
        {
            string label = one.Element("name")?.Value.Trim() ?? "";
            if (one.Element("deleted")?.Value.Trim() == "1")
            {
                continue;
            }

            if (one.Element("polygon") is not { } polygon)
            {
                notes.Add($"'{PlainText.Short(label)}' is left out: expected a polygon or a rectangle.");
                continue;
            }

            // The tool keeps a rectangle as the polygon of its corners.
            regions.Add(new AnnotatedRegion(label, AnnotationForm.Polygon, [.. polygon.Elements("pt").Select(point => new OutlinePoint(Number(point, "x", label), Number(point, "y", label)))])
            {
                Remark = PlainText.OneLine(one.Element("attributes")?.Value.Trim() ?? ""),
            });
        }

        LabelMeFile file = new()
        {
            Columns = (int)Number(root.Element("imagesize") ?? new XElement("imagesize"), "ncols", "imagesize"),
            Rows = (int)Number(root.Element("imagesize") ?? new XElement("imagesize"), "nrows", "imagesize"),
            Picture = root.Element("filename")?.Value.Trim() ?? "",
            Regions = regions,
            Notes = notes,
        };
        return file.Checked();
    }

    private LabelMeFile Checked()
    {
        if (Columns is < 1 or > MostExtent || Rows is < 1 or > MostExtent)
        {
            throw new AnnotationException(string.Create(CultureInfo.InvariantCulture, $"expected the picture's extents, 1 to {MostExtent} pixels each, found {Columns} x {Rows}."));
        }

        foreach (AnnotatedRegion region in Regions)
        {
            string? fault = region switch
            {
                { Label.Length: 0 } => "a region has no label.",
                { Form: AnnotationForm.Polygon, Points.Count: < 3 } => $"'{PlainText.Short(region.Label)}': a polygon has three corners at least, found {region.Points.Count}.",
                { Form: AnnotationForm.Rectangle, Points.Count: not 2 } => $"'{PlainText.Short(region.Label)}': a rectangle has two corners, found {region.Points.Count}.",
                { Points.Count: > MostCorners } => $"'{PlainText.Short(region.Label)}': expected at most {MostCorners} corners, found {region.Points.Count}.",
                _ when region.Points.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y) || Math.Abs(point.X) > MostExtent || Math.Abs(point.Y) > MostExtent) => $"'{PlainText.Short(region.Label)}': a corner lies nowhere near the picture.",
                _ => null,
            };
            if (fault is not null)
            {
                throw new AnnotationException($"{fault} Draw it again.");
            }
        }

        return this;
    }

    private static string Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double? Number(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private static int Whole(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number : throw new AnnotationException($"expected a whole number '{key}', found {(value.ValueKind == JsonValueKind.Undefined ? "none" : PlainText.Short(value.GetRawText()))}.");

    private static double Number(XElement element, string key, string where) =>
        element.Element(key)?.Value is { } text && double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new AnnotationException($"'{PlainText.Short(where)}': expected a number '{key}', found {(element.Element(key) is { } there ? $"'{PlainText.Short(there.Value)}'" : "none")}.");
}
