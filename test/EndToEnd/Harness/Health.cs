namespace Pawl.EndToEnd.Harness;

/// <summary>Whether a session has come through what a test did to it.</summary>
internal static class Health
{
    /// <summary>
    /// Nobody was signed out, and nobody will be: the chain of refresh tokens moves on, twice, past its settle period. A fork in it would
    /// be noticed no later than that.
    /// </summary>
    public static async Task CheckAsync(Visitor visitor, Tab tab)
    {
        var sid = (await tab.StateAsync()).Sid;
        await MoveOnAsync(visitor, tab);
        await MoveOnAsync(visitor, tab);
        var state = await tab.StateAsync();
        Assert.Equal("signed-in", state.Status);
        Assert.Equal(sid, state.Sid);
        Assert.DoesNotContain("signedout", state.Events);
    }

    /// <summary>Refreshes until the refresh token has settled, and is followed by another.</summary>
    public static async Task MoveOnAsync(Visitor visitor, Tab tab)
    {
        var token = await visitor.CookieAsync(CookieNames.Refresh);
        await Eventually.TrueAsync(
            async () =>
            {
                await tab.RefreshAsync();
                return await visitor.CookieAsync(CookieNames.Refresh) != token;
            },
            "the refresh token has settled, and is followed by another"
        );
    }
}
