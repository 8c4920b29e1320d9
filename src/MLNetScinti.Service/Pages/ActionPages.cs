using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Hosting;

namespace MLNetScinti.Service.Pages;

/// <summary>The forms that change something: each is for a role, each has to be one that this service handed out, and each is logged under the name of whoever sent it.</summary>
internal static class ActionPages
{
    private const int MostWhy = 500, MostStudy = 100;

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder operating = app.MapGroup("").RequireAuthorization(SignIn.Operate).AddEndpointFilter(Protection.RequireOwnForm);
        operating.MapPost("/schedule/now", (HttpContext context, ScheduleDoor door, JobLog log) => OnJob(context, door, log, "queued a run of", "queued", (schedule, job) => schedule.Now(job)));
        operating.MapPost("/schedule/pause", (HttpContext context, ScheduleDoor door, JobLog log) => OnJob(context, door, log, "paused", "paused", (schedule, job) => schedule.Pause(job)));
        operating.MapPost("/schedule/resume", (HttpContext context, ScheduleDoor door, JobLog log) => OnJob(context, door, log, "resumed", "resumed", (schedule, job) => schedule.Resume(job)));
        operating.MapPost("/archive/again", Again);
        operating.MapPost("/audit/look", (AuditWatch watch) =>
        {
            watch.Look();
            return Show.See("/audit?done=looked");
        });

        RouteGroupBuilder approving = app.MapGroup("").RequireAuthorization(SignIn.Approve).AddEndpointFilter(Protection.RequireOwnForm);
        approving.MapPost("/models/promote", (HttpContext context, ServiceSettings settings, JobLog log) => OnModel(context, settings, log, (registry, model, why) =>
            (registry.Promote(model, why), "promoted")));
        approving.MapPost("/models/rollback", (HttpContext context, ServiceSettings settings, JobLog log) => OnModel(context, settings, log, (registry, model, why) =>
            (registry.Rollback(model, why), "rolled-back")));
    }

    private static async Task<IResult> OnJob(HttpContext context, ScheduleDoor door, JobLog log, string word, string done, Func<Schedule, string, Task> act)
    {
        string job = await Field(context, "job").ConfigureAwait(false);
        Schedule schedule = await door.Open().ConfigureAwait(false);
        await act(schedule, job).ConfigureAwait(false);
        log.Write("action", $"{context.User.Identity!.Name} {word} {job}");
        return Show.See($"/schedule?done={done}");
    }

    private static async Task<IResult> OnModel(HttpContext context, ServiceSettings settings, JobLog log, Func<ModelRegistry, string, string, (RegistryChange Change, string Word)> act)
    {
        string model = await Field(context, "model").ConfigureAwait(false), why = PlainText.OneLine((await Field(context, "why").ConfigureAwait(false)).Trim());
        if (why.Length is 0 or > MostWhy)
        {
            return Problems.Result(StatusCodes.Status400BadRequest, string.Create(CultureInfo.InvariantCulture, $"Expected a reason of at most {MostWhy} characters: nothing was changed."));
        }

        (RegistryChange change, string word) = act(new ModelRegistry(settings.Registry, settings.Program, context.User.Identity!.Name), model, why);
        log.Write("action", $"{context.User.Identity.Name} {(change.IsNew ? $"put {change.Version.Reference} in use" : $"asked for {change.Version.Reference}, which is in use already")}");
        return Show.See($"/models/{change.Version.Model}?done={(change.IsNew ? word : "same")}");
    }

    private static async Task<IResult> Again(HttpContext context, ServiceSettings settings, JobLog log)
    {
        string study = await Field(context, "study").ConfigureAwait(false);
        if (settings.Archive is not { } queue || study.Length is 0 or > MostStudy || !await queue.TryAgain(study, context.User.Identity!.Name!).ConfigureAwait(false))
        {
            return Results.NotFound();
        }

        log.Write("action", $"{context.User.Identity.Name} had {study} tried again");
        return Show.See("/archive?done=again");
    }

    private static async Task<string> Field(HttpContext context, string name) => (await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false))[name].ToString();
}
