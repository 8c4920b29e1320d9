using FsCheck.Fluent;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

/// <summary>Contours enclose exactly the mask, and fill to it again.</summary>
public sealed class ContourTests
{
    [Theory]
    // A voxel, a bar, an L.
    [InlineData("#", 1, 0, "4")]
    [InlineData("###", 1, 0, "4")]
    [InlineData("#./##", 1, 0, "6")]
    // Saddles: corners that touch part islands, and holes that touch a corner are open there.
    [InlineData("#./.#", 2, 0, "4 4")]
    [InlineData("##./#.#/.##", 2, 0, "6 6")]
    // A ring, a ring whose hole is open at a corner, two holes, and holes that touch.
    [InlineData("###/#.#/###", 1, 1, "10")]
    [InlineData("###/#.#/##.", 1, 0, "10")]
    [InlineData("#####/#.#.#/#####", 1, 2, "14")]
    [InlineData("####/#.##/##.#/####", 1, 1, "14")]
    // An island in a hole.
    [InlineData("#####/#...#/#.#.#/#...#/#####", 2, 1, "10 4")]
    public void AContourGoesAlongTheEdgesOfPixels(string picture, int islands, int holes, string points)
    {
        (bool[] mask, ImageShape shape) = Mask(picture);
        SectionContours contours = Assert.Single(MaskContours.Of(mask, shape, HoleForm.Keyhole));
        Assert.Equal((islands, holes), (contours.Islands, contours.Holes));
        Assert.Equal(points, string.Join(' ', contours.Polygons.Select(polygon => polygon.Count)));
        Assert.Equal((mask.Count(pixel => pixel), islands, holes), Rounded(PolygonRegions.Of(contours.Polygons, PolygonCombination.Union)));

        SectionContours apart = Assert.Single(MaskContours.Of(mask, shape, HoleForm.ExclusiveOr));
        Assert.Equal(islands + holes, apart.Polygons.Count);
        Assert.Equal((mask.Count(pixel => pixel), islands, holes), Rounded(PolygonRegions.Of(apart.Polygons, PolygonCombination.ExclusiveOr)));
    }

    [Fact]
    public void ACornerOfTheFirstPixelIsHalfAPixelBeforeItsCentre()
    {
        PlanePoint[] square = [.. Assert.Single(Assert.Single(MaskContours.Of([true], new ImageShape(1, 1), HoleForm.Keyhole)).Polygons)];
        Assert.Equal([new(-0.5, -0.5), new(0.5, -0.5), new(0.5, 0.5), new(-0.5, 0.5)], square);
    }

    [Fact]
    public void SectionsWithoutVoxelsHaveNoContours()
    {
        bool[] mask = new bool[5 * 4];
        mask[0] = mask[3 * 4] = true;
        Assert.Equal([0, 3], MaskContours.Of(mask, new ImageShape(5, 2, 2), HoleForm.Keyhole).Select(section => section.Section));
        Assert.Empty(MaskContours.Of(new bool[20], new ImageShape(5, 2, 2), HoleForm.Keyhole));
        Assert.Throws<ArgumentException>(() => MaskContours.Of(mask, new ImageShape(5, 2, 3), HoleForm.Keyhole));
    }

