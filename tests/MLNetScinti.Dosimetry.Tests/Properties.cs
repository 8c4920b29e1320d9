using FsCheck;
using FsCheck.Fluent;

namespace MLNetScinti.Dosimetry.Tests;

/// <summary>Properties with a bounded number of runs, and generators of numbers in a range.</summary>
internal static class Properties
{
    public static Gen<double> Between(double least, double most) => Gen.Choose(0, 1_000_000).Select(i => least + ((most - least) * i / 1_000_000));

    public static void Check<T>(Gen<T> generator, Func<T, bool> holds, int runs = 60) =>
        Prop.ForAll(generator.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));
}
