using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Cli;

/// <summary>
/// The one place that writes to the console. Names of files, header values and cells of tables are others': what a terminal
/// would take for a command, or a log for a line of its own, becomes a blank.
/// </summary>
internal static class Terminal
{
    private static readonly TextWriter s_error = Console.Error;

    /// <summary>For tables and for what other libraries print, help among it.</summary>
    public static TextWriter Output { get; } = new PlainWriter(Console.Out);

    /// <summary>Whether there is somebody to watch a line change.</summary>
    public static bool IsLive => !Console.IsOutputRedirected;

    /// <summary>From here on nothing goes to the console but through here.</summary>
    public static void Guard()
    {
        Console.SetOut(Output);
        Console.SetError(new PlainWriter(s_error));
    }

    /// <summary>Writes one line, whatever the text holds.</summary>
    public static void Line(string text = "") => Output.WriteLine(PlainText.OneLine(text));

    /// <summary>Writes a text of several lines of our own making.</summary>
    public static void Text(string text) => Output.WriteLine(PlainText.Lines(text));

    /// <summary>Writes over the line that is there.</summary>
    public static void Over(string text, bool stay = false) => Write($"\r{PlainText.OneLine(text),-70}{(stay ? "" : "\r")}");

    /// <summary>Writes one line to the errors' stream.</summary>
    public static void Error(string text) => s_error.WriteLine(PlainText.OneLine(text));

    /// <summary>Writes one line of our own to the errors' stream, and needs no other part of the program for it.</summary>
    public static void Own(string text) => s_error.WriteLine(text);

    /// <summary>Writes a text of several lines to the errors' stream.</summary>
    public static void ErrorText(string text) => s_error.WriteLine(PlainText.Lines(text));

    private static void Write(string text) => ((PlainWriter)Output).Raw(text);

    private sealed class PlainWriter(TextWriter console) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        public void Raw(string text) => console.Write(text);

        public override void Write(char value) => console.Write(Plain(value));

        public override void Write(string? value) => Write((value ?? "").AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            char[] plain = new char[buffer.Length];
            for (int i = 0; i < plain.Length; i++)
            {
                plain[i] = Plain(buffer[i]);
            }

            console.Write(plain);
        }

        public override void Flush() => console.Flush();

        private char Plain(char character) =>
            PlainText.IsCommand(character) && character is not ('\n' or '\t') && !CoreNewLine.AsSpan().Contains(character) ? ' ' : character;
    }
}
