using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Pages;

namespace MLNetScinti.Service.Hosting;

/// <summary>Signing in and out, and what each role may do.</summary>
internal static class SignIn
{
    public const string Read = "read", Operate = "operate", Approve = "approve";

    public const string Address = "/sign-in", ReturnField = "returnUrl";

    private const string StampClaim = "stamp", SinceClaim = "since";

    private static readonly TimeSpan s_idle = TimeSpan.FromHours(1), s_longest = TimeSpan.FromHours(12);

    /// <summary>Who may do what. Whatever says nothing is for those who are signed in.</summary>
    public static void Policies(AuthorizationOptions options)
    {
        options.AddPolicy(Read, policy => policy.RequireRole(nameof(Role.Reader), nameof(Role.Operator), nameof(Role.Approver)));
        options.AddPolicy(Operate, policy => policy.RequireRole(nameof(Role.Operator), nameof(Role.Approver)));
        options.AddPolicy(Approve, policy => policy.RequireRole(nameof(Role.Approver)));
        options.FallbackPolicy = options.GetPolicy(Read);
        options.DefaultPolicy = options.GetPolicy(Read)!;
    }

    /// <summary>The cookie that says who is signed in.</summary>
    public static void Cookie(CookieAuthenticationOptions options, bool isPlain)
    {
        Guard(options.Cookie, "scinti", isPlain);
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = s_idle;
        options.SlidingExpiration = true;
        options.LoginPath = Address;
        options.ReturnUrlParameter = ReturnField;
        options.Events.OnRedirectToLogin = context =>
        {
            // What was sent to be carried out is not carried out later by a redirect.
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.Redirect(context.RedirectUri);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            }

            return Task.CompletedTask;
        };
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        options.Events.OnValidatePrincipal = Validate;
    }

    /// <summary>What all cookies of this service have in common.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isPlain">Whether the service is reached without TLS, at this machine's own loopback alone.</param>
    public static void Guard(CookieBuilder cookie, string name, bool isPlain)
    {
        cookie.Name = isPlain ? name : $"__Host-{name}";
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.IsEssential = true;
        cookie.SecurePolicy = isPlain ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
    }

    /// <summary>Maps the pages.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Address, (HttpContext context) => context.User.Identity?.IsAuthenticated == true ? Results.LocalRedirect(Local(context.Request.Query[ReturnField]))
            : Form(StatusCodes.Status200OK, Local(context.Request.Query[ReturnField]), "")).AllowAnonymous();
        app.MapPost(Address, Enter).AllowAnonymous().AddEndpointFilter(Protection.RequireOwnForm).RequireRateLimiting(Protection.SignIns);
        app.MapPost("/sign-out", async (HttpContext context, JobLog log) =>
        {
            await context.SignOutAsync().ConfigureAwait(false);
            log.Write("account", $"{context.User.Identity?.Name} signed out");
            return Show.See(Address);
        }).RequireAuthorization(Read).AddEndpointFilter(Protection.RequireOwnForm);
    }

    private static async Task<IResult> Enter(HttpContext context, AccountStore accounts, SignInGuard guard, JobLog log, TimeProvider time)
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        string name = form["name"].ToString().Trim().ToLowerInvariant(), target = Local(form[ReturnField]);
        if (guard.IsLocked(name))
        {
            context.Response.Headers.RetryAfter = SignInGuard.Lock.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return Form(StatusCodes.Status429TooManyRequests, target, string.Create(CultureInfo.InvariantCulture, $"There were too many attempts under this name: it is locked for {SignInGuard.Lock.TotalMinutes:0} minutes."));
        }

        if (accounts.Check(name, form["password"].ToString()) is not { } account)
        {
            // What was typed as a name may be a password: only names that there are stand in the log.
            bool isLocked = guard.Fail(name);
            log.Write("account", $"{(accounts.Find(name) is null ? "somebody without an account" : name)} was not let in from {context.Connection.RemoteIpAddress}{(isLocked ? "; the name is locked" : "")}");
            return Form(StatusCodes.Status401Unauthorized, target, "There is no account with this name and this password.");
        }

        guard.Succeed(name);
        ClaimsIdentity identity = new(
        [
            new(ClaimTypes.Name, account.Name), new(ClaimTypes.Role, account.Role.ToString()), new(StampClaim, account.Stamp), new(SinceClaim, time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity)).ConfigureAwait(false);
        log.Write("account", $"{account.Name} signed in");
        return Show.See(target);
    }

    // A cookie is worth what its account is worth now.
    private static async Task Validate(CookieValidatePrincipalContext context)
    {
        AccountStore accounts = (AccountStore)context.HttpContext.RequestServices.GetService(typeof(AccountStore))!;
        TimeProvider time = (TimeProvider)context.HttpContext.RequestServices.GetService(typeof(TimeProvider))!;
        ClaimsPrincipal? user = context.Principal;
        if (user?.Identity?.Name is not { } name || accounts.Find(name) is not { } account || account.Stamp != user.FindFirstValue(StampClaim)
            || !long.TryParse(user.FindFirstValue(SinceClaim), NumberStyles.None, CultureInfo.InvariantCulture, out long since) || time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(since) > s_longest)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync().ConfigureAwait(false);
        }
    }

    private static RazorComponentResult Form(int status, string target, string sentence) => Show.Page<SignInPage>(status, (nameof(SignInPage.Target), target), (nameof(SignInPage.Sentence), sentence));

    // Where an address leads elsewhere, or cannot be told to lead here, it leads to the first page.
    private static string Local(string? address) => address is { Length: > 0 and < 2000 } && RedirectHttpResult.IsLocalUrl(address) && !address.StartsWith('~') && address.All(character => character is > ' ' and < '\u007F' and not '\\') ? address : "/";
}
