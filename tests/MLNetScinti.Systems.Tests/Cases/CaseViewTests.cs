using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Tasks;
using Xunit;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Cases are decoded once, kept, and given back as they were.</summary>
public sealed class CaseViewTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(1 << 30)]
    public void WhatWasKeptComesBackBitForBit(long budget)
    {
        SyntheticCases source = Odd(30);
        using CaseView view = new(source, new CaseViewOptions { MemoryBudget = budget, Parallelism = 4 });
        float[][] first = [.. view.Read().Select(one => one.Images.SelectMany(image => image.Values.ToArray()).ToArray())];
        float[][] second = [.. view.Read().Select(one => one.Images.SelectMany(image => image.Values.ToArray()).ToArray())];
        float[][] expected = [.. Enumerable.Range(0, 30).Select(number => source.Read(number).Cases[0].Images.SelectMany(image => image.Values.ToArray()).ToArray())];

        Assert.Equal(expected.Select(Bits), first.Select(Bits));
        Assert.Equal(expected.Select(Bits), second.Select(Bits));
        Assert.Equal(expected.Select(values => Bits(values[..12])), AnswerColumns.Read(view, "First").Select(Bits));
        Assert.Equal(expected.Select(values => Bits(values[12..])), AnswerColumns.Read(view, "Second").Select(Bits));
    }

    [Fact]
    public void AStudyIsOpenedOnceHoweverOftenItIsRead()
    {
        SyntheticCases source = Odd(24);
        using CaseView view = new(source, new CaseViewOptions { MemoryBudget = 500, Parallelism = 3 });
        MLContext ml = new(seed: 1);
        PatientSplit split = ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25);
        _ = view.Fingerprint();
        for (int pass = 0; pass < 2; pass++)
        {
            Assert.Equal(12, AnswerColumns.Read(split.Train, "First").Length);
            Assert.Equal(6, split.Test.Cases!.Read().Count());
            Assert.Equal(24, AnswerColumns.Read(view, "Second").Length);
        }

        Assert.All(source.Opened, times => Assert.Equal(1, times));
    }

    [Fact]
    public void TwoReadersAtOnceOpenAStudyOnce()
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            SyntheticCases source = Odd(40);
            using CaseView view = new(source, new CaseViewOptions { Parallelism = 4 });
            Parallel.For(0, 3, _ => Assert.Equal(40, view.Read().Count()));
            Assert.All(source.Opened, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void WithoutKeepingAPassReadsEachStudyAgain()
    {
        SyntheticCases source = Odd(10);
        using CaseView view = new(source, new CaseViewOptions { Keep = false });
        Assert.Equal(10, view.Read().Count());
        Assert.Equal(10, view.Read().Count(one => one.Images[0].Values.Length == 12));
        Assert.All(source.Opened, times => Assert.Equal(2, times));

        // Nothing is remembered of a stream, so that its memory does not grow: without images too it is read again.
        Assert.Equal(10, view.Read(images: false).Count());
        Assert.All(source.Opened, times => Assert.Equal(3, times));
    }

    [Fact]
    public void AStreamOpensNoMoreThanItIsAskedForAndAFewAhead()
    {
        SyntheticCases source = Odd(100);
        using CaseView view = new(source, new CaseViewOptions { Keep = false, Parallelism = 2 });
        Assert.Equal(5, view.Read().Take(5).Count());
        Assert.InRange(source.Opened.Sum(), 5, 8);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStreamHoldsNoImageOfWhatWasRead(bool keep)
    {
        ConcurrentBag<WeakReference> made = [];
        ImageShape shape = new(16, 16);
        using CaseView view = new(new SyntheticCases(new BinaryTask("a", "b"), new CaseSchema(new CaseImageColumn("Image", shape)), 500, number =>
        {
            float[] values = new float[shape.Length];
            values[0] = number;
            made.Add(new WeakReference(values));
            return new Made([values], new ClassTarget(number % 2));
        }), new CaseViewOptions { Keep = keep });
        ReadAll(view);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int held = made.Count(values => values.IsAlive);
        Assert.True(keep ? held == 500 : held <= 20, $"{held} of 500 images are held");
        GC.KeepAlive(view);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadAll(CaseView view) => Assert.Equal(500, view.Read().Count(one => one.Images[0].Values.Length == 256));

    [Fact]
    public void SomePatientsAreReadWithoutTheOthers()
    {
        SyntheticCases source = Odd(20);
        using CaseView view = new(source);
        _ = view.Fingerprint();
        HashSet<string> wanted = [source.PatientOf(3), source.PatientOf(7)];
        Assert.Equal(["3.dcm", "7.dcm"], view.RestrictTo(wanted).Read().Select(one => one.File));
        Assert.All(source.Opened, times => Assert.Equal(1, times));

        // A stream knows nothing of what went by: it gives the same cases, and has to look at all to find them.
        using CaseView stream = new(source, new CaseViewOptions { Keep = false });
        Assert.Equal(["3.dcm", "7.dcm"], stream.RestrictTo(wanted).Read().Select(one => one.File));
        Assert.All(source.Opened, times => Assert.Equal(2, times));
    }

    [Fact]
    public void TheFingerprintChangesWithImageLabelAndPatientAlone()
    {
        static string Of(SyntheticCases source, CaseViewOptions? options = null)
        {
            using CaseView view = new(source, options);
            return view.Fingerprint();
        }

        string same = Of(Odd(6));
        Assert.Equal(same, Of(Odd(6), new CaseViewOptions { Keep = false, Parallelism = 1 }));
        Assert.NotEqual(same, Of(Odd(6, change: image => image[5] += 1e-3f)));
        Assert.NotEqual(same, Of(Odd(6, label: number => number == 4 ? 1 : number % 2)));
        Assert.NotEqual(same, Of(new SyntheticCases(Odd(6).Task, Odd(6).Schema, 6, number => Make(number, null, null)) { Key = "Q" }));
        Assert.NotEqual(same, Of(Odd(5)));

        // Of masks each voxel counts.
        string mask = Of(SyntheticCases.Mask(4));
        Assert.NotEqual(mask, Of(new SyntheticCases(SyntheticCases.Mask(4).Task, SyntheticCases.Mask(4).Schema, 4, number =>
        {
            Case one = SyntheticCases.Mask(4).Read(number).Cases[0];
            byte[] labels = ((MaskTarget)one.Target!).Labels.ToArray();
            labels[17] ^= (byte)(number == 2 ? 1 : 0);
            return new Made([one.Images[0].Values.ToArray()], new MaskTarget(one.Images[0].Shape, labels));
        })));
    }

    [Fact]
    public void ACaseOfAnotherShapeThanDeclaredIsRefusedByItsName()
    {
        using CaseView view = new(new SyntheticCases(new BinaryTask("a", "b"), Odd(1).Schema, 1, _ => new Made([new float[12], new float[7]], new ClassTarget(0))));
        Assert.Contains("Second", Assert.Throws<InvalidOperationException>(() => view.Read().Count()).Message, StringComparison.Ordinal);
    }

    // Two images of different shapes, with values that only survive as bits: denormal, infinite, not a number with a payload, minus nought.
    private static SyntheticCases Odd(int studies, Action<float[]>? change = null, Func<int, int>? label = null) => new(
        new BinaryTask("a", "b"), new CaseSchema(new CaseImageColumn("First", new ImageShape(3, 4)), new CaseImageColumn("Second", new ImageShape(2, 2, 5))), studies, number => Make(number, change, label));

    private static Made Make(int number, Action<float[]>? change, Func<int, int>? label)
    {
        CounterRandom random = new(1, 0, (ulong)number, "odd");
        float[] first = new float[12], second = new float[20];
        for (int i = 0; i < first.Length; i++)
        {
            first[i] = (float)random.NextDouble();
        }

        for (int i = 0; i < second.Length; i++)
        {
            second[i] = BitConverter.UInt32BitsToSingle(random.NextUInt32());
        }

        (second[0], second[1], second[2], second[3]) = (float.Epsilon, float.NegativeInfinity, BitConverter.UInt32BitsToSingle(0x7FC12345), -0f);
        if (number == 2)
        {
            change?.Invoke(first);
        }

        return new Made([first, second], new ClassTarget(label?.Invoke(number) ?? number % 2));
    }

    private static string Bits(float[] values) => string.Join(' ', values.Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", System.Globalization.CultureInfo.InvariantCulture)));
}
