using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pipelines;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Hosting;
using MLNetScinti.Service.Runs;

namespace MLNetScinti.Service.Pages;

/// <summary>The pages that show something and change nothing.</summary>
internal static class ReadPages
{
    private const int First = 10;

    // Behind so many runs nobody leafs on: a job's own history is shorter.
    private const int MostSkipped = 1_000_000;

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/style.css", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            context.Response.Headers.Remove(HeaderNames.Pragma);
            return Results.Bytes(Show.Style, "text/css; charset=utf-8");
        }).AllowAnonymous();
        // Reports name no icon, and browsers ask for one.
        app.MapGet("/favicon.ico", () => Results.NoContent()).AllowAnonymous();
        RouteGroupBuilder pages = app.MapGroup("").RequireAuthorization(SignIn.Read);
        pages.MapGet("/", Overview);
        pages.MapGet("/runs", (RunIndex index, string? after) => Runs(index, "run", "Runs", "/runs", after));
        pages.MapGet("/comparisons", (RunIndex index, string? after) => Runs(index, "comparison", "Comparisons", "/comparisons", after));
        pages.MapGet("/reports/{**key}", (RunIndex index, HttpContext context, string key) => Report(context, index.FileOf(key)));
        pages.MapGet("/models", Models);
        pages.MapGet("/models/{model}", Model);
        pages.MapGet("/models/{model}/{version}", Version);
        pages.MapGet("/models/{model}/{version}/report", (RegistryPages registry, ServiceSettings settings, HttpContext context, string model, string version) =>
            Found(registry, model, version) is { } found ? Report(context, new ModelRegistry(settings.Registry, settings.Program).FileOf(found, "report.html")) : Results.NotFound());
        pages.MapGet("/schedule", async (ScheduleDoor door, HttpContext context) =>
            Show.Page<SchedulePage>((nameof(SchedulePage.Jobs), await (await door.Open().ConfigureAwait(false)).List().ConfigureAwait(false)), (nameof(SchedulePage.IsOperator), Is(context, Role.Operator))));
        pages.MapGet("/schedule/history", History);
        pages.MapGet("/audit", (ServiceSettings settings, HttpContext context, string? before) => Show.Page<AuditLogPage>(
            (nameof(AuditLogPage.Page), AuditPage.Read(Path.Combine(settings.Registry, AuditLog.FileName), Number(before), Show.Rows)), (nameof(AuditLogPage.Before), Number(before)), (nameof(AuditLogPage.IsOperator), Is(context, Role.Operator))));
        pages.MapGet("/users", (AccountStore accounts, SignInGuard guard) => Show.Page<UsersPage>((nameof(UsersPage.Accounts), accounts.All), (nameof(UsersPage.IsLocked), (Func<string, bool>)guard.IsLocked))).RequireAuthorization(SignIn.Approve);
        pages.MapGet("/archive", Archive);
    }

    /// <summary>Whether whoever asks may do what a role may.</summary>
    public static bool Is(HttpContext context, Role least) => Enum.GetValues<Role>().Where(role => role >= least).Any(role => context.User.IsInRole(role.ToString()));

    private static async Task<IResult> Overview(ScheduleDoor door, RegistryPages registry, RunIndex index, ServiceSettings settings)
    {
        IReadOnlyList<JobState>? jobs = null;
        string fault = "";
        try
        {
            jobs = await (await door.Open().ConfigureAwait(false)).List().ConfigureAwait(false);
        }
        catch (ScheduleException problem)
        {
            fault = problem.Message.Replace(settings.Schedule.Place + ": ", "", StringComparison.Ordinal);
        }

        return Show.Page<Overview>((nameof(Pages.Overview.Jobs), jobs), (nameof(Pages.Overview.ScheduleFault), fault),
            (nameof(Pages.Overview.Models), registry.Exists ? registry.Models(null, First) : []), (nameof(Pages.Overview.Runs), index.List("run", null, First)));
    }

    private static IResult Runs(RunIndex index, string kind, string title, string section, string? after)
    {
        RunPlace? place = RunPlace.Parse(after);
        IReadOnlyList<RunEntry> entries = index.List(kind, place, Show.Rows);
        return Show.Page<RunsPage>((nameof(RunsPage.Title), title), (nameof(RunsPage.Section), section), (nameof(RunsPage.Entries), entries), (nameof(RunsPage.Count), index.Count(kind)),
            (nameof(RunsPage.IsFirst), place is null), (nameof(RunsPage.Next), entries.Count == Show.Rows ? $"{section}?after={Uri.EscapeDataString(RunPlace.Of(entries[^1]).ToString())}" : null));
    }

    private static IResult Models(RegistryPages registry, string? after)
    {
        string? name = after is not null && ModelReference.Parse(after) is { Tag: "" } reference ? reference.Model : null;
        IReadOnlyList<ModelSummary> models = registry.Exists ? registry.Models(name, Show.Rows) : [];
        return Show.Page<ModelsPage>((nameof(ModelsPage.Models), models), (nameof(ModelsPage.IsFirst), name is null), (nameof(ModelsPage.Next), models.Count == Show.Rows ? $"/models?after={models[^1].Model}" : null));
    }

    private static IResult Model(RegistryPages registry, HttpContext context, string model, string? before)
    {
        if (!registry.Exists || ModelReference.Parse(model) is not { Tag: "" })
        {
            return Results.NotFound();
        }

        int? number = Number(before) is { } given and <= int.MaxValue ? (int)given : null;
        IReadOnlyList<ModelVersion> versions = registry.Versions(model, number, Show.Rows);
        return versions.Count == 0 && number is null ? Results.NotFound() : Show.Page<ModelPage>((nameof(ModelPage.Name), model), (nameof(ModelPage.Versions), versions), (nameof(ModelPage.IsFirst), number is null),
            (nameof(ModelPage.IsApprover), Is(context, Role.Approver)), (nameof(ModelPage.Next), versions.Count == Show.Rows ? $"/models/{model}?before={ModelReference.Of(versions[^1].Reference).Number}" : null));
    }

    private static IResult Version(RegistryPages registry, ServiceSettings settings, HttpContext context, string model, string version)
    {
        if (Found(registry, model, version) is not { } found)
        {
            return Results.NotFound();
        }

        ModelRegistry whole = new(settings.Registry, settings.Program);
        IReadOnlyList<OciDescriptor> files = [];
        BundleCard? card = null;
        string fault = "";
        try
        {
            files = whole.Files(found);
            card = whole.Card(found);
        }
        catch (RegistryException problem)
        {
            fault = problem.Message.Replace(settings.Registry + ": ", "", StringComparison.Ordinal);
        }

        return Show.Page<VersionPage>((nameof(VersionPage.Version), found), (nameof(VersionPage.Card), card), (nameof(VersionPage.Files), files), (nameof(VersionPage.Fault), fault), (nameof(VersionPage.IsApprover), Is(context, Role.Approver)));
    }

    // A version by its number alone: stages move.
    private static ModelVersion? Found(RegistryPages registry, string model, string version) =>
        registry.Exists && ModelReference.Parse($"{model}:{version}") is { Number: { } number and < int.MaxValue } && registry.Versions(model, number + 1, 1) is [var found] && found.Version == version ? found : null;

    private static async Task<IResult> History(ScheduleDoor door, string? job, string? page)
    {
        int skip = Skip(page);
        string? name = job is { Length: > 0 and <= 60 } ? job : null;
        IReadOnlyList<JobRun> runs = await (await door.Open().ConfigureAwait(false)).History(name, Show.Rows, skip).ConfigureAwait(false);
        string address = "/schedule/history" + (name is null ? "?" : $"?job={Uri.EscapeDataString(name)}&");
        return Show.Page<HistoryPage>((nameof(HistoryPage.Job), name), (nameof(HistoryPage.Runs), runs), (nameof(HistoryPage.First), skip == 0 ? null : address),
            (nameof(HistoryPage.Next), runs.Count == Show.Rows ? string.Create(CultureInfo.InvariantCulture, $"{address}page={(skip / Show.Rows) + 1}") : null));
    }

    private static async Task<IResult> Archive(HttpContext context, ServiceSettings settings, string? state, string? page)
    {
        if (settings.Archive is not { } queue)
        {
            return Results.NotFound();
        }

        ArchiveState wanted = Enum.GetValues<ArchiveState>().Where(one => one.ToString().Equals(state, StringComparison.OrdinalIgnoreCase)).DefaultIfEmpty(ArchiveState.Dead).First();
        int skip = Skip(page);
        IReadOnlyList<ArchiveEntry> entries = await queue.List(wanted, Show.Rows, skip).ConfigureAwait(false);
        return Show.Page<ArchivePage>((nameof(ArchivePage.State), wanted), (nameof(ArchivePage.Entries), entries), (nameof(ArchivePage.Number), skip / Show.Rows), (nameof(ArchivePage.IsOperator), Is(context, Role.Operator)));
    }

    // Rows that are counted off from the newest.
    private static int Skip(string? page) => Number(page) is { } number and <= MostSkipped / Show.Rows ? (int)number * Show.Rows : 0;

    // A report is what a program wrote into a folder: it is shown as it is, and may do nothing.
    private static IResult Report(HttpContext context, string? file)
    {
        if (file is null)
        {
            return Results.NotFound();
        }

        context.Response.Headers[HeaderNames.ContentSecurityPolicy] = Protection.ReportPolicy;
        return Results.Stream(InputFile.Open(file, 1 << 16), "text/html; charset=utf-8");
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
