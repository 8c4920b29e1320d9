namespace MLNetScinti.Imaging;

/// <summary>
/// Elementary functions from additions, multiplications and divisions alone: the system's own differ in the last digit between
/// processors and systems, these do not. Good to some 1e-14.
/// </summary>
internal static class PortableMath
{
    private const double Log2 = 0.693147180559945309;

    /// <summary>Sine and cosine of an angle in degrees; exact for quarter turns.</summary>
    public static (double Sine, double Cosine) SinCosDegrees(double degrees)
    {
        double turn = degrees % 360;
        double quarters = Math.Round(turn / 90, MidpointRounding.ToEven);
        // From -45 to 45 degrees the series end soon.
        double x = (turn - (90 * quarters)) * (Math.PI / 180), square = x * x;
        double sine = 0, cosine = 0;
        for (int n = 18; n >= 2; n -= 2)
        {
            sine = (1 - sine) * square / (n * (n + 1));
            cosine = (1 - cosine) * square / (n * (n - 1));
        }

        (sine, cosine) = (x * (1 - sine), 1 - cosine);
        return ((((int)quarters % 4) + 4) % 4) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }

    /// <summary>The natural logarithm of a normal positive number.</summary>
    public static double Log(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) - 1023;
        double part = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (part > 1.4142135623730951)
        {
            (part, exponent) = (part / 2, exponent + 1);
        }

        // log(part) = 2 artanh((part - 1) / (part + 1)).
        double t = (part - 1) / (part + 1), square = t * t, sum = 0;
        for (int n = 21; n >= 1; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (2 * t * sum) + (exponent * Log2);
    }

    /// <summary>e to a power from -700 to 700.</summary>
    public static double Exp(double value)
    {
        double whole = Math.Floor((value / Log2) + 0.5), x = value - (whole * Log2), sum = 1;
        for (int n = 14; n >= 1; n--)
        {
            sum = 1 + (sum * x / n);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(whole + 1023) << 52);
    }

    /// <summary>
    /// The standard normal distribution's value below which a part lies (Wichura, Applied Statistics 37 (1988) 477, AS 241, PPND7:
    /// seven digits).
    /// </summary>
    /// <param name="part">Above 0 and below 1.</param>
    public static double NormalQuantile(double part)
    {
        double q = part - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double middle = 0.180625 - (q * q);
            return q * (((((((59.10937472 * middle) + 159.29113202) * middle) + 50.434271938) * middle) + 3.3871327179)
                / ((((((67.1875636 * middle) + 78.757757664) * middle) + 17.895169469) * middle) + 1));
        }

        double r = Math.Sqrt(-Log(q < 0 ? part : 1 - part)), value;
        if (r <= 5)
        {
            r -= 1.6;
            value = ((((((0.17023821103 * r) + 1.3067284816) * r) + 2.75681539) * r) + 1.4234372777)
                / ((((0.12021132975 * r) + 0.7370016425) * r) + 1);
        }
        else
        {
            r -= 5;
            value = ((((((0.017337203997 * r) + 0.42868294337) * r) + 3.081226386) * r) + 6.657905115)
                / ((((0.012258202635 * r) + 0.24197894225) * r) + 1);
        }

        return q < 0 ? -value : value;
    }
}
