using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>
/// Reads random changes of whole cases, key <c>augmentation.whole-case</c>, and puts them into words. They act in one order, however the
/// file is laid out: mirror, affine, blur, edges, scale, shift, gamma, noise.
/// </summary>
internal static class CaseAugmentationReader
{
    private static readonly string[] s_axes = ["left-right", "front-back", "head-feet"];

    /// <summary>The steps, in the order in which they act.</summary>
    public static IReadOnlyList<RandomTransform> Read(DefinitionSection section, CaseSchema schema)
    {
        List<RandomTransform> steps = [];
        foreach (DefinitionSection one in section.Sections("mirror"))
        {
            IReadOnlyList<string> axes = one.Choices("axes", s_axes);
            steps.Add(new RandomMirror { LeftRight = axes.Contains(s_axes[0]), FrontBack = axes.Contains(s_axes[1]), HeadFeet = axes.Contains(s_axes[2]), Probability = Probability(one) });
            one.Done();
        }

        foreach (DefinitionSection one in section.Sections("affine"))
        {
            steps.Add(new RandomAffine
            {
                Degrees = Point(one.Numbers("rotate-degrees", 3, 0, least: 0, most: 180)),
                Millimetres = Point(one.Numbers("translate-mm", 3, 0, least: 0, most: 10_000)),
                Zoom = one.Number("zoom", 0, least: 0, most: 0.9),
                Shear = one.Number("shear", 0, least: 0, most: 0.5),
                Probability = Probability(one),
            });
            one.Done();
        }

        Amounts("blur", 0, 1000, (one, least, most, image) => new RandomGaussianBlur { Least = least, Most = most, Image = image });
        Amounts("edges", 0, 100, (one, least, most, image) => new RandomEdgeEnhancement { Least = least, Most = most, Image = image, Millimetres = one.Number("millimetres", least: 1e-3, most: 1000) });
        Amounts("scale", 0, 1e6, (one, least, most, image) => new RandomIntensityScale { Least = least, Most = most, Image = image });
        Amounts("shift", -1e30, 1e30, (one, least, most, image) => new RandomIntensityShift { Least = least, Most = most, Image = image });
        Amounts("gamma", 0.01, 100, (one, least, most, image) => new RandomGamma { Least = least, Most = most, Image = image });
        Amounts("noise", 0, 1e30, (one, least, most, image) => new RandomGaussianNoise { Least = least, Most = most, Image = image });
        section.Done();
        return steps;

        void Amounts(string operation, double lowest, double highest, Func<DefinitionSection, double, double, string?, RandomTransform> make)
        {
            foreach (DefinitionSection one in section.Sections(operation))
            {
                double least = one.Number("least", least: lowest, most: highest), most = one.Number("most", least: lowest, most: highest);
                if (most < least)
                {
                    throw one.Refuse("most", string.Create(CultureInfo.InvariantCulture, $"expected a number of at least {least}, which is 'least', found '{most}'."));
                }

                string? image = one.Has("image") ? one.Choice("image", [.. schema.Images.Select(each => each.Name)]) : null;
                steps.Add((make(one, least, most, image) with { Probability = Probability(one) }).Checked());
                one.Done();
            }
        }
    }

    /// <summary>A step with all that decides it, the same in every country.</summary>
    public static string Words(RandomTransform step)
    {
        string what = step switch
        {
            RandomMirror mirror => string.Join(' ', ((bool[])[mirror.LeftRight, mirror.FrontBack, mirror.HeadFeet]).Zip(s_axes).Where(axis => axis.First).Select(axis => axis.Second)),
            RandomAffine affine => Text($"turn {Three(affine.Degrees)} degrees, move {Three(affine.Millimetres)} mm, zoom {affine.Zoom}, shear {affine.Shear}"),
            RandomEdgeEnhancement edges => Text($"{edges.Least} to {edges.Most} at {edges.Millimetres} mm"),
            RandomIntensity amount => Text($"{amount.Least} to {amount.Most}{(amount is RandomGaussianBlur ? " mm" : "")}"),
            _ => step.ToString(),
        };
        return $"{step.Operation}{(step is RandomIntensity { Image: { } image } ? $" of {image}" : "")} {what}{(step.Probability < 1 ? Text($" with probability {step.Probability}") : "")}";
    }

    private static double Probability(DefinitionSection section) => section.Number("probability", 1, least: 0, most: 1);

    private static Point3 Point(IReadOnlyList<double> values) => new(values[0], values[1], values[2]);

    private static string Three(Point3 point) => Text($"{point.X}/{point.Y}/{point.Z}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
