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

    // Of 32 random hexadecimal digits as few as this are different once in 300,000 times.
    private const int LeastCharacters = 9;

    // What of a key is no repetition and no row of signs: a random one of 128 bits keeps more, since three of its digits repeat by chance at most.
    private const double LeastUnforeseenBits = 100;

    private const string HowToMakeOne = "make one with 'openssl rand -hex 32'";

    private static readonly string[] s_rows =
    [
        .. ((string[])["qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "12345678901234567890", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p"])
            .SelectMany(row => new[] { row, new string([.. row.Reverse()]) }),
    ];

    private static readonly Lazy<PseudonymKey> s_forThisUser = new(() => Find(Environment.GetEnvironmentVariable, UserFile, SystemFile, HomePasses));

    private readonly byte[] _key;

    /// <summary>A key from random bytes, written as hexadecimal digits or in base 64 or 32, such as a hospital keeps for its archive.</summary>
    /// <exception cref="PseudonymKeyException">The text has less than <see cref="LeastBits"/> bits, or is nothing random: a sentence, a word, a row of keys, however long.</exception>
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
            return Of(InputFile.ReadAllText(file), file);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
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
        return Fault(secret) is { } found ? throw new PseudonymKeyException(
            $"{place}: expected at least {LeastBits} bits (32 random hexadecimal digits, or 16 random bytes in base 64), found {found}: whoever guesses the key finds patients by trying their numbers; {HowToMakeOne}.") : secret;
    }

    // How good a key is nobody can tell from a key; that it is none can be told. What people make up is no random bytes in one of the forms in which
    // these are written: it has spaces, or words, or the same again, or what lies side by side in the alphabet or on a keyboard.
    private static string? Fault(string secret)
    {
        string digits = secret.Replace("-", "", StringComparison.Ordinal), signs = secret.TrimEnd('=');
        if (secret.Trim().Length == 0)
        {
            return "nothing";
        }

        double each = digits.All(char.IsAsciiDigit) ? Math.Log2(10) : digits.All(char.IsAsciiHexDigit) ? 4 : signs.All(IsBase32) ? 5 : signs.All(IsBase64) ? 6 : 0;
        string text = each is 5 or 6 ? signs : digits;
        return each == 0 ? "a text that is neither"
            : text.Length * each < LeastBits ? string.Create(CultureInfo.InvariantCulture, $"about {text.Length * each:0}")
            : text.Distinct().Count() < LeastCharacters || Unforeseen(text, each) < LeastUnforeseenBits ? "repetitions, or signs that follow each other in the alphabet or on a keyboard"
            : each == 6 && !AreKindsMixed(text) ? "words"
            : null;
    }

    private static bool IsBase32(char sign) => sign is (>= 'A' and <= 'Z') or (>= '2' and <= '7');

    private static bool IsBase64(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '+' or '/' or '-' or '_';

    // Of random signs of base 64 some 29 % lie among three or more capitals or small letters; of words, together with their capitals, far more, and these have hardly a digit.
    private static bool AreKindsMixed(string text)
    {
        static int Kind(char sign) => char.IsAsciiLetterLower(sign) ? 1 : char.IsAsciiLetterUpper(sign) ? 2 : 0;
        int inWords = 0;
        for (int first = 0, next; first < text.Length; first = next)
        {
            for (next = first + 1; next < text.Length && Kind(text[next]) == Kind(text[first]);)
            {
                next++;
            }

            inWords += Kind(text[first]) != 0 && next - first > 2 ? next - first : 0;
        }

        bool hasOthers = 33 * text.Count(sign => Kind(sign) == 0) > text.Length;
        return 100 * inWords < (hasOthers ? 76 : 65) * text.Length;
    }

    // The bits of what is not seen coming: what was there before, forwards or backwards, and rows of signs cost a number of where and how long.
    private static double Unforeseen(string text, double each)
    {
        const int shortest = 4;
        const double told = 8;
        string small = text.ToLowerInvariant();
        double bits = 0;
        for (int at = 0; at < small.Length;)
        {
            int length = 0;
            foreach (string known in (string[])[small[..at], new string([.. small[..at].Reverse()]), .. s_rows])
            {
                for (int from = 0; from + shortest <= known.Length; from++)
                {
                    int same = 0;
                    while (from + same < known.Length && at + same < small.Length && known[from + same] == small[at + same])
                    {
                        same++;
                    }

                    length = Math.Max(length, same);
                }
            }

            int row = 2;
            while (at + row < small.Length && small[at + row] - small[at + row - 1] == small[at + 1] - small[at] && Math.Abs(small[at + 1] - small[at]) <= 2)
            {
                row++;
            }

            length = Math.Max(length, row);
            bits += length < shortest ? each : Math.Min(told, length * each);
            at += length < shortest ? 1 : length;
        }

        return bits;
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
