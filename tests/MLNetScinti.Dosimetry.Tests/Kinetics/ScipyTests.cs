using System.Globalization;
using System.Text.Json;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Kinetics;

/// <summary>Fits against scipy's least squares from many starts, at the times and with the scatter of patients.</summary>
public sealed class ScipyTests
{
    // For each curve: from 12 starts, to the last digits, the lowest weighted sum of squares and its integral.
    private const string Script = """
        import json, sys
        import numpy as np
        from scipy.optimize import least_squares
        random = np.random.default_rng(1)
        answers = []
        for case in json.loads(sys.argv[1]):
            t, a, shape = np.array(case["hours"]), np.array(case["activities"]), case["shape"]
            def value(p):
                r = np.exp(p[-2:] if shape != "Mono" else p[-1:])
                if shape == "Mono": return p[0] * np.exp(-r[0] * t)
                if shape == "Bi": return p[0] * np.exp(-r[0] * t) + p[1] * np.exp(-r[1] * t)
                return p[0] * (np.exp(-r[0] * t) - np.exp(-r[1] * t))
            best = None
            for start in range(12):
                slow, fast = np.log(.01) + .6 * random.standard_normal(), np.log(.4) + .8 * random.standard_normal()
                p = {"Mono": [a.max(), slow], "Bi": [a.max() / 2, a.max() / 2, slow, fast], "Uptake": [a.max(), slow, fast]}[shape]
                try:
                    found = least_squares(lambda p: (a - value(p)) / a.max(), p, method="lm", xtol=3e-16, ftol=3e-16, gtol=3e-16, max_nfev=4000)
                except ValueError:
                    continue
                if best is None or found.cost < best.cost: best = found
            r = np.exp(best.x[-2:] if shape != "Mono" else best.x[-1:])
            c = best.x
            tia = c[0] / r[0] if shape == "Mono" else c[0] / r[0] + c[1] / r[1] if shape == "Bi" else c[0] * (1 / r[0] - 1 / r[1])
            answers.append([2 * best.cost * a.max() ** 2, tia, min(r)])
        print(json.dumps(answers))
        """;

    [PeerFact("python:scipy")]
    public void The_lowest_of_all_minima_is_found()
    {
        List<(ExponentialShape Shape, TimeActivityCurve Curve)> cases = [];
        for (ulong sample = 0; sample < 90; sample++)
        {
            CounterRandom random = new(21, 0, sample, "patient");
            ExponentialShape shape = (ExponentialShape)(sample % 3);
            double[] hours = shape == ExponentialShape.Bi ? [1, 4, 10, 26, 74, 145] : [.. new[] { 3.74, 27.7, 103.1, 124.0 }.Select(hour => hour * random.NextDouble(.8, 1.2))];
            double slow = random.NextDouble(30, 110), fast = shape == ExponentialShape.Bi ? random.NextDouble(2, 9) : random.NextDouble(.5, 3), amplitude = Math.Exp(random.NextDouble(-2, 6));
            double noise = shape == ExponentialShape.Bi ? .01 : .03;
            cases.Add((shape, TimeActivityCurve.Of(Nuclide.Lutetium177, hours, [.. hours.Select(hour => amplitude * random.NextNormal(1, noise) * shape switch
            {
                ExponentialShape.Mono => Math.Pow(2, -hour / slow),
                ExponentialShape.Bi => Math.Pow(2, -hour / slow) + Math.Pow(2, -hour / fast),
                _ => Math.Pow(2, -hour / slow) - Math.Pow(2, -hour / fast),
            })])));
        }

        string json = JsonSerializer.Serialize(cases.Select(one => new
        {
            hours = one.Curve.Points.Select(point => point.Hours),
            activities = one.Curve.Points.Select(point => point.Megabecquerel),
            shape = one.Shape.ToString(),
        }));
        (int exit, string text, string error) = Peer.Run(Peer.Python, "-c", Script, json);
        Assert.True(exit == 0, error);
        double[][] answers = JsonSerializer.Deserialize<double[][]>(text)!;
        int compared = 0;
        for (int i = 0; i < cases.Count; i++)
        {
            TimeActivityFit fit = new LeastSquares(cases[i].Shape) { OnRising = RisingData.Flag }.Fit(cases[i].Curve);
            // A free minimum slower than physical decay is put there here; it is no minimum of the same problem.
            if (fit.Has(DosimetryIssue.ClampedAtPhysicalDecay) || answers[i][2] < Nuclide.Lutetium177.DecayConstant)
            {
                continue;
            }

            compared++;
            string which = string.Create(CultureInfo.InvariantCulture, $"{i} {cases[i].Shape}: {fit.SumOfSquares:R} and {answers[i][0]:R}, {fit.TimeIntegratedActivity:R} and {answers[i][1]:R}");
            double scale = cases[i].Curve.Points.Sum(point => point.Megabecquerel * point.Megabecquerel);
            Assert.True(fit.SumOfSquares <= (answers[i][0] * (1 + 1e-9)) + (1e-15 * scale), which);
            // Where both ended at one minimum, and the uptake is one that the points tell.
            if (Math.Abs(fit.SumOfSquares - answers[i][0]) < (1e-8 * answers[i][0]) + (1e-15 * scale) && fit.Parameters[^1].Value < 5)
            {
                Assert.True(Math.Abs((fit.TimeIntegratedActivity / answers[i][1]) - 1) < 1e-6, which);
            }
        }

        Assert.InRange(compared, 60, 90);
    }
}
