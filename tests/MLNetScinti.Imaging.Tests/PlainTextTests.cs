using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain, ünïcödé and 漢字 😀", "plain, ünïcödé and 漢字 😀")]
    [InlineData("a\u001b]0;title\u0007b", "a ]0;title b")]
    [InlineData("a\nb\r\tc\0", "a b  c ")]
    [InlineData("a\u009b31mb\u007f", "a 31mb ")]
    [InlineData("left\u202egnp.exe\u2066\u200f", "left gnp.exe  ")]
    [InlineData("line\u2028line\u2029\ufeff", "line line  ")]
    public void ATerminalTakesNothingOfALineForACommand(string text, string expected)
    {
        Assert.Equal(expected, PlainText.OneLine(text));
        Assert.Equal(expected, PlainText.OneLine(PlainText.OneLine(text)));
    }

    [Fact]
    public void HalfALetterIsNone()
    {
        // Not as a test's data: half a letter does not go through a test's name.
        Assert.Equal("half \ufffd a letter", PlainText.OneLine("half \ud83d a letter"));
        Assert.Equal("\ufffd", PlainText.OneLine("\udc00"));
        Assert.Equal("\ufffd\ud83d\ude00", PlainText.OneLine("\ud83d\ud83d\ude00"));
    }

    [Fact]
    public void SeveralLinesKeepTheirEnds() => Assert.Equal("a\n\tb [2J\n", PlainText.Lines("a\n\tb\u001b[2J\n"));

    [Fact]
    public void AMessageIsNoLongerThanAMessage()
    {
        Assert.Equal("short", PlainText.Short("short"));
        Assert.Equal(100, PlainText.Short(new string('x', 1_000_000)).Length);
        Assert.Equal("abc...", PlainText.Short("abcdefghij", 6));
        string message = PlainText.Message($"file.yaml:3: expected a, found '{new string('x', 1_000_000)}': do this.");
        Assert.InRange(message.Length, 1000, 1500);
        Assert.Matches("^file.yaml:3: expected a, found 'x+[.]{3}x+': do this[.]$", message);
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A1", "'=cmd|' /C calc'!A1")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\t=1", "' =1")]
    [InlineData("\r=1", "' =1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("-", "'-")]
    [InlineData("-1.5E-3", "-1.5E-3")]
    [InlineData("+3", "+3")]
    [InlineData("-0", "-0")]
    [InlineData("0.25", "0.25")]
    [InlineData("P-K6F7", "P-K6F7")]
    [InlineData("", "")]
    [InlineData(" ", " ")]
    public void ASpreadsheetRunsNoCell(string text, string expected) => Assert.Equal(expected, PlainText.Cell(text));
}
