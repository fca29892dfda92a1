using System.Text;
using System.Text.Json;

namespace Pawl.Client.Tests;

/// <summary>A server that binds no sessions, or no longer, is told from one that does. No session goes from bound to unbound.</summary>
public sealed class UnboundServerTests
{
    private static void Bind(PawlSessionOptions options) => options.UseDpop();

    [Fact]
    public async Task A_server_without_the_option_serves_the_session_unbound_and_the_result_says_so()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, client) = await app.SignInAsync(configure: Bind);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
            var unbound = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
            Assert.False(unbound.IsBound);
            Assert.Contains("AcceptDpop", unbound.BindingProblem, StringComparison.Ordinal);
            Assert.NotNull(await session.GetAccessTokenAsync(Stop));
            app.Expire();
        }
    }

    [Fact]
    public async Task The_option_of_the_server_binds_sessions_that_exist_and_turning_it_off_frees_none()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        app.AcceptsDpop = false;
        var (session, client) = await app.SignInAsync(configure: Bind);
        Assert.False(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
        foreach (var accepts in new[] { true, false, true })
        {
            app.AcceptsDpop = accepts;
            app.Expire();
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
            Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
        }
    }

    [Fact]
    public async Task An_answer_without_binding_is_refused_in_a_bound_session_and_nothing_is_lost()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, client) = await app.SignInAsync(configure: Bind);
        var bound = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        app.Before = async context =>
        {
            if (context.Request.Path != "/auth/token")
                return false;
            context.Response.ContentType = "application/json";
            var answer = new
            {
                access_token = "free",
                token_type = "Bearer",
                refresh_token = "free",
                sid = bound.SessionId,
                sub = "ada",
                expires_in = 300,
                refresh_in = 270,
            };
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer)));
            return true;
        };
        app.Expire();
        var result = session.GetTokenAsync(Stop).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                app.Clock.Advance(TimeSpan.FromSeconds(1));
                return result.IsCompleted;
            },
            "the session has given up"
        );
        Assert.Contains("without binding", Assert.IsType<Unavailable>(await result).Problem, StringComparison.Ordinal);

        app.Before = static _ => Task.FromResult(false);
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
    }

    [Fact]
    public async Task A_token_that_a_library_adds_as_Bearer_is_sent_with_a_proof()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, client) = await app.SignInAsync(configure: Bind);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/me"));
        request.Headers.Authorization = new("Bearer", Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).AccessToken);
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal("ada", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public void A_session_without_a_key_is_saved_as_before_and_one_with_a_key_is_no_session_for_older_programs()
    {
        var json = """{"access_token":"a","refresh_token":"r","sid":"s","sub":"u","expires_in":300,"refresh_in":270}"""u8;
        var tokens = SessionTokens.FromResponse(json);
        var unbound = Encoding.UTF8.GetString(tokens.ToBytes());
        Assert.StartsWith("{\"version\":1,", unbound, StringComparison.Ordinal);
        Assert.DoesNotContain("key", unbound, StringComparison.Ordinal);
        var bound = Encoding.UTF8.GetString(tokens.With(key: Pawl.Client.Proofs.SessionKey.Create()).ToBytes());
        Assert.StartsWith("{\"version\":2,", bound, StringComparison.Ordinal);
        Assert.NotNull(SessionTokens.FromBytes(Encoding.UTF8.GetBytes(bound)).Key!.Content);
        foreach (
            var damaged in new[]
            {
                bound.Replace("\"proof_key\"", "\"x\"").Replace("proof_key_thumbprint", "y"),
                bound.Replace("\"proof_key\":\"M", "\"proof_key\":\"N"),
            }
        )
            Assert.Throws<TokenVaultException>(() => SessionTokens.FromBytes(Encoding.UTF8.GetBytes(damaged)));
        var newer = Assert.Throws<TokenVaultException>(() => SessionTokens.FromBytes("""{"version":3}"""u8));
        Assert.Contains("reads 1 and 2", newer.Message, StringComparison.Ordinal);
    }
}
