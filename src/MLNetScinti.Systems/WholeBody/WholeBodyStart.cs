using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Starting;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>How the system takes up a folder of studies: whole-body views with 99mTc or 131I.</summary>
internal static class WholeBodyStart
{
    private static readonly string[] s_nuclides = ["Tc-99m", "I-131"];

    // Of technetium's agents those that go to bone.
    private static readonly string[] s_boneAgents = ["MDP", "HDP", "HMDP", "DPD", "PYP", "OXIDRON", "MEDRON", "PHOSPH", "BONE"];

    public static SystemStart Start { get; } = new(FitOf, Write);

    public static IReadOnlyDictionary<string, string> KeyWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["scans.size"] = "rows and columns that each view is brought to, by the millimetres of its pixels",
        ["scans.classes"] = "which classes there are: dspic's three or dscint's four",
        ["scans.head"] = "one class of several (softmax), or a threshold for each (sigmoid)",
        ["scans.views"] = "which views make a case: each of them, one alone, or both together",
        ["scans.missing-view"] = "whether a view that is not there is taken from the other one, mirrored and marked",
        ["scans.smoothing"] = "whether views are smoothed by a Gaussian of 3 pixels",
        ["scans.attention"] = "the form of the attention modules",
        ["data.simulation.cohort"] = "which of the papers' cohorts",
        ["data.simulation.lost-views"] = "whether views are missing as in the paper",
        ["data.simulation.separate-files"] = "whether each view has a file of its own",
        ["data.simulation.crossed-tracers"] = "the part of the patients with the other tracer",
        ["data.simulation.prevalence.*"] = "a number of the cohort's prevalences",
    };

    private static StudyFit FitOf(SurveyedStudy study)
    {
        SurveyedSeries[] views = [.. study.OfKind(ImageKind.WholeBody).Where(series => series.Modality == "NM")];
        return views.Length == 0 ? StudyFit.Not("no whole-body scan")
            : views.Where(series => series.Nuclides.Count == 0 || series.Nuclides.Any(s_nuclides.Contains)).ToArray() is not { Length: > 0 } nuclides ? StudyFit.Not($"{string.Join(" and ", views[0].Nuclides)}, expected Tc-99m or I-131")
            : nuclides.Where(series => series.Agent.Length == 0 || series.Nuclides.Contains("I-131", StringComparer.Ordinal) || series.AgentHas(s_boneAgents)).ToArray() is not { Length: > 0 } images ? StudyFit.Not("an agent that does not go to bone")
            : StudyFit.With(images);
    }

    private static string Write(StartContext context)
    {
        bool withIodine = context.HasNuclide("I-131");
        return $$"""
            scans:
              size: 256x64              # or 512x128, 1024x256: rows and columns of a view, by the millimetres of its pixels
              classes: {{(withIodine ? "dscint           " : "dspic            ")}} # dspic: normal, metastasis, arthritis, or both; dscint: one of these or thyroid
              head: {{(withIodine ? "softmax             " : "sigmoid             ")}} # softmax: one class; sigmoid: a threshold for each
              views: each               # or anterior, posterior, both: what makes a case
              missing-view: leave-out   # or mirror: the other view's mirror image, marked in every row

            network:
              architecture: {{(withIodine ? "dscint      " : "dspic-am    ")}} # scinti networks lists the others
              width: {{(withIodine ? "1   " : "0.25")}}

            training:
              epochs: 20
              batch-size: 8
              learning-rate: {{(withIodine ? "0.001 " : "0.0003")}}
              validation: loss          # keeps the epoch; or auc
              lanes: 1

            augmentation:               # of training images alone
              flip: [horizontal]
              translate-pixels: 2
              rotate-degrees: 3

            evaluation:
              confidence: 0.95
              baseline: true            # a regression on counts by body part, beside the network

            output: {{context.Name}}-results

            presets:
              smoke:                    # shows that everything runs: every figure is marked "not trained"
                network: { width: 0.125 }
                training: { epochs: 1 }
                evaluation: { smoke: true, baseline: false }
                output: {{context.Name}}-smoke
              long:                     # the papers' matrix: hours on two cores
                scans: { size: 1024x256 }
                network: { width: 1 }
                training: { epochs: 300, batch-size: 4, lanes: 2 }
                output: {{context.Name}}-long
            """;
    }
}
