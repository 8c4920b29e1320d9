using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>There is no key for pseudonyms that could be relied on. The message is one line and says how to make one; it never holds the key.</summary>
public sealed class PseudonymKeyException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public PseudonymKeyException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public PseudonymKeyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The secret from which pseudonyms of patients are made. Without it nobody can find the patient by trying all
/// patient numbers; with it, the same patient has the same pseudonym in every run.
/// </summary>
public sealed class PseudonymKey
{
    /// <summary>The environment variable that <see cref="ForThisUser"/> looks at first: the key itself.</summary>
    public const string EnvironmentVariable = "SCINTI_PSEUDONYM_KEY";

    /// <summary>The environment variable that names a file with the key, such as a secret that is mounted into a container.</summary>
    public const string FileVariable = "SCINTI_PSEUDONYM_KEY_FILE";

    /// <summary>Keys with less than this are refused: patient numbers are few, so the key alone keeps them apart from their pseudonyms.</summary>
    public const int LeastBits = 128;

    // Fewer different characters than this are no random key of 128 bits, however long.
    private const int LeastCharacters = 8;

    private const string HowToMakeOne = "make one with 'openssl rand -hex 32'";

    private static readonly Lazy<PseudonymKey> s_forThisUser = new(() => Find(Environment.GetEnvironmentVariable, UserFile, SystemFile, HomePasses));

    private readonly byte[] _key;

    /// <summary>A key from a secret text, such as a hospital keeps for its archive.</summary>
    /// <exception cref="PseudonymKeyException">The text has less than <see cref="LeastBits"/> bits.</exception>
    public PseudonymKey(string secret)
        : this(Checked(secret, "the key for pseudonyms"), isPublic: false)
    {
    }

    private PseudonymKey(string secret, bool isPublic)
    {
        IsPublic = isPublic;
        _key = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>The key of simulated patients: nobody has to be hidden there, so it is public, and a simulated patient has the same pseudonym everywhere.</summary>
    public static PseudonymKey Simulated { get; } = new("simulated patients", isPublic: true);

    /// <summary>
    /// The key of this user on this machine: the environment variable <c>SCINTI_PSEUDONYM_KEY</c>, or the file that
    /// <c>SCINTI_PSEUDONYM_KEY_FILE</c> names; else the file <c>MLNetScinti/pseudonym.key</c> in the user's application data; else the
    /// machine's <see cref="SystemFile"/>; else a random key that is made once and kept in the user's application data, readable by the user alone.
    /// </summary>
    /// <exception cref="PseudonymKeyException">There is none and none can be kept: another key each time would give a patient another pseudonym each time.</exception>
    public static PseudonymKey ForThisUser => s_forThisUser.Value;

    /// <summary>The file of a whole machine, for service accounts without a home.</summary>
    public static string SystemFile => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "MLNetScinti", "pseudonym.key")
        : "/etc/mlnetscinti/pseudonym.key";

    /// <summary>Whether everybody knows the key.</summary>
    public bool IsPublic { get; }

