using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that lists and ends sessions is tested with stand-ins, and says only what an app can know.</summary>
public sealed class SessionManagerTests
{
    [Fact]
    public async Task A_test_of_an_app_puts_a_stand_in_in_the_place_of_the_managers()
    {
        SessionManager sessions = new StandIn();
        SigningKeyManager keys = new KeysStandIn();

        Assert.Equal(3, await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("key", Assert.Single(await keys.ListAsync(TestContext.Current.CancellationToken)).KeyId);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            sessions.FindAsync(default, TestContext.Current.CancellationToken)
        );
        Assert.Contains("override the member", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => keys.RevokeAsync("key", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stand_in_in_a_running_app_changes_no_endpoint_of_Pawl()
    {
        await using var app = await TestApp.StartAsync(more: static pawl =>
            pawl.Services.Replace(ServiceDescriptor.Singleton<SessionManager, StandIn>())
        );
        var (ada, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(204, (await ada.LogoutAsync("everywhere")).Status);
        Assert.Equal("session_ended", (await phone.RefreshAsync()).Code);
    }

    [Theory]
    [InlineData(SessionEndReason.Unknown)]
    [InlineData(SessionEndReason.TokenReused)]
    [InlineData(SessionEndReason.Idle)]
    [InlineData(SessionEndReason.Absolute)]
    [InlineData(SessionEndReason.Replaced)]
    [InlineData((SessionEndReason)99)]
    public async Task A_reason_that_Pawl_alone_can_know_is_refused(SessionEndReason reason)
    {
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnRefreshing = context =>
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => context.Reject(reason));
                return Task.CompletedTask;
            }
        );
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        var sessions = app.Service<SessionManager>();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => sessions.EndAsync(id, reason, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            sessions.EndAllForUserAsync("ada", null, reason, TestContext.Current.CancellationToken)
        );
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public void The_user_of_a_request_says_which_session_it_is_in()
    {
        var id = new SessionId("0123456789abcdef"u8);
        Claim ours = new("sid", id.ToString()),
            theirs = new("sid", "session of a provider");

        Assert.Equal(id, new ClaimsPrincipal(new ClaimsIdentity([theirs, ours])).FindSessionId());
        Assert.Null(new ClaimsPrincipal(new ClaimsIdentity([theirs])).FindSessionId());
        Assert.Null(new ClaimsPrincipal().FindSessionId());
    }

    private sealed class StandIn : SessionManager
    {
        public override Task<int> EndAllForUserAsync(
            string subject,
            SessionId? except,
            SessionEndReason reason,
            CancellationToken cancellationToken
        ) => Task.FromResult(3);
    }

    private sealed class KeysStandIn : SigningKeyManager
    {
        public override Task<IReadOnlyList<SigningKeyInfo>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<SigningKeyInfo>>([
                new()
                {
                    KeyId = "key",
                    Algorithm = "ES256",
                    ActivatesAt = default,
                    RetiresAt = default,
                },
            ]);
    }
}
