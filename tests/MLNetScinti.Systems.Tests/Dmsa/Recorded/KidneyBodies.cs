using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Systems.Tests.Dmsa.Recorded;

/// <summary>Bodies of every kind that the search has an answer for, with noise, and the answers as text.</summary>
internal static class KidneyBodies
{
    public static IEnumerable<(string Name, Volume Volume)> Bodies()
    {
        (string Name, Point3 Left, Point3 LeftAxes, float LeftCounts, Point3 Right, Point3 RightAxes, float RightCounts)[] pairs =
        [
            ("two", new(45, 20, 0), new(18, 15, 35), 200, new(-48, 22, -8), new(18, 15, 33), 160),
            ("faint", new(45, 20, 0), new(18, 15, 35), 200, new(-48, 22, -8), new(12, 11, 24), 44),
            ("small", new(45, 20, 0), new(18, 15, 35), 200, new(-48, 22, -8), new(7, 6, 8), 150),
            ("one", new(45, 20, 0), new(18, 15, 35), 200, new(-48, 22, -8), new(18, 15, 33), 6),
            ("edge", new(45, 20, 60), new(18, 15, 35), 200, new(-48, 22, 64), new(18, 15, 33), 160),
            ("near", new(22, 20, 0), new(20, 15, 35), 200, new(-22, 22, -8), new(20, 15, 33), 160),
        ];
        foreach (var pair in pairs)
        {
            foreach (bool mirrored in (bool[])[false, true])
            {
                Volume volume = Body(mirrored);
                Add(volume, pair.Left, pair.LeftAxes, pair.LeftCounts);
                Add(volume, pair.Right, pair.RightAxes, pair.RightCounts);
                // A defect, and a bladder below.
                Add(volume, new(45, 20, 2), new(30, 9, 5), 20);
                Add(volume, new(0, -20, -70), new(14, 12, 10), 90);
                CounterRandom random = new(5, 0, 0, pair.Name);
                for (int i = 0; i < volume.Voxels.Length; i++)
                {
                    volume.Voxels[i] = (volume.Voxels[i] * (90 + random.NextInt32(20)) / 100) + random.NextInt32(3);
                }

                volume.Voxels[1000] = float.NaN;
                volume.Voxels[2000] = float.PositiveInfinity;
                yield return (mirrored ? pair.Name + " mirrored" : pair.Name, volume);
            }
        }
    }

    public static Volume Padded(Volume volume, int sections)
    {
        ImageGeometry geometry = volume.Geometry;
        int before = (sections - geometry.Sections) / 2;
        return new Volume(geometry.Window(0, 0, -before, new ImageShape(sections, geometry.Rows, geometry.Columns)), new PadSections(sections).Apply(volume.Voxels, volume.Shape));
    }

    public static string Describe(string name, KidneySeparation found, params IEnumerable<(Kidney? Kidney, Func<Volume> Crop)> sides)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{name}: {found.Confidence:r} {found.PlaneX:r} {found.Reason}");
        foreach ((Kidney? kidney, Func<Volume> crop) in sides)
        {
            if (kidney is null)
            {
                text += " | -";
                continue;
            }

            IndexBox b = kidney.Box;
            Volume cut = crop();
            text += string.Create(
                CultureInfo.InvariantCulture,
                $" | {kidney.Centre.X:r} {kidney.Centre.Y:r} {kidney.Centre.Z:r} {kidney.Section:r} {b.FirstSection}-{b.LastSection} {b.FirstRow}-{b.LastRow} {b.FirstColumn}-{b.LastColumn} {kidney.Millilitres:r} {kidney.Counts:r} {cut.Geometry.Origin.Z:r} {Hash(cut.Voxels)}");
        }

        return text;
    }

    public static string Hash(ReadOnlySpan<float> values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)))[..16];

    private static Volume Body(bool mirrored)
    {
        ImageGeometry geometry = ImageGeometry.Axial(64, 64, 55, 3.5, 3.5);
        if (mirrored)
        {
            geometry = geometry with
            {
                Origin = geometry.PositionOf(63, 0, 54),
                RowDirection = new(-1, 0, 0),
                SectionDirection = new(0, 0, -1),
            };
        }

        Volume volume = new(geometry);
        Add(volume, new(0, 0, 0), new(100, 70, 200), 3);
        return volume;
    }

    private static void Add(Volume volume, Point3 centre, Point3 halfAxes, float value)
    {
        ImageShape shape = volume.Shape;
        for (int s = 0; s < shape.Sections; s++)
        {
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++)
                {
                    Point3 at = volume.Geometry.PositionOf(c, r, s) - centre;
                    if (new Point3(at.X / halfAxes.X, at.Y / halfAxes.Y, at.Z / halfAxes.Z).Length <= 1)
                    {
                        volume[s, r, c] = value;
                    }
                }
            }
        }
    }
}
