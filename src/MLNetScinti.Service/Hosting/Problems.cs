using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Pages;

namespace MLNetScinti.Service.Hosting;

/// <summary>What a reader is told when something cannot be done: one sentence, and never what lies behind it.</summary>
internal sealed class Problems(JobLog log, ServiceSettings settings)
{
    /// <summary>What is said of a body that is too large.</summary>
    public const string TooLarge = "That was more than a form holds.";

    /// <summary>A page that says so.</summary>
    public static RazorComponentResult Result(int status, string sentence) => Show.Page<Problem>(status, (nameof(Problem.Status), status), (nameof(Problem.Sentence), sentence));

    /// <summary>Has what is thrown answered with a page.</summary>
    public async Task Catch(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            (int status, string sentence) = Words(problem);
            if (status == StatusCodes.Status500InternalServerError)
            {
                string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
                log.Write("error", $"{id}: {context.Request.Method} {(context.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "no page"}: {problem}");
                sentence = $"Something went wrong here that is no fault of yours. The service's log has the reason under the number {id}.";
            }

            // The headers that protect the page stay.
            context.Response.StatusCode = status;
            await Result(status, sentence).ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>Has an answer without content say what its status means.</summary>
    public static Task Say(StatusCodeContext context)
    {
        HttpContext request = context.HttpContext;
        if (request.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return Task.CompletedTask;
        }

        int status = request.Response.StatusCode;
        return Result(status, status switch
        {
            StatusCodes.Status401Unauthorized => "Sign in first: what you sent was not carried out.",
            StatusCodes.Status403Forbidden => "Your account may not do this. Nothing was changed.",
            StatusCodes.Status404NotFound => "There is no such page.",
            StatusCodes.Status405MethodNotAllowed => "This page is not asked for in that way.",
            StatusCodes.Status413PayloadTooLarge => TooLarge,
            StatusCodes.Status421MisdirectedRequest => "This service answers other machines by TLS alone.",
            StatusCodes.Status429TooManyRequests => "That were too many requests in a short time: wait a minute.",
            _ => "The request cannot be carried out.",
        }).ExecuteAsync(request);
    }

    private (int Status, string Sentence) Words(Exception problem) => problem switch
    {
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge : "The request cannot be read."),
        InvalidDataException => (StatusCodes.Status400BadRequest, "The form cannot be read, or holds more than a form does."),
        RegistryException or ScheduleException => (StatusCodes.Status409Conflict, Shown(problem.Message)),
        ServiceException => (StatusCodes.Status503ServiceUnavailable, Shown(problem.Message)),
        _ => (StatusCodes.Status500InternalServerError, ""),
    };

    // Where things lie on the machine is nothing for readers of pages.
    private string Shown(string message) => PlainText.Short(message
        .Replace(settings.Registry + ": ", "", StringComparison.Ordinal).Replace(settings.Registry, "the registry", StringComparison.Ordinal)
        .Replace(settings.Schedule.Place + ": ", "", StringComparison.Ordinal).Replace(settings.Data, "the service's folder", StringComparison.Ordinal), 500);
}
