using System.Security.Cryptography;
using System.Text;

namespace MLNetScinti.Dicom;

/// <summary>
/// The secret from which pseudonyms of patients are made. Without it nobody can find the patient by trying all
/// patient numbers; with it, the same patient has the same pseudonym in every run.
/// </summary>
public sealed class PseudonymKey
{
    /// <summary>The environment variable that <see cref="ForThisUser"/> looks at first.</summary>
    public const string EnvironmentVariable = "SCINTI_PSEUDONYM_KEY";

    private static readonly Lazy<PseudonymKey> s_forThisUser = new(FindOrMake);

    private readonly byte[] _key;

    /// <summary>A key from a secret text, such as a hospital keeps for its archive.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public PseudonymKey(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        _key = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>
    /// The key of this user on this machine: the environment variable <c>SCINTI_PSEUDONYM_KEY</c> where it is set, else
    /// a random key that is made once and kept in the user's application data, readable by the user alone. Where that
    /// cannot be written, a random key for the life of this process.
    /// </summary>
    public static PseudonymKey ForThisUser => s_forThisUser.Value;

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

    /// <inheritdoc/>
    public override string ToString() => "[secret]";

    private static PseudonymKey FindOrMake()
    {
        string? told = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (!string.IsNullOrWhiteSpace(told))
        {
            return new PseudonymKey(told);
        }

        string fresh = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        if (home.Length == 0)
        {
            return new PseudonymKey(fresh);
        }

        string folder = Path.Combine(home, "MLNetScinti");
        string file = Path.Combine(folder, "pseudonym.key");
        try
        {
            if (!File.Exists(file))
            {
                Directory.CreateDirectory(folder);
                string temporary = file + "." + fresh[..8];
                FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using (StreamWriter writer = new(temporary, System.Text.Encoding.ASCII, options))
                {
                    writer.Write(fresh);
                }

                // Two processes may be here at once: the first one's key stays.
                try
                {
                    File.Move(temporary, file, overwrite: false);
                }
                catch (IOException)
                {
                    File.Delete(temporary);
                }
            }

            string kept = File.ReadAllText(file).Trim();
            return new PseudonymKey(kept.Length > 0 ? kept : fresh);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new PseudonymKey(fresh);
        }
    }
}
