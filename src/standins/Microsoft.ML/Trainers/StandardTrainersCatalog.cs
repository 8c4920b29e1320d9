using Microsoft.ML.Trainers;

namespace Microsoft.ML;

public static class StandardTrainersCatalog
{
    public static LbfgsLogisticRegressionBinaryTrainer LbfgsLogisticRegression(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string exampleWeightColumnName = null,
        float l1Regularization = 1,
        float l2Regularization = 1,
        float optimizationTolerance = 1e-7f,
        int historySize = 20,
        bool enforceNonNegativity = false)
    {
        Guard.NotNull(catalog, nameof(catalog));
        return new LbfgsLogisticRegressionBinaryTrainer(
            catalog.Environment,
            labelColumnName,
            featureColumnName,
            exampleWeightColumnName,
            new OrthantWiseOptimizer(l1Regularization, historySize, optimizationTolerance, enforceNonNegativity),
            l2Regularization);
    }
}
