using MLNetScinti.Networks.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>Gathers outputs and answers of the validation cases, batch by batch, and tells how right they are.</summary>
public abstract class ValidationFigures
{
    /// <summary>Takes a batch: the network's output [N, ...] before its activation, and the answers [N, ...].</summary>
    public abstract void Add(Tensor output, Tensor target);

    /// <summary>The figures by name; one that cannot be had, such as the area under a curve of one class, is not a number.</summary>
    public abstract IReadOnlyDictionary<string, double> Result();

    /// <summary>
    /// The area under the receiver operating characteristic: the part of pairs of a positive and a negative case that the
    /// scores order rightly, with half of those of equal scores (Mann and Whitney 1947).
    /// </summary>
    /// <returns>From 0 to 1; not a number where a class is empty.</returns>
    public static double AreaUnderCurve(ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive)
    {
        float[] sorted = scores.ToArray();
        bool[] labels = positive.ToArray();
        Array.Sort(sorted, labels);
        double ranks = 0;
        long positives = 0;
        for (int start = 0; start < sorted.Length;)
        {
            int end = start;
            long here = 0;
            while (end < sorted.Length && sorted[end].Equals(sorted[start]))
            {
                here += labels[end++] ? 1 : 0;
            }

            ranks += here * ((start + end + 1) / 2.0);
            positives += here;
            start = end;
        }

        long negatives = sorted.Length - positives;
        return positives == 0 || negatives == 0 ? double.NaN : (ranks - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}

/// <summary>One logit for each label: accuracy at probability .5 over all of them, and the mean area under the labels' curves.</summary>
internal sealed class LabelFigures : ValidationFigures
{
    // A curve over every pixel of many masks would take memory without end.
    private const long MostPixels = 50_000_000;
    private readonly List<List<float>> _scores = [];
    private readonly List<List<bool>> _positive = [];
    private long _right;
    private long _all;

    public override void Add(Tensor output, Tensor target)
    {
        float[] scores = TensorValues.Read(output);
        float[] answers = TensorValues.Read(target);
        int labels = (int)output.shape[1];
        int pixels = scores.Length / labels / (int)output.shape[0];
        while (_scores.Count < labels)
        {
            _scores.Add([]);
            _positive.Add([]);
        }

        for (int index = 0; index < scores.Length; index++)
        {
            bool yes = answers[index] >= 0.5f;
            _right += scores[index] >= 0 == yes ? 1 : 0;
            _all++;
            if (_all <= MostPixels)
            {
                int label = index / pixels % labels;
                _scores[label].Add(scores[index]);
                _positive[label].Add(yes);
            }
        }
    }

    public override IReadOnlyDictionary<string, double> Result() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["accuracy"] = (double)_right / _all,
        ["auc"] = _all > MostPixels ? double.NaN : _scores.Select((scores, label) => AreaUnderCurve(scores.ToArray(), _positive[label].ToArray())).Average(),
    };
}

/// <summary>Exclusive classes: accuracy of the largest output, and the mean area under the curve of each class against the rest.</summary>
internal sealed class ClassFigures : ValidationFigures
{
    private readonly List<float[]> _scores = [];
    private readonly List<int> _classes = [];
    private long _right;
    private long _all;

    public override void Add(Tensor output, Tensor target)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor answer = Loss.OneHot(target, output.shape[1]).argmax(1);
        Tensor right = output.argmax(1).eq(answer);
        _right += right.sum().item<long>();
        _all += right.numel();
        if (output.shape.Length > 2)
        {
            return;
        }

        float[] scores = TensorValues.Read(nn.functional.softmax(output, 1));
        int classes = (int)output.shape[1];
        for (int start = 0; start < scores.Length; start += classes)
        {
            _scores.Add(scores[start..(start + classes)]);
        }

        _classes.AddRange(answer.cpu().data<long>().Select(index => (int)index));
    }

    public override IReadOnlyDictionary<string, double> Result()
    {
        double[] areas = _scores.Count == 0 ? [] : [.. Enumerable.Range(0, _scores[0].Length).Select(index => AreaUnderCurve(
            _scores.Select(scores => scores[index]).ToArray(), _classes.Select(found => found == index).ToArray()))];
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["accuracy"] = (double)_right / _all,
            ["auc"] = areas.Length == 0 ? double.NaN : areas.Average(),
        };
    }
}

/// <summary>Masks: the Dice coefficient of the decided masks, mean over cases and classes without background (1 where both are empty), and the part of right pixels.</summary>
internal sealed class MaskFigures : ValidationFigures
{
    private double _dice;
    private long _masks;
    private double _right;
    private long _cases;

    public override void Add(Tensor output, Tensor target)
    {
        using DisposeScope scope = NewDisposeScope();
        long channels = output.shape[1];
        Tensor answer = Loss.OneHot(target, channels).flatten(2).ge(KeptScalar.Of(0.5));
        Tensor found = channels == 1
            ? output.flatten(2).ge(KeptScalar.Of(0))
            : Loss.OneHot(output.argmax(1, keepdim: true).to_type(float32), channels).flatten(2).ge(KeptScalar.Of(0.5));
        _right += found.eq(answer).all(1).to_type(float64).mean([1L]).sum().item<double>();
        _cases += output.shape[0];
        if (channels > 1)
        {
            found = found.narrow(1, 1, channels - 1);
            answer = answer.narrow(1, 1, channels - 1);
        }

        double[] intersections = found.logical_and(answer).sum(2).to_type(float64).cpu().data<double>().ToArray();
        double[] sums = found.sum(2).add(answer.sum(2), KeptScalar.Of(1)).to_type(float64).cpu().data<double>().ToArray();
        for (int mask = 0; mask < sums.Length; mask++)
        {
            _dice += sums[mask] > 0 ? 2 * intersections[mask] / sums[mask] : 1;
        }

        _masks += sums.Length;
    }

    public override IReadOnlyDictionary<string, double> Result() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["dice"] = _dice / _masks,
        ["accuracy"] = _right / _cases,
    };
}
