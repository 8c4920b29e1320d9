using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Runs;

[Collection("small cohort")]
public sealed class MeasuredBaselineTests(SmallCohort cohort)
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void TheSplitFunctionsOfAPatientAddUpToOne()
    {
        CaseView kidneys = Kidneys();
        float[] parts = [.. kidneys.GetColumn<float>("SplitFunction")];
        Assert.Equal(2 * SmallCohort.Patients, parts.Length);
        Assert.All(parts.Chunk(2), pair => Assert.Equal(1, pair[0] + pair[1], 1e-5));
        double voxel = Math.Pow(2 * Simulation.PhysicsConstants.Pixel, 3) / 1000;
        Assert.All(kidneys.GetColumn<float>("VoxelMillilitres"), found => Assert.Equal(voxel, found, 1e-3));
    }

    [Fact]
    public void MeasuredKidneysAreThoseOfTheRule()
    {
        CaseView kidneys = Kidneys();
        IDataView measured = new KidneyMeasuringEstimator(_ml.Transforms, "Features", new KidneyMeasureColumns()).Fit(kidneys).Transform(kidneys);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, KidneyMeasures.Names.Count), measured.Schema["Features"].Type);
        float[][] features = [.. measured.GetColumn<float[]>("Features")];
        float[][] images = [.. kidneys.GetColumn<float[]>("Image")];
        float[] maxima = [.. kidneys.GetColumn<float>("StudyMaximum")], parts = [.. kidneys.GetColumn<float>("SplitFunction")], voxels = [.. kidneys.GetColumn<float>("VoxelMillilitres")];
        for (int i = 0; i < features.Length; i += 5)
        {
            Assert.Equal(KidneyMeasures.Of(images[i], new ImageShape(32, 32, 32), voxels[i], maxima[i], parts[i]).ToArray(), features[i]);
        }
    }

    [Fact]
    public void AMissingColumnIsNamed()
    {
        ColumnException problem = Assert.Throws<ColumnException>(() =>
        {
            CaseView kidneys = Kidneys();
            KidneyMeasuringEstimator estimator = new KidneyMeasuringEstimator(_ml.Transforms, "Features", new KidneyMeasureColumns(SplitFunction: "Nothing"));
            estimator.Fit(kidneys).Transform(kidneys);
        });
        Assert.Contains("'Nothing'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MeasuringIsNotSavedAndSaysSo()
    {
        CaseView kidneys = Kidneys();
        using MemoryStream stream = new();
        Assert.Contains("MeasureKidneys", Assert.ThrowsAny<Exception>(() =>
            _ml.Model.Save(new KidneyMeasuringEstimator(_ml.Transforms, "Features", new KidneyMeasureColumns()).Fit(kidneys), kidneys.Schema, stream)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheBaselineLearnsItsTrainingPatientsAndIsEvaluatedOnTheOthers()
    {
        PatientSplit split = _ml.Data.SplitByPatient(Kidneys(), new PatientSplitOptions { TrainPatients = 4, ValidationPatients = 4, TestPatients = 4, Balanced = true, Seed = 4 });
        MeasuredBaseline baseline = MeasuredBaseline.Train(_ml, SmallCohort.System.Baseline, SmallCohort.System.Task, split.Train);
        EvaluationOptions options = new() { Model = MeasuredBaseline.Name, BootstrapReplicates = 0 };
        BinaryEvaluation evaluation = (BinaryEvaluation)baseline.Evaluate(split.Validation, split.Test, options);

        Assert.Equal(8, baseline.TrainingCases);
        Assert.Equal((8, 4), (evaluation.Test.Count, evaluation.Test.PatientCount));
        Assert.Equal(split.Test.Patients.Order(StringComparer.Ordinal), evaluation.Test.PatientIds.Order(StringComparer.Ordinal));
        Assert.Equal(ThresholdProtocol.Validation, evaluation.OperatingPoint.Threshold.Protocol);
        Assert.All(evaluation.Test.Cases, one => Assert.Equal(1 / (1 + Math.Exp(-one.Score)), one.Probability, 1e-5));

        // Trained again it says the same.
        Assert.True(evaluation.Test.Cases.Select(one => one.Probability).Distinct().Count() > 1);
        BinaryEvaluation again = (BinaryEvaluation)MeasuredBaseline.Train(_ml, SmallCohort.System.Baseline, SmallCohort.System.Task, split.Train).Evaluate(split.Validation, split.Test, options);
        Assert.Equal(evaluation.Test.Cases.Select(one => (one.CaseId, one.Score)), again.Test.Cases.Select(one => (one.CaseId, one.Score)));
        // What the simulator did to the kidney and to the scan is known, so that figures can be given by it.
        Assert.All(evaluation.Test.Cases, one => Assert.Equal(2, one.Facts.Names.Count(name => name is "Kidney" or "Scan")));
    }

    private CaseView Kidneys() => SmallCohort.Load(cohort.Folder);
}
