namespace TorchSharp;

/// <summary>The scopes of the current thread, innermost on top.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager s_thread;

    public static ThreadDisposeScopeStatistics Statistics => Thread.Counts;

    internal static DisposeScopeManager Thread => s_thread ??= new DisposeScopeManager();

    internal Stack<DisposeScope> Stack { get; } = new();

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal static DisposeScope NewDisposeScope()
    {
        DisposeScopeManager manager = Thread;
        var scope = new DisposeScope(manager);
        manager.Stack.Push(scope);
        return scope;
    }

    internal void Register(torch.Tensor tensor)
    {
        if (Stack.TryPeek(out DisposeScope scope))
        {
            Counts.CreatedInScopeCount++;
            scope.Adopt(tensor);
        }
        else
        {
            Counts.CreatedOutsideScopeCount++;
        }
    }

    internal void Remove(DisposeScope scope)
    {
        if (Stack.Count == 0 || Stack.Contains(scope))
        {
            while (Stack.Pop() != scope)
            {
            }
        }
        else
        {
            throw new InvalidOperationException("Stack empty.");
        }
    }
}
