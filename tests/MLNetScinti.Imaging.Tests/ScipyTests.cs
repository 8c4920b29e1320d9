using System.Globalization;
using System.Runtime.InteropServices;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

/// <summary>Comparisons with scipy.ndimage, where the system's Python has it.</summary>
public sealed class ScipyTests
{
    [PeerFact("python:scipy")]
    public void AffineMapsAgree()
    {
        ImageShape shape = new(23, 31);
        float[] image = ImageProperties.Noise(shape, 8);
        Affine affine = Affine.Compose(new Zoom(1.15), new Rotate(27), new Translate(3.2, -1.7));
        PlaneTransform back = affine.Transform.Inverse();
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            m = np.array([[{back.RowRow:r}, {back.RowColumn:r}], [{back.ColumnRow:r}, {back.ColumnColumn:r}]])
            middle = np.array([11.0, 15.0])
            offset = middle + np.array([{back.RowShift:r}, {back.ColumnShift:r}]) - m @ middle
            result = ndimage.affine_transform(image.reshape(23, 31), m, offset, order=1, mode='grid-constant')
            """);
        Assert.True(ImageProperties.LargestDifference(affine.Apply(image, shape), Scipy(image, script)) < 2e-5f);
    }

    [PeerFact("python:scipy")]
    public void GaussianFiltersAgree()
    {
        ImageShape shape = new(9, 14, 21);
        float[] image = ImageProperties.Noise(shape, 9);
        float[] peer = Scipy(image, "result = ndimage.gaussian_filter(image.reshape(9, 14, 21), [1.4, 2.2, 3.1], mode='reflect')");
        GaussianFilter.Apply(image, shape, 1.4, 2.2, 3.1);
        Assert.True(ImageProperties.LargestDifference(image, peer) < 1e-5f);
    }

    [PeerFact("python:scipy")]
    public void ConnectedRegionsAgree()
    {
        ImageShape shape = new(7, 15, 15);
        float[] image = ImageProperties.Noise(shape, 10);
        bool[] mask = Array.ConvertAll(image, value => value > 2.2f);
        float[] peer = Scipy(image, "result = np.bincount(ndimage.label(image.reshape(7, 15, 15) > 2.2)[0].ravel())[1:].astype('f4'); result.sort()");
        Assert.Equal(peer.Reverse(), LabelledRegions.Find(mask, shape).Regions.Select(region => (float)region.Voxels));
    }

    [PeerFact("python:scipy")]
    public void MorphologyAgrees()
    {
        ImageShape shape = new(7, 15, 15);
        float[] image = ImageProperties.Noise(shape, 12);
        bool[] mask = Array.ConvertAll(image, value => value > 0.5f);
        float[] peer = Scipy(
            image,
            """
            mask = image.reshape(7, 15, 15) > 0.5
            result = ndimage.binary_opening(mask).astype('f4') + 2 * ndimage.binary_fill_holes(mask)
            """);
        bool[] opened = Morphology.Open(mask, shape);
        bool[] filled = Morphology.FillHoles(mask, shape);
        Assert.Equal(peer, opened.Zip(filled, (open, fill) => (open ? 1f : 0) + (fill ? 2f : 0)));
    }

    internal static float[] Scipy(float[] image, string script)
    {
        string folder = Directory.CreateTempSubdirectory("scinti-scipy").FullName;
        try
        {
            string input = Path.Combine(folder, "in");
            string output = Path.Combine(folder, "out");
            File.WriteAllBytes(input, MemoryMarshal.AsBytes(image.AsSpan()));
            (int code, _, string error) = Peer.Run(
                Peer.Python,
                "-c",
                $"import sys\nimport numpy as np\nfrom scipy import ndimage\nimage = np.fromfile(sys.argv[1], 'f4').astype('f8')\n{script}\nresult.astype('f4').tofile(sys.argv[2])",
                input,
                output);
            Assert.True(code == 0, error);
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
