namespace MLNetScinti.Service.Accounts;

/// <summary>
/// Locks a name out for a while after failures, whether anybody has that name or not. It is kept in memory: whoever can restart the service can change accounts as well.
/// </summary>
internal sealed class SignInGuard(TimeProvider time)
{
    public const int MostFailures = 5;

    private const int MostNames = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Failures, DateTimeOffset Until)> _names = new(StringComparer.Ordinal);

    /// <summary>How long a name is locked.</summary>
    public static TimeSpan Lock { get; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a name is locked now.</summary>
    public bool IsLocked(string name)
    {
        lock (_lock)
        {
            return _names.TryGetValue(name, out (int Failures, DateTimeOffset Until) entry) && entry.Failures >= MostFailures && entry.Until > time.GetUtcNow();
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>Whether the name is locked by it.</returns>
    public bool Fail(string name)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_names.Count >= MostNames)
            {
                foreach (string old in _names.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).DefaultIfEmpty(_names.MinBy(entry => entry.Value.Until).Key).ToArray())
                {
                    _ = _names.Remove(old);
                }
            }

            int before = _names.TryGetValue(name, out (int Failures, DateTimeOffset Until) entry) && entry.Until > now ? entry.Failures : 0;
            _names[name] = (before + 1, now + Lock);
            return before + 1 >= MostFailures;
        }
    }

    /// <summary>Forgets failures.</summary>
    public void Succeed(string name)
    {
        lock (_lock)
        {
            _ = _names.Remove(name);
        }
    }
}
