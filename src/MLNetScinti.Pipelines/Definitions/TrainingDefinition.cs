namespace MLNetScinti.Pipelines.Definitions;

/// <summary>The training settings. Key <c>training</c>.</summary>
/// <param name="Epochs">Passes over the training kidneys.</param>
/// <param name="BatchSize">Kidneys a step.</param>
/// <param name="LearningRate">Adam's learning rate.</param>
/// <param name="Beta1">Adam's decay of the first moment.</param>
/// <param name="Beta2">Adam's decay of the second moment.</param>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="Lanes">Into how many parts the CPU's arithmetic is divided. It decides the last digits of a result, as the seed does; a small network is as quick with one.</param>
public sealed record TrainingDefinition(
    int Epochs,
    int BatchSize,
    double LearningRate,
    double Beta1,
    double Beta2,
    string Device,
    int Lanes);
