using Microsoft.ML;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Scores the DMSA studies of a folder with a fused model.</summary>
public static class FolderScoring
{
    private const int Batch = 4;

    /// <summary>Scores every kidney of a folder, lazily and in the order of the files.</summary>
    /// <param name="model">The fused model.</param>
    /// <param name="folder">The folder of DICOM files. A labels.csv or cohort.json in it is known to be no study.</param>
    /// <param name="threads">Files decoded at once, and threads of the model.</param>
    /// <param name="leftOut">Is told of files that gave no case, when the end is reached.</param>
    /// <exception cref="NoStudyException">No file of the folder is a reconstructed SPECT study.</exception>
    /// <exception cref="NotAFusedModelException">The model reads other columns than a kidney has.</exception>
    public static IEnumerable<ScoredKidney> Score(FusedModel model, string folder, int threads, Action<LeftOutStudy> leftOut)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(leftOut);
        FusedColumn? image = model.Inputs.FirstOrDefault(column => column.Name == "Image");
        if (image is null || image.Dimensions.Count != 3 || model.Inputs.Any(column => column.Name is not ("Image" or "StudyMaximum")))
        {
            throw new NotAFusedModelException($"Expected a model that reads Image and StudyMaximum, found one that reads {string.Join(", ", model.InputColumns)}.");
        }

        return Scored(model, folder, image.Dimensions[0], threads, leftOut);
    }

    private static IEnumerable<ScoredKidney> Scored(FusedModel model, string folder, int size, int threads, Action<LeftOutStudy> leftOut)
    {
        MLContext ml = new();
        KidneyDataView kidneys = ml.Data.SeparateKidneys(ml.Data.LoadFromDicom(folder, new DicomLoadOptions { Parallelism = threads }, "labels.csv", "cohort.json"), labels: null, new KidneyOptions { Size = size });
        DataViewSchema schema = kidneys.Schema;
        using FusedScorer scorer = new(model, threads);
        using (DataViewRowCursor cursor = kidneys.GetRowCursor(schema))
        {
            Func<string> file = RowReading.Text(cursor, schema["File"]), caseId = RowReading.Text(cursor, schema["CaseId"]), side = RowReading.Text(cursor, schema["Side"]);
            Func<float> confidence = RowReading.Number(cursor, schema["SeparationConfidence"]);
            Func<ReadOnlyMemory<float>>[] inputs = [.. model.InputColumns.Select(name => RowReading.Values(cursor, schema[name]))];
            List<(string File, string Case, string Side, float Confidence)> names = [];
            List<IReadOnlyList<ReadOnlyMemory<float>>> cases = [];
            bool more = true;
            while (more)
            {
                more = cursor.MoveNext();
                if (more)
                {
                    names.Add((file(), caseId(), side(), confidence()));
                    cases.Add([.. inputs.Select(read => read())]);
                }

                if (cases.Count == Batch || !more)
                {
                    foreach (((string File, string Case, string Side, float Confidence) name, (float _, float probability, bool abnormal)) in names.Zip(scorer.Score(cases)))
                    {
                        yield return new ScoredKidney(name.File, name.Case, name.Side, probability, abnormal, name.Confidence);
                    }

                    names.Clear();
                    cases.Clear();
                }
            }
        }

        foreach (LeftOutStudy study in kidneys.LeftOut)
        {
            leftOut(study);
        }
    }
}
