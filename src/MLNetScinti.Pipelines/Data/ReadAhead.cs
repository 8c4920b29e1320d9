namespace MLNetScinti.Pipelines.Data;

/// <summary>Work done ahead of the reader, a bounded number of items at once, given out in the order of the source.</summary>
internal static class ReadAhead
{
    /// <summary>Applies <paramref name="work"/> to each item on the thread pool, at most <paramref name="degree"/> items ahead.</summary>
    public static IEnumerable<TResult> Ordered<TItem, TResult>(IEnumerable<TItem> source, int degree, Func<TItem, CancellationToken, TResult> work)
    {
        using CancellationTokenSource stop = new();
        Queue<Task<TResult>> ahead = new(degree);
        using IEnumerator<TItem> items = source.GetEnumerator();
        try
        {
            bool more = true;
            while (true)
            {
                while (more && ahead.Count < degree)
                {
                    more = items.MoveNext();
                    if (more)
                    {
                        TItem item = items.Current;
                        ahead.Enqueue(Task.Run(() => work(item, stop.Token), stop.Token));
                    }
                }

                if (ahead.Count == 0)
                {
                    yield break;
                }

                yield return ahead.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // A reader that stops early does not leave work running behind it.
            stop.Cancel();
            foreach (Task<TResult> task in ahead)
            {
                try
                {
                    task.GetAwaiter().GetResult();
                }
                catch (Exception)
                {
                    // Nobody asked for this item any more.
                }
            }
        }
    }
}
