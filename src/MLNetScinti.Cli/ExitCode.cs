using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Cli;

/// <summary>What the command tells its caller. Documented in README.md.</summary>
internal static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>Something went wrong that is nobody's input: a defect, a full disk, too little memory.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments, or a pipeline definition that cannot be carried out.</summary>
    public const int WrongUsage = 2;

    /// <summary>Something needed is not installed: the launcher says so of packages, the program of native libraries and decoders.</summary>
    public const int NotInstalled = 3;

    /// <summary>Done, but something that should have been read was not; each was named with its reason. Other files of a folder are no loss.</summary>
    public const int SomeLeftOut = 4;

    /// <summary>No input could be used.</summary>
    public const int NothingUsable = 5;

    /// <summary>The input is sound, and of a form that is not read here.</summary>
    public const int NotSupported = 6;

    /// <summary>Figures were checked, and some cannot be.</summary>
    public const int Impossible = 7;

    /// <summary>Done, but a study was refused: it was read, and lies so far outside of what the model was trained on that its image cannot mean the same. Each was named with what differs.</summary>
    public const int Refused = 8;

    /// <summary>What is kept was checked, and is not what was written: damage, or somebody's hand.</summary>
    public const int Tampered = 9;

    /// <summary>A model was judged by its change plan, and not let through; or a plan was looked through, and cannot do what it promises.</summary>
    public const int NotLetThrough = 10;

    /// <summary>Interrupted; the same command goes on where it stopped.</summary>
    public const int Interrupted = 130;

    /// <summary>The terminal was closed (SIGHUP); the same command goes on where it stopped.</summary>
    public const int HungUp = 129;

    /// <summary>Told to end (SIGTERM), as service managers do; the same command goes on where it stopped.</summary>
    public const int Terminated = 143;

    /// <summary>What a code means for a job of a schedule.</summary>
    public static JobVerdict Meaning(int code) => code switch
    {
        Done => new(true, "done"),
        SomeLeftOut => new(true, "done, but something that should have been read was not; the log says what"),
        Refused => new(true, "done, but a study was refused: it lies outside of what the model was trained on"),
        NotLetThrough => new(true, "done: the new model is not let through by its change plan"),
        WrongUsage => new(false, "wrong arguments, or a definition that cannot be carried out"),
        NotInstalled => new(false, "something needed is not installed"),
        NothingUsable => new(false, "no input could be used"),
        NotSupported => new(false, "the input is of a form that is not read here"),
        Impossible => new(false, "figures were checked, and some cannot be"),
        Tampered => new(false, "what is kept is not what was written: damage, or somebody's hand"),
        Interrupted or HungUp or Terminated => new(false, "told to end from outside; its next run goes on where it stopped"),
        > 128 => new(false, "the process was ended by the system or by somebody: too little memory, or a crash of a native library"),
        _ => new(false, "something went wrong that is nobody's input; the log says what"),
    };

    /// <summary>What a command says that answers for studies of a folder.</summary>
    /// <param name="answered">How many cases it answered for.</param>
    /// <param name="leftOut">The studies that gave none.</param>
    public static int Of(int answered, IReadOnlyCollection<LeftOutStudy> leftOut) =>
        answered > 0 && leftOut.Any(study => study.IsLoss) ? SomeLeftOut
            : leftOut.Any(study => study.IsRefused) ? Refused
            : answered > 0 ? Done : NothingUsable;
}
