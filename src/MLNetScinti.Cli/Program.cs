using System.CommandLine;
using System.Runtime.CompilerServices;
using MLNetScinti.Cli;
using MLNetScinti.Dicom;

try
{
    return Commands.Run(args);
}
catch (Exception problem) when (Guarded.AssemblyOf(problem) is { } assembly)
{
    return Guarded.Missing(assembly);
}

/// <summary>All commands.</summary>
internal static class Commands
{
    /// <summary>Carries out what the arguments say.</summary>
    // On its own, so that a part of the program that is not there fails where that is caught.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string[] args)
    {
        Terminal.Guard();
        RootCommand root = new("Deep-learning pipelines on nuclear-medicine images: build, train, evaluate and run them. Research use only.")
        {
            RunCommand.Create(),
            CompareCommand.Create(),
            DemoCommand.Create(),
            SimulateCommand.Create(),
            InspectCommand.Create(),
            ScanCommand.Create(),
            ScoreCommand.Create(),
            BoneScanIndexCommand.Create(),
            NetworksCommand.Create(),
            CheckPaperCommand.Create(),
            RtStructCommand.Create(),
            AnnotationsCommand.Create(),
            AuditCommand.Create(),
            WhoCommand.Create(),
            NotebookCommand.Create(),
        };
        if (Array.Exists(args, argument => argument.Length == 0))
        {
            Terminal.Error("scinti: one of the arguments is empty; expected a path, a name or a number. See 'scinti --help'.");
            return ExitCode.WrongUsage;
        }

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                Terminal.Error($"scinti: {error.Message}");
            }

            Terminal.Error("scinti: see 'scinti --help'.");
            return ExitCode.WrongUsage;
        }

        // What is decoded, unpacked or kept for a while may name a patient: it goes with this process, and what a killed one left goes now.
        try
        {
            PrivateFolder.TakeTemporaryFiles();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Only who needs a temporary file has to be told, and is, when it comes to that.
        }

        return parsed.Invoke();
    }
}
