using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Who loads what: the signatures of the components that can be part of a model file.</summary>
internal static class ComponentLoaders
{
    private static readonly ConcurrentDictionary<string, Func<ModelLoadContext, object>> Loaders = new(StringComparer.Ordinal);

    static ComponentLoaders()
    {
        Loaders["TransformerChain"] = TransformerChainFormat.Load;
        Loaders[ColumnCopyingTransformer.Signature] = ColumnCopyingTransformer.Load;
        Loaders[ColumnConcatenatingTransformer.Signature] = ColumnConcatenatingTransformer.Load;
        Loaders[ColumnSelectingTransformer.Signature] = ColumnSelectingTransformer.Load;
        Loaders[ValueToKeyMappingTransformer.Signature] = ValueToKeyMappingTransformer.Load;
        Loaders[KeyToValueMappingTransformer.Signature] = KeyToValueMappingTransformer.Load;
        Loaders[TypeConvertingTransformer.Signature] = TypeConvertingTransformer.Load;
        Loaders[NormalizingTransformer.Signature] = NormalizingTransformer.Load;
        Loaders[AffineScaleModel.Signature] = AffineScaleModel.Load;
        Loaders[CustomMappingFormat.Signature] = CustomMappingFormat.Load;
        Loaders[LinearBinaryModelParameters.Signature] = LinearBinaryModelParameters.Load;
        Loaders[PlattCalibrator.Signature] = PlattCalibrator.Load;
        Loaders[ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>.Signature] =
            ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>.Load;
        Loaders[BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>.Signature] =
            BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>.Load;
    }

    public static void Register(string signature, Func<ModelLoadContext, object> loader) => Loaders[signature] = loader;

    /// <summary>The loader, also where it lives in an assembly of its own that nothing has touched yet (the ONNX transformer).</summary>
    public static Func<ModelLoadContext, object> Find(string signature)
    {
        if (!Loaders.ContainsKey(signature) && signature.IndexOf('@', StringComparison.Ordinal) is var at and > 0)
        {
            Assembly assembly = Assembly.Load(signature[(at + 1)..]);
            foreach (Type type in assembly.GetTypes().Where(type => typeof(IComponentLoaders).IsAssignableFrom(type) && !type.IsInterface))
            {
                ((IComponentLoaders)Activator.CreateInstance(type)).Register();
            }
        }

        return Loaders.GetValueOrDefault(signature);
    }
}
