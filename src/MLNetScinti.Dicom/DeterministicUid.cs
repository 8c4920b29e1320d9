using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace MLNetScinti.Dicom;

/// <summary>DICOM identifiers that depend only on what they are made from, so that the same input gives the same file.</summary>
/// <remarks>A UUID made from a hash, written as 2.25 and its decimal value (PS3.5 B.2; the UUID is of version 8, RFC 9562).</remarks>
public static class DeterministicUid
{
    /// <summary>The identifier of some parts: the same parts in the same order give the same identifier.</summary>
    public static string From(params IReadOnlyList<string> parts)
    {
        // Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
        StringBuilder text = new();
        foreach (string part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part};");
        }

        byte[] uuid = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..16];
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return "2.25." + new BigInteger(uuid, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }
}
