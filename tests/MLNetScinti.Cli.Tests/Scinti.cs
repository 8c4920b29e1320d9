using System.Diagnostics;
using MLNetScinti.Testing;

namespace MLNetScinti.Cli.Tests;

/// <summary>The command as its users have it: a process of its own.</summary>
internal static class Scinti
{
    public static readonly string Key = TestSecret.Of("scinti");

    /// <summary>The folder of the built program, of the same configuration as the tests.</summary>
    public static string Folder
    {
        get
        {
            string target = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
            return Path.Combine(TestData.Repository, "src", "MLNetScinti.Cli", "bin", Path.GetFileName(Path.GetDirectoryName(target))!, Path.GetFileName(target));
        }
    }

    public static ProcessStartInfo Start(string workingFolder, params IEnumerable<string> arguments) => StartIn(Folder, workingFolder, arguments);

    /// <summary>Starts a command and kills it as soon as a file is there, or lets it end before.</summary>
    public static void KillAtFile(ProcessStartInfo start, string file)
    {
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!File.Exists(file) && !process.HasExited)
        {
            Thread.Sleep(5);
        }

        process.Kill();
        process.WaitForExit();
    }

    /// <summary>The command from another folder than its own.</summary>
    public static ProcessStartInfo StartIn(string programFolder, string workingFolder, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(programFolder, "scinti.dll"), .. arguments])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Pseudonyms must be the same in every process of a test, and the user's own key is none of its business.
        start.Environment["SCINTI_PSEUDONYM_KEY"] = Key;
        return start;
    }

    public static (int Code, string Output, string Error) Run(string workingFolder, params IEnumerable<string> arguments) => Run(workingFolder, new Dictionary<string, string?>(), arguments);

    public static (int Code, string Output, string Error) Run(string workingFolder, IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments)
    {
        return Run(Start(workingFolder, arguments), environment);
    }

    public static (int Code, string Output, string Error) Run(ProcessStartInfo start, IReadOnlyDictionary<string, string?>? environment = null)
    {
        environment ??= new Dictionary<string, string?>();
        foreach ((string name, string? value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
