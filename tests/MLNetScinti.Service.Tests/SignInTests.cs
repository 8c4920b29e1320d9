using System.Net;
using System.Runtime.Versioning;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Service.Tests;

/// <summary>Signing in: what a cookie is worth, how often one may try, and what is logged of it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SignInTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_has_an_account_gets_in_and_out()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = await service.SignedIn(Role.Operator);
        Assert.Contains("the-operator, operator", await visitor.Page("/"), StringComparison.Ordinal);
        Cookie cookie = visitor.Cookies.GetAllCookies().Single(one => one.Name == "scinti");
        Assert.True(cookie.HttpOnly);
        using HttpResponseMessage left = await visitor.Post("/sign-out", "/");
        Assert.Equal((HttpStatusCode.SeeOther, "/sign-in"), (left.StatusCode, left.Headers.Location!.OriginalString));
        using HttpResponseMessage again = await visitor.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.DoesNotContain("\"source\":\"server\",\"text\":\"The", service.Log, StringComparison.Ordinal);
        Assert.Contains("the-operator signed in", service.Log, StringComparison.Ordinal);
        Assert.Contains("the-operator signed out", service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_says_no_more_than_that_and_five_lock_the_name_whether_there_is_one_or_not()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = service.Visitor();
        foreach (string name in new[] { "the-reader", "nobody-of-this-name" })
        {
            for (int i = 0; i < 5; i++)
            {
                using HttpResponseMessage wrong = await visitor.SignIn(name, "not the password");
                Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
                Assert.Contains("There is no account with this name and this password.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            using HttpResponseMessage locked = await visitor.SignIn(name, RunningService.Password);
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.Contains("it is locked for 15 minutes", await locked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using Visitor other = await service.SignedIn(Role.Approver);
        Assert.Contains("locked after too many attempts", await other.Page("/users"), StringComparison.Ordinal);
        Assert.Contains("the-reader was not let in", service.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-of-this-name", service.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("not the password", service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_has_so_many_attempts_a_minute()
    {
        await using RunningService service = await RunningService.Start(_folder.Path, settings => settings with { SignInsPerMinute = 3 });
        using Visitor visitor = service.Visitor();
        string token = await visitor.Token("/sign-in");
        List<HttpStatusCode> answers = [];
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await visitor.PostForged("/sign-in", ("name", $"n{i}"), ("password", "x"), ("__RequestVerificationToken", token));
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task Somebody_who_asks_too_often_waits()
    {
        await using RunningService service = await RunningService.Start(_folder.Path, settings => settings with { RequestsPerTenSeconds = 5 });
        using Visitor visitor = service.Visitor();
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => visitor.Get("/style.css")));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("role")]
    [InlineData("remove")]
    public async Task A_change_of_the_account_by_another_process_ends_what_is_signed_in(string change)
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = await service.SignedIn(Role.Approver);
        Assert.Contains("approver", await visitor.Page("/"), StringComparison.Ordinal);
        AccountStore other = new(service.Settings.AccountsFile);
        _ = change switch
        {
            "password" => other.SetPassword("the-approver", "another password of hers"),
            "role" => other.SetRole("the-approver", Role.Reader),
            _ => other.Remove("the-approver"),
        };
        using HttpResponseMessage answer = await visitor.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task A_cookie_outlives_a_restart_and_none_was_made_elsewhere()
    {
        Visitor visitor;
        Cookie cookie;
        await using (RunningService service = await RunningService.Start(_folder.Path))
        {
            visitor = await service.SignedIn(Role.Reader);
            cookie = visitor.Cookies.GetAllCookies().Single(one => one.Name == "scinti");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(service.Settings.Data, "keys")));
        }

        visitor.Dispose();
        await using RunningService again = await RunningService.Start(_folder.Path);
        using Visitor returned = again.Visitor();
        returned.Cookies.Add(again.Address, new Cookie("scinti", cookie.Value));
        Assert.Contains("the-reader", await returned.Page("/"), StringComparison.Ordinal);

        using TemporaryFolder elsewhere = new();
        await using RunningService other = await RunningService.Start(elsewhere.Path);
        using Visitor stranger = other.Visitor();
        stranger.Cookies.Add(other.Address, new Cookie("scinti", cookie.Value));
        using HttpResponseMessage answer = await stranger.Get("/");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Health_is_told_to_everybody_and_says_a_word()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = service.Visitor();
        Assert.Equal("live\n", await visitor.Page("/health/live"));
        Assert.Equal("accounts: ready\nregistry: ready\nschedule: ready\nruns: ready\n", await visitor.Page("/health/ready"));
        File.WriteAllText(service.Settings.AccountsFile, "{");
        using HttpResponseMessage broken = await visitor.Get("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        Assert.Contains("accounts: not ready", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("live\n", await visitor.Page("/health/live"));
    }
}
