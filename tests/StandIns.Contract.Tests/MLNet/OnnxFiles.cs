using MLNetScinti.StandIns.Contract.Recorded;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The models of the recording, as files for the time of a test class.</summary>
public sealed class OnnxFiles : IDisposable
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("scinti-contract-").FullName;

    public static string Of(string name)
    {
        string path = Path.Combine(Folder, name);
        lock (Folder)
        {
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Folder);
                File.WriteAllBytes(path, Bytes(name));
            }
        }

        return path;
    }

    /// <summary>A file of its own, which the test may spoil or delete.</summary>
    public static string CopyOf(string name)
    {
        string path = Path.Combine(Folder, $"{Path.GetRandomFileName()}.onnx");
        File.Copy(Of(name), path);
        return path;
    }

    public static string With(byte[] content)
    {
        string path = Path.Combine(Folder, $"{Path.GetRandomFileName()}.onnx");
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(path, content);
        return path;
    }

    public static byte[] Bytes(string name) =>
        RecordedFile.MLNet.Entry("onnx", "models (base64)").GetProperty(name).GetBytesFromBase64();

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
