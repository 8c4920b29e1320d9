using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>A model in a file of the caller's, or bytes that go to a temporary file of our own.</summary>
internal sealed record OnnxModelSource(string Path, ReadOnlyMemory<byte> Content)
{
    public static OnnxModelSource File(string path)
    {
        if (!System.IO.File.Exists(Guard.NotNull(path, "modelFile")))
        {
            throw new IOException($"Model file {path} does not exists.");
        }

        return new OnnxModelSource(path, default);
    }

    public static OnnxModelSource Bytes(Stream stream)
    {
        using MemoryStream copy = new();
        Guard.NotNull(stream, "modelBytes").CopyTo(copy);
        return new OnnxModelSource(null, copy.ToArray());
    }

    /// <summary>Where the model lies, and whether the file is ours to delete.</summary>
    public (string Path, bool IsOurs) InFile(IHostEnvironmentInternal environment)
    {
        if (Path is not null)
        {
            return (Path, false);
        }

        string file = System.IO.Path.Combine(environment.TempFilePath, $"ml_dotnet_{System.IO.Path.GetRandomFileName()}.onnx");
        System.IO.File.WriteAllBytes(file, Content.Span);
        return (file, true);
    }
}
