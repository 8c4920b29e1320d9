using System.CommandLine;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti keys</c>: every key of a definition.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        Argument<string?> system = new("system") { Description = "A system, such as dmsa (a name that there is not lists them all), or a part of a key's name, such as split; without it, the keys of the first system.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> markdown = new("--markdown") { Description = "The keys of all systems as a page in Markdown." };
        Command command = new("keys", "Lists every key of a definition: what it may hold, what holds otherwise, what it is for.") { system, markdown };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            if (parsed.GetValue(markdown))
            {
                Terminal.Text(KeyReference.Markdown(ShippedSystems.All).TrimEnd('\n'));
                return ExitCode.Done;
            }

            string? asked = parsed.GetValue(system);
            SystemEntry? named = ShippedSystems.All.FirstOrDefault(one => one.Name == asked);
            DefinitionKey[] keys = named is not null || asked is null ? [.. KeyReference.Of(named ?? ShippedSystems.All[0], ShippedSystems.All)]
                : [.. ShippedSystems.All.SelectMany(one => KeyReference.Of(one, ShippedSystems.All)).Where(key => key.Path.Contains(asked, StringComparison.OrdinalIgnoreCase)).DistinctBy(key => key.Path, StringComparer.Ordinal)];
            if (keys.Length == 0)
            {
                throw new DefinitionException($"'{asked}': expected {string.Join(", ", ShippedSystems.All.Select(one => one.Name))}, or a part of a key's name, found neither.");
            }

            foreach (DefinitionKey key in keys)
            {
                Terminal.Line($"{key.Path}{(key.Expected.Length > 0 ? $": {key.Expected}" : "")}{(key.Otherwise is { Length: > 0 } usual ? $" [{usual}]" : "")}");
                Terminal.Line($"    {key.Words}");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
