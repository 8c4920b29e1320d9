using System.Globalization;
using MLNetScinti.Networks.Native;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>
/// What training makes small: a number from a network's output, before its activation, and the answers of a batch. It also
/// knows which figures tell how right the output is.
/// </summary>
public abstract record Loss
{
    /// <summary>What the loss is, by name: a checkpoint is bound to it.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The names of its validation figures beside "loss".</summary>
    public abstract IReadOnlyList<string> FigureNames { get; }

    /// <summary>Whether the answer is a few numbers a case rather than a mask: such answers are all looked at before training.</summary>
    public abstract bool AnswersAreSmall(TensorShape target);

    /// <summary>The mean loss of the cases of a batch, one number.</summary>
    /// <param name="output">The network's output [N, ...], before its activation.</param>
    /// <param name="target">The answers [N, ...].</param>
    public abstract Tensor Compute(Tensor output, Tensor target);

    /// <summary>Begins to gather validation figures.</summary>
    public abstract ValidationFigures NewFigures();

    /// <summary>Checks that the loss takes such outputs and answers.</summary>
    /// <exception cref="ArgumentException">It does not; the message says what it takes.</exception>
    public abstract void MustFit(TensorShape output, TensorShape target);

    /// <summary>What is wrong with the answer of a case; null for nothing.</summary>
    public abstract string? Problem(ReadOnlySpan<float> target);

    /// <summary>The loss with what the training cases decide: the weights of classes that were left open.</summary>
    /// <exception cref="ArgumentException">A class has no case.</exception>
    public virtual Loss Fit(ITrainingSamples training) => this;

    /// <summary>For example "binary cross-entropy, class weights 1.5 and 3".</summary>
    public sealed override string ToString() => string.Join(", ", Settings.Select(setting => setting.Key == "loss" ? setting.Value : $"{setting.Key} {setting.Value}"));

    internal static Dictionary<string, string> Named(string loss, params ReadOnlySpan<(string Name, string? Value)> settings)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal) { ["loss"] = loss };
        foreach ((string name, string? value) in settings)
        {
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all;
    }

    internal static string? NotZeroOrOne(ReadOnlySpan<float> target)
    {
        foreach (float value in target)
        {
            if (value is not (0 or 1))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}; expected 0 or 1");
            }
        }

        return null;
    }

    /// <summary>Calls with the answer of each case in turn.</summary>
    internal static void ForEachTarget(ITrainingSamples samples, Action<float[]> look)
    {
        float[] target = new float[samples.TargetShape.ElementCount];
        for (int index = 0; index < samples.Count; index++)
        {
            samples.ReadTarget(index, target);
            look(target);
        }
    }

    /// <summary>Answers as one number for each class: class indices [N, 1, ...] become [N, classes, ...], others stay.</summary>
    internal static Tensor OneHot(Tensor target, long classes)
    {
        if (target.shape[1] == classes)
        {
            return target;
        }

        long[] shape = new long[target.shape.Length];
        Array.Fill(shape, 1);
        shape[1] = classes;
        return target.eq(torch.tensor((float[])[.. Enumerable.Range(0, (int)classes)], shape, device: target.device)).to_type(float32);
    }
}

/// <summary>
/// Binary cross-entropy of one logit a case, or of one a pixel of a mask, with the weight of the answer's class: the mean of
/// w (log(1 + e^x) - y x). Class weights that are not given are balanced on the training cases; a mask then has none.
/// </summary>
public sealed record BinaryCrossEntropy : Loss
{
    /// <summary>Weights of 0 and 1.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => Named("binary cross-entropy", ("class weights", ClassWeights?.ToString()));

    /// <inheritdoc/>
    public override IReadOnlyList<string> FigureNames { get; } = ["accuracy", "auc"];

