using System.Collections.Concurrent;

namespace MLNetScinti.Networks.Training;

/// <summary>
/// Reads the batches that are coming while the step computes: a bounded number of them, each by one of a bounded number of
/// threads, given out in the order asked for whichever is ready first.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private readonly IEnumerator<Request> _requests;
    private readonly Queue<Task<Batch>> _ahead = new();
    private readonly ConcurrentDictionary<(ITrainingSamples Samples, int Count), ConcurrentBag<Batch>> _free = new();
    private readonly SemaphoreSlim _threads;
    private readonly CancellationTokenSource _stop;
    private readonly int _limit;

    public BatchReader(IEnumerable<Request> requests, int threads, CancellationToken cancellation)
    {
        _requests = requests.GetEnumerator();
        _threads = new SemaphoreSlim(threads);
        _limit = threads + 2;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>The next batch; the caller gives it back with <see cref="Return"/>.</summary>
    public Batch Next()
    {
        while (_ahead.Count < _limit && _requests.MoveNext())
        {
            Request request = _requests.Current;
            _ahead.Enqueue(Task.Run(() => ReadAsync(request)));
        }

        return _ahead.Dequeue().GetAwaiter().GetResult();
    }

    public void Return(Batch batch) => _free.GetOrAdd((batch.Samples, batch.Count), static _ => []).Add(batch);

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            Task.WaitAll([.. _ahead], CancellationToken.None);
        }
        catch (AggregateException)
        {
            // Batches that nobody will ask for any more: their errors are nobody's either.
        }

        _requests.Dispose();
        _threads.Dispose();
        _stop.Dispose();
    }

    private async Task<Batch> ReadAsync(Request request)
    {
        await _threads.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            if (!_free.GetOrAdd((request.Samples, request.Cases.Length), static _ => []).TryTake(out Batch? batch))
            {
                batch = new Batch(request.Cases.Length, request.Samples);
            }

            for (int item = 0; item < batch.Count; item++)
            {
                _stop.Token.ThrowIfCancellationRequested();
                request.Samples.Read(request.Cases[item], request.Epoch, batch.Buffers(item), batch.TargetOf(item));
            }

            return batch;
        }
        finally
        {
            _threads.Release();
        }
    }

    /// <summary>Cases to read together.</summary>
    internal sealed record Request(ITrainingSamples Samples, int Epoch, int[] Cases);

    /// <summary>Cases that have been read: for each input, and for the answers, one array [count, ...].</summary>
    internal sealed class Batch(int count, ITrainingSamples samples)
    {
        public int Count { get; } = count;

        public ITrainingSamples Samples { get; } = samples;

        public float[][] Inputs { get; } = [.. samples.InputShapes.Select(shape => new float[count * shape.ElementCount])];

        public float[] Target { get; } = new float[count * samples.TargetShape.ElementCount];

        public Memory<float>[] Buffers(int item) => [.. Inputs.Select(values => Part(values, item))];

        public Memory<float> TargetOf(int item) => Part(Target, item);

        private Memory<float> Part(float[] values, int item) => values.AsMemory(item * (values.Length / Count), values.Length / Count);
    }
}