    [Fact]
    public void TenThousandRandomMasksKeepTheirAreaAndComeBack()
    {
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            (bool[] mask, ImageShape shape) = RandomMask(seed);
            foreach (HoleForm form in (ReadOnlySpan<HoleForm>)[HoleForm.Keyhole, HoleForm.ExclusiveOr])
            {
                string problem = Problem(mask, shape, form);
                Assert.True(problem.Length == 0, $"seed {seed}, {form}: {problem}");
            }
        }
    }

    [Fact]
    public void AnyMaskComesBack()
    {
        FsCheck.Gen<(bool[] Mask, ImageShape Shape)> masks =
            from shape in ImageProperties.Shapes
            from density in Gen.Choose(1, 9)
            from draws in Gen.Choose(0, 9).ArrayOf(shape.Length)
            select (Array.ConvertAll(draws, draw => draw < density), shape);
        ImageProperties.Check(masks, mask => Problem(mask.Mask, mask.Shape, HoleForm.Keyhole).Length + Problem(mask.Mask, mask.Shape, HoleForm.ExclusiveOr).Length == 0, runs: 300);
    }

    [Fact]
    public void HolesMayHangOnHolesToAnyDepth()
    {
        // Thousands in a row, each to the left of the next.
        const int columns = 20_001;
        bool[] mask = new bool[3 * columns];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = i / columns != 1 || i % columns % 2 == 0;
        }

        SectionContours contours = Assert.Single(MaskContours.Of(mask, new ImageShape(3, columns), HoleForm.Keyhole));
        Assert.Equal(10_000, contours.Holes);
        Assert.Equal((mask.Count(pixel => pixel), 1, 10_000), Rounded(PolygonRegions.Of(contours.Polygons, PolygonCombination.Union)));
    }

    [DataFact("kidney-masks", "ct-kidney/kidney_left.nii.gz")]
    public void RealMasksComeBackInAllThreeDirections()
    {
        string[] files = [.. Directory.EnumerateFiles(TestData.Path("kidney-masks")), TestData.Path("ct-kidney/kidney_left.nii.gz"), TestData.Path("ct-kidney/kidney_right.nii.gz")];
        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(file);
            NiftiLabels labels = NiftiLabels.Decode(stream);
            bool[] mask = Array.ConvertAll(labels.Labels, label => label > 0);
            (IndexBox box, ImageShape whole) = (IndexBox.Of(mask, labels.Shape)!.Value, labels.Shape);
            for (int turn = 0; turn < 3; turn++)
            {
                // The box of the mask with its axes turned round.
                int[] extents = [box.Shape.Sections, box.Shape.Rows, box.Shape.Columns];
                ImageShape shape = new(extents[turn], extents[(turn + 1) % 3], extents[(turn + 2) % 3]);
                bool[] turned = new bool[shape.Length];
                int[] at = new int[3];
                for (int i = 0; i < turned.Length; i++)
                {
                    (at[turn], at[(turn + 1) % 3], at[(turn + 2) % 3]) = (i / shape.PlaneLength, i / shape.Columns % shape.Rows, i % shape.Columns);
                    turned[i] = mask[((((box.FirstSection + at[0]) * whole.Rows) + box.FirstRow + at[1]) * whole.Columns) + box.FirstColumn + at[2]];
                }

                Assert.Equal("", Problem(turned, shape, HoleForm.Keyhole));
                Assert.Equal("", Problem(turned, shape, HoleForm.ExclusiveOr));
            }
        }
    }

    [Fact]
    public void PolygonsMayCrossAndLieInEachOther()
    {
        PlanePoint[] Square(double x, double y, double side) => [new(x, y), new(x + side, y), new(x + side, y + side), new(x, y + side)];
        // 4 + 4 - 1, and what lies in both left out.
        Assert.Equal((7, 1, 0), Rounded(PolygonRegions.Of([Square(0, 0, 2), Square(1, 1, 2)], PolygonCombination.Union)));
        Assert.Equal((6, 2, 0), Rounded(PolygonRegions.Of([Square(0, 0, 2), Square(1, 1, 2)], PolygonCombination.ExclusiveOr)));
        Assert.Equal((16, 1, 0), Rounded(PolygonRegions.Of([Square(0, 0, 4), Square(1, 1, 2)], PolygonCombination.Union)));
        Assert.Equal((13, 2, 1), Rounded(PolygonRegions.Of([Square(0, 0, 4), Square(1, 1, 2), Square(1.5, 1.5, 1)], PolygonCombination.ExclusiveOr)));
        // A bow tie, whose signed area is none.
        Assert.Equal((2, 2, 0), Rounded(PolygonRegions.Of([[new(0, 0), new(2, 2), new(2, 0), new(0, 2)]], PolygonCombination.Union)));
        Assert.Equal(new PolygonRegions(0, 0, 0), PolygonRegions.Of([[new(0, 0), new(1, 1), new(2, 2)]], PolygonCombination.Union));
        Assert.Throws<ArgumentException>(() => PolygonRegions.Of([[new(0, 0), new(1, double.NaN), new(2, 2)]], PolygonCombination.Union));
    }

    [Fact]
    public void ADiscOfManyCornersHasTheAreaOfItsFormula()
    {
        const int corners = 1000;
        PlanePoint[] disc = [.. Enumerable.Range(0, corners).Select(i => new PlanePoint(30 * Math.Cos(2 * Math.PI * i / corners), 30 * Math.Sin(2 * Math.PI * i / corners)))];
        double expected = corners / 2.0 * 900 * Math.Sin(2 * Math.PI / corners);
        PolygonRegions found = PolygonRegions.Of([disc], PolygonCombination.Union);
        Assert.Equal((expected, 1, 0), (found.Area, found.Islands, found.Holes), new Nearly());
    }

    [Fact]
    public void APolygonFillsThePixelsWhoseCentresItEncloses()
    {
        bool[] plane = new bool[5 * 5];
        PolygonFilling.Fill([[new(-9, 0.5), new(2.4, 0.5), new(2.4, 2.5), new(-9, 2.5)]], PolygonCombination.Union, 5, 5, plane);
        Assert.Equal(Mask("...../###../###../...../.....").Mask, plane);
        Assert.Throws<ArgumentException>(() => PolygonFilling.Fill([[new(0, 0), new(1, double.PositiveInfinity), new(2, 2)]], PolygonCombination.Union, 5, 5, plane));
    }

    [Fact]
    public void ThePlaneOfContoursIsFoundWhicheverWayTheyGo()
    {
        Point3 normal = 1 / Math.Sqrt(14) * new Point3(1, -2, 3), across = 1 / Math.Sqrt(5) * new Point3(2, 1, 0);
        Point3[] square = [.. new[] { (0, 0), (5, 0), (5, 5), (0, 5) }.Select(p => new Point3(100, 200, -300) + (p.Item1 * across) + (p.Item2 * normal.Cross(across)))];
        ContourPlane plane = ContourPlane.Of([square, [.. square.Reverse()]])!;
        Assert.True((plane.Normal - normal).Length < 1e-12);
        Assert.True(plane.Spread(square) < 1e-10);
        Assert.Equal(25, PolygonRegions.Of([[.. square.Select(plane.Flatten)]], PolygonCombination.Union).Area, 9);
        Assert.Equal(25, ContourPlane.AreaVector(square).Length, 9);
        Assert.Null(ContourPlane.Of([[square[0], square[1], square[0]]]));
    }

    /// <summary>A mask of islands, holes, holes in holes, saddles and single voxels, some at its edges, with gaps between sections.</summary>
    internal static (bool[] Mask, ImageShape Shape) RandomMask(ulong seed)
    {
        CounterRandom random = new(seed, 0, 0, "mask");
        ImageShape shape = new(random.NextInt32(1, 5), random.NextInt32(1, 13), random.NextInt32(1, 13));
        bool[] mask = new bool[shape.Length];
        double density = random.NextDouble(0.05, 0.95);
        for (int section = 0; section < shape.Sections; section++)
        {
            Span<bool> plane = mask.AsSpan(section * shape.PlaneLength, shape.PlaneLength);
            switch (random.NextInt32(4))
            {
                case 0:
                    // A gap, or a lone voxel.
                    plane[random.NextInt32(plane.Length)] = random.NextBoolean();
                    break;
                case 1:
                    foreach (ref bool pixel in plane)
                    {
                        pixel = random.NextBoolean(density);
                    }

                    break;
                default:
                    // Rings in rings, turned round a few pixels here and there.
                    for (int box = 0; box < 6; box++)
                    {
                        (int x, int y) = (random.NextInt32(shape.Columns), random.NextInt32(shape.Rows));
                        (int toX, int toY) = (random.NextInt32(x, shape.Columns), random.NextInt32(y, shape.Rows));
                        for (int i = 0; i < plane.Length; i++)
                        {
                            plane[i] ^= i % shape.Columns >= x && i % shape.Columns <= toX && i / shape.Columns >= y && i / shape.Columns <= toY;
                        }
                    }

                    break;
            }
        }

        return (mask, shape);
    }

    private static string Problem(bool[] mask, ImageShape shape, HoleForm form)
    {
        PolygonCombination combination = form == HoleForm.Keyhole ? PolygonCombination.Union : PolygonCombination.ExclusiveOr;
        bool[] filled = new bool[mask.Length];
        foreach (SectionContours section in MaskContours.Of(mask, shape, form))
        {
            int start = section.Section * shape.PlaneLength;
            ReadOnlySpan<bool> plane = mask.AsSpan(start, shape.PlaneLength);
            PolygonRegions regions = PolygonRegions.Of(section.Polygons, combination);
            (int islands, int holes) = Counted(plane, shape.Rows, shape.Columns);
            if (Math.Abs(regions.Area - plane.Count(true)) > 1e-9)
            {
                return $"section {section.Section} has {plane.Count(true)} pixels, its contours {regions.Area}";
            }

            if ((regions.Islands, regions.Holes) != (islands, holes) || (section.Islands, section.Holes) != (islands, holes))
            {
                return $"section {section.Section} has {islands} islands and {holes} holes, said are {section.Islands} and {section.Holes}, of the contours {regions.Islands} and {regions.Holes}";
            }

            foreach (IReadOnlyList<PlanePoint> polygon in section.Polygons)
            {
                for (int i = 0; i < polygon.Count; i++)
                {
                    (PlanePoint a, PlanePoint b, PlanePoint c) = (polygon[i], polygon[(i + 1) % polygon.Count], polygon[(i + 2) % polygon.Count]);
                    double turn = ((b.X - a.X) * (c.Y - b.Y)) - ((b.Y - a.Y) * (c.X - b.X));
                    if (polygon.Count < 4 || a == b || turn == 0)
                    {
                        return $"section {section.Section} has points in a row at {b}";
                    }
                }
            }

            PolygonFilling.Fill(section.Polygons, combination, shape.Rows, shape.Columns, filled.AsSpan(start, shape.PlaneLength));
        }

        return filled.AsSpan().SequenceEqual(mask) ? "" : "the filled mask is another";
    }

    /// <summary>Islands and holes by flooding: pixels meet over faces within the mask, over corners as well outside.</summary>
    private static (int Islands, int Holes) Counted(ReadOnlySpan<bool> plane, int rows, int columns)
    {
        ImageShape shape = new(rows + 2, columns + 2);
        bool[] outside = new bool[shape.Length];
        Array.Fill(outside, true);
        for (int i = 0; i < plane.Length; i++)
        {
            outside[((1 + (i / columns)) * shape.Columns) + 1 + (i % columns)] = !plane[i];
        }

        return (LabelledRegions.Find(plane, new ImageShape(rows, columns)).Regions.Count, LabelledRegions.Find(outside, shape, Connectivity.Corners).Regions.Count - 1);
    }

    private static (double Area, int Islands, int Holes) Rounded(PolygonRegions regions) => (Math.Round(regions.Area, 9), regions.Islands, regions.Holes);

    private static (bool[] Mask, ImageShape Shape) Mask(string picture)
    {
        string[] lines = picture.Split('/');
        return ([.. lines.SelectMany(line => line.Select(pixel => pixel == '#'))], new ImageShape(lines.Length, lines[0].Length));
    }

    private sealed class Nearly : IEqualityComparer<(double Area, int Islands, int Holes)>
    {
        public bool Equals((double Area, int Islands, int Holes) x, (double Area, int Islands, int Holes) y) =>
            Math.Abs(x.Area - y.Area) < 1e-9 * x.Area && x.Islands == y.Islands && x.Holes == y.Holes;

        public int GetHashCode((double Area, int Islands, int Holes) regions) => regions.Islands;
    }
}
