using System.Text.RegularExpressions;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pacs;

/// <summary>Which studies a model is asked about. What is empty is not looked at; a series of the study has to meet all of the rest.</summary>
/// <param name="Name">What the rule is called in lists and logs.</param>
/// <param name="Model">The model: a folder that a run wrote, or a zip of it.</param>
public sealed partial record RoutingRule(string Name, string Model)
{
    /// <summary>Modalities (0008,0060): NM, PT, CT.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>Radionuclides as their symbols are written: "Tc-99m".</summary>
    public IReadOnlyList<string> Nuclides { get; init; } = [];

    /// <summary>From where a frame has to look at the patient.</summary>
    public IReadOnlyList<DetectorView> Views { get; init; } = [];

    /// <summary>Body Part Examined (0018,0015).</summary>
    public IReadOnlyList<string> BodyParts { get; init; } = [];

    /// <summary>Series descriptions (0008,103E), of which * stands for anything.</summary>
    public IReadOnlyList<string> Descriptions { get; init; } = [];

    /// <summary>Whether studies are answered too that lie outside of what the model was trained on.</summary>
    public bool AcceptOutside { get; init; }

    /// <summary>Modalities that a node takes at all: images of nuclear medicine and what belongs to them. What nodes write is of others.</summary>
    public static IReadOnlyList<string> Taken { get; } = ["NM", "PT", "CT"];

    /// <summary>Whether a study with series of these modalities may be one.</summary>
    public bool MayBe(IEnumerable<string> modalities) => Modalities.Count == 0 || modalities.Any(one => Modalities.Contains(one, StringComparer.Ordinal));

    /// <summary>Whether it is about a study.</summary>
    public bool IsAbout(IEnumerable<Study> studies)
    {
        ArgumentNullException.ThrowIfNull(studies);
        return studies.SelectMany(study => study.Series).SelectMany(series => series.Files).Any(IsAbout);
    }

    internal static RoutingRule Read(DefinitionSection section)
    {
        // Whoever answers runs in another folder.
        RoutingRule rule = new(section.Line("name", most: 60), Path.GetFullPath(section.Path("model")))
        {
            Modalities = section.Choices("modality", Taken, []),
            Nuclides = [.. section.Texts("nuclide", "a list of radionuclides such as [Tc-99m, Lu-177]").Select(text => SymbolOf(section, text))],
            Views = [.. section.Choices("view", [.. ViewsOf.Keys], []).Select(word => ViewsOf[word])],
            BodyParts = section.Texts("body-part", "a list of texts such as [ABDOMEN]"),
            Descriptions = section.Texts("description", "a list of texts such as [\"*late phase*\"]"),
            AcceptOutside = section.Flag("accept-outside", false),
        };
        section.Done();
        return rule;
    }

    private static SortedDictionary<string, DetectorView> ViewsOf { get; } = new(
        Enum.GetValues<DetectorView>().Where(view => view != DetectorView.Unknown).ToDictionary(view => CapitalInside().Replace(view.ToString(), "-$0").ToLowerInvariant(), view => view), StringComparer.Ordinal);

    private static string SymbolOf(DefinitionSection section, string text) => Radionuclide.Known.FirstOrDefault(one => one.Symbol.Equals(text, StringComparison.OrdinalIgnoreCase))?.Symbol
        ?? throw section.Refuse("nuclide", $"expected radionuclides of {string.Join(", ", Radionuclide.Known.Select(one => one.Symbol))}, found '{PlainText.Short(text, 40)}'.");

    private bool IsAbout(ImageFacts image) =>
        (Modalities.Count == 0 || Modalities.Contains(image.Modality, StringComparer.Ordinal))
        && (Nuclides.Count == 0 || image.Radionuclide.Split(" + ").Any(one => Nuclides.Contains(one, StringComparer.Ordinal)))
        && (Views.Count == 0 || image.Views.Any(Views.Contains))
        && (BodyParts.Count == 0 || BodyParts.Contains(image.BodyPart, StringComparer.OrdinalIgnoreCase))
        && (Descriptions.Count == 0 || Descriptions.Any(pattern => IsLike(image.Description, pattern)));

    private static bool IsLike(string text, string pattern) =>
        Regex.IsMatch(text, $"\\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));

    [GeneratedRegex("(?<=[a-z])[A-Z]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CapitalInside();
}