    private static string UserFile =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "MLNetScinti", "pseudonym.key");

    /// <summary>Refuses a key that the environment states and that cannot be used, before any work is begun.</summary>
    /// <exception cref="PseudonymKeyException">It is short, or its file is not there.</exception>
    public static void CheckEnvironment()
    {
        if (Environment.GetEnvironmentVariable(EnvironmentVariable) is not null || Environment.GetEnvironmentVariable(FileVariable) is not null)
        {
            _ = ForThisUser;
        }
    }

    /// <summary>The pseudonym of what identifies a patient.</summary>
    /// <returns>"P-" and 12 characters.</returns>
    public string PseudonymOf(string identity)
    {
        // Crockford's base 32: no letters that are read as digits. 12 characters are 60 bits.
        const string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        byte[] hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(identity));
        Span<char> text = stackalloc char[12];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = alphabet[hash[i] & 31];
        }

        return $"P-{text}";
    }

    /// <summary>The pseudonym of a file's name, for what is written about a file that was left out: names of files and folders often are names of patients.</summary>
    /// <param name="file">The file, relative to the folder of studies, with forward slashes.</param>
    /// <returns>"F-" and 12 characters.</returns>
    public string PseudonymOfFile(string file) => $"F{PseudonymOf($"file|{file}")[1..]}";

    /// <inheritdoc/>
    public override string ToString() => IsPublic ? "[public]" : "[secret]";

    /// <summary>Finds a user's key, or makes it.</summary>
    /// <param name="environment">Environment variables.</param>
    /// <param name="userFile">The user's own file.</param>
    /// <param name="systemFile">The machine's file.</param>
    /// <param name="homePasses">Whether what is written beside the user's file is gone with this container.</param>
    internal static PseudonymKey Find(Func<string, string?> environment, string userFile, string systemFile, Func<string, bool> homePasses)
    {
        string? told = environment(EnvironmentVariable), named = environment(FileVariable);
        if (told is not null && named is not null)
        {
            throw new PseudonymKeyException($"{EnvironmentVariable} and {FileVariable} are both set, and only one of them can be the key for pseudonyms: unset the other.");
        }

        if (told is not null)
        {
            return Of(told, EnvironmentVariable);
        }

        if (named is not null)
        {
            return Read(named) ?? throw new PseudonymKeyException($"{FileVariable}: expected the file of the key for pseudonyms, found no file '{named}': {HowToMakeOne} and write it there.");
        }

        return Read(userFile) ?? Read(systemFile) ?? Make(userFile, systemFile, homePasses);
    }

    private static PseudonymKey Of(string secret, string place) => new(Checked(secret.Trim(), place), isPublic: false);

    private static PseudonymKey? Read(string file)
    {
        try
        {
            return Of(File.ReadAllText(file), file);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another key instead of one that is there would give every patient another pseudonym.
            throw new PseudonymKeyException($"{file}: the key for pseudonyms cannot be read ({DatasetReading.Clean(problem.Message)}): give this user the right to read it, or set {EnvironmentVariable} or {FileVariable}.", problem);
        }
    }

    private static PseudonymKey Make(string file, string systemFile, Func<string, bool> homePasses)
    {
        string elsewhere = $"{HowToMakeOne}, and set {EnvironmentVariable} to it, or {FileVariable} to a file that holds it, or write it to {systemFile}";
        if (homePasses(file))
        {
            throw new PseudonymKeyException($"{file}: a key for pseudonyms that is made here is gone with this container, and the next one would give each patient another pseudonym: {elsewhere}.");
        }

        string fresh = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            // Two processes may be here at once: the first one's key stays.
            _ = AtomicFile.WriteNew(file, Encoding.ASCII.GetBytes(fresh), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PseudonymKeyException($"{file}: no key for pseudonyms is there and none can be kept ({DatasetReading.Clean(problem.Message)}), and another one each time would give each patient another pseudonym each time: {elsewhere}.", problem);
        }

        return Read(file) ?? throw new PseudonymKeyException($"{file}: the key for pseudonyms is gone again as soon as it is written: {elsewhere}.");
    }

    private static string Checked(string secret, string place)
    {
        ArgumentNullException.ThrowIfNull(secret);
        double bits = Bits(secret);
        return bits >= LeastBits ? secret : throw new PseudonymKeyException(string.Create(CultureInfo.InvariantCulture,
            $"{place}: expected at least {LeastBits} bits (32 random hexadecimal digits), found {(secret.Trim().Length == 0 ? "nothing" : $"about {bits:0}")}: whoever guesses the key finds patients by trying their numbers; {HowToMakeOne}."));
    }

    // At most as many bits as random characters of the kinds that are there would have. What people make up has fewer, and nobody can count those.
    private static double Bits(string secret)
    {
        if (secret.Distinct().Count() < LeastCharacters)
        {
            return 0;
        }

        // A short text several times over is as easily guessed as once.
        string once = secret[..$"{secret}{secret}".IndexOf(secret, 1, StringComparison.Ordinal)];
        string digits = once.Replace("-", "", StringComparison.Ordinal);
        if (digits.All(char.IsAsciiHexDigit))
        {
            return digits.Length * (digits.All(char.IsAsciiDigit) ? Math.Log2(10) : 4);
        }

        int kinds = (once.Any(char.IsAsciiDigit) ? 10 : 0) + (once.Any(char.IsAsciiLetterLower) ? 26 : 0) + (once.Any(char.IsAsciiLetterUpper) ? 26 : 0) + (once.All(char.IsAsciiLetterOrDigit) ? 0 : 2);
        return once.Length * Math.Log2(kinds);
    }

    // Containers of .NET's own images, of a cluster or of podman begin afresh each time, except where something was mounted. A container
    // that says nothing of the kind may be somebody's machine for years.
    private static bool HomePasses(string file)
    {
        bool isContainer = Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"))
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("container"))
            || File.Exists("/run/.containerenv");
        if (!isContainer || !OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // The fifth field of a line is where something is mounted (proc(5)).
            return !File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).Any(fields => fields.Length > 4 && fields[4] != "/"
                && file.StartsWith(fields[4].Replace("\\040", " ", StringComparison.Ordinal) + "/", StringComparison.Ordinal));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
