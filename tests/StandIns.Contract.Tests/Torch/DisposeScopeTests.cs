using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>Who disposes a tensor, and when.</summary>
[Collection(TorchCollection.Name)]
public sealed class DisposeScopeTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.Torch, "torchsharp")
    {
        ["DisposeScope disposed twice"] = Twice,
        ["DisposeScope counts"] = Counts,
        ["DisposeScope: a + b * c creates"] = Intermediates,
        ["DisposeScope: a training step of Net2 (Adam): Tensor.TotalCount before, in, after"] = TrainingSteps,
        ["DisposeScope: modules and parameters created inside a scope"] = ModuleInAScope,
        ["DisposeScope statistics"] = Statistics,
    };

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    [Fact]
    public void The_count_of_live_tensors_stays_flat_over_epochs()
    {
        Sequential network = Sequential(Conv2d(1, 4, 3, padding: 1), BatchNorm2d(4), ReLU(), MaxPool2d(2), Dropout(0.5), Flatten(), Linear(64, 1));
        using Adam optimizer = optim.Adam(network.parameters(), 1e-3, weight_decay: 1e-4, amsgrad: true);
        BCEWithLogitsLoss loss = BCEWithLogitsLoss(pos_weights: tensor([2f]));
        using Tensor images = rand(4, 1, 8, 8);
        using Tensor labels = zeros(4, 1);
        List<long> counts = [];
        Settle();
        for (int epoch = 0; epoch < 5; epoch++)
        {
            for (int batch = 0; batch < 4; batch++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor value = loss.call(network.call(images), labels);
                value.backward();
                utils.clip_grad_norm_(network.parameters(), 1);
                optimizer.step();
            }

            counts.Add(Tensor.TotalCount);
        }

        Assert.Single(counts.Distinct());
    }

    [Fact]
    public void DisposeEverythingBut_keeps_what_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = ones(1);
        Tensor gone = ones(1);
        scope.DisposeEverythingBut(kept);
        Assert.False(kept.IsInvalid);
        Assert.True(gone.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    // Tensors that earlier tests left to the finalizer would go while these are counted.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static object? Twice()
    {
        DisposeScope scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();
        return null;
    }

    private static object Counts()
    {
        DisposeScope outer = NewDisposeScope();
        Tensor first = ones(1);
        ones(1);
        int two = outer.DisposablesCount;
        first.Dispose();
        int one = outer.DisposablesCount;
        DisposeScope inner = NewDisposeScope();
        Tensor moved = ones(1);
        ones(1);
        int innerTwo = inner.DisposablesCount;
        moved.MoveToOuterDisposeScope();
        inner.Dispose();
        int after = outer.DisposablesCount;
        bool movedValid = !moved.IsInvalid;
        Tensor detached = ones(1).DetachFromDisposeScope();
        int afterDetached = outer.DisposablesCount;
        outer.Dispose();
        return new
        {
            afterTwoTensors = two,
            afterDisposeOfOne = one,
            innerWithTwo = innerTwo,
            outerAfterInnerEndedAndOneMoved = after,
            afterOneMoreCreatedAndDetached = afterDetached,
            movedTensorValidAfterInner = movedValid,
            movedTensorInvalidAfterOuter = moved.IsInvalid,
            detachedTensorValidAfterOuter = !detached.IsInvalid,
        };
    }

    private static object Intermediates()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = ones(1), b = ones(1), c = ones(1);
        int before = scope.DisposablesCount;
        _ = a + (b * c);
        return new { before, after = scope.DisposablesCount };
    }

    private static object TrainingSteps()
    {
        Net2 network = new();
        using Adam optimizer = optim.Adam(network.parameters());
        Tensor input = ones(3, 2);
        List<long> counts = [];
        Settle();
        for (int step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                network.call(input).sum().backward();
                optimizer.step();
            }

            counts.Add(Tensor.TotalCount);
        }

        return new { growthPerStepAfterTheFirst = counts[^1] - counts[0] };
    }

    private static object ModuleInAScope()
    {
        Linear layer;
        using (NewDisposeScope())
        {
            layer = Linear(1, 1);
        }

        return layer.weight!.shape;
    }

    private static object Statistics()
    {
        ThreadDisposeScopeStatistics counts = DisposeScopeManager.Statistics;
        counts.Reset();
        Tensor outside = ones(1);
        Tensor detached;
        using (NewDisposeScope())
        {
            ones(1);
            detached = ones(1).DetachFromDisposeScope();
        }

        outside.Dispose();
        detached.Dispose();
        return new { counts.CreatedOutsideScopeCount, counts.CreatedInScopeCount, counts.DisposedInScopeCount, counts.DetachedFromScopeCount, counts.ThreadTotalLiveCount };
    }
}
