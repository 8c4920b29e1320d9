using System.Collections;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>Rows that count how many of them were asked for.</summary>
internal sealed class CountedRows(int count) : IEnumerable<Row>
{
    private int _pulled;

    public int Pulled => _pulled;

    public IEnumerator<Row> GetEnumerator()
    {
        foreach (Row row in Row.Some(count))
        {
            Interlocked.Increment(ref _pulled);
            yield return row;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
