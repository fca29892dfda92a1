namespace Pawl.AspNetCore.Tests;

/// <summary>The account pages of Microsoft.AspNetCore.Identity.UI end the sessions that they should, and no others.</summary>
public sealed class IdentityUiAccountTests : IDisposable
{
    private const string Ada = "ada@example.com";
    private const string Another = "Another-horse-8";
    private static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(6);

    private readonly IdentityUi _app = new();

    [Fact]
    public async Task A_change_of_password_keeps_its_own_session_and_ends_the_others()
    {
        var (ada, other) = await SignInTwiceAsync();

        await ada.OpenAsync("/Identity/Account/Manage/ChangePassword");
        await ada.SubmitAsync(
            "change-password-form",
            ("Input.OldPassword", IdentityUi.Password),
            ("Input.NewPassword", Another),
            ("Input.ConfirmPassword", Another)
        );

        Assert.Contains("Your password has been changed", ada.Text, StringComparison.Ordinal);
        Assert.False(await other.IsSignedInAsync());
        _app.Clock.Advance(AccessTokenLife);
        Assert.True(await ada.IsSignedInAsync());
    }

    [Fact]
    public async Task A_user_who_deletes_the_account_is_signed_out_everywhere()
    {
        var (ada, other) = await SignInTwiceAsync();

        await ada.OpenAsync("/Identity/Account/Manage/DeletePersonalData");
        await ada.SubmitAsync("delete-user", ("Input.Password", IdentityUi.Password));

        Assert.Equal("/", ada.Address);
        Assert.DoesNotContain("Hello", ada.Text, StringComparison.Ordinal);
        Assert.False(await ada.IsSignedInAsync());
        // The other device learns it at its next refresh.
        _app.Clock.Advance(AccessTokenLife);
        Assert.False(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task Personal_data_is_downloaded_as_with_cookies()
    {
        var ada = await _app.SignInAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage/PersonalData");
        await ada.SubmitAsync("download-data");
        Assert.Equal("application/json", ada.Page["Content-Type"]);
        Assert.Equal(Ada, ada.Page.Json.GetProperty("UserName").GetString());
    }

    [Fact]
    public async Task A_new_email_address_is_in_the_greeting_at_once()
    {
        var ada = await _app.SignInAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage/Email");
        await ada.SubmitAsync("change-email-button", ("Input.NewEmail", "countess@example.com"));
        await ada.OpenAsync(_app.LastLink("countess@example.com"));
        Assert.Contains("Hello countess@example.com!", ada.Text, StringComparison.Ordinal);
    }

    private async Task<(PageVisitor One, PageVisitor Other)> SignInTwiceAsync()
    {
        var one = await _app.SignInAsync(Ada);
        var other = _app.NewVisitor();
        await other.LogInAsync(Ada, isRemembered: true);
        Assert.True(await other.IsSignedInAsync());
        return (one, other);
    }

    public void Dispose() => _app.Dispose();
}
