using MLNetScinti.Imaging;

namespace MLNetScinti.Networks.Tests;

/// <summary>
/// Noise images of 16 x 16 in which a bright square says what the answer is: nothing or something (binary), where (one of
/// three columns of places; any of two places for labels), or its very pixels (mask).
/// </summary>
internal sealed class TaskCases(TaskCases.Task task, int count, ulong seed = 3, bool augmented = true) : ITrainingSamples
{
    public enum Task
    {
        Classes,
        OneHot,
        Labels,
        Mask,
    }

    public int Count { get; } = count;

    public IReadOnlyList<TensorShape> InputShapes { get; init; } = [[1, 16, 16]];

    public TensorShape TargetShape => task switch
    {
        Task.Classes => [1],
        Task.OneHot => [3],
        Task.Labels => [2],
        _ => TensorShape.Create([1, .. InputShapes[0].Spatial]),
    };

    public string Description { get; init; } = "noise";

    public void ReadTarget(int index, Span<float> target)
    {
        target.Clear();
        switch (task)
        {
            case Task.Classes:
                target[0] = index % 3;
                break;
            case Task.OneHot:
                target[index % 3] = 1;
                break;
            case Task.Labels:
                (target[0], target[1]) = (index % 2, index / 2 % 2);
                break;
            default:
                Draw(index, target, 1);
                break;
        }
    }

    public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
    {
        ReadTarget(index, target.Span);
        CounterRandom random = new(seed, augmented ? epoch : 0, (ulong)index, "noise");
        Span<float> image = inputs[0].Span;
        for (int pixel = 0; pixel < image.Length; pixel++)
        {
            image[pixel] = (float)random.NextDouble();
        }

        Draw(index, image, 2);
    }

    private void Draw(int index, Span<float> image, float value)
    {
        bool[] there = task switch
        {
            Task.Labels => [index % 2 == 1, false, index / 2 % 2 == 1],
            Task.Mask => [index % 2 == 0, false, index % 3 == 0],
            _ => [index % 3 == 0, index % 3 == 1, index % 3 == 2],
        };
        int columns = (int)InputShapes[0][^1];
        for (int pixel = 0; pixel < image.Length; pixel++)
        {
            int place = pixel % columns / 5;
            image[pixel] += place < 3 && there[place] && pixel % columns % 5 is > 0 and < 4 && pixel / columns % 16 is > 4 and < 11 ? value : 0;
        }
    }
}
