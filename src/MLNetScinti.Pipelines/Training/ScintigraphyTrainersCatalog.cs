using Microsoft.ML;

namespace MLNetScinti.Pipelines.Training;

/// <summary>Trainers for <see cref="BinaryClassificationCatalog.Trainers"/>.</summary>
public static class ScintigraphyTrainersCatalog
{
    /// <summary>A convolutional network that is trained with TorchSharp and served as ONNX.</summary>
    public static ConvolutionalNetworkTrainer ConvolutionalNetwork(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, ConvolutionalNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ConvolutionalNetworkTrainer(options);
    }
}
