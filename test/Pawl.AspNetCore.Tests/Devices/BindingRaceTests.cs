namespace Pawl.AspNetCore.Tests;

/// <summary>A refresh without a proof that meets a binding ends no session by itself, and leaves its alarm as it is.</summary>
public sealed class BindingRaceTests
{
    // With a token that is younger than the binding, the owner would be refused for ever, and the thief would keep the session.
    [Fact]
    public async Task A_thief_who_binds_a_session_during_the_owners_refresh_is_found_out_by_the_next_one()
    {
        var meanwhile = static () => Task.CompletedTask;
        await using var app = await TestApp.StartAsync(o =>
        {
            DpopDevice.SetUp(o);
            o.Events.OnRefreshing = _ => Interlocked.Exchange(ref meanwhile, static () => Task.CompletedTask)();
        });
        using var owner = new DpopDevice(app);
        using var thief = new DpopDevice(app);
        await owner.SignInAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        thief.RefreshToken = owner.RefreshToken;
        meanwhile = async () =>
        {
            app.Clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(200, (await thief.RefreshAsync()).Status);
            app.Clock.Advance(TimeSpan.FromSeconds(2));
        };

        await owner.SendRefreshAsync(owner.RefreshToken, null);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var next = await owner.SendRefreshAsync(owner.RefreshToken, null);

        Assert.Equal((400, "session_ended", "token_reused"), (next.Status, next.Code, next.Reason));
        Assert.Equal("session_ended", (await thief.GetAsync("/me")).Code);
    }

    // Such as that of a program that was replaced by one with a key, and whose last request was slow.
    [Fact]
    public async Task A_request_without_a_key_that_was_under_way_at_the_binding_ends_nothing()
    {
        await using var app = await TestApp.StartAsync(DpopDevice.SetUp);
        using var device = new DpopDevice(app);
        await device.SignInAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var late = device.RefreshToken;
        Assert.Equal(200, (await device.RefreshAsync()).Status);

        app.Clock.Advance(TimeSpan.FromSeconds(5));
        var answer = await device.SendRefreshAsync(late, null);

        Assert.Equal((400, "device_proof_required"), (answer.Status, answer.Code));
        Assert.Equal(200, (await device.RefreshAsync()).Status);
    }
}
