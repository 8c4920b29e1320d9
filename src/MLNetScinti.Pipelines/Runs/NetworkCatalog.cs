using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>From the names in a definition to networks, and to the steps that make their inputs.</summary>
internal static class NetworkCatalog
{
    private static readonly (string Column, ProjectionAxis Axis)[] s_views =
        [("MipTransverse", ProjectionAxis.Transverse), ("MipSagittal", ProjectionAxis.Sagittal), ("MipCoronal", ProjectionAxis.Coronal)];

    public static NetworkGraph Create(NetworkDefinition definition, int size)
    {
        size /= definition.Downsample;
        DmsaNetworkOptions options = new() { Sections = size, Rows = size, Columns = size, WidthMultiplier = definition.Width };
        return definition.Architecture switch
        {
            "dmsa-2.5d" => DmsaNetworks.ThreeView(options),
            "dmsa-3d" => DmsaNetworks.Volumetric(options),
            _ => DmsaNetworks.Planar(options),
        };
    }

    /// <summary>The projection that an input of the network holds, or null for the volume itself.</summary>
    public static ProjectionAxis? ViewOf(NetworkDefinition definition, string input) => (definition.Architecture, input) switch
    {
        (_, "Volume") => null,
        ("dmsa-2d-transverse", _) => ProjectionAxis.Transverse,
        ("dmsa-2d-sagittal", _) => ProjectionAxis.Sagittal,
        ("dmsa-2d-coronal", _) => ProjectionAxis.Coronal,
        _ => Array.Find(s_views, view => string.Equals(view.Column, input, StringComparison.Ordinal)).Axis,
    };

    /// <summary>The steps from a kidney's counts to the columns that the network reads: its inputs' names.</summary>
    public static IEstimator<ITransformer> Preprocessing(MLContext ml, NetworkDefinition definition, int size)
    {
        // The counts stay in their column: the report and the check of the fused model read them again.
        string volume = definition.Architecture == "dmsa-3d" ? "Volume" : "Normalized";
        IEstimator<ITransformer> chain = ml.Transforms.NormalizeByStudyMaximum(volume, "Image");
        for (int factor = definition.Downsample; factor > 1; factor /= 2)
        {
            // Halving by linear interpolation is the mean of the eight voxels that become one: nothing is skipped.
            size /= 2;
            chain = chain.Append(ml.Transforms.ApplyImageOperator(volume, new Resample(new ImageShape(size, size, size))));
        }

        return definition.Architecture switch
        {
            "dmsa-3d" => chain,
            "dmsa-2.5d" => s_views.Aggregate(chain, (steps, view) => steps.Append(ml.Transforms.MaximumIntensityProjection(view.Column, volume, view.Axis))),
            "dmsa-2d-transverse" => chain.Append(ml.Transforms.MaximumIntensityProjection("Mip", volume, ProjectionAxis.Transverse)),
            "dmsa-2d-sagittal" => chain.Append(ml.Transforms.MaximumIntensityProjection("Mip", volume, ProjectionAxis.Sagittal)),
            "dmsa-2d-coronal" => chain.Append(ml.Transforms.MaximumIntensityProjection("Mip", volume, ProjectionAxis.Coronal)),
            string other => throw new ArgumentException($"There is no architecture {other}.", nameof(definition)),
        };
    }

    public static Augmentation CreateAugmentation(AugmentationDefinition definition)
    {
        List<IRandomOperator> operators = [];
        if (definition.FlipHorizontal || definition.FlipVertical)
        {
            operators.Add(new RandomFlip(definition.FlipHorizontal, definition.FlipVertical));
        }

        if (definition.Zoom > 0)
        {
            operators.Add(new RandomZoom(definition.Zoom));
        }

        if (definition.RotateDegrees > 0)
        {
            operators.Add(new RandomRotate(definition.RotateDegrees));
        }

        if (definition.TranslatePixels > 0)
        {
            operators.Add(new RandomTranslate(definition.TranslatePixels));
        }

        return new Augmentation(operators);
    }
}
