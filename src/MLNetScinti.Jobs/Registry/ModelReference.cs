using System.Globalization;
using System.Text.RegularExpressions;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Registry;

/// <summary>
/// What names a model in a registry: its name and a tag, which is a version ("v3") or a stage ("champion"). Both are written as container registries
/// allow, so that any tool can copy it.
/// </summary>
/// <param name="Model">The model's name.</param>
/// <param name="Tag">The version or stage; empty where none is named.</param>
public sealed partial record ModelReference(string Model, string Tag)
{
    /// <summary>The stage of the model that is in use.</summary>
    public const string Champion = "champion";

    /// <summary>The stage of the newest model that might be.</summary>
    public const string Candidate = "candidate";

    /// <summary>The stage of a candidate behind which a newer one came.</summary>
    public const string Superseded = "superseded";

    /// <summary>The stage of one that was in use.</summary>
    public const string Retired = "retired";

    /// <summary>The stage of one that was in use until it was rolled back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>The number of the version; null where the tag is a stage.</summary>
    public int? Number => Tag is ['v', >= '1' and <= '9', ..] && int.TryParse(Tag.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Reads "name" or "name:tag"; null where it is neither.</summary>
    public static ModelReference? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Form().Match(text);
        return match.Success ? new(match.Groups["model"].Value, match.Groups["tag"].Value) : null;
    }

    /// <summary>Reads a reference that a user gave.</summary>
    /// <exception cref="RegistryException">It is none.</exception>
    public static ModelReference Of(string text) => Parse(text)
        ?? throw new RegistryException($"'{PlainText.Short(text)}': expected a model as NAME, NAME:v3 or NAME:champion; names are of lower-case letters and digits, with single dots, hyphens or underscores within.");

    /// <summary>Refuses a name that container registries would not take.</summary>
    /// <exception cref="RegistryException">It is none.</exception>
    public static string Name(string text) => Parse(text) is { Tag: "" }
        ? text
        : throw new RegistryException($"'{PlainText.Short(text)}': expected a name of lower-case letters and digits, with single dots, hyphens or underscores within (name it with --name).");

    /// <inheritdoc/>
    public override string ToString() => Tag.Length == 0 ? Model : $"{Model}:{Tag}";

    [GeneratedRegex("^(?<model>[a-z0-9]+([._-][a-z0-9]+)*)(:(?<tag>[a-z][a-z0-9]*(-[a-z0-9]+)*))?\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
