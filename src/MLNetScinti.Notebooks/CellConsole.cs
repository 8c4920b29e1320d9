using System.Text;

namespace MLNetScinti.Notebooks;

/// <summary>Puts what is printed under the cell that runs. There is one console, so there is one of these at a time.</summary>
internal sealed class CellConsole : IDisposable
{
    private static volatile CellOutputs? s_current;

    private readonly TextWriter _output = Console.Out;
    private readonly TextWriter _error = Console.Error;

    public CellConsole()
    {
        Console.SetOut(new Writer("stdout", _output));
        Console.SetError(new Writer("stderr", _error));
    }

    /// <summary>The outputs of the cell that runs; null where none does.</summary>
    public static CellOutputs? Current
    {
        get => s_current;
        set => s_current = value;
    }

    public void Dispose()
    {
        Console.SetOut(_output);
        Console.SetError(_error);
        s_current = null;
    }

    /// <summary>Between cells, what is printed goes where it went before.</summary>
    private sealed class Writer(string stream, TextWriter otherwise) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            if (s_current is { } outputs)
            {
                outputs.Print(stream, value ?? "");
            }
            else
            {
                otherwise.Write(value);
            }
        }

        public override void WriteLine(string? value) => Write(value + "\n");
    }
}
