namespace Pawl.AspNetCore.Tests;

/// <summary>A client is told why its session has ended. During an upgrade a node may read a reason that only newer nodes know.</summary>
public sealed class EndReasonTests
{
    public static TheoryData<SessionEndReason, string> Names => new()
    {
        { SessionEndReason.SignedOut, "signed_out" },
        { SessionEndReason.Revoked, "revoked" },
        { SessionEndReason.TokenReused, "token_reused" },
        { SessionEndReason.Idle, "idle" },
        { SessionEndReason.Absolute, "absolute" },
        { SessionEndReason.UserDisabled, "user_disabled" },
        { SessionEndReason.Replaced, "replaced" },
        { (SessionEndReason)99, "ended" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_reason_has_its_own_name_and_one_of_a_newer_version_has_none_of_theirs(SessionEndReason reason, string name)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.True(SessionId.TryParse(ada.Sid, out var id));
        await app.Service<SessionManager>().EndAsync(id, reason, TestContext.Current.CancellationToken);

        var answer = await app.SendRawAsync(
            "POST", "/auth/refresh", ("Cookie", ada.Cookies.Header!), (PawlDefaults.SessionHeader, ada.Sid));
        Assert.Equal(("session_ended", name), (answer.Code, answer.Reason));
        Assert.Equal($"session_ended;reason={name}", answer[PawlDefaults.ProblemHeader]);
    }

    [Fact]
    public void The_list_above_is_complete() =>
        Assert.Equal(
            Enum.GetValues<SessionEndReason>(), Names.Select(static row => row.Data.Item1).Where(static reason => Enum.IsDefined(reason)));
}
