using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Starting;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>How the system takes up a folder of studies: a SPECT in Bq/ml with 177Lu and the CT of the same examination.</summary>
internal static class SpectCtKidneyStart
{
    public static SystemStart Start { get; } = new(FitOf, Write);

    public static IReadOnlyDictionary<string, string> KeyWords { get; } = new Dictionary<string, string>(SpectCtCohortSimulator.KeyWords, StringComparer.Ordinal)
    {
        ["spect-ct.images"] = "SPECT and CT, or the CT alone",
        ["spect-ct.voxel"] = "millimetres of a voxel, in the middle of each field; field takes the SPECT's whole field in so many voxels",
        ["spect-ct.size"] = "voxels along each edge of the SPECT's field",
    };

    private static StudyFit FitOf(SurveyedStudy study)
    {
        IReadOnlyList<SurveyedSeries> ct = study.OfKind(ImageKind.Ct);
        SurveyedSeries[] spect = [.. study.OfKind(ImageKind.ReconTomo).Where(series => series.Modality == "NM")];
        return spect.Length == 0 ? StudyFit.Not("no reconstructed SPECT")
            : ct.Count == 0 ? StudyFit.Not("no CT in the examination")
            : spect.Where(series => series.Nuclides is [] or ["Lu-177"]).ToArray() is not { Length: > 0 } lutetium ? StudyFit.Not($"{string.Join(" and ", spect[0].Nuclides)}, expected Lu-177")
            : lutetium.Where(series => series.Unit == ImageUnit.BecquerelPerMillilitre).ToArray() is not { Length: > 0 } quantitative ? StudyFit.Not($"SPECT in {spect[0].Unit}, expected Bq/ml")
            : StudyFit.With([.. quantitative, .. ct]);
    }

    private static string Write(StartContext context) => $$"""
        # A label is the file of a mask (NIfTI, from the table's folder): 1 for kidney; a mask with 1 left and 2 right serves too.
        spect-ct:
          images: spect-ct          # or ct: CT alone (network.architecture: standard)
          size: "64"                # voxels along each edge of the SPECT's field; or 128, 96, 48, 32, 16

        network:
          architecture: hybrid      # or standard: the CT alone
          width: 0.25               # of the paper's filters; 1 is its network

        training:
          epochs: 25
          batch-size: 1
          learning-rate: 0.001
          loss: dice-squared        # or dice-plain, dice-product-as-printed, dice-cross-entropy
          validation: dice          # keeps the epoch
          lanes: 2

        augmentation:               # of training images and their masks alone
          whole-case: { affine: { rotate-degrees: [5, 5, 10], translate-mm: [15, 15, 15], zoom: 0.1 } }

        evaluation:
          confidence: 0.95

        output: {{context.Name}}-results

        presets:
          smoke:                    # shows that everything runs: every figure is marked "not trained"
            spect-ct: { size: "16" }
            network: { width: 0.125 }
            training: { epochs: 1, lanes: 1 }
            evaluation: { smoke: true }
            output: {{context.Name}}-smoke
          long:                     # the paper's network: days on two cores
            spect-ct: { size: "128" }
            network: { width: 1 }
            training: { epochs: 100, optimizer: sgd, learning-rate: 0.1, momentum: 0.9 }
            output: {{context.Name}}-long
        """;
}
