namespace Pawl.AspNetCore.Tests;

/// <summary>A client is told why its session has ended. During an upgrade a node may read a reason that only newer nodes know.</summary>
public sealed class EndReasonTests
{
    public static TheoryData<SessionEndReason, string> Names =>
        new()
        {
            { SessionEndReason.Unknown, "ended" },
            { SessionEndReason.SignedOut, "signed_out" },
            { SessionEndReason.Revoked, "revoked" },
            { SessionEndReason.TokenReused, "token_reused" },
            { SessionEndReason.Idle, "idle" },
            { SessionEndReason.Absolute, "absolute" },
            { SessionEndReason.UserDisabled, "user_disabled" },
            { SessionEndReason.Replaced, "replaced" },
            { SessionEndReason.CredentialsChanged, "credentials_changed" },
            { (SessionEndReason)99, "ended" },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_reason_has_its_own_name_and_one_of_a_newer_version_has_none_of_theirs(SessionEndReason reason, string name)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        await app.Store.EndAsync(id, new(reason, app.Clock.GetUtcNow()), TestContext.Current.CancellationToken);

        var answer = await app.SendRawAsync(
            "POST",
            "/auth/refresh",
            ("Cookie", ada.Cookies.Header!),
            (PawlDefaults.SessionHeader, ada.Sid)
        );
        Assert.Equal(("session_ended", name), (answer.Code, answer.Reason));
        Assert.Equal($"session_ended;reason={name}", answer[PawlDefaults.ProblemHeader]);
    }

    [Fact]
    public async Task An_app_that_rejects_a_refresh_or_a_sign_in_says_why()
    {
        var rejects = false;
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Events.OnRefreshing = static context => Reject(context.Reject);
            o.Events.OnSessionStarting = context => rejects ? Reject(context.Reject) : Task.CompletedTask;
        });
        var ada = await app.SignInAsync("ada");
        Assert.Equal("credentials_changed", (await ada.RefreshAsync()).Reason);
        Assert.Equal("credentials_changed", (await ada.MeAsync()).Reason);
        rejects = true;
        Assert.Equal("credentials_changed", (await app.NewBrowser().PostAsync("/login", new Login("ada"))).Reason);

        static Task Reject(Action<SessionEndReason> reject)
        {
            reject(SessionEndReason.CredentialsChanged);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void The_list_above_is_complete() =>
        Assert.Equal(
            Enum.GetValues<SessionEndReason>(),
            Names.Select(static row => row.Data.Item1).Where(static reason => Enum.IsDefined(reason))
        );
}
