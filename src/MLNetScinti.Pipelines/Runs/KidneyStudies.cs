using Microsoft.ML;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>The kidneys and the split that a definition asks for.</summary>
internal static class KidneyStudies
{
    public static KidneyDataView Load(MLContext ml, PipelineDefinition definition, string folder, int threads) => ml.Data.LoadKidneysFromDicom(
        folder,
        definition.Data.Labels,
        new KidneyOptions { Size = definition.Kidneys.Size, MinimumConfidence = definition.Kidneys.MinimumConfidence },
        new DicomLoadOptions { Parallelism = threads, PseudonymKey = definition.Data.Simulation is null ? null : SimulatedStudies.PseudonymKey });

    public static PatientSplit Split(MLContext ml, KidneyDataView kidneys, PipelineDefinition definition) => ml.Data.SplitByPatient(kidneys, new PatientSplitOptions
    {
        TrainPatients = definition.Split.Train,
        ValidationPatients = definition.Split.Validation,
        TestPatients = definition.Split.Test,
        Balanced = definition.Split.Balanced,
        Seed = definition.Seed,
    });

    /// <summary>All patients of a folder as a test set.</summary>
    /// <exception cref="PatientSplitException">One of them was trained or validated on; the message names the pseudonym.</exception>
    public static TestSet AllPatients(KidneyDataView kidneys, PatientSplit split)
    {
        HashSet<string> patients = new(StringComparer.Ordinal);
        DataViewSchema.Column column = kidneys.Schema[KidneyDataView.PatientColumn];
        using (DataViewRowCursor cursor = kidneys.GetRowCursor([column]))
        {
            Func<string> patient = RowReading.Text(cursor, column);
            while (cursor.MoveNext())
            {
                patients.Add(patient());
            }
        }

        if (patients.Where(patient => split.Train.Patients.Contains(patient) || split.Validation.Patients.Contains(patient)).Order(StringComparer.Ordinal).FirstOrDefault() is { } leaked)
        {
            throw new PatientSplitException($"Patient {leaked} of the test folder was {(split.Train.Patients.Contains(leaked) ? "trained" : "validated")} on: test on patients that no model has seen.");
        }

        return patients.Count > 0
            ? new TestSet(kidneys, patients)
            : throw new NoStudyException("The test folder holds no study whose kidneys could be taken apart.");
    }

    /// <summary>Counts a set's cases.</summary>
    public static SplitCount Count(string name, IDataView set, int patients)
    {
        int cases = 0, abnormal = 0;
        DataViewSchema.Column label = set.Schema["Label"];
        using DataViewRowCursor cursor = set.GetRowCursor([label]);
        ValueGetter<bool> getter = cursor.GetGetter<bool>(label);
        bool value = false;
        while (cursor.MoveNext())
        {
            getter(ref value);
            cases++;
            abnormal += value ? 1 : 0;
        }

        return new SplitCount(name, patients, cases, new ClassCount(DmsaReport.Words.Positive, abnormal));
    }
}
