using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>The folder is the process's own: while a test removes it, none may decode into it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PrivateFolderCollection
{
    public const string Name = "private folder";
}

[Collection(PrivateFolderCollection.Name)]
public sealed class PrivateFolderTests
{
    [Fact]
    public void TheFolderIsForThisUserAloneAndGoesWhenItIsToldTo()
    {
        string file = PrivateFolder.NewName(".dcm"), folder = PrivateFolder.Path;
        File.WriteAllText(file, "Geheim^Gerda");
        Assert.StartsWith(folder, file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        PrivateFolder.Remove();
        Assert.False(Directory.Exists(folder));
        Assert.NotEqual(folder, PrivateFolder.Path);
        Assert.True(Directory.Exists(PrivateFolder.Path));
    }

    [Fact]
    public void WhatWasDecodedMayGoWithTheFolder()
    {
        string file = PrivateFolder.NewName(".dcm");
        PrivateFolder.Remove();
        PrivateFolder.Drop(file);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void WhatDeadProcessesLeftIsSweptAndNothingElse()
    {
        DirectoryInfo dead = Directory.CreateTempSubdirectory("scinti-private-"), living = Directory.CreateTempSubdirectory("scinti-private-"), young = Directory.CreateTempSubdirectory("scinti-private-"), other = Directory.CreateTempSubdirectory("scinti-other-");
        try
        {
            File.WriteAllText(Path.Combine(dead.FullName, ".alive"), "");
            File.WriteAllText(Path.Combine(dead.FullName, "decoded.dcm"), "Geheim^Gerda");
            File.WriteAllText(Path.Combine(other.FullName, ".alive"), "");
            using (new FileStream(Path.Combine(living.FullName, ".alive"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                string own = PrivateFolder.Path;
                PrivateFolder.Sweep();
                Assert.False(Directory.Exists(dead.FullName));
                Assert.All((string[])[living.FullName, young.FullName, other.FullName, own], folder => Assert.True(Directory.Exists(folder), folder));
            }

            // What never got as far as to be locked is old some day.
            young.LastWriteTimeUtc = DateTime.UtcNow.AddHours(-1);
            PrivateFolder.Sweep();
            Assert.False(Directory.Exists(living.FullName));
            Assert.False(Directory.Exists(young.FullName));
        }
        finally
        {
            foreach (DirectoryInfo folder in (DirectoryInfo[])[dead, living, young, other])
            {
                if (Directory.Exists(folder.FullName))
                {
                    folder.Delete(recursive: true);
                }
            }
        }
    }

    /// <summary>What an external program decodes holds the patient's name: it lies in the private folder and is gone when it was read, or could not be.</summary>
    [Theory]
    [InlineData("cp {0} \"$3\"", true)]
    [InlineData("cp {0} \"$3\"; exit 1", false)]
    public void WhatIsDecodedLiesInThePrivateFolderAndDoesNotStay(string script, bool decodes)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using TemporaryFolder folder = new();
        DicomDataset dataset = HandMadeFile.Image("NM", 1).With(DicomTag.PatientName, "Geheim^Gerda");
        string plain = dataset.Save(folder, "plain.dcm"), program = folder.File("gdcmconv"), seen = folder.File("seen");
        DicomDataset compressed = new(DicomTransferSyntax.JPEG2000Lossless);
        foreach (DicomItem item in HandMadeFile.Image("NM", 1).With(DicomTag.PatientName, "Geheim^Gerda").Remove(DicomTag.PixelData))
        {
            compressed.Add(item);
        }

        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer([.. Enumerable.Repeat((byte)0xEE, 80)]));
        compressed.Add(fragments);
        File.WriteAllText(program, $"#!/bin/sh\nprintf %s \"$3\" > '{seen}'\n{string.Format(System.Globalization.CultureInfo.InvariantCulture, script, $"'{plain}'")}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DicomImageReader reader = new(Phantoms.Options with { ExternalCodec = ExternalCodec.At(program) });
        Assert.Equal(decodes, reader.TryRead(compressed.Save(folder, "compressed.dcm"), out _, out _));
        string decoded = File.ReadAllText(seen);
        Assert.Contains("scinti-private-", decoded, StringComparison.Ordinal);
        Assert.False(File.Exists(decoded));
    }
}
