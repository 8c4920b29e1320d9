using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Structures;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Structures;

public sealed class StructurePlausibilityTests
{
    private static readonly StructurePlausibility s_usual = new(50, 500, 0.4);

    [Theory]
    [InlineData(150.0, 160.0, "", "")]
    [InlineData(150.0, 100.1, "", "")] // 39.9 % of their mean.
    [InlineData(150.0, 99.0, "'right' by 41 % of their mean", "'left' by 41 % of their mean")]
    [InlineData(49.0, 60.0, "usual are 50 to 500 ml", "")]
    [InlineData(490.0, 510.0, "", "usual are 50 to 500 ml")]
    [InlineData(150.0, 0.0, "", "'left' was found and this was not: the patient has one, or it was missed")]
    [InlineData(0.0, 150.0, "'right' was found and this was not", "")]
    [InlineData(0.0, 0.0, "", "")] // That nothing was found is said of each already.
    [InlineData(150.0, -1.0, "", "")] // Truncated: there, and without a volume that could be compared.
    public void WhatIsUnusualIsToldOfTheStructureThatItIsTrueOf(double left, double right, string ofLeft, string ofRight)
    {
        (DerivedStructure, double?)[] structures =
        [
            (new("left", [left != 0]) { Type = CodedConcept.Kidney, Side = BodySide.Left }, left > 0 ? left : null),
            (new("right", [right != 0]) { Type = CodedConcept.Kidney, Side = BodySide.Right }, right > 0 ? right : null),
            // Of no side: it has no other one.
            (new("middle", [true]), 300),
        ];
        IReadOnlyList<IReadOnlyList<string>> doubts = s_usual.DoubtsOf(structures);
        foreach ((string expected, IReadOnlyList<string> found) in new[] { ofLeft, ofRight, "" }.Zip(doubts))
        {
            if (expected.Length == 0)
            {
                Assert.Empty(found);
            }
            else
            {
                Assert.Contains(expected, Assert.Single(found), StringComparison.Ordinal);
            }
        }
    }
}
