using System.CommandLine;
using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;
using MLNetScinti.Pacs;
using MLNetScinti.Pacs.Queue;
using MLNetScinti.Service;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Hosting;

namespace MLNetScinti.Cli;

/// <summary><c>scinti serve</c>: pages, and the schedule's node, in one host.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Argument<string?> place = Place("The folder of results (artifacts), or a YAML file that says where everything is.");
        place.Arity = ArgumentArity.ZeroOrOne;
        Option<string[]> urls = new("--urls") { Description = $"Where it listens, such as {ServiceSettings.DefaultUrl} (which it is without this); may be given several times. Beyond this machine only by TLS.", DefaultValueFactory = _ => [] };
        Option<int?> jobs = new("--jobs") { Description = "How many scheduled jobs this host runs at once; 0 where other nodes do. Without it, 1 or what the YAML file says." };
        jobs.Validators.Add(result =>
        {
            if (result.Tokens is [.., var word] && !(int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given <= 1000))
            {
                result.AddError("--jobs takes a whole number from 0 to 1000.");
            }
        });
        Option<string?> pacs = new("--pacs") { Description = "The YAML file of a node at the archive ('scinti pacs run'): its queue is a page, on which what was given up can be tried again." };
        Command command = new("serve", "Shows runs, models, the schedule and the audit log as pages for those who have an account, and runs what is scheduled.") { place, urls, jobs, pacs, User() };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            ServiceSettings settings = Settings(parsed.GetValue(place));
            string[] given = parsed.GetValue(urls) ?? [];
            settings = settings with { Program = ModelCommand.Program, Urls = given.Length > 0 ? given : settings.Urls, Jobs = parsed.GetValue(jobs) ?? settings.Jobs, Node = ScheduleCommand.Node(Path.Combine(settings.Schedule.Folder, "logs")) };
            using PacsArchive? archive = parsed.GetValue(pacs) is { } file ? new PacsArchive(PacsQueue.Open(PacsDefinition.Read(file).Store())) : null;
            settings = settings with { Archive = archive };
            ServiceHost.Run(settings, text => Terminal.Line(text), cancel).GetAwaiter().GetResult();
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command User() => new("user", "Makes, changes, removes and lists accounts.")
    {
        Add(),
        Named("password", "Gives an account another password, read from the terminal or from standard input; whoever is signed in by it has to sign in again.", (accounts, name) => $"{accounts.SetPassword(name, Password(name)).Name} has another password."),
        SetRole(),
        Named("remove", "Removes an account; whoever is signed in by it is signed out.", (accounts, name) => $"{accounts.Remove(name).Name} is removed."),
        List(),
    };

    private static Command Add()
    {
        Argument<string> name = Name();
        Option<string> role = RoleOption();
        Option<string?> at = At();
        Command command = new("add", "Makes an account; its password is read from the terminal, or as one line from standard input.") { name, role, at };
        command.SetAction(parsed => Act(parsed.GetValue(at), accounts =>
        {
            Account added = accounts.Add(parsed.GetRequiredValue(name), RoleOf(parsed.GetRequiredValue(role)), Password(parsed.GetRequiredValue(name)));
            return $"{added.Name} may sign in as {Word(added.Role)}.";
        }));
        return command;
    }

    private static Command SetRole()
    {
        Argument<string> name = Name();
        Option<string> role = RoleOption();
        Option<string?> at = At();
        Command command = new("role", "Gives an account another role; whoever is signed in by it has to sign in again.") { name, role, at };
        command.SetAction(parsed => Act(parsed.GetValue(at), accounts =>
        {
            Account changed = accounts.SetRole(parsed.GetRequiredValue(name), RoleOf(parsed.GetRequiredValue(role)));
            return $"{changed.Name} is {Word(changed.Role)} now.";
        }));
        return command;
    }

    private static Command List()
    {
        Option<string?> at = At();
        Command command = new("list", "Lists the accounts.") { at };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            foreach (Account account in Accounts(parsed.GetValue(at)).All)
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{account.Name,-32} {Word(account.Role),-10} {account.Since:yyyy-MM-dd}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Named(string word, string description, Func<AccountStore, string, string> act)
    {
        Argument<string> name = Name();
        Option<string?> at = At();
        Command command = new(word, description) { name, at };
        command.SetAction(parsed => Act(parsed.GetValue(at), accounts => act(accounts, parsed.GetRequiredValue(name))));
        return command;
    }

    private static Argument<string?> Place(string description) => new("place") { Description = description };

    private static Argument<string> Name() => new("name") { Description = "The account's name: lower-case letters, digits, dots, hyphens and underscores. The audit log has it." };

    private static Option<string> RoleOption()
    {
        Option<string> role = new("--role") { Description = "reader: sees all pages; operator: also has jobs run, paused and tried again; approver: also decides which model is in use.", Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(Word)]);
        return role;
    }

    private static Role RoleOf(string word) => Enum.Parse<Role>(word, ignoreCase: true);

    private static Option<string?> At() => new("--at") { Description = "The folder of results or the YAML file that 'scinti serve' is given; without it, artifacts." };

    private static ServiceSettings Settings(string? place) => ServiceSettings.Of(place, Environment.GetEnvironmentVariable(ModelCommand.Variable) is { Length: > 0 } folder ? folder : null);

    private static AccountStore Accounts(string? at) => new(Path.Combine(Settings(at).Data, AccountStore.FileName));

    private static int Act(string? at, Func<AccountStore, string> act) => Guarded.Run(_ =>
    {
        Terminal.Line(act(Accounts(at)));
        return ExitCode.Done;
    });

    private static string Word(Role role) => role.ToString().ToLowerInvariant();

    private static string Password(string name)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() ?? throw new ServiceException("expected a password as one line on standard input, found nothing.");
        }

        string first = Typed($"Password for {PlainText.Short(name, 40)}: ");
        return first == Typed("Once more: ") ? first : throw new ServiceException("the two passwords differ: nothing was changed.");
    }

    private static string Typed(string prompt)
    {
        Terminal.Over(prompt);
        StringBuilder typed = new();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar) && typed.Length < AccountStore.MostPassword + 1)
            {
                typed.Append(key.KeyChar);
            }
        }

        Terminal.Line();
        return typed.ToString();
    }
}
