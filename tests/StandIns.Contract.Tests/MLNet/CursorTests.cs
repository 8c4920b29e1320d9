using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class CursorTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "cursor")
    {
        ["position"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            List<object> values = [cursor.Position];
            while (cursor.MoveNext())
            {
                values.Add(cursor.Position);
            }

            values.Add(cursor.Position);
            values.Add(cursor.MoveNext());
            values.Add(cursor.Position);
            return new { order = "before first MoveNext, row 0, 1, 2, after end, MoveNext again, position again", values };
        },
        ["batch"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            List<long> values = [cursor.Batch];
            while (cursor.MoveNext())
            {
                values.Add(cursor.Batch);
            }

            return values;
        },
        ["id"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            ValueGetter<DataViewRowId> getter = cursor.GetIdGetter();
            List<object> ids = [];
            while (cursor.MoveNext())
            {
                DataViewRowId id = default;
                getter(ref id);
                ids.Add(new { low = id.Low, high = id.High, text = id.ToString() });
            }

            return ids;
        },
        ["id before first MoveNext"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            DataViewRowId id = default;
            cursor.GetIdGetter()(ref id);
            return null;
        },
        ["getter before first MoveNext: call"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            float x = 0;
            cursor.GetGetter<float>(cursor.Schema["X"])(ref x);
            return x;
        },
        ["getter after end: call"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            ValueGetter<float> getter = cursor.GetGetter<float>(cursor.Schema["X"]);
            while (cursor.MoveNext())
            {
            }

            float x = 0;
            getter(ref x);
            return x;
        },
        ["getter of an inactive column"] = () =>
        {
            IDataView view = Row.View();
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Id"]]);
            return cursor.GetGetter<float>(view.Schema["X"]) is null;
        },
        ["getter of the wrong type (Double for Single)"] = () => Getter<double>("X"),
        ["getter of string for a text column"] = () => Getter<string>("Id"),
        ["getter of float[] for a vector column"] = () => Getter<float[]>("V"),
        ["isColumnActive"] = () =>
        {
            IDataView view = Row.View();
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Id"]]);
            return view.Schema.Select(cursor.IsColumnActive).ToList();
        },
        ["isColumnActive of a column from another schema with index 9"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            DataViewSchema.Builder ten = new();
            for (int i = 0; i < 10; i++)
            {
                ten.AddColumn($"C{i}", NumberDataViewType.Single);
            }

            return cursor.IsColumnActive(ten.ToSchema()[9]);
        },
        ["cursor over no columns still counts rows"] = () =>
        {
            using DataViewRowCursor cursor = Row.View().GetRowCursor([]);
            int rows = 0;
            while (cursor.MoveNext())
            {
                rows++;
            }

            return rows;
        },
        ["MoveNext after Dispose"] = () =>
        {
            DataViewRowCursor cursor = Cursor();
            cursor.MoveNext();
            cursor.Dispose();
            return cursor.MoveNext();
        },
        ["Position after Dispose"] = () =>
        {
            DataViewRowCursor cursor = Cursor();
            cursor.MoveNext();
            cursor.Dispose();
            return cursor.Position;
        },
        ["getter writes into the buffer it is given: vector getter reuses the VBuffer's array"] = () =>
        {
            using DataViewRowCursor cursor = Cursor();
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema["V"]);
            VBuffer<float> buffer = default;
            cursor.MoveNext();
            getter(ref buffer);
            VBuffer<float> first = buffer;
            cursor.MoveNext();
            getter(ref buffer);
            return new { second = buffer, firstCopyAfterSecondRead = first };
        },
        ["rowCount and shuffle"] = () =>
        {
            MLContext ml = new(1);
            return new
            {
                array = CountAndShuffle(ml.Data.LoadFromEnumerable(Row.Three())),
                list = CountAndShuffle(ml.Data.LoadFromEnumerable(Row.Three().ToList())),
                enumerable = CountAndShuffle(ml.Data.LoadFromEnumerable(Row.Three().Where(_ => true))),
                iReadOnlyCollectionOnly = CountAndShuffle(ml.Data.LoadFromEnumerable(new ReadOnlyRows())),
            };
        },
        ["GetRowCursor with Random(1) on an array of 8"] = () =>
        {
            IDataView view = new MLContext(1).Data.LoadFromEnumerable(Row.Some(8));
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema, new Random(1));
            ValueGetter<float> getter = cursor.GetGetter<float>(view.Schema["X"]);
            ValueGetter<DataViewRowId> ids = cursor.GetIdGetter();
            List<object> rows = [];
            while (cursor.MoveNext())
            {
                float x = 0;
                getter(ref x);
                DataViewRowId id = default;
                ids(ref id);
                rows.Add(new { x, cursor.Position, id = id.Low });
            }

            return rows;
        },
        ["GetRowCursorSet(n=4)"] = () =>
        {
            IDataView view = Row.View();
            DataViewRowCursor[] cursors = view.GetRowCursorSet(view.Schema, 4);
            return new { n = cursors.Length, per = cursors.Select(Rows) };
        },
        ["GetRowCursorSet(n=1)"] = () => Row.View().GetRowCursorSet([], 1).Length,
        ["GetRowCursorSet(n=0)"] = () => Row.View().GetRowCursorSet([], 0).Length,
        ["GetRowCursorSet(n=4) after a transform"] = () =>
        {
            MLContext ml = new(1);
            IDataView view = ml.Transforms.CopyColumns("Y", "X").Fit(Row.View(ml)).Transform(Row.View(ml));
            return view.GetRowCursorSet(view.Schema, 4).Length;
        },
        ["GetRowCursor on the same view twice at once"] = () =>
        {
            IDataView view = Row.View();
            using DataViewRowCursor a = view.GetRowCursor(view.Schema);
            using DataViewRowCursor b = view.GetRowCursor(view.Schema);
            a.MoveNext();
            a.MoveNext();
            b.MoveNext();
            return new { a = ReadX(a), b = ReadX(b) };
        },
        ["null column list"] = () =>
        {
            using DataViewRowCursor cursor = Row.View().GetRowCursor(null!);
            return null;
        },
        ["cache: rows read when cached"] = () =>
        {
            MLContext ml = new(1);
            CountedRows rows = new(3);
            IDataView cached = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows));
            int afterCacheCall = rows.Pulled;
            _ = cached.GetColumn<float>("X").ToArray();
            int afterFirstRead = rows.Pulled;
            _ = cached.GetColumn<float>("X").ToArray();
            int afterSecondRead = rows.Pulled;
            _ = cached.GetColumn<string>("Id").ToArray();
            return new { afterCacheCall, afterFirstRead, afterSecondRead, afterReadOfAnotherColumn = rows.Pulled, cached.CanShuffle, count = cached.GetRowCount() };
        },
        ["cache: columns to prefetch (reading starts in the background at once)"] = () =>
        {
            MLContext ml = new(1);
            CountedRows rows = new(3);
            IDataView cached = ml.Data.Cache(ml.Data.LoadFromEnumerable(rows), "X", "Id");
            _ = cached.GetColumn<float>("X").ToArray();
            _ = cached.GetColumn<string>("Id").ToArray();
            return new { afterBothReads = rows.Pulled };
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Fact]
    public void A_cursor_set_read_on_several_threads_gives_every_row_once()
    {
        MLContext ml = new(1);
        IDataView rows = ml.Data.LoadFromEnumerable(Row.Some(500));
        IDataView view = ml.Transforms.CopyColumns("Y", "X").Fit(rows).Transform(rows);
        ConcurrentBag<(float X, float Y, ulong Id)> seen = [];
        Thread[] threads =
        [
            .. view.GetRowCursorSet(view.Schema, 4).Select(cursor => new Thread(() =>
            {
                ValueGetter<float> x = cursor.GetGetter<float>(view.Schema["X"]);
                ValueGetter<float> y = cursor.GetGetter<float>(view.Schema["Y"]);
                ValueGetter<DataViewRowId> ids = cursor.GetIdGetter();
                while (cursor.MoveNext())
                {
                    float a = 0;
                    float b = 0;
                    DataViewRowId id = default;
                    x(ref a);
                    y(ref b);
                    ids(ref id);
                    seen.Add((a, b, id.Low));
                }

                cursor.Dispose();
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Enumerable.Range(0, 500).Select(i => ((float)i, (float)i, (ulong)i)), seen.Order());
    }

    private static DataViewRowCursor Cursor()
    {
        IDataView view = Row.View();
        return view.GetRowCursor(view.Schema);
    }

    private static object? Getter<T>(string column)
    {
        using DataViewRowCursor cursor = Cursor();
        return cursor.GetGetter<T>(cursor.Schema[column]) is null;
    }

    private static object CountAndShuffle(IDataView view) => new { n = view.GetRowCount(), view.CanShuffle };

    private static int Rows(DataViewRowCursor cursor)
    {
        int rows = 0;
        while (cursor.MoveNext())
        {
            rows++;
        }

        cursor.Dispose();
        return rows;
    }

    private static float ReadX(DataViewRow row)
    {
        float x = 0;
        row.GetGetter<float>(row.Schema["X"])(ref x);
        return x;
    }

    private sealed class ReadOnlyRows : IReadOnlyCollection<Row>
    {
        public int Count => 3;

        public IEnumerator<Row> GetEnumerator() => ((IEnumerable<Row>)Row.Three()).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
