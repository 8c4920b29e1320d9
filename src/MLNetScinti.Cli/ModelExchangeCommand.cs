using System.CommandLine;
using System.Globalization;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Web;

namespace MLNetScinti.Cli;

/// <summary><c>scinti model push</c> and <c>pull</c>: models between this registry and any container registry.</summary>
internal static class ModelExchangeCommand
{
    public static Command Push()
    {
        Argument<string> reference = ModelCommand.Reference("A model: NAME (the version in use), NAME:v3 or NAME:champion.");
        Argument<string> place = new("place") { Description = "Where to, such as https://registry.hospital/models/dmsa:v3; without a tag, under its version." };
        Option<string> why = new("--why") { Description = "Why, for the audit log; no patient's name.", DefaultValueFactory = _ => "sent" };
        Option<string> registry = ModelCommand.Registry();
        AccessOptions access = new();
        Command command = new("push", "Sends a version with all its files to a container registry; what is there already is not sent again.") { reference, place, why, registry };
        access.AddTo(command);
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            ExchangedModel sent = ModelExchange.Push(ModelCommand.Open(parsed.GetRequiredValue(registry)), parsed.GetRequiredValue(reference), access.Place(parsed, parsed.GetRequiredValue(place)), access.Of(parsed), ModelCommand.Reason(parsed.GetRequiredValue(why)), Tell, cancel);
            Terminal.Line($"{sent.Version.Reference} ({sent.Version.Digest}) is at {sent.Place}; {Files(sent)} sent.");
            return ExitCode.Done;
        }));
        return command;
    }

    public static Command Pull()
    {
        Argument<string> place = new("place") { Description = "Where from, such as https://registry.hospital/models/dmsa:v3, or with @sha256:... in place of the tag." };
        Option<string?> name = new("--name") { Description = "Its name here; without it, the one that it has there." };
        Option<string> why = new("--why") { Description = "Why, for the audit log; no patient's name.", DefaultValueFactory = _ => "fetched" };
        Option<string> registry = ModelCommand.Registry();
        AccessOptions access = new();
        Command command = new("pull", "Takes a model from a container registry as the next version and as the candidate; each file is checked against its hash.") { place, name, why, registry };
        access.AddTo(command);
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            ExchangedModel come = ModelExchange.Pull(ModelCommand.Open(parsed.GetRequiredValue(registry)), access.Place(parsed, parsed.GetRequiredValue(place)), parsed.GetValue(name), access.Of(parsed), ModelCommand.Reason(parsed.GetRequiredValue(why)), Tell, cancel);
            Terminal.Line(come.IsNew ? $"{come.Version.Reference} ({come.Version.Digest}) is the candidate now; {Files(come)} came." : $"{come.Version.Reference} is this very model: nothing was added.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Tell(OciDescriptor file) => Terminal.Line($"  {file.Note(OciLayout.TitleKey),-24} {ModelCommand.Megabytes(file.Size),9}");

    private static string Files(ExchangedModel model) => string.Create(CultureInfo.InvariantCulture, $"{model.Moved} file{(model.Moved == 1 ? "" : "s")} ({ModelCommand.Megabytes(model.Bytes)})");

    /// <summary>How the other registry is reached.</summary>
    private sealed class AccessOptions
    {
        private readonly Option<string> _variable = new("--credentials-variable") { Description = "An environment variable that says who this is: 'basic NAME:PASSWORD' or 'bearer TOKEN'.", DefaultValueFactory = _ => "" };
        private readonly Option<string> _file = new("--credentials-file") { Description = "A file that says it, of its owner's alone.", DefaultValueFactory = _ => "" };
        private readonly Option<string?> _authorities = new("--authorities") { Description = "Certificates (PEM) of the authorities that are trusted, in place of this machine's." };
        private readonly Option<bool> _plain = new("--plain-http") { Description = "Go without TLS to a server that is not this machine." };

        public void AddTo(Command command)
        {
            command.Add(_variable);
            command.Add(_file);
            command.Add(_authorities);
            command.Add(_plain);
        }

        public RemotePlace Place(ParseResult parsed, string text) => RemotePlace.Of(text, parsed.GetValue(_plain));

        public RemoteAccess Of(ParseResult parsed)
        {
            string variable = parsed.GetRequiredValue(_variable), file = parsed.GetRequiredValue(_file), key = variable.Length > 0 ? "--credentials-variable" : "--credentials-file";
            if (variable.Length > 0 && file.Length > 0)
            {
                throw new RegistryException("--credentials-file: credentials come from a variable or from a file: leave one of them out.");
            }

            try
            {
                return new RemoteAccess { Credentials = ServerAccess.Credentials(variable, file, Environment.GetEnvironmentVariable), Authorities = Authorities(parsed) };
            }
            catch (ServerAccessException problem)
            {
                throw new RegistryException($"{key}: {problem.Message}", problem);
            }
        }

        private IReadOnlyList<System.Security.Cryptography.X509Certificates.X509Certificate2> Authorities(ParseResult parsed)
        {
            try
            {
                return parsed.GetValue(_authorities) is { } file ? ServerAccess.Authorities(file) : [];
            }
            catch (ServerAccessException problem)
            {
                throw new RegistryException($"--authorities: {problem.Message}", problem);
            }
        }
    }
}
