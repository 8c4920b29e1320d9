using BenchmarkDotNet.Attributes;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation;

namespace MLNetScinti.Benchmarks;

/// <summary>Reading a reconstructed SPECT study of 128 x 128 pixels as the simulator writes it, its file in the system's cache.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks
{
    private readonly DicomImageReader _reader = new(new DicomReadOptions { PseudonymKey = new PseudonymKey("5c0e7b1f9a24d3866fe1b82730c94ad5") });
    private string _folder = "";
    private string _file = "";
    private float[] _values = [];

    [GlobalSetup]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("scinti-benchmarks").FullName;
        DmsaCohortWriter.Write(new DmsaCohort(new DmsaCohortOptions { Patients = 1, Seed = 3 }), _folder);
        _file = Directory.EnumerateFiles(_folder, "*.dcm").Single();
        _values = _reader.Read(_file).Values;
    }

    [GlobalCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public ImageHeader Header() => _reader.ReadHeader(_file);

    [Benchmark(Baseline = true)]
    public ScintigraphyImage IntoNewMemory() => _reader.Read(_file);

    [Benchmark]
    public ScintigraphyImage IntoTheValuesOfAnother() => _reader.Read(_file, _values);

    [Benchmark]
    public Volume AsVolume() => _reader.Read(_file, _values).ToVolume();
}
