using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Runs;

namespace MLNetScinti.Service.Hosting;

/// <summary>Whether the service lives, and whether it can do its work, for those who watch over it. Nothing but a word is told without an account.</summary>
internal static class Health
{
    private const string Ready = "ready";

    /// <summary>Adds the checks.</summary>
    public static void Add(IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<AccountsCheck>("accounts", tags: [Ready])
        .AddCheck<RegistryCheck>("registry", tags: [Ready])
        .AddCheck<ScheduleCheck>("schedule", tags: [Ready])
        .AddCheck<RunsCheck>("runs", tags: [Ready]);

    /// <summary>Maps the two addresses.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = Write }).AllowAnonymous();
    }

    private static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(report.Entries.Count == 0 ? "live\n" : string.Concat(report.Entries.Select(entry => $"{entry.Key}: {(entry.Value.Status == HealthStatus.Healthy ? "ready" : "not ready")}\n")), context.RequestAborted);
    }

    private static async Task<HealthCheckResult> Check(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception problem) when (problem is ServiceException or RegistryException or ScheduleException or System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy(exception: problem);
        }
    }

    private static Task<HealthCheckResult> Check(Action work) => Check(() =>
    {
        work();
        return Task.CompletedTask;
    });

    private sealed class AccountsCheck(AccountStore accounts) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Check(() => _ = accounts.All);
    }

    private sealed class RegistryCheck(RegistryPages registry) : IHealthCheck
    {
        // A registry that nobody made yet is no failure.
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Check(() => _ = registry.Exists ? registry.Models(null, 1) : []);
    }

    private sealed class ScheduleCheck(ScheduleDoor door) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Check(async () => _ = await (await door.Open().ConfigureAwait(false)).History(null, 1).ConfigureAwait(false));
    }

    private sealed class RunsCheck(RunIndex index) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Check(() => _ = index.Count("run"));
    }
}
