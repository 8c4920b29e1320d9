using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>What gives the class of a whole-body scan away: one disease is scanned with a camera of its own, and another one lacks views.</summary>
[Collection("training")]
public sealed class WholeBodyAuditTests
{
    private static readonly string[] s_four = ["normal", "metastasis", "arthritis", "thyroid"];

    [Fact]
    public void CameraAndMissingViewsAreFoundInFilesAndStandInTheReport()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        SmallScans.Write(studies, 0, 40, s_four,
            acquired: (label, study) => label == "thyroid" ? study with { Collimator = "HEGP", Manufacturer = "Another maker" } : study,
            lost: label => label == "metastasis");
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, "[shortcut, missing-view]"), ShippedSystems.All);
        RunOutcome outcome = new PipelineRunner(definition, new RunSettings { Command = "run", Threads = 2 }, new SilentObserver()).Run();

        AuditFinding shortcut = outcome.Report.Audits[0], views = outcome.Report.Audits[1];
        Assert.Equal((true, true), (shortcut.IsFound, views.IsFound));
        Assert.Contains("thyroid from the others with an area under the ROC curve of 1.000", shortcut.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("Camera", shortcut.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("Collimator", shortcut.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("metastasis 10 of 10", views.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("arthritis 0 of 10", views.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("mirror images stand for them", views.Sentences[0], StringComparison.Ordinal);
        Assert.Contains("""<section id="audits" """, File.ReadAllText(outcome.HtmlFile), StringComparison.Ordinal);
        Assert.Equal(["shortcut", "missing-view"], JsonNode.Parse(File.ReadAllText(outcome.MetricsFile))!["audits"]!.AsArray().Select(audit => (string?)audit!["audit"]));
        // How a scan was taken is in no table.
        Assert.DoesNotContain("HEGP", File.ReadAllText(Path.Combine(outcome.Folder, "scores.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAllHaveAlikeIsNoShortcut()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        SmallScans.Write(studies, 0, 40, s_four);
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, "[]"), ShippedSystems.All);
        AuditReport report = PipelineAudits.Run(AuditKinds.Shortcut | AuditKinds.MissingView, definition, new RunSettings { Command = "audit", Threads = 2 }, new SilentObserver());
        Assert.All(report.Findings, finding => Assert.False(finding.IsFound, string.Join(' ', finding.Sentences)));
        Assert.Contains("is the same for all", report.Findings[0].Sentences[1], StringComparison.Ordinal);
        Assert.Contains("none is mirrored", report.Findings[1].Sentences[0], StringComparison.Ordinal);
        Assert.Equal(40, report.Data.Read);
        Assert.Contains("augmentation.copies", Assert.Throws<DefinitionException>(() => PipelineAudits.Run(AuditKinds.Leakage, definition, new RunSettings { Command = "audit" }, new SilentObserver())).Message, StringComparison.Ordinal);
    }

    private static string Definition(TemporaryFolder folder, string studies, string audits)
    {
        string file = folder.File("audited.yaml");
        File.WriteAllText(file, $$"""
            name: audited
            seed: 3
            system: whole-body
            scans: { size: 256x64, missing-view: mirror }
            data: { folder: {{studies}} }
            split: { train: 24, validation: 8, test: 8 }
            network: { architecture: dscint, width: 0.1 }
            training: { epochs: 1, batch-size: 8, device: cpu, lanes: 1 }
            evaluation: { audits: {{audits}} }
            output: {{folder.File("run")}}

            """);
        return file;
    }
}
