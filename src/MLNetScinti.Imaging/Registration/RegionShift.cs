using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>
/// Where a region that was drawn in one image lies in another, which shows it as brighter than what surrounds it: a shift without a turn, as breathing moves an organ between a CT, which is one phase of a
/// breath, and a SPECT, which is the mean of all. Found where the region, blurred as the image is, agrees best with the image around it (normalised cross-correlation over the voxels that the blurred region
/// reaches).
/// </summary>
/// <param name="Millimetres">By how much the region lies elsewhere in the image, mm.</param>
/// <param name="Agreement">The correlation there, -1 to 1.</param>
/// <param name="AgreementUnmoved">The correlation where it was drawn.</param>
public sealed record RegionShift(Point3 Millimetres, double Agreement, double AgreementUnmoved)
{
    // A judgement: below, something else than the region is what the image shows there.
    private const double LeastAgreement = 0.8;
    private const double FirstStep = 8, LastStep = 0.5;

    /// <summary>Whether the image shows the region there: the agreement is high, and the end of the search was not reached.</summary>
    public required bool IsFound { get; init; }

    /// <summary>Looks for a region.</summary>
    /// <param name="image">The image.</param>
    /// <param name="mask">The region; voxels finer than the image's.</param>
    /// <param name="geometry">Where it was drawn, in the image's coordinates.</param>
    /// <param name="fwhm">Full width at half maximum of the image's blur, mm.</param>
    /// <param name="reach">How far it may have moved, mm.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of its geometry, it is empty, or a width is not positive.</exception>
    public static RegionShift Find(Volume image, bool[] mask, ImageGeometry geometry, double fwhm, double reach)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fwhm);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reach);
        if (IndexBox.Of(mask, geometry.Shape) is null)
        {
            throw new ArgumentException("A region without a voxel lies nowhere.", nameof(mask));
        }

        Template template = new(image, mask, geometry, fwhm, reach);
        double unmoved = template.AgreementAt(default);
        Point3 best = default;
        double most = unmoved;
        // Breathing moves along the body: the search begins at several places along it, and goes on in all directions.
        for (double along = -FirstStep * Math.Floor(reach / FirstStep); along <= reach; along += FirstStep)
        {
            Point3 place = new(0, 0, along);
            double here = template.AgreementAt(place);
            (best, most) = here > most ? (place, here) : (best, most);
        }

        for (double step = FirstStep; step >= LastStep;)
        {
            Point3 from = best;
            foreach (Point3 direction in (ReadOnlySpan<Point3>)[new(step, 0, 0), new(-step, 0, 0), new(0, step, 0), new(0, -step, 0), new(0, 0, step), new(0, 0, -step)])
            {
                Point3 place = from + direction;
                double here = place.Length <= reach ? template.AgreementAt(place) : double.NegativeInfinity;
                (best, most) = here > most ? (place, here) : (best, most);
            }

            step = best == from ? step / 2 : step;
        }

        return new(best, most, unmoved) { IsFound = most >= LeastAgreement && best.Length <= reach - (FirstStep / 2) };
    }

    /// <summary>A region that is laid over an image in many places.</summary>
    private sealed class Template
    {
        private readonly (double Column, double Row, double Section)[] _places;
        private readonly float[] _image;
        private readonly float[] _drawn;
        private readonly ImageShape _shape;
        private readonly ImageGeometry _grid;
        private readonly double _fwhm;

        public Template(Volume image, bool[] mask, ImageGeometry geometry, double fwhm, double reach)
        {
            ImageGeometry grid = image.Geometry;
            (double Column, double Row, double Section)[] places = [.. Enumerable.Range(0, mask.Length).Where(voxel => mask[voxel]).Select(voxel =>
                grid.IndexOf(geometry.PositionOf(voxel % geometry.Columns, voxel / geometry.Columns % geometry.Rows, voxel / geometry.Columns / geometry.Rows)))];
            double around = reach + (2 * fwhm);
            (int First, int Count) Along(Func<(double Column, double Row, double Section), double> of, double spacing, int count)
            {
                int first = (int)Math.Clamp(Math.Floor(places.Min(of) - (around / spacing)), 0, count - 1), last = (int)Math.Clamp(Math.Ceiling(places.Max(of) + (around / spacing)), first, count - 1);
                return (first, last - first + 1);
            }

            (int column, int columns) = Along(place => place.Column, grid.ColumnSpacing, grid.Columns);
            (int row, int rows) = Along(place => place.Row, grid.RowSpacing, grid.Rows);
            (int section, int sections) = Along(place => place.Section, grid.SectionSpacing, grid.Sections);
            _shape = new(sections, rows, columns);
            _grid = grid.Window(column, row, section, _shape);
            _places = [.. places.Select(place => (place.Column - column, place.Row - row, place.Section - section))];
            _image = new float[_shape.Length];
            for (int line = 0; line < sections * rows; line++)
            {
                image.AsSpan().Slice(((((section + (line / rows)) * grid.Rows) + row + (line % rows)) * grid.Columns) + column, columns).CopyTo(_image.AsSpan(line * columns));
            }

            _drawn = new float[_shape.Length];
            _fwhm = fwhm;
        }

        public double AgreementAt(Point3 shift)
        {
            // Each of the region's voxels is shared among the eight of the image around it.
            (double moveColumn, double moveRow, double moveSection) = (shift.Dot(_grid.RowDirection) / _grid.ColumnSpacing, shift.Dot(_grid.ColumnDirection) / _grid.RowSpacing, shift.Dot(_grid.SectionDirection) / _grid.SectionSpacing);
            _drawn.AsSpan().Clear();
            foreach ((double atColumn, double atRow, double atSection) in _places)
            {
                double column = atColumn + moveColumn, row = atRow + moveRow, section = atSection + moveSection;
                int c = (int)Math.Floor(column), r = (int)Math.Floor(row), s = (int)Math.Floor(section);
                if (c < 0 || r < 0 || s < 0 || c >= _shape.Columns - 1 || r >= _shape.Rows - 1 || s >= _shape.Sections - 1)
                {
                    continue;
                }

                float right = (float)(column - c), down = (float)(row - r), on = (float)(section - s);
                for (int corner = 0; corner < 8; corner++)
                {
                    float weight = ((corner & 1) == 0 ? 1 - right : right) * ((corner & 2) == 0 ? 1 - down : down) * ((corner & 4) == 0 ? 1 - on : on);
                    _drawn[((((s + (corner >> 2)) * _shape.Rows) + r + (corner >> 1 & 1)) * _shape.Columns) + c + (corner & 1)] += weight;
                }
            }

            double deviation = _fwhm * GaussianFilter.DeviationPerFwhm;
            GaussianFilter.Apply(_drawn, _shape, deviation / _grid.SectionSpacing, deviation / _grid.RowSpacing, deviation / _grid.ColumnSpacing);
            float threshold = 0.02f * TensorPrimitives.Max<float>(_drawn);
            double count = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
            for (int i = 0; i < _drawn.Length; i++)
            {
                if (_drawn[i] > threshold)
                {
                    double x = _drawn[i], y = _image[i];
                    count++;
                    a += x;
                    b += y;
                    aa += x * x;
                    bb += y * y;
                    ab += x * y;
                }
            }

            double varianceA = (aa * count) - (a * a), varianceB = (bb * count) - (b * b);
            return varianceA > 0 && varianceB > 0 ? ((ab * count) - (a * b)) / Math.Sqrt(varianceA * varianceB) : -1;
        }
    }
}
