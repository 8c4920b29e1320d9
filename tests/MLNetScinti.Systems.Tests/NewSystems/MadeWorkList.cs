using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using Xunit;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>The work list of a folder, its page, its JSON and its table, as the command writes them.</summary>
internal sealed record MadeWorkList(WorkList List, string Page, string Json, string[] Table)
{
    public static MadeWorkList Of(ModelBundle bundle, SystemDefinition system, string studies, string output, params (string Name, double Prevalence)[] prevalences)
    {
        using PictureSpool pictures = new(PrivateFolder.NewName());
        WorkListSettings settings = new() { Prevalences = prevalences.ToDictionary(one => one.Name, one => one.Prevalence, StringComparer.Ordinal) };
        WorkList list = WorkListMaking.Of(bundle, system, studies, settings, pictures, _ => { });
        WorkListMaking.Write(list, output);
        string[] table = File.ReadAllLines(Path.Combine(output, WorkListMaking.Table));
        Assert.Equal(1 + list.Cases.Count, table.Length);
        Assert.Equal(list.Cases.Select(one => one.CaseId).Order(StringComparer.Ordinal), list.Cases.Select(one => one.CaseId));
        return new(list, File.ReadAllText(Path.Combine(output, WorkListMaking.Html)), File.ReadAllText(Path.Combine(output, WorkListMaking.Json)), table);
    }
}
