namespace TorchSharp;

/// <summary>Holds the disposables that were made while it was the innermost scope of its thread, and disposes them when it ends.</summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.Stack.Count > 0 ? manager.Stack.Peek() : null;
    }

    public IReadOnlyList<IDisposable> DisposablesView => Disposables.ToList();

    public int DisposablesCount => Disposables.Count;

    internal DisposeScope OuterScope { get; }

    private HashSet<IDisposable> Disposables { get; set; } = new(ReferenceEqualityComparer.Instance);

    private ThreadDisposeScopeStatistics Counts => _manager.Counts;

    public T Include<T>(T disposable)
        where T : IDisposable
    {
        Disposables.Add(disposable);
        return disposable;
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Move(OuterScope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope scope, T disposable)
        where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public void MoveToOther(DisposeScope scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope scope, IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables)
        {
            Move(scope, disposable);
        }
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(null, disposable);
        return disposable;
    }

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables)
        {
            Move(null, disposable);
        }
    }

    public T Attach<T>(T disposable)
        where T : IDisposable
    {
        if (disposable is torch.Tensor { OwningDisposeScope: { } other } && other != this)
        {
            other.Move(this, disposable);
        }
        else if (Disposables.Add(disposable))
        {
            Counts.AttachedToScopeCount++;
            Own(disposable, this);
        }

        return disposable;
    }

    public void Attach(IDisposable disposable) => Attach<IDisposable>(disposable);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables) => disposables.Select(Attach<IDisposable>).ToList();

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        HashSet<IDisposable> before = Disposables;
        Disposables = new HashSet<IDisposable>(inKeep.Where(before.Contains), ReferenceEqualityComparer.Instance);
        foreach (IDisposable disposable in before)
        {
            if (Disposables.Contains(disposable))
            {
                continue;
            }

            Counts.DisposedInScopeCount++;
            Own(disposable, null);
            if (disposable is torch.Tensor tensor)
            {
                tensor.Free();
            }
            else
            {
                disposable.Dispose();
            }
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public void Dispose()
    {
        DisposeEverything();
        _manager.Remove(this);
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        Counts.DisposedInScopeCount++;
        Disposables.Remove(disposable);
        Own(disposable, null);
    }

    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    /// <summary>A new tensor of this scope.</summary>
    internal void Adopt(torch.Tensor tensor)
    {
        Disposables.Add(tensor);
        tensor.OwningDisposeScope = this;
    }

    private void Move(DisposeScope to, IDisposable disposable)
    {
        if (!Disposables.Remove(disposable))
        {
            return;
        }

        Own(disposable, to);
        if (to is null)
        {
            Counts.DetachedFromScopeCount++;
        }
        else
        {
            to.Disposables.Add(disposable);
        }
    }

    private static void Own(IDisposable disposable, DisposeScope scope)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = scope;
        }
    }
}
