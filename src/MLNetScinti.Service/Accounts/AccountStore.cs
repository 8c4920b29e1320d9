using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MLNetScinti.Imaging;

namespace MLNetScinti.Service.Accounts;

/// <summary>
/// Who may sign in: a file of its owner's alone, replaced as a whole at each change and read again where another process changed it. Passwords are kept
/// as ASP.NET Core Identity hashes them (PBKDF2 with HMAC-SHA512).
/// </summary>
public sealed partial class AccountStore
{
    /// <summary>The file's name in the service's folder.</summary>
    public const string FileName = "accounts.json";

    /// <summary>The fewest characters of a password.</summary>
    public const int LeastPassword = 12;

    /// <summary>The most characters of a password.</summary>
    public const int MostPassword = 200;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;

    // As OWASP's password storage cheat sheet has it for PBKDF2-HMAC-SHA512.
    private const int Iterations = 220_000;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly PasswordHasher<Account> _hasher;
    private readonly Lazy<Account> _nobody;
    private readonly Lock _lock = new();
    private Dictionary<string, Account> _accounts = [];
    private (DateTime, long)? _stamp;

    /// <summary>Opens the accounts of a file; nothing is read yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public AccountStore(string file, TimeProvider? time = null)
        : this(file, time, Iterations)
    {
    }

    internal AccountStore(string file, TimeProvider? time, int iterations)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _file = file;
        _time = time ?? TimeProvider.System;
        _nobody = new(() => Hashed(new("", Role.Reader, "", "", default), Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
    }

    /// <summary>All accounts by name.</summary>
    /// <exception cref="ServiceException">The file cannot be read.</exception>
    public IReadOnlyList<Account> All
    {
        get
        {
            lock (_lock)
            {
                Refresh();
                return [.. _accounts.Values.OrderBy(account => account.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The account of a name; null for none.</summary>
    /// <exception cref="ServiceException">The file cannot be read.</exception>
    public Account? Find(string name)
    {
        lock (_lock)
        {
            Refresh();
            return _accounts.GetValueOrDefault(name);
        }
    }

    /// <summary>The account whose name and password these are; null for none. It takes as long for a name that nobody has.</summary>
    /// <exception cref="ServiceException">The file cannot be read.</exception>
    public Account? Check(string name, string password)
    {
        Account? account = Find(name);
        bool isRight = password.Length <= MostPassword && _hasher.VerifyHashedPassword(account ?? _nobody.Value, (account ?? _nobody.Value).Hash, password) != PasswordVerificationResult.Failed;
        return isRight ? account : null;
    }

    /// <summary>Adds an account.</summary>
    /// <exception cref="ServiceException">The name or the password cannot be used, or there is such an account.</exception>
    public Account Add(string name, Role role, string password)
    {
        Allowed(name, password);
        return Change(accounts =>
        {
            Account account = Hashed(new(name, role, "", NewStamp(), _time.GetUtcNow()), password);
            return accounts.TryAdd(name, account) ? account : throw new ServiceException($"{name}: there is such an account already: 'scinti serve user password {name}' gives it another password, 'user role {name}' another role.");
        });
    }

    /// <summary>Gives an account another password; whoever is signed in by it has to sign in again.</summary>
    /// <exception cref="ServiceException">There is none, or the password cannot be used.</exception>
    public Account SetPassword(string name, string password)
    {
        Allowed(name, password);
        return Change(accounts => accounts[name] = Hashed(Known(accounts, name) with { Stamp = NewStamp() }, password));
    }

    /// <summary>Gives an account another role; whoever is signed in by it has to sign in again.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public Account SetRole(string name, Role role) => Change(accounts => accounts[name] = Known(accounts, name) with { Role = role, Stamp = NewStamp() });

    /// <summary>Removes an account; whoever is signed in by it is signed out.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public Account Remove(string name) => Change(accounts =>
    {
        Account account = Known(accounts, name);
        _ = accounts.Remove(name);
        return account;
    });

    /// <summary>Makes a folder that its owner alone may look into, or refuses one that others may.</summary>
    /// <exception cref="ServiceException">Others may look into it.</exception>
    public static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder))!);
            Directory.CreateDirectory(folder, PrivateFolder);
        }

        if ((File.GetUnixFileMode(folder) & ~PrivateFolder) != 0)
        {
            throw new ServiceException($"{folder}: accounts and keys are kept here, and others than its owner may look into it: run 'chmod 700' on it.");
        }
    }

    private static void Allowed(string name, string password)
    {
        if (!NameForm().IsMatch(name))
        {
            throw new ServiceException($"'{PlainText.Short(name)}': expected a name of at most 32 lower-case letters, digits, dots, hyphens and underscores that begins with a letter or digit.");
        }

        if (password.Length is < LeastPassword or > MostPassword || password.Contains(name, StringComparison.OrdinalIgnoreCase) || password.Distinct().Count() < 5)
        {
            throw new ServiceException($"{name}: expected a password of {LeastPassword} to {MostPassword} characters, at least five of them different, without the name in it: give another one.");
        }
    }

    private static Account Known(Dictionary<string, Account> accounts, string name) => accounts.GetValueOrDefault(name)
        ?? throw new ServiceException($"'{PlainText.Short(name)}': there is no such account: 'scinti serve user list' names them.");

    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private Account Hashed(Account account, string password) => account with { Hash = _hasher.HashPassword(account, password) };

    private Account Change(Func<Dictionary<string, Account>, Account> change)
    {
        lock (_lock)
        {
            MakePrivate(Path.GetDirectoryName(Path.GetFullPath(_file))!);
            Refresh(isForced: true);
            Dictionary<string, Account> accounts = new(_accounts, StringComparer.Ordinal);
            Account changed = change(accounts);
            AtomicFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(new Form("mlnetscinti.accounts/1", [.. accounts.Values.OrderBy(account => account.Name, StringComparer.Ordinal)]), s_json), Private);
            _accounts = accounts;
            _stamp = null;
            return changed;
        }
    }

    private void Refresh(bool isForced = false)
    {
        FileInfo file = new(_file);
        (DateTime, long)? stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        if (!isForced && stamp is not null && stamp == _stamp)
        {
            return;
        }

        try
        {
            if (file.Exists && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(_file) & ~Private) != 0)
            {
                throw new ServiceException($"{_file}: the accounts can be read or changed by others than their owner: run 'chmod 600' on it.");
            }

            Form form = file.Exists ? JsonSerializer.Deserialize<Form>(InputFile.ReadAllBytes(_file), s_json) ?? new("", []) : new("", []);
            _accounts = form.Accounts.ToDictionary(account => account.Name, StringComparer.Ordinal);
            _stamp = stamp;
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ServiceException($"{_file}: the accounts cannot be read: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,31}\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameForm();

    private sealed record Form(string Format, IReadOnlyList<Account> Accounts);
}
