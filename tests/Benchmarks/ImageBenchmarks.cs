using BenchmarkDotNet.Attributes;
using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Benchmarks;

/// <summary>Augmentation and projections of images of noise.</summary>
[MemoryDiagnoser]
public class ImageBenchmarks
{
    private static readonly ImageShape s_plane = new(128, 128), s_space = new(128, 128, 128);
    private readonly float[] _volume = new float[s_space.Length], _result = new float[s_space.Length];
    private readonly float[] _transverse = new float[s_plane.Length], _sagittal = new float[s_plane.Length], _coronal = new float[s_plane.Length];
    private ulong _sample;

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(1);
        for (int i = 0; i < _volume.Length; i++)
        {
            _volume[i] = random.NextSingle();
        }
    }

    [Benchmark]
    public void AugmentationOfAPlane() => DmsaAugmentation.Published.Draw(1, 0, _sample++, s_plane).Apply(_volume.AsSpan(0, s_plane.Length), s_plane, _result.AsSpan(0, s_plane.Length));

    [Benchmark]
    public void AugmentationOfAVolume() => DmsaAugmentation.Published.Draw(1, 0, _sample++, s_space).Apply(_volume, s_space, _result);

    [Benchmark]
    public void ProjectionsInOnePass() => MaximumIntensityProjections.Project(_volume, s_space, _transverse, _sagittal, _coronal);

    [Benchmark]
    public void ProjectionsOneByOne()
    {
        new MaximumIntensityProjection(ProjectionAxis.Transverse).Apply(_volume, s_space, _transverse);
        new MaximumIntensityProjection(ProjectionAxis.Sagittal).Apply(_volume, s_space, _sagittal);
        new MaximumIntensityProjection(ProjectionAxis.Coronal).Apply(_volume, s_space, _coronal);
    }

    [Benchmark]
    public void DivisionByTheMaximum() => new NormalizeByMaximum().Apply(_volume, s_space, _result);
}
