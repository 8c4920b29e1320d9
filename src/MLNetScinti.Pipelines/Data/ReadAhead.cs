using System.Runtime;

namespace MLNetScinti.Pipelines.Data;

/// <summary>Work done ahead of the reader, a bounded number of items at once, given out in the order of the source.</summary>
internal static class ReadAhead
{
    /// <summary>Applies <paramref name="work"/> to each item on the thread pool, at most <paramref name="degree"/> items ahead.</summary>
    /// <param name="source">The items.</param>
    /// <param name="degree">Items at once.</param>
    /// <param name="work">What is done with each; done again where memory ran out, so it leaves nothing half done.</param>
    /// <param name="doesNotFit">
    /// What is given for an item that memory does not suffice for even when nothing else is worked on. Items together may need more
    /// than there is while each of them fits: the one that failed waits for the others, what they gave is let go of, and it is tried alone.
    /// </param>
    public static IEnumerable<TResult> Ordered<TItem, TResult>(IEnumerable<TItem> source, int degree, Func<TItem, CancellationToken, TResult> work, Func<TItem, TResult>? doesNotFit = null)
    {
        using CancellationTokenSource stop = new();
        Queue<(TItem Item, Task<TResult> Result)> ahead = new(degree);
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
                        ahead.Enqueue(Started(items.Current));
                    }
                }

                if (ahead.Count == 0)
                {
                    yield break;
                }

                yield return Next();
            }
        }
        finally
        {
            // A reader that stops early does not leave work running behind it.
            stop.Cancel();
            WaitForAll();
        }

        (TItem, Task<TResult>) Started(TItem item) => (item, Task.Run(() => work(item, stop.Token), stop.Token));

        TResult Next()
        {
            (TItem item, Task<TResult> result) = ahead.Dequeue();
            try
            {
                return result.GetAwaiter().GetResult();
            }
            catch (OutOfMemoryException) when (doesNotFit is not null)
            {
                // Not here: what is caught is still held until the end of this block.
            }

            WaitForAll();
            TItem[] others = [.. ahead.Select(one => one.Item)];
            ahead.Clear();
            TResult alone = Alone(item);
            foreach (TItem other in others)
            {
                ahead.Enqueue(Started(other));
            }

            return alone;
        }

        TResult Alone(TItem item)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            try
            {
                return work(item, stop.Token);
            }
            catch (OutOfMemoryException)
            {
                return doesNotFit!(item);
            }
        }

        void WaitForAll()
        {
            foreach ((_, Task<TResult> result) in ahead)
            {
                try
                {
                    result.GetAwaiter().GetResult();
                }
                catch (Exception)
                {
                    // Nobody asks for this any more, or it is done again.
                }
            }
        }
    }
}
