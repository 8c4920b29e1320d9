using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

[Collection("torch")]
public sealed class AdamOptimizerTests
{
    /// <summary>Ours exists for its moments alone; it must go where TorchSharp's goes.</summary>
    [Fact]
    public void ItGoesWhereTorchSharpsGoes()
    {
        TrainingOptions options = new() { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 };
        float[] start = [0.3f, -2, 1e-3f, 40];
        using DisposeScope scope = NewDisposeScope();
        Parameter ours = new(torch.tensor(start));
        Parameter theirs = new(torch.tensor(start));
        using AdamOptimizer mine = new([ours], options);
        using optim.Optimizer genuine = optim.Adam([theirs], options.LearningRate, options.Beta1, options.Beta2, options.Epsilon);
        for (int step = 1; step <= 20; step++)
        {
            foreach (Parameter parameter in new[] { ours, theirs })
            {
                Tensor error = parameter.sub(torch.tensor(new float[] { 1, 1, step % 2, 3 }));
                error.mul(error).sum().backward();
            }

            mine.Step();
            genuine.step();
            ours.grad!.zero_();
            theirs.grad!.zero_();
            Assert.Equal(theirs.detach().data<float>().ToArray(), ours.detach().data<float>().ToArray(), (a, b) => MathF.Abs(a - b) <= 1e-6f * MathF.Max(1, MathF.Abs(a)));
        }

        Assert.Equal(20, mine.Steps);
        Assert.NotEqual(start[0], ours.detach().data<float>().ToArray()[0]);
    }
}
