using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Pawl.AspNetCore;

namespace Pawl.Server.Tests;

/// <summary>A flood of right passwords slows its sender down, and keeps no other user out.</summary>
public sealed class FloodTests
{
    private const string Eve = "eve@example.com";
    private const string Ada = "ada@example.com";

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Another_user_signs_in_while_one_client_with_a_good_account_floods()
    {
        await using var server = await ServerProcess.StartAsync(("Logging__LogLevel__Default", "Warning"));
        using var flooder = server.From("127.0.0.2");
        using var honest = server.From("127.0.0.3");
        await flooder.RegisterAsync(Eve);
        await honest.RegisterAsync(Ada);

        var places = Environment.ProcessorCount * 51;
        var flood = Enumerable.Range(0, places * 2).Select(_ => flooder.LoginAsync(Eve)).ToList();
        // The queue is as full as the flood can make it.
        await Task.WhenAny(flood);
        var answer = await honest.LoginAsync(Ada);

        Assert.Equal(200, answer.Status);
        Assert.All(await Task.WhenAll(flood), static a => Assert.True(a.Status is 200 or 429, a.Look));
        Assert.Contains(flood, static f => f.Result.Status == 429);
    }

    [Fact]
    public async Task A_known_browser_has_thirty_sign_ins_at_once_and_then_waits()
    {
        await using var server = await ServerProcess.StartAsync(("Logging__LogLevel__Default", "Warning"));
        using var client = server.From();
        await client.RegisterAsync(Eve);
        // The first one makes the browser known.
        for (var i = 0; i < 31; i++)
            Assert.Equal((i, 200), (i, (await client.LoginAsync(Eve)).Status));
        var answer = await client.LoginAsync(Eve);
        Assert.Equal((429, "rate_limited"), (answer.Status, answer.Code));
        Assert.NotNull(answer["Retry-After"]);
        // The flood does not keep other browsers of that user out.
        using var other = server.From("127.0.0.2");
        Assert.Equal(200, (await other.LoginAsync(Eve)).Status);
    }

    [Fact]
    public void Successes_use_up_an_allowance_that_comes_back_with_time()
    {
        var throttle = new SignInThrottle(_clock);
        var attempt = Attempt.FromStranger(Eve, System.Net.IPAddress.Loopback);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.Zero, throttle.FindDelay(attempt));
            throttle.Succeed(attempt);
        }
        Assert.True(throttle.FindDelay(attempt) > TimeSpan.Zero);
        // Others at the same address have more left.
        Assert.Equal(TimeSpan.Zero, throttle.FindDelay(Attempt.FromStranger(Ada, System.Net.IPAddress.Loopback)));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, throttle.FindDelay(attempt));
    }

    [Fact]
    public void An_address_makes_a_thousand_sessions_at_once_and_then_one_a_second()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < 1000; i++)
            throttle.Succeed(Attempt.FromStranger($"user{i}", System.Net.IPAddress.Loopback));
        var next = Attempt.FromStranger("another", System.Net.IPAddress.Loopback);
        Assert.Equal(TimeSpan.FromSeconds(1), throttle.FindDelay(next));
        Assert.Equal(TimeSpan.Zero, throttle.FindDelay(Attempt.FromStranger("another", System.Net.IPAddress.Parse("192.0.2.1"))));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, throttle.FindDelay(next));
    }

    [Fact]
    public void The_cookie_of_a_known_browser_is_for_the_sign_in_below_the_path_base()
    {
        using var services = new ServiceCollection().AddOptions().BuildServiceProvider();
        var device = new KnownDevice(
            new Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider(),
            services.GetRequiredService<IOptionsMonitor<PawlOptions>>()
        );
        var context = new DefaultHttpContext { Request = { PathBase = "/app", Path = "/AUTH/LOGIN" } };
        device.Remember(context, "ada", name: null);
        Assert.Contains("path=/app/auth/login;", context.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }
}
