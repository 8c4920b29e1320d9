using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class ChainTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "chains")
    {
        ["laziness: rows pulled by Fit, Transform, schema access, Preview(1), GetColumn, second GetColumn"] = () =>
        {
            (IDataView source, Func<int> pulled) = Counted(3);
            EstimatorChain<ColumnCopyingTransformer> chain = Ml.Transforms.NormalizeMinMax("N", "P").Append(Ml.Transforms.CopyColumns("M", "N"));
            int construct = pulled();
            TransformerChain<ColumnCopyingTransformer> model = chain.Fit(source);
            int fit = pulled();
            IDataView view = model.Transform(source);
            int transform = pulled();
            _ = view.Schema.Count;
            int schema = pulled();
            _ = view.Preview(1);
            int preview1 = pulled();
            _ = view.GetColumn<float[]>("M").ToArray();
            int getColumn = pulled();
            _ = view.GetColumn<float[]>("M").ToArray();
            return new { construct, fit, transform, schema, preview1, getColumn, again = pulled() };
        },
        ["laziness: two normalisers in a row"] = () => AfterFit(Normalizer("A", "P").Append(Normalizer("B", "A"))),
        ["laziness: two normalisers in a row with AppendCacheCheckpoint between"] = () =>
            AfterFit(Normalizer("A", "P").AppendCacheCheckpoint(Ml).Append(Normalizer("B", "A"))),
        ["laziness: three normalisers without AppendCacheCheckpoint"] = () => AfterFit(Normalizer("A", "P").Append(Normalizer("B", "A")).Append(Normalizer("C", "B"))),
        ["GetColumn(...).First() behind CopyColumns on 100 rows: rows pulled"] = () =>
        {
            (IDataView source, Func<int> pulled) = Counted(100);
            _ = Ml.Transforms.CopyColumns("Y", "X").Fit(source).Transform(source).GetColumn<float>("Y").First();
            return new { rows = pulled() };
        },
        ["GetColumn(...).First() on an untransformed view of 100 rows: rows pulled"] = () =>
        {
            (IDataView source, Func<int> pulled) = Counted(100);
            _ = source.GetColumn<float>("X").First();
            return new { rows = pulled() };
        },
        ["AppendCacheCheckpoint leaves no transformer"] = () =>
            Steps(Copy("A", "X").AppendCacheCheckpoint(Ml).Append(Copy("B", "A")).Fit(View())),
        ["AppendCacheCheckpoint on the empty chain"] = () => new EstimatorChain<ITransformer>().AppendCacheCheckpoint(Ml).GetType().Name,
        ["types"] = () =>
        {
            EstimatorChain<NormalizingTransformer> estimator = Copy("A", "P").Append(Normalizer("N", "A"));
            TransformerChain<NormalizingTransformer> model = estimator.Fit(View());
            return new
            {
                estimator = Descriptions.NameOf(estimator),
                model = Descriptions.NameOf(model),
                last = Descriptions.NameOf(model.LastTransformer),
                lastEstimator = Descriptions.NameOf(estimator.LastEstimator),
                count = model.Count(),
                steps = Steps(model),
                rowToRow = ((ITransformer)model).IsRowToRowMapper,
            };
        },
        ["nested chains are not flattened"] = () => Steps(Copy("A", "X").Append(Copy("B", "A").Append(Copy("C", "B"))).Fit(View())),
        ["appending to a chain: Append on EstimatorChain"] = () => Steps(Copy("A", "X").Append(Copy("B", "A")).Append(Copy("C", "B")).Fit(View())),
        ["empty EstimatorChain.Fit and Transform"] = () =>
        {
            IDataView view = View();
            TransformerChain<ITransformer> model = new EstimatorChain<ITransformer>().Fit(view);
            return new
            {
                count = model.Count(),
                sameView = ReferenceEquals(view, model.Transform(view)),
                lastIsNull = model.LastTransformer is null,
                rowToRow = ((ITransformer)model).IsRowToRowMapper,
            };
        },
        ["TransformerChain.GetOutputSchema"] = () =>
        {
            (IDataView source, Func<int> pulled) = Counted(3);
            ITransformer model = Normalizer("N", "P").Append(Ml.Transforms.DropColumns("X")).Fit(View());
            return new { schema = model.GetOutputSchema(source.Schema), rowsPulled = pulled() };
        },
        ["EstimatorChain.GetOutputSchema: input column missing"] = () => Copy("A", "Nope").Append(Copy("B", "A")).Fit(View()).Count(),
        ["second step's input missing"] = () => Copy("A", "X").Append(Copy("B", "Nope")).Fit(View()).Count(),
        ["second step's input missing: rows pulled before the error"] = () =>
        {
            (IDataView source, Func<int> pulled) = Counted(3);
            Assert.Throws<ArgumentOutOfRangeException>(() => Normalizer("A", "P").Append(Copy("B", "Nope")).Fit(source));
            return pulled();
        },
        ["IsRowToRowMapper of a chain of mappers"] = () => ((ITransformer)Copy("A", "X").Append(Copy("B", "A")).Fit(View())).IsRowToRowMapper,
        ["TransformerChain constructor from transformers"] = () =>
        {
            TransformerChain<ITransformer> chain = new(Copy("M", "X").Fit(View()), Copy("O", "X").Fit(View()));
            return new { names = Descriptions.Names(chain.GetOutputSchema(View().Schema)), last = Descriptions.NameOf(chain.LastTransformer) };
        },
        ["TransformerChain.Append"] = () =>
            Descriptions.Names(new TransformerChain<ITransformer>(Copy("M", "X").Fit(View())).Append(Copy("O", "X").Fit(View())).GetOutputSchema(View().Schema)),
        ["null view to Fit"] = () => Copy("A", "X").Append(Copy("B", "A")).Fit(null!).Count(),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView View() => Ml.Data.LoadFromEnumerable(In.Three());

    private static ColumnCopyingEstimator Copy(string output, string input) => Ml.Transforms.CopyColumns(output, input);

    private static NormalizingEstimator Normalizer(string output, string input) => Ml.Transforms.NormalizeMinMax(output, input);

    private static IEnumerable<string> Steps(IEnumerable<ITransformer> chain) => chain.Select(Descriptions.NameOf);

    private static object AfterFit<T>(EstimatorChain<T> chain)
        where T : class, ITransformer
    {
        (IDataView source, Func<int> pulled) = Counted(3);
        _ = chain.Fit(source);
        return new { afterFit = pulled() };
    }

    private static (IDataView Source, Func<int> Pulled) Counted(int rows)
    {
        int pulled = 0;
        IEnumerable<In> source = In.Some(rows).Select(row =>
        {
            Interlocked.Increment(ref pulled);
            return row;
        });
        return (Ml.Data.LoadFromEnumerable(source), () => pulled);
    }
}
