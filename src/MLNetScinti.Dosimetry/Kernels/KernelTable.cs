using System.Globalization;

namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>
/// Kernels as tables of text: lines of i, j, k and mGy/(MBq s) between tabs or blanks, one octant (0 &lt;= i &lt;= j &lt;= k where the voxels are cubes,
/// all of 0 to the half width otherwise), and before them lines "# key, tab, value" with name, nuclide, voxel mm (three edges), half width voxels
/// (three), medium, density g/ml, unit and source. What a kernel must not be without is asked for by its key.
/// </summary>
public static class KernelTable
{
    /// <summary>The two public 177Lu tables that come with this room, by name.</summary>
    public static IReadOnlyList<string> Shipped { get; } = ["lu177-2.21mm-soft-tissue", "lu177-4.42mm-soft-tissue"];

    /// <summary>A kernel that comes with this room.</summary>
    /// <exception cref="DosimetryException">There is none of this name; the message lists those that there are.</exception>
    public static VoxelKernel Named(string name)
    {
        if (!Shipped.Contains(name, StringComparer.Ordinal))
        {
            throw new DosimetryException(DosimetryIssue.UnknownName, $"No kernel '{name}'; there are: {string.Join(", ", Shipped)}.");
        }

        using TextReader reader = EmbeddedTable.Open(name + ".tsv");
        return Read(reader, name);
    }

    /// <summary>Reads a table.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="origin">What it is called in messages: the file's name.</param>
    /// <exception cref="DosimetryException">A key or a value is missing, wrong or there twice; the message names it.</exception>
    public static VoxelKernel Read(TextReader reader, string origin)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Dictionary<string, string[]> keys = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<(int I, int J, int K), double> values = [];
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.StartsWith('#'))
            {
                string[] cells = line[1..].Split('\t', StringSplitOptions.TrimEntries);
                keys[cells[0]] = cells[1..];
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                AddValue(line, number);
            }
        }

        string unit = Text("unit");
        if (unit != "mGy/(MBq s)")
        {
            throw new DosimetryException(DosimetryIssue.WrongUnit, $"{origin}: a kernel's unit is mGy/(MBq s), found '{unit}'.");
        }

        double[] voxel = Three("voxel mm"), half = Three("half width voxels");
        if (half.Any(width => !(width is >= 0 and <= 200)))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, FormattableString.Invariant($"The kernel's half width is {half[0]} x {half[1]} x {half[2]} voxels: expected 0 to 200 each way."));
        }

        KernelDescription description = new()
        {
            Name = Text("name"),
            Nuclide = Nuclide.Named(Text("nuclide")),
            ColumnSpacing = voxel[0],
            RowSpacing = voxel[1],
            SectionSpacing = voxel[2],
            HalfColumns = (int)half[0],
            HalfRows = (int)half[1],
            HalfSections = (int)half[2],
            Medium = Text("medium"),
            Density = Numbers("density g/ml", 1)[0],
            Source = Text("source"),
        };
        return VoxelKernel.Of(description, (i, j, k) =>
        {
            (int I, int J, int K) key = Key(i, j, k);
            return values.TryGetValue(key, out double value) ? value
                : throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"{origin}: the value at {key.I}, {key.J}, {key.K} is missing.");
        });

        // In tables of cubes one entry stands for all permutations.
        (int I, int J, int K) Key(int i, int j, int k)
        {
            if (voxel[0] != voxel[1] || voxel[1] != voxel[2])
            {
                return (i, j, k);
            }

            Span<int> sorted = [i, j, k];
            sorted.Sort();
            return (sorted[0], sorted[1], sorted[2]);
        }

        void AddValue(string line, int at)
        {
            string[] cells = line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            double value = 0;
            int[] index = new int[3];
            bool isRead = cells.Length == 4 && double.TryParse(cells[3], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
            for (int axis = 0; axis < 3 && isRead; axis++)
            {
                isRead = int.TryParse(cells[axis], NumberStyles.None, CultureInfo.InvariantCulture, out index[axis]);
            }

            if (!isRead || !values.TryAdd((index[0], index[1], index[2]), value))
            {
                throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                    $"{origin}, line {at}: expected i, j, k and a value, each i, j, k once, found '{Imaging.PlainText.Short(line)}'.");
            }
        }

        string[] Cells(string key) => keys.TryGetValue(key, out string[]? cells) && cells is [{ Length: > 0 }, ..] ? cells
            : throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"{origin}: a kernel needs a line '# {key}' with its value behind a tab.");

        string Text(string key) => Cells(key)[0];

        double[] Three(string key) => Numbers(key, 3);

        double[] Numbers(string key, int count)
        {
            string[] cells = Cells(key);
            double[] all = new double[count];
            for (int i = 0; i < count; i++)
            {
                all[i] = i < cells.Length && double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out double read) && read is >= 0 and < 1e4 ? read
                    : throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"{origin}: '# {key}' needs {count} numbers, found '{string.Join(' ', cells)}'.");
            }

            return all;
        }
    }
}
