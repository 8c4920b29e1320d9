using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>
/// The five rows of Table 1 of Lin et al. 2023 (deep learning on DMSA kidney SPECT), with the areas and kappas from its text.
/// Forty test kidneys of twenty patients, twenty abnormal; the threshold was chosen on the test ROC curve, so the figures are
/// optimistic. Only the 2.5D confusion table is printed (Figure 4); the others follow from sensitivity and specificity of
/// twenty kidneys each, and reproduce every printed figure.
/// </summary>
public static class PublishedDmsaResults
{
    private const string Source = "Lin et al. 2023, Table 1";

    /// <summary>The rows by the names of our pipelines: dmsa-3d, dmsa-2.5d, dmsa-2d-coronal, dmsa-2d-sagittal, dmsa-2d-transverse.</summary>
    public static IReadOnlyDictionary<string, PublishedResult> ByPipeline { get; } = new Dictionary<string, PublishedResult>(StringComparer.Ordinal)
    {
        ["dmsa-3d"] = Row("3D images", new(18, 2, 4, 16), 0.91, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70),
        ["dmsa-2.5d"] = Row("2.5D MIPs", new(18, 2, 1, 19), 0.94, 0.925, 0.900, 0.950, 0.947, 0.923, 0.85) with { CountsArePrinted = true },
        ["dmsa-2d-coronal"] = Row("2D MIP (coronal)", new(15, 5, 1, 19), 0.92, 0.850, 0.750, 0.950, 0.938, 0.833, 0.70),
        ["dmsa-2d-sagittal"] = Row("2D MIP (sagittal)", new(16, 4, 2, 18), 0.87, 0.850, 0.800, 0.900, 0.889, 0.842, 0.70),
        ["dmsa-2d-transverse"] = Row("2D MIP (transaxial)", new(18, 2, 4, 16), 0.92, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70),
    };

    private static PublishedResult Row(string name, ConfusionCounts counts, double area, double accuracy, double sensitivity, double specificity, double precision, double f1, double kappa) => new()
    {
        Source = Source,
        Name = name,
        Protocol = ThresholdProtocol.Paper,
        Counts = counts,
        Figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["areaUnderRoc"] = area,
            ["accuracy"] = accuracy,
            ["sensitivity"] = sensitivity,
            ["specificity"] = specificity,
            ["positivePredictiveValue"] = precision,
            ["f1"] = f1,
            ["kappa"] = kappa,
        },
    };
}
