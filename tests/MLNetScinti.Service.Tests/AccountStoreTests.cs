using System.Runtime.Versioning;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Hosting;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Service.Tests;

/// <summary>Accounts as they are kept, and settings as they are read.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccountStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FileName => _folder.File("service", "accounts.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_password_is_kept_as_its_hash_in_a_file_of_its_owners_alone()
    {
        AccountStore accounts = new(FileName);
        accounts.Add("anna", Role.Operator, RunningService.Password);
        string text = File.ReadAllText(FileName);
        Assert.DoesNotContain(RunningService.Password, text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FileName)!));
        Assert.Equal(Role.Operator, new AccountStore(FileName).Check("anna", RunningService.Password)?.Role);
        Assert.Null(accounts.Check("anna", RunningService.Password + "x"));
        Assert.Null(accounts.Check("berta", RunningService.Password));
        Assert.Null(accounts.Check("anna", new string('x', 100_000)));

        File.SetUnixFileMode(FileName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<ServiceException>(() => new AccountStore(FileName).All).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Anna", RunningService.Password, "expected a name")]
    [InlineData("<b>", RunningService.Password, "expected a name")]
    [InlineData("", RunningService.Password, "expected a name")]
    [InlineData("a b", RunningService.Password, "expected a name")]
    [InlineData("anna", "short", "expected a password of 12 to 200")]
    [InlineData("anna", "aaaaaaaaaaaaaaaa", "expected a password of 12 to 200")]
    [InlineData("anna", "hello-anna-hello", "without the name in it")]
    public void A_name_or_a_password_that_will_not_do_is_refused(string name, string password, string expected)
    {
        AccountStore accounts = new(FileName);
        string said = Assert.Throws<ServiceException>(() => accounts.Add(name, Role.Reader, password)).Message;
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain(password.Length > 5 ? password : "short", said, StringComparison.Ordinal);
        Assert.False(File.Exists(FileName));
    }

    [Fact]
    public void An_account_is_made_once_and_only_one_that_is_there_is_changed()
    {
        AccountStore accounts = new(FileName), other = new(FileName);
        accounts.Add("anna", Role.Reader, RunningService.Password);
        Assert.Contains("there is such an account already", Assert.Throws<ServiceException>(() => other.Add("anna", Role.Approver, RunningService.Password)).Message, StringComparison.Ordinal);
        other.Add("berta", Role.Reader, RunningService.Password);
        Assert.Equal(["anna", "berta"], accounts.All.Select(account => account.Name));
        foreach (Action<AccountStore> change in new Action<AccountStore>[] { one => one.SetRole("carla", Role.Reader), one => one.Remove("carla"), one => one.SetPassword("carla", RunningService.Password) })
        {
            Assert.Contains("there is no such account", Assert.Throws<ServiceException>(() => change(accounts)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_lock_ends_and_a_success_forgets()
    {
        Clock clock = new();
        SignInGuard guard = new(clock);
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => guard.Fail("anna")));
        Assert.True(guard.IsLocked("anna"));
        Assert.False(guard.IsLocked("berta"));
        clock.Now += SignInGuard.Lock + TimeSpan.FromSeconds(1);
        Assert.False(guard.IsLocked("anna"));
        Assert.False(guard.Fail("anna"));
        guard.Succeed("anna");
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => guard.Fail("anna")));
        for (int i = 0; i < 20_000; i++)
        {
            guard.Fail($"n{i}");
        }

        Assert.False(guard.IsLocked("n0"));
    }

    [Fact]
    public void A_file_says_where_everything_is_and_a_wrong_key_is_named()
    {
        string file = _folder.File("serve.yaml");
        File.WriteAllText(file, """
            runs: results
            data: private
            urls: [ "https://0.0.0.0:8443", "http://localhost:5080" ]
            hosts: [ scinti.hospital.example ]
            certificate: tls.pem
            certificate-key: tls.key
            proxies: [ 10.0.0.5 ]
            jobs: 3
            take: [ gpu, score=2 ]
            """);
        ServiceSettings settings = ServiceSettings.Of(file, null);
        Assert.Equal((_folder.File("results"), _folder.File("results", "registry"), _folder.File("private"), 3, 2), (settings.Runs, settings.Registry, settings.Data, settings.Jobs, settings.Takes.Count));
        Assert.Equal(_folder.File("results", "schedule", "schedule.sqlite"), settings.Schedule.Place);
        IReadOnlyList<Listening> all = Listening.Of(settings);
        Assert.Equal([true, false], all.Select(one => one.IsEncrypted));
        Assert.Equal([false, true], all.Select(one => one.IsLoopback));
        Assert.Contains("beyond this machine", string.Join(' ', Listening.Warnings(all, settings)), StringComparison.Ordinal);
        Assert.Contains("has no TLS", string.Join(' ', Listening.Warnings(Listening.Of(settings with { Urls = ["http://+:80"] }), settings)), StringComparison.Ordinal);

        File.WriteAllText(file, "rums: results\n");
        Assert.Contains("rums", Assert.ThrowsAny<Exception>(() => ServiceSettings.Of(file, null)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "certificate: tls.pem\n");
        Assert.Contains("certificate-key together", Assert.ThrowsAny<Exception>(() => ServiceSettings.Of(file, null)).Message, StringComparison.Ordinal);
        Assert.Contains("found nothing", Assert.Throws<ServiceException>(() => ServiceSettings.Of(_folder.File("nowhere"), null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://somewhere.example:80")]
    [InlineData("http://127.0.0.1:5080/below")]
    [InlineData("5080")]
    [InlineData("https://127.0.0.1:5081")]
    public void An_address_that_will_not_do_is_refused(string url)
    {
        ServiceSettings settings = ServiceSettings.Of(_folder.Path, null) with { Urls = [url] };
        Assert.StartsWith("--urls", Assert.Throws<ServiceException>(() => Listening.Of(settings)).Message, StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
