using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Interactive;

/// <summary>A picture and what is seen on it, for who cannot see it.</summary>
internal sealed record DrawnPicture(byte[] Png, string Description)
{
    public DrawnPicture(PngImage image, string description)
        : this(PngEncoder.Encode(image), description)
    {
    }

    public Markup Html() => Markup.Of($"""<img src="data:image/png;base64,{Convert.ToBase64String(Png)}" alt="{Description}">""");
}
