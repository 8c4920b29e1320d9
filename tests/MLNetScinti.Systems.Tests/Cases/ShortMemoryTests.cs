using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using Xunit;

namespace MLNetScinti.Systems.Tests.Cases;

/// <summary>Studies that are read together may need more memory than there is: each is then tried alone, and only one that does not fit alone is left out.</summary>
public sealed class ShortMemoryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AStudyThatFitsAloneIsReadAlone(bool keep)
    {
        Crowded source = new(first: [0, 3, 4, 9, 19], never: []);
        using CaseView view = new(source, new CaseViewOptions { Keep = keep, Parallelism = 4 });
        Assert.Equal(Enumerable.Range(0, 20).Select(Crowded.Name), view.Read().Select(one => one.File));
        Assert.Empty(view.LeftOut);
        Assert.All(source.Together, together => Assert.Equal(1, together));
        Assert.Equal(5, source.Together.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneThatDoesNotFitAloneIsLeftOutAndTheOthersAreNot(bool keep)
    {
        Crowded source = new(first: [5], never: [6, 19]);
        using CaseView view = new(source, new CaseViewOptions { Keep = keep, Parallelism = 3 });
        Assert.Equal(Enumerable.Range(0, 20).Except([6, 19]).Select(Crowded.Name), view.Read().Select(one => one.File));
        Assert.Equal(["study 20", "study 7"], view.LeftOut.Select(study => study.File));
        Assert.All(view.LeftOut, study => Assert.Equal("TooLarge", study.Reason));
    }

    [Fact]
    public void AReaderThatStopsEarlyStopsWhatIsReadAhead()
    {
        Crowded source = new(first: [1, 2], never: [3]);
        using CaseView view = new(source, new CaseViewOptions { Keep = false, Parallelism = 4 });
        Assert.Equal([Crowded.Name(0)], view.Read().Take(1).Select(one => one.File));
    }

    /// <summary>Some studies find no memory when they are read first, others never.</summary>
    private sealed class Crowded(int[] first, int[] never) : CaseSource
    {
        private readonly int[] _opened = new int[20];
        private int _reading;

        /// <summary>How many were read at once when a study was read again.</summary>
        public List<int> Together { get; } = [];

        public override CaseSchema Schema { get; } = new(new CaseImageColumn("Image", new ImageShape(2, 2)));

        public override LearningTask? Task => null;

        public override int Count => _opened.Length;

        public static string Name(int study) => $"{study:00}.dcm";

        public override StudyCases Read(int study)
        {
            int together = Interlocked.Increment(ref _reading);
            try
            {
                bool again = Interlocked.Increment(ref _opened[study]) > 1;
                if (never.Contains(study) || (!again && first.Contains(study)))
                {
#pragma warning disable MA0012 // What the runtime throws is what is tested.
                    throw new OutOfMemoryException();
#pragma warning restore MA0012
                }

                if (again && first.Contains(study) && _opened[study] == 2)
                {
                    lock (Together)
                    {
                        Together.Add(together);
                    }
                }

                return new StudyCases([new Case { Id = Name(study), PatientId = Name(study), File = Name(study), Images = [new CaseImage(new ImageShape(2, 2), new float[4])] }], "");
            }
            finally
            {
                Interlocked.Decrement(ref _reading);
            }
        }
    }
}
