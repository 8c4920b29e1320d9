using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Starting;
using MLNetScinti.Systems.SpectCtKidney;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>How the system takes up a folder of studies: a CT, by itself or beside a SPECT with 177Lu.</summary>
internal static class KidneyDoseStart
{
    public static SystemStart Start { get; } = new(FitOf, Write);

    public static IReadOnlyDictionary<string, string> KeyWords { get; } = new Dictionary<string, string>(SpectCtCohortSimulator.KeyWords, StringComparer.Ordinal)
    {
        ["kidney-ct.size"] = "voxels of the field of 334 x 334 x 320 mm",
        ["kidney-ct.coordinates"] = "whether the network is told the index of each voxel as three further channels",
    };

    private static StudyFit FitOf(SurveyedStudy study)
    {
        IReadOnlyList<SurveyedSeries> ct = [.. study.OfKind(ImageKind.Ct).Where(series => series.Sections > 1)];
        SurveyedSeries[] spect = [.. study.Series.Where(series => series.Modality is "NM" or "PT")];
        return ct.Count == 0 ? StudyFit.Not("no CT of sections")
            : spect.FirstOrDefault(series => series.Nuclides.Count > 0 && !series.Nuclides.Contains("Lu-177", StringComparer.Ordinal)) is { } other ? StudyFit.Not($"a CT beside {string.Join(" and ", other.Nuclides)}, expected Lu-177")
            : StudyFit.With(ct);
    }

    private static string Write(StartContext context) => $$"""
        # A label is the file of a mask (NIfTI, from the table's folder): 1 for the left kidney, 2 for the right one.
        kidney-ct:
          size: 64x64x32            # of 334 x 334 x 320 mm; or 128x128x64, 32x32x16
          coordinates: "off"        # or on: the index of each voxel as three further channels

        network:
          architecture: kidney-ct
          width: 0.5                # of the paper's filters; 1 is its network

        training:
          epochs: 24
          batch-size: 2
          learning-rate: 0.001
          loss: dice-squared        # or dice-plain, dice-product-as-printed, dice-cross-entropy
          validation: dice          # keeps the epoch
          lanes: 2

        augmentation:               # of training images and their masks alone
          whole-case:
            affine: { rotate-degrees: [0, 0, 8], translate-mm: [15, 15, 15] }
            blur: { least: 0, most: 2, probability: 0.3 }
            shift: { least: -25, most: 25 }
            noise: { least: 0, most: 30, probability: 0.5 }

        evaluation:
          confidence: 0.95

        output: {{context.Name}}-results

        presets:
          smoke:                    # shows that everything runs: every figure is marked "not trained"
            kidney-ct: { size: 32x32x16 }
            network: { width: 0.125 }
            training: { epochs: 1, lanes: 1 }
            evaluation: { smoke: true }
            output: {{context.Name}}-smoke
          long:                     # the paper's network: days on two cores
            kidney-ct: { size: 128x128x64 }
            network: { width: 1 }
            training: { epochs: 300, batch-size: 1 }
            output: {{context.Name}}-long
        """;
}
