using System.Text;

namespace FellowOakDicom.IO;

/// <summary>The character sets of PS3.3 section C.12.1.1.2.</summary>
public static class DicomEncoding
{
    public static readonly Encoding Default = Encoding.ASCII;

    public static Encoding GetEncoding(string charset) => Known(charset.Trim()) ?? Default;

    /// <summary>The first set that says more than the default one; null is the default one.</summary>
    internal static Encoding GetEncoding(string[] charsets)
    {
        foreach (string charset in charsets)
        {
            Encoding encoding = Known(charset.Trim());
            if (encoding is not null)
            {
                return encoding;
            }
        }

        return null;
    }

    private static Encoding Known(string charset) => charset.Replace("ISO 2022 ", "ISO_", StringComparison.Ordinal).Replace(' ', '_') switch
    {
        "ISO_IR_100" => Encoding.Latin1,
        "ISO_IR_101" => Page(28592),
        "ISO_IR_109" => Page(28593),
        "ISO_IR_110" => Page(28594),
        "ISO_IR_144" => Page(28595),
        "ISO_IR_127" => Page(28596),
        "ISO_IR_126" => Page(28597),
        "ISO_IR_138" => Page(28598),
        "ISO_IR_148" => Page(28599),
        "ISO_IR_203" => Page(28605),
        "ISO_IR_13" => Page(932),
        "ISO_IR_87" or "ISO_IR_159" => Page(50220),
        "ISO_IR_149" => Page(51949),
        "ISO_IR_58" => Page(936),
        "ISO_IR_166" => Page(874),
        "ISO_IR_192" => Encoding.UTF8,
        "GB18030" => Page(54936),
        "GBK" => Page(936),
        _ => null,
    };

    private static Encoding Page(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number);
}
