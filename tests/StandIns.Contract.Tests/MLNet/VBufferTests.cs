using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class VBufferTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "vbuffer")
    {
        ["properties"] = () => new
        {
            sparse = Full(Sparse()),
            dense = Full(Dense()),
            def = new { default(VBuffer<float>).Length, default(VBuffer<float>).IsDense, n = default(VBuffer<float>).GetValues().Length },
        },
        ["DenseValues"] = () => new { sparse = Sparse().DenseValues(), dense = Dense().DenseValues(), def = default(VBuffer<float>).DenseValues() },
        ["Items(all: false)"] = () => new { sparse = Pairs(Sparse().Items()), dense = Pairs(Dense().Items()) },
        ["Items(all: true)"] = () => new { sparse = Pairs(Sparse().Items(all: true)), dense = Pairs(Dense().Items(all: true)) },
        ["GetItemOrDefault"] = () => new
        {
            sparse = Enumerable.Range(0, 5).Select(i => Sparse().GetItemOrDefault(i)),
            dense = Enumerable.Range(0, 3).Select(i => Dense().GetItemOrDefault(i)),
        },
        ["GetItemOrDefault(5) of length 5"] = () => Sparse().GetItemOrDefault(5),
        ["GetItemOrDefault(-1)"] = () => Sparse().GetItemOrDefault(-1),
        ["GetItemOrDefault(3) of dense length 3"] = () => Dense().GetItemOrDefault(3),
        ["CopyTo(Span)"] = () =>
        {
            float[] seven = [9, 9, 9, 9, 9, 9, 9];
            Sparse().CopyTo(seven);
            float[] four = [9, 9, 9, 9];
            Dense().CopyTo(four);
            return new { sparseInto7Nines = seven, denseInto4Nines = four };
        },
        ["CopyTo(Span, start, default)"] = () =>
        {
            float[] seven = [9, 9, 9, 9, 9, 9, 9];
            Sparse().CopyTo(seven, 1, -1f);
            return seven;
        },
        ["CopyTo(Span) too short"] = () =>
        {
            Sparse().CopyTo(new float[4]);
            return null;
        },
        ["CopyTo(ref VBuffer)"] = () =>
        {
            VBuffer<float> target = default;
            Sparse().CopyTo(ref target);
            return new { target };
        },
        ["CopyTo(ref VBuffer, start, length): sparse 1..3"] = () => Part(Sparse(), 1, 3),
        ["CopyTo(ref VBuffer, start, length): dense 1..2"] = () => Part(Dense(), 1, 2),
        ["CopyTo(ref VBuffer) writes into the target's own array"] = () =>
        {
            float[] array = [1, 2, 3];
            VBuffer<float> target = new(3, array);
            Sparse().CopyTo(ref target);
            return new { arrayOfTheOldTarget = array };
        },
        ["CopyToDense"] = () =>
        {
            VBuffer<float> target = default;
            Sparse().CopyToDense(ref target);
            return target;
        },
        ["VBuffer.Copy(array)"] = () =>
        {
            VBuffer<float> target = default;
            VBuffer<float>.Copy([1, 2, 3], 1, ref target, 2);
            return target;
        },
        ["constructor: dense, length 2 of an array of 3"] = () => new VBuffer<float>(2, [1, 2, 3]),
        ["constructor: dense, length 4 of an array of 3"] = () => new VBuffer<float>(4, [1, 2, 3]),
        ["constructor: length 0, null array"] = () => new VBuffer<float>(0, null),
        ["constructor: negative length"] = () => new VBuffer<float>(-1, []),
        ["constructor: sparse, values count 3 of indices 2"] = () => new VBuffer<float>(5, 3, [1, 2, 3], [0, 1]),
        ["constructor: sparse with valuesCount == length"] = () => new VBuffer<float>(2, 2, [1, 2], [0, 1]),
        ["constructor: sparse, indices unsorted"] = () => new VBuffer<float>(5, 2, [1, 2], [3, 1]),
        ["constructor: sparse, valuesCount > length"] = () => new VBuffer<float>(2, 3, [1, 2, 3], [0, 1, 2]),
        ["constructor: no copy (shares the array)"] = () =>
        {
            float[] array = [1, 2, 3];
            VBuffer<float> buffer = new(3, array);
            array[0] = 7;
            return buffer;
        },
        ["VBufferEditor.Create dense + Commit"] = () =>
        {
            VBuffer<float> t = default;
            VBufferEditor<float> editor = VBufferEditor.Create(ref t, 3);
            (editor.Values[0], editor.Values[1], editor.Values[2]) = (5, 6, 7);
            t = editor.Commit();
            return new { created = editor.CreatedNewValues, valuesLength = editor.Values.Length, t };
        },
        ["VBufferEditor.Create reuses a large enough array"] = () => Edited(3),
        ["VBufferEditor.Create larger than the array"] = () =>
        {
            VBuffer<float> t = new(2, [1, 2]);
            VBufferEditor<float> editor = VBufferEditor.Create(ref t, 3);
            return new { editor.CreatedNewValues, n = editor.Values.Length, committed = editor.Commit() };
        },
        ["VBufferEditor.Create sparse(5, 2) + Commit"] = () =>
        {
            VBuffer<float> t = default;
            VBufferEditor<float> editor = VBufferEditor.Create(ref t, 5, 2);
            (editor.Values[0], editor.Values[1]) = (1, 2);
            (editor.Indices[0], editor.Indices[1]) = (0, 4);
            return new { editor.CreatedNewIndices, n = editor.Values.Length, v = editor.Commit() };
        },
        ["VBufferEditor sparse(5, 3) + CommitTruncated(1)"] = () => Truncated(1, 2),
        ["VBufferEditor sparse(5, 3) + CommitTruncated(3)"] = () => Truncated(3, 0),
        ["VBufferEditor dense(3) + CommitTruncated(2)"] = () =>
        {
            VBuffer<float> t = default;
            return VBufferEditor.Create(ref t, 3).CommitTruncated(2);
        },
        ["VBufferEditor sparse + CommitTruncated(4) > 3"] = () => Truncated(4, 0),
        ["VBufferEditor.CreateFromBuffer"] = () =>
        {
            VBuffer<float> t = Dense();
            VBufferEditor<float> editor = VBufferEditor.CreateFromBuffer(ref t);
            editor.Values[1] = 20;
            return editor.Commit();
        },
        ["VBufferEditor.Create keepOldOnResize"] = () =>
        {
            VBuffer<float> t = new(2, [1, 2]);
            return VBufferEditor.Create(ref t, 4, keepOldOnResize: true).Commit();
        },
        ["VBufferEditor.Create negative length"] = () =>
        {
            VBuffer<float> t = default;
            return VBufferEditor.Create(ref t, -1).Commit();
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static VBuffer<float> Sparse() => new(5, 2, [10, 30], [1, 3]);

    private static VBuffer<float> Dense() => new(3, [1, 2, 3]);

    private static object Full(VBuffer<float> buffer) =>
        new { buffer.Length, buffer.IsDense, values = buffer.GetValues().ToArray(), indices = buffer.GetIndices().ToArray() };

    private static IEnumerable<object[]> Pairs(IEnumerable<KeyValuePair<int, float>> items) => items.Select(item => new object[] { item.Key, item.Value });

    private static VBuffer<float> Part(VBuffer<float> buffer, int start, int length)
    {
        VBuffer<float> target = default;
        buffer.CopyTo(ref target, start, length);
        return target;
    }

    private static object Edited(int length)
    {
        VBuffer<float> t = new(3, [1, 2, 3]);
        VBufferEditor<float> editor = VBufferEditor.Create(ref t, length);
        return new { editor.CreatedNewValues, n = editor.Values.Length, stale = editor.Values.ToArray(), committed = editor.Commit() };
    }

    private static VBuffer<float> Truncated(int count, int firstIndex)
    {
        VBuffer<float> t = default;
        VBufferEditor<float> editor = VBufferEditor.Create(ref t, 5, 3);
        for (int i = 0; i < 3; i++)
        {
            editor.Values[i] = i + 1;
            editor.Indices[i] = firstIndex + i;
        }

        return editor.CommitTruncated(count);
    }
}
