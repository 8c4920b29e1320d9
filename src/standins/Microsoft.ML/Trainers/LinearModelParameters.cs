namespace Microsoft.ML.Trainers;

public abstract class LinearModelParameters : ModelParametersBase<float>
{
    private readonly float[] _weights;

    private protected LinearModelParameters(float[] weights, float bias)
    {
        _weights = weights;
        Bias = bias;
    }

    public IReadOnlyList<float> Weights => Array.AsReadOnly(_weights);

    public float Bias { get; }

    internal float Score(ReadOnlySpan<float> features)
    {
        float sum = Bias;
        for (int i = 0; i < features.Length; i++)
            sum += _weights[i] * features[i];
        return sum;
    }
}
