namespace MLNetScinti.Networks;

/// <summary>The weight of a case in the loss, by its label.</summary>
/// <param name="Normal">The weight of label 0.</param>
/// <param name="Abnormal">The weight of label 1.</param>
public readonly record struct ClassWeights(double Normal, double Abnormal)
{
    /// <summary>The number of cases by the number of cases of the class, N / N_c (Lin et al. 2023): 368 and 152 give 1.413 and 3.421.</summary>
    /// <exception cref="ArgumentException">One of the classes is empty.</exception>
    public static ClassWeights Balanced(int normal, int abnormal) => normal > 0 && abnormal > 0
        ? new ClassWeights((double)(normal + abnormal) / normal, (double)(normal + abnormal) / abnormal)
        : throw new ArgumentException($"Training needs normal and abnormal cases; found {normal} normal and {abnormal} abnormal.", nameof(normal));

    /// <summary>The weight of a case with this label.</summary>
    public double Of(float label) => label >= 0.5f ? Abnormal : Normal;
}
