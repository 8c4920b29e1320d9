using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.WholeBody.Networks;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>What reports of whole-body scans call things.</summary>
internal static class WholeBodyWords
{
    /// <summary>By what scans are grouped.</summary>
    public static IReadOnlyList<Grouping> Groupings { get; } =
    [
        Grouping.ByValue("View", WholeBodySystem.Direction),
        Grouping.ByValue("Origin of the view", WholeBodySystem.Origin),
        Grouping.ByValue("Sex", WholeBodySystem.Sex),
        Grouping.ByRange("Age", WholeBodySystem.Age, (40, "under 40 years"), (60, "40 to 59 years"), (75, "60 to 74 years"), (double.PositiveInfinity, "75 years and over")),
        Grouping.ByRange("Lesions", WholeBodySystem.Lesions, (1, "none"), (2, "1 lesion"), (6, "2 to 5 lesions"), (double.PositiveInfinity, "6 lesions and more")),
        Grouping.ByRange("Largest lesion", WholeBodySystem.LargestLesion, (2, "under 2 ml"), (8, "2 to 8 ml"), (double.PositiveInfinity, "8 ml and over")),
        Grouping.ByValue("Site of the largest lesion", WholeBodySystem.Site),
        Grouping.ByThirds("Counts", WholeBodySystem.Counts),
        Grouping.ByValue("Radionuclide", WholeBodySystem.Radionuclide),
    ];

    /// <summary>The words for a system's settings.</summary>
    public static SystemWords Of(WholeBodySystem system) => new()
    {
        Task = new TaskWords { Case = system.Views == WholeBodyViews.Both ? "scan" : "view", Cases = system.Views == WholeBodyViews.Both ? "scans" : "views", Finding = "lesion", Findings = "lesions" },
        Studies = "whole-body scans, anterior and posterior, with a table of labels",
        Limits =
        [
            "Answers which disease a scan shows; it does not say where, how many lesions, or how active they are.",
            "Cameras, doses, radionuclides and diseases other than those of the training data were not tested. Where a disease comes with a radionuclide or a collimator of its own, a network may have learned these.",
        ],
        Facts =
        [
            new("Views", system.Views switch
            {
                WholeBodyViews.Both => "both in one case, the posterior one mirrored",
                WholeBodyViews.Each => "each a case of its own; those of a patient are on one side of the split",
                _ => $"the {system.Views.ToString().ToLowerInvariant()} one",
            }),
            new("Matrix", string.Create(CultureInfo.InvariantCulture, $"{system.Rows} x {system.Columns} pixels of {WholeBodyCases.PixelOf1024 * 1024 / system.Rows:0.##} mm, middle on middle, counts kept")),
            new("Views that are not there", system.MirrorsMissingViews ? "the other one's mirror image, marked as such: where one disease lacks views more often than another, that alone tells them apart" : "left out"),
            new("Answer", (system.Classes, system.Head) switch
            {
                (WholeBodyClasses.Dspic, ClassHead.Softmax) => "one softmax; a second disease counts from a probability that was fitted on validation patients",
                (_, ClassHead.Sigmoid) => "a sigmoid for each class, each with a threshold that was fitted on validation patients",
                _ => "one softmax, the most probable class",
            }),
            new("Smoothing", system.Smooths ? "a Gaussian of 3 pixels with a deviation of 1/3 pixel" : "none"),
        ],
        Source = system.Classes == WholeBodyClasses.Dspic
            ? "Lin Q, Cao C, Li T, Man Z, Cao Y, Wang H. dSPIC: a deep SPECT image classification network for automated multi-disease, multi-lesion diagnosis. BMC Medical Imaging 2021;21:122."
            : "Lin Q, Cao C, Li T, Cao Y, Man Z, Wang H. Multiclass classification of whole-body scintigraphic images using a self-defined convolutional neural network with attention modules. Medical Physics 2021.",
    };
}
