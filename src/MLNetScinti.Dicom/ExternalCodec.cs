using System.Diagnostics;

namespace MLNetScinti.Dicom;

/// <summary>
/// Decodes compressed files with gdcmconv of the GDCM tools (Debian: libgdcm-tools), for transfer syntaxes that the
/// core of fo-dicom does not decode: JPEG, JPEG-LS and JPEG 2000. With the package fo-dicom.Codecs registered it is
/// never asked.
/// </summary>
public sealed record ExternalCodec
{
    private ExternalCodec(string? program) => Program = program;

    /// <summary>No program: files that need one are reported as such.</summary>
    public static ExternalCodec None { get; } = new(program: null);

    /// <summary>gdcmconv as found on the path, or <see cref="None"/>.</summary>
    public static ExternalCodec Installed { get; } = new(program: Find());

    /// <summary>The program, or null.</summary>
    public string? Program { get; }

    /// <summary>How long a file may take: beyond it the program is ended.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A given program that takes gdcmconv's arguments.</summary>
    public static ExternalCodec At(string program) => new(program: program);

    /// <summary>Decodes a file into an uncompressed one beside nothing else: the caller deletes it.</summary>
    /// <param name="path">The compressed file.</param>
    /// <param name="transferSyntax">The name of its transfer syntax, for messages.</param>
    /// <param name="isWhole">Whether the compressed pixels begin and end as they should.</param>
    /// <param name="copy">A copy of the file to be decoded instead; empty for the file itself, which messages name.</param>
    /// <returns>The path of the decoded file, which holds the patient's name: in <see cref="PrivateFolder"/>.</returns>
    /// <param name="stop">Ends the program before its time.</param>
    /// <exception cref="DicomReadException">There is no program, or it could not decode the file.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal string Decode(string path, string transferSyntax, bool isWhole, string copy = "", CancellationToken stop = default)
    {
        if (Program is null)
        {
            throw new DicomReadException(path, SkipReason.UnsupportedCodec, $"the pixels are compressed as {transferSyntax}, which nothing here decodes: install gdcmconv (Debian: libgdcm-tools) or register the package fo-dicom.Codecs.", fault: ReadFault.MissingDecoder);
        }

        string decoded = PrivateFolder.NewName(".dcm");
        try
        {
            ProcessStartInfo start = new(Program, ["--raw", Path.GetFullPath(copy.Length > 0 ? copy : path), decoded]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
            process.StandardInput.Close();
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!Ended(process, stop))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                stop.ThrowIfCancellationRequested();
                throw new DicomReadException(path, SkipReason.DamagedPixelData, $"gdcmconv did not decode the {transferSyntax} pixels within {TimeLimit.TotalSeconds:0} s: ask its source for an uncompressed copy.", fault: ReadFault.Limit);
            }

            if (process.ExitCode != 0 || !File.Exists(decoded))
            {
                throw new DicomReadException(path, SkipReason.DamagedPixelData, isWhole
                    ? $"gdcmconv could not decode the {transferSyntax} pixels: they are damaged within, or of a form that it does not know; where another viewer shows them, ask for an uncompressed copy, else copy the file again."
                    : $"the {transferSyntax} pixels do not begin and end as they should: they were cut off or damaged, copy the file again from its source.");
            }

            return decoded;
        }
        catch (Exception exception)
        {
            PrivateFolder.Drop(decoded);
            throw exception is DicomReadException or OperationCanceledException ? exception : new DicomReadException(path, SkipReason.UnsupportedCodec, $"the pixels are compressed as {transferSyntax} and {Program} could not be run ({exception.Message.ReplaceLineEndings(" ")}): reinstall it or register the package fo-dicom.Codecs.", exception, ReadFault.MissingDecoder);
        }
    }

    /// <summary>Waits for a program until it ends, its time is over, or it is to stop.</summary>
    private bool Ended(Process process, CancellationToken stop)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        either.CancelAfter(TimeLimit);
        try
        {
            process.WaitForExitAsync(either.Token).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string? Find()
    {
        string name = OperatingSystem.IsWindows() ? "gdcmconv.exe" : "gdcmconv";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
