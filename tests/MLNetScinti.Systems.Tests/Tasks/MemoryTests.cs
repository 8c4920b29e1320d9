using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Tests that count bytes of the whole process: nothing else runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<TrainedTasks>;

/// <summary>What a study costs in memory, counted in bytes.</summary>
[Collection("alone")]
public sealed class MemoryTests(TrainedTasks tasks)
{
    /// <summary>What may be kept of a file while a folder is scored: its path, and no more.</summary>
    private const long KeptOfAFile = 512;

    [Fact]
    public void ScoringAFolderKeepsNothingOfAStudyButItsPath()
    {
        using TemporaryFolder few = new(), many = new();
        Write(few, 40);
        Write(many, 440);
        _ = KeptAtTheEnd(few, 40);
        long before = KeptAtTheEnd(few, 40), after = KeptAtTheEnd(many, 440);
        Assert.InRange((after - before) / 400, long.MinValue, KeptOfAFile);
    }

    [Fact]
    public void AStudyOfTheDemosSizeAllocatesLessThanFourMebibytes()
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < 12; i++)
        {
            // No two studies after one another have as many sections.
            NuclearMedicineWriter.WriteReconTomo(folder.File($"{i:00}.dcm"), TwoKidneys(79 + (5 * i % 14)), new NuclearMedicineStudy { PatientId = $"patient {i}" });
        }

        FolderCases source = new(folder.Path, new DmsaSystem { Size = 64 }, new FolderOptions { Labels = null, WithContent = false });
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(2, source.Read(i).Cases.Count);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 4; i < 12; i++)
        {
            Assert.Equal(2, source.Read(i).Cases.Count);
        }

        // The two cubes of 64 voxels are half of it.
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / 8, 2L << 20, 4L << 20);
    }

    private static void Write(TemporaryFolder folder, int files)
    {
        PlanarImage view = new(16, 16, 4.8, 4.8, Pattern.Blobs(new ImageShape(16, 16), 1, "memory", (0, 5, 5, 100)));
        for (int i = 0; i < files; i++)
        {
            NuclearMedicineWriter.WriteStatic(folder.File($"{i:000}.dcm"), view, view, new NuclearMedicineStudy { PatientId = $"patient {i}" });
        }
    }

    private long KeptAtTheEnd(TemporaryFolder folder, int files)
    {
        int scored = 0;
        long kept = 0;
        foreach (ScoredFolderCase one in FolderScoring.Score(tasks["mask"].Bundle, new MaskSystem(), folder.Path, threads: 2, study => Assert.Fail(study.ToString())))
        {
            scored++;
            if (scored == files)
            {
                kept = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        Assert.Equal(files, scored);
        return kept;
    }

    private static Volume TwoKidneys(int sections)
    {
        Volume volume = new(ImageGeometry.Axial(128, 128, sections, 3.3, 3.3));
        foreach (int column in (int[])[48, 80])
        {
            for (int s = 22; s < 56; s++)
            {
                for (int r = 64; r < 82; r++)
                {
                    for (int c = column - 8; c < column + 8; c++)
                    {
                        double inside = Math.Pow((s - 39) / 17.0, 2) + Math.Pow((r - 73) / 9.0, 2) + Math.Pow((c - column) / 8.0, 2);
                        volume.Voxels[volume.IndexOf(s, r, c)] = inside < 1 ? 100 : 0;
                    }
                }
            }
        }

        return volume;
    }
}
