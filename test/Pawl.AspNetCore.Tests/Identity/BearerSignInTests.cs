using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What MapIdentityApi asks before it signs a program in holds as before, and each sign-in starts one session.</summary>
public sealed class BearerSignInTests
{
    private const string Ada = BearerApp.Ada;

    [Fact]
    public async Task A_second_factor_and_a_recovery_code_start_one_session_each()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        var key = (await client.PostAsync("/manage/2fa", new { })).Text("sharedKey")!;
        var enabled = await client.PostAsync("/manage/2fa", new { enable = true, twoFactorCode = Authenticator.Code(key) });
        var recovery = enabled.Json.GetProperty("recoveryCodes")[0].GetString();
        Assert.Equal(200, (await client.RefreshAsync()).Status);

        var without = await new BearerClient(app).LoginAsync(Ada);
        Assert.Equal((401, "RequiresTwoFactor"), (without.Status, without.Text("detail")));
        Assert.Equal(1, CountSessions(folder));

        var twoFactorCode = Authenticator.Code(key);
        var phone = new BearerClient(app);
        Assert.Equal(
            200,
            (
                await phone.LoginAsync(
                    Ada,
                    json: new
                    {
                        email = Ada,
                        password = IdentityApp.Password,
                        twoFactorCode,
                    }
                )
            ).Status
        );
        Assert.Equal("""["mfa"]""", AccessTokens.Claims(phone.AccessToken).GetProperty("amr").GetRawText());
        Assert.Equal(2, CountSessions(folder));
        var json = new
        {
            email = Ada,
            password = IdentityApp.Password,
            twoFactorRecoveryCode = recovery,
        };
        Assert.Equal(200, (await phone.LoginAsync(Ada, json: json)).Status);
        Assert.Equal(401, (await phone.LoginAsync(Ada, json: json)).Status);
        Assert.Equal(3, CountSessions(folder));
    }

    [Fact]
    public async Task A_user_without_a_confirmed_address_gets_no_tokens()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, others: static services =>
            services.Configure<IdentityOptions>(static o => o.SignIn.RequireConfirmedEmail = true)
        );
        var client = new BearerClient(app);
        Assert.Equal("NotAllowed", (await client.LoginAsync(Ada)).Text("detail"));
        var link = "";
        await app.ChangeAsync(Ada, async (users, user) =>
        {
            var code = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(await users.GenerateEmailConfirmationTokenAsync(user)));
            link = $"/confirmEmail?userId={user.Id}&code={code}";
            return IdentityResult.Success;
        });
        Assert.Equal(200, (await client.SendAsync(HttpMethod.Get, link, null, sendsToken: false)).Status);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
        Assert.Equal(1, CountSessions(folder));
    }

    [Fact]
    public async Task Wrong_passwords_lock_out_and_start_no_session()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, others: static services =>
            services.Configure<IdentityOptions>(static o => o.Lockout.MaxFailedAccessAttempts = 2)
        );
        var client = new BearerClient(app);
        Assert.Equal("Failed", (await client.LoginAsync(Ada, "wrong")).Text("detail"));
        Assert.Equal("LockedOut", (await client.LoginAsync(Ada, "wrong")).Text("detail"));
        Assert.Equal("LockedOut", (await client.LoginAsync(Ada)).Text("detail"));
        Assert.Equal(0, CountSessions(folder));
    }

    private static long CountSessions(TestFolder folder) => folder.Query<long>("SELECT count(*) FROM pawl_sessions");
}
