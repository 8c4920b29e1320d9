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
    // What begins with @ is a word like any other, such as @daily, and no file of arguments.
    private static readonly ParserConfiguration s_form = new() { ResponseFileTokenReplacer = null };

    /// <summary>Carries out what the arguments say.</summary>
    // On its own, so that a part of the program that is not there fails where that is caught.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string[] args)
    {
        Terminal.Guard();
        // Before anything is started that would take itself for one.
        _ = JobChild.Current;
        RootCommand root = new("Deep-learning pipelines on nuclear-medicine images: build, train, evaluate and run them. Research use only.")
        {
            InitCommand.Create(),
            RunCommand.Create(),
            CompareCommand.Create(),
            DemoCommand.Create(),
            SimulateCommand.Create(),
            InspectCommand.Create(),
            ScanCommand.Create(),
            ScoreCommand.Create(),
            ExplainCommand.Create(),
            BoneScanIndexCommand.Create(),
            SegmentCommand.Create(),
            DoseCommand.Create(),
            KeysCommand.Create(),
            NetworksCommand.Create(),
            CheckPaperCommand.Create(),
            RtStructCommand.Create(),
            AnnotationsCommand.Create(),
            AuditCommand.Create(),
            ModelCommand.Create(),
            PlanCommand.Create(),
            ScheduleCommand.Create(),
            RetrainCommand.Create(),
            PacsCommand.Create(),
            ServeCommand.Create(),
            WhoCommand.Create(),
            NotebookCommand.Create(),
        };
        if (Array.Exists(args, argument => argument.Length == 0))
        {
            Terminal.Error("scinti: one of the arguments is empty; expected a path, a name or a number. See 'scinti --help'.");
            return ExitCode.WrongUsage;
        }

        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args, s_form);
        if (parsed.Errors.Count > 0)
        {
            // The first is what was meant wrongly; those behind it are about what came of that.
            string help = parsed.CommandResult.Command == root ? "scinti --help" : $"scinti {parsed.CommandResult.Command.Name} --help";
            string problem = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is no command, option or argument here" : parsed.Errors[0].Message.TrimEnd('.', ' ');
            Terminal.Error($"scinti: {problem}: see '{help}'.");
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
