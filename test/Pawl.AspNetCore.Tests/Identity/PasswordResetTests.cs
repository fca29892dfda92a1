using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A password is reset by a mailed code or by an administrator. The browser that does it keeps its own session, and the user's other
/// devices are signed out.
/// </summary>
public sealed class PasswordResetTests
{
    private const string Ada = TwoDevices.Ada;
    private const string NewPassword = TwoDevices.NewPassword;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_password_that_is_reset_in_a_signed_in_browser_leaves_it_signed_in(bool isExpired)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        if (isExpired)
            app.Clock.Advance(TimeSpan.FromMinutes(6));
        await ResetAsync(app, laptop);
        Assert.Equal("credentials_changed", (await phone.RefreshAsync()).Reason);
        await TwoDevices.AssertStaysAsync(app, laptop);
    }

    [Fact]
    public async Task A_password_reset_elsewhere_signs_out_all_devices_of_that_user_only()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        var bob = await app.RegisterAsync("bob@example.com");
        await bob.LoginAsync("bob@example.com");

        await ResetAsync(app, bob);

        await TwoDevices.AssertOutAsync(laptop);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, bob);
    }

    [Fact]
    public async Task An_administrator_who_changes_a_users_password_signs_out_only_that_user()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, map: CredentialEndpoints.Map);
        var (laptop, phone) = await TwoDevices.SignInAsync(app);
        var admin = await app.RegisterAsync("bob@example.com");
        await admin.LoginAsync("bob@example.com");

        Assert.Equal(200, (await admin.PostAsync($"/change/add-password?of={Ada}")).Status);

        await TwoDevices.AssertOutAsync(laptop);
        await TwoDevices.AssertOutAsync(phone);
        await TwoDevices.AssertStaysAsync(app, admin);
    }

    private static async Task ResetAsync(TestApp app, Browser browser)
    {
        var code = "";
        await app.ChangeAsync(Ada, async (users, user) =>
        {
            user.EmailConfirmed = true;
            var result = await users.UpdateAsync(user);
            code = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(await users.GeneratePasswordResetTokenAsync(user)));
            return result;
        });
        var answer = await browser.PostAsync(
            "/resetPassword",
            new
            {
                email = Ada,
                resetCode = code,
                newPassword = NewPassword,
            }
        );
        Assert.Equal(200, answer.Status);
    }
}
