using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Starting;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>How the system takes up a folder of studies: reconstructed sections with 99mTc, of no other agent and beside no other organ.</summary>
internal static class DmsaStart
{
    // Of the middle of the matrix around each kidney, mm: 64 voxels of the paper's camera.
    private const double CubeMm = 112;

    private static readonly string[] s_agents = ["DMSA", "SUCCIMER", "DIMERCAPTO"];
    private static readonly string[] s_otherParts = ["HEAD", "BRAIN", "CHEST", "HEART", "LUNG", "NECK", "THYROID"];

    public static SystemStart Start { get; } = new(FitOf, Write);

    public static IReadOnlyDictionary<string, string> KeyWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["kidneys.size"] = "edge of the cube around each kidney, voxels; a multiple of 16",
        ["kidneys.voxel"] = "millimetres of the voxels that every study is brought to; own takes them as they come, and brings a folder of several sizes to the commonest where labels are found by what headers say",
        ["kidneys.placement"] = "whether a kidney lies in the middle of its cube, or where it lay in the matrix",
        ["kidneys.minimum-confidence"] = "studies whose kidneys are taken apart with less confidence are left out",
    };

    private static StudyFit FitOf(SurveyedStudy study)
    {
        SurveyedSeries[] sections = [.. study.OfKind(ImageKind.ReconTomo).Where(series => series.Modality == "NM")];
        return sections.Length == 0 ? StudyFit.Not("no reconstructed sections of a gamma camera")
            : sections.Where(series => series.Nuclides is [] or ["Tc-99m"]).ToArray() is not { Length: > 0 } technetium ? StudyFit.Not($"{string.Join(" and ", sections[0].Nuclides)}, expected Tc-99m")
            : technetium.Where(series => series.Agent.Length == 0 || series.AgentHas(s_agents)).ToArray() is not { Length: > 0 } ours ? StudyFit.Not("another radiopharmaceutical than DMSA")
            : ours.Where(series => !s_otherParts.Contains(series.BodyPart, StringComparer.OrdinalIgnoreCase)).ToArray() is not { Length: > 0 } images ? StudyFit.Not($"{sections[0].BodyPart}, expected kidneys")
            : StudyFit.With(images);
    }

    private static string Write(StartContext context)
    {
        int size = context.MedianSpacing(0) is { } voxel ? Math.Clamp(16 * (int)Math.Ceiling((CubeMm / voxel / 16) - 0.02), 16, 128) : 64;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            kidneys:
              size: {{size,-20}} # voxels along each edge of the cube around a kidney: {{(context.MedianSpacing(0) is { } mm ? $"{size * mm:0} mm here" : "no file gives their millimetres")}}
              placement: centred        # or in-place: where it lay in the matrix, as the paper may be read
              minimum-confidence: 0.3   # studies whose kidneys are taken apart with less are left out, and named

            network:
              architecture: dmsa-2.5d   # or dmsa-3d, dmsa-2d-transverse, dmsa-2d-sagittal, dmsa-2d-coronal: scinti networks
              width: 0.25               # of the paper's filters; 1 is its network

            training:
              epochs: 30
              batch-size: 8
              learning-rate: 0.001
              validation: loss          # keeps the epoch; or auc, accuracy
              lanes: 1

            augmentation:               # of training images alone
              flip: [horizontal, vertical]
              translate-pixels: 3
              rotate-degrees: 15
              zoom: 0.1

            evaluation:
              confidence: 0.95
              baseline: true            # logistic regression on hand-made measures, beside the network

            output: {{context.Name}}-results

            presets:
              smoke:                    # shows that everything runs: every figure is marked "not trained"
                network: { width: 0.03 }
                training: { epochs: 1 }
                evaluation: { smoke: true, baseline: false }
                output: {{context.Name}}-smoke
              long:                     # the paper's network: hours on two cores
                network: { width: 1 }
                training: { epochs: 300, batch-size: 4, learning-rate: 0.0001, lanes: 2 }
                augmentation: { translate-pixels: 8, rotate-degrees: 90, zoom: 0.2 }
                output: {{context.Name}}-long
            """);
    }
}
