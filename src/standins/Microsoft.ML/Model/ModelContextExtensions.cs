namespace Microsoft.ML;

/// <summary>Parameters that many components write.</summary>
internal static class ModelContextExtensions
{
    public static void WritePairs(this ModelSaveContext context, (string Output, string Input)[] columns)
    {
        context.Writer.Write(columns.Length);
        foreach ((string output, string input) in columns)
        {
            context.Writer.Write(output);
            context.Writer.Write(input);
        }
    }

    public static (string Output, string Input)[] ReadPairs(this ModelLoadContext context)
    {
        (string Output, string Input)[] columns = new (string, string)[context.Reader.ReadCount()];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = (context.Reader.ReadString(), context.Reader.ReadString());
        }

        return columns;
    }

    public static void WriteTexts(this ModelSaveContext context, IReadOnlyCollection<string> texts)
    {
        context.Writer.Write(texts.Count);
        foreach (string text in texts)
        {
            context.Writer.Write(text);
        }
    }

    public static string[] ReadTexts(this ModelLoadContext context)
    {
        string[] texts = new string[context.Reader.ReadCount()];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = context.Reader.ReadString();
        }

        return texts;
    }

    /// <summary>A number of items that the rest of the stream can hold.</summary>
    public static int ReadCount(this BinaryReader reader)
    {
        int count = reader.ReadInt32();
        Guard.Decoded(count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position);
        return count;
    }
}