    /// <inheritdoc/>
    public override bool AnswersAreSmall(TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.ElementCount == 1;
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor output, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (ClassWeights is not { } weights)
        {
            return functional.binary_cross_entropy_with_logits(output, target);
        }

        Tensor table = torch.tensor((float[])[(float)weights[0], (float)weights[1]], device: target.device);
        Tensor each = table.index_select(0, target.ge(KeptScalar.Of(0.5)).to_type(int64).flatten()).reshape(target.shape);
        return functional.binary_cross_entropy_with_logits(output, target, each);
    }

    /// <inheritdoc/>
    public override ValidationFigures NewFigures() => new LabelFigures();

    /// <inheritdoc/>
    public override void MustFit(TensorShape output, TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        if (output.Channels != 1 || !output.Equals(target))
        {
            throw new ArgumentException($"Binary cross-entropy takes a network of one logit and answers of the same shape; the network gives {output}, and the answers are {target}.", nameof(output));
        }

        if (ClassWeights is { Count: not 2 })
        {
            throw new ArgumentException($"Binary cross-entropy takes two class weights; found {ClassWeights}.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public override string? Problem(ReadOnlySpan<float> target) => NotZeroOrOne(target);

    /// <inheritdoc/>
    public override Loss Fit(ITrainingSamples training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (ClassWeights is not null || !AnswersAreSmall(training.TargetShape))
        {
            return this;
        }

        int ones = 0;
        ForEachTarget(training, target => ones += target[0] >= 0.5f ? 1 : 0);
        return this with { ClassWeights = Networks.ClassWeights.Balanced(training.Count - ones, ones) };
    }
}

/// <summary>
/// Cross-entropy of a softmax over axis 1, of classes of a case or of a pixel: the mean of -w_c log p_c over cases (and
/// pixels). Answers are class indices [1, ...], or one number for each class [classes, ...] that sum to 1. Class weights
/// that are not given are balanced on the training cases; a mask then has none.
/// </summary>
public sealed record SoftmaxCrossEntropy : Loss
{
    /// <summary>Weights of the classes.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>The number of classes, where weights are to be balanced on indices; 0 to take it from the answers.</summary>
    public int Classes { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => Named("softmax cross-entropy", ("class weights", ClassWeights?.ToString()));

    /// <inheritdoc/>
    public override IReadOnlyList<string> FigureNames { get; } = ["accuracy", "auc"];

    /// <inheritdoc/>
    public override bool AnswersAreSmall(TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.SpatialRank == 0;
    }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor output, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        Tensor one = OneHot(target, output.shape[1]);
        if (ClassWeights is { } weights)
        {
            long[] shape = new long[output.shape.Length];
            Array.Fill(shape, 1);
            shape[1] = weights.Count;
            one = one.mul(torch.tensor((float[])[.. weights.Select(weight => (float)weight)], shape, device: output.device));
        }

        return functional.log_softmax(output, 1).mul(one).sum(1).neg().mean();
    }

    /// <inheritdoc/>
    public override ValidationFigures NewFigures() => new ClassFigures();

    /// <inheritdoc/>
    public override void MustFit(TensorShape output, TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        if (output.Channels < 2 || (target.Channels != 1 && target.Channels != output.Channels) || !output.Spatial.SequenceEqual(target.Spatial))
        {
            throw new ArgumentException($"Softmax cross-entropy takes a network of one output for each class, and class indices or one number for each class as answers; the network gives {output}, and the answers are {target}.", nameof(output));
        }

        if (ClassWeights is { } weights && weights.Count != output.Channels)
        {
            throw new ArgumentException($"The network has {output.Channels} classes; found class weights {weights}.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public override string? Problem(ReadOnlySpan<float> target) => ClassProblem(target, Classes);

    /// <inheritdoc/>
    public override Loss Fit(ITrainingSamples training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (ClassWeights is not null || !AnswersAreSmall(training.TargetShape))
        {
            return this;
        }

        bool indices = training.TargetShape.Channels == 1;
        List<int> counts = [.. new int[indices ? Classes : (int)training.TargetShape.Channels]];
        ForEachTarget(training, target =>
        {
            int label = indices ? (int)target[0] : target.AsSpan().IndexOf(target.Max());
            while (counts.Count <= label)
            {
                counts.Add(0);
            }

            counts[label]++;
        });
        return this with { ClassWeights = Networks.ClassWeights.Balanced([.. counts]) };
    }

    internal static string? ClassProblem(ReadOnlySpan<float> target, int classes)
    {
        foreach (float value in target)
        {
            if (!(value >= 0) || (target.Length == 1 && (value != MathF.Floor(value) || (classes > 0 && value >= classes))))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}; expected a class's index from 0, or a number of 0 or more for each class");
            }
        }

        return null;
    }
}

/// <summary>
/// Binary cross-entropy for each of several labels that may be true together: the mean over cases and labels, with the
/// weights of each label's answers. Weights that are not given are balanced for each label on the training cases.
/// </summary>
public sealed record MultiLabelCrossEntropy : Loss
{
    /// <summary>For each label, the weights of 0 and 1.</summary>
    public IReadOnlyList<ClassWeights>? LabelWeights { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings =>
        Named("binary cross-entropy for each label", ("label weights", LabelWeights is null ? null : string.Join("; ", LabelWeights)));

    /// <inheritdoc/>
    public override IReadOnlyList<string> FigureNames { get; } = ["accuracy", "auc"];

    /// <inheritdoc/>
    public override bool AnswersAreSmall(TensorShape target) => true;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor output, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (LabelWeights is not { } weights)
        {
            return functional.binary_cross_entropy_with_logits(output, target);
        }

        Tensor no = torch.tensor((float[])[.. weights.Select(weight => (float)weight[0])], device: target.device);
        Tensor yes = torch.tensor((float[])[.. weights.Select(weight => (float)weight[1])], device: target.device);
        return functional.binary_cross_entropy_with_logits(output, target, where(target.ge(KeptScalar.Of(0.5)), yes, no));
    }

    /// <inheritdoc/>
    public override ValidationFigures NewFigures() => new LabelFigures();

    /// <inheritdoc/>
    public override void MustFit(TensorShape output, TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.SpatialRank > 0 || !output.Equals(target))
        {
            throw new ArgumentException($"Cross-entropy for each label takes a network of one logit for each label and as many answers; the network gives {output}, and the answers are {target}.", nameof(output));
        }

        if (LabelWeights is { } weights && weights.Count != output.Channels)
        {
            throw new ArgumentException($"The network has {output.Channels} labels; found weights of {weights.Count}.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public override string? Problem(ReadOnlySpan<float> target) => NotZeroOrOne(target);

    /// <inheritdoc/>
    public override Loss Fit(ITrainingSamples training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (LabelWeights is not null)
        {
            return this;
        }

        int[] ones = new int[training.TargetShape.ElementCount];
        ForEachTarget(training, target =>
        {
            for (int label = 0; label < ones.Length; label++)
            {
                ones[label] += target[label] >= 0.5f ? 1 : 0;
            }
        });
        int lacking = Array.FindIndex(ones, count => count == 0 || count == training.Count);
        return lacking < 0
            ? this with { LabelWeights = [.. ones.Select(count => ClassWeights.Balanced(training.Count - count, count))] }
            : throw new ArgumentException($"Training needs cases with and without each label; of label {lacking}, {ones[lacking]} of {training.Count} have it.", nameof(training));
    }
}

/// <summary>A form of the Dice loss of probabilities p and answers t.</summary>
public enum DiceForm
{
    /// <summary>1 - 2 sum(p t) / (sum(p^2) + sum(t^2)).</summary>
    Squared,

    /// <summary>1 - 2 sum(p t) / (sum(p) + sum(t)).</summary>
    Plain,

    /// <summary>1 - 2 sum(p t) / (sum(p^2) sum(t^2)): a product where the others have a sum, as some publications print it. It has no lower bound of 0.</summary>
    Product,
}

/// <summary>
/// Dice loss for masks: sums over the pixels of a case and a channel, mean over channels and cases. One channel has a
/// logistic function before it; several have a softmax, and answers are class indices [1, ...] or one channel for each class.
/// </summary>
/// <param name="Form">The form.</param>
public sealed record DiceLoss(DiceForm Form = DiceForm.Squared) : Loss
{
    /// <summary>Added to numerator and denominator, so that an empty mask has a value.</summary>
    public double Smoothing { get; init; } = 1e-5;

    /// <summary>Whether the first of several channels, the background, counts like the others.</summary>
    public bool Background { get; init; } = true;

    /// <summary>The factor of a cross-entropy that is added; 0 for none.</summary>
    public double CrossEntropy { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Settings => Named(
        $"Dice ({(Form == DiceForm.Product ? "product as printed" : Form.ToString().ToLowerInvariant())})",
        ("smoothing", Smoothing.ToString("R", CultureInfo.InvariantCulture)),
        ("background", Background ? null : "without"),
        ("cross-entropy", CrossEntropy > 0 ? CrossEntropy.ToString("R", CultureInfo.InvariantCulture) : null));

    /// <inheritdoc/>
    public override IReadOnlyList<string> FigureNames { get; } = ["dice", "accuracy"];

    /// <inheritdoc/>
    public override bool AnswersAreSmall(TensorShape target) => false;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor output, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        long channels = output.shape[1];
        Tensor answer = OneHot(target, channels);
        Tensor probability = channels == 1 ? output.sigmoid() : functional.softmax(output, 1);
        if (!Background && channels > 1)
        {
            probability = probability.narrow(1, 1, channels - 1);
            answer = answer.narrow(1, 1, channels - 1);
        }

        probability = probability.flatten(2);
        answer = answer.flatten(2);
        Tensor both = probability.mul(answer).sum(2);
        Tensor p = (Form == DiceForm.Plain ? probability : probability.mul(probability)).sum(2);
        Tensor t = (Form == DiceForm.Plain ? answer : answer.mul(answer)).sum(2);
        Tensor size = Form == DiceForm.Product ? p.mul(t) : p.add(t, KeptScalar.Of(1));
        Tensor dice = both.mul(KeptScalar.Of(2)).add(KeptScalar.Of(Smoothing)).div(size.add(KeptScalar.Of(Smoothing)));
        Tensor loss = dice.mean().neg().add(KeptScalar.Of(1));
        if (CrossEntropy <= 0)
        {
            return loss;
        }

        Tensor entropy = channels == 1 ? new BinaryCrossEntropy().Compute(output, target) : new SoftmaxCrossEntropy().Compute(output, target);
        return loss.add(entropy, KeptScalar.Of(CrossEntropy));
    }

    /// <inheritdoc/>
    public override ValidationFigures NewFigures() => new MaskFigures();

    /// <inheritdoc/>
    public override void MustFit(TensorShape output, TensorShape target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        if (output.SpatialRank == 0 || (target.Channels != 1 && target.Channels != output.Channels) || !output.Spatial.SequenceEqual(target.Spatial))
        {
            throw new ArgumentException($"A Dice loss takes a network that gives a mask, and masks of the same extents as answers; the network gives {output}, and the answers are {target}.", nameof(output));
        }

        if (!(Smoothing >= 0) || !(CrossEntropy >= 0))
        {
            throw new ArgumentException($"Smoothing and CrossEntropy must be 0 or more; found {Smoothing} and {CrossEntropy}.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public override string? Problem(ReadOnlySpan<float> target)
    {
        foreach (float value in target)
        {
            if (!(value >= 0) || value != MathF.Floor(value))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}; expected 0, 1 or the index of a class");
            }
        }

        return null;
    }
}
