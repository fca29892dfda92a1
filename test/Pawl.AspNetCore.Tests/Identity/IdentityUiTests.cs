namespace Pawl.AspNetCore.Tests;

/// <summary>The pages of the package Microsoft.AspNetCore.Identity.UI, as they are, sign users in and out.</summary>
public sealed class IdentityUiTests : IDisposable
{
    private const string Ada = "ada@example.com";
    private static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(6);

    private readonly IdentityUi _app = new();

    [Fact]
    public async Task A_user_registers_confirms_and_signs_in_and_is_greeted_by_name()
    {
        var ada = await _app.RegisterAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage/Email");
        Assert.Equal("/Identity/Account/Login?ReturnUrl=%2FIdentity%2FAccount%2FManage%2FEmail", ada.Address);

        await ada.FillInLoginAsync(Ada);

        Assert.Equal("/Identity/Account/Manage/Email", ada.Address);
        Assert.Contains($"Hello {Ada}!", ada.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_signed_in_after_the_access_token_has_expired_and_its_form_is_accepted()
    {
        var ada = await _app.SignInAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage");
        for (var life = 0; life < 3; life++)
        {
            // The page was rendered with the access token before.
            _app.Clock.Advance(AccessTokenLife);

            await ada.SubmitAsync("profile-form", ("Input.PhoneNumber", $"+4930 12345{life}"));

            Assert.Contains("Your profile has been updated", ada.Text, StringComparison.Ordinal);
            Assert.Contains($"Hello {Ada}!", ada.Text, StringComparison.Ordinal);
        }
        Assert.Empty(_app.Logs.Exceptions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_browser_that_was_closed_is_signed_in_only_with_remember_me(bool isRemembered)
    {
        var ada = await _app.SignInAsync(Ada, isRemembered);
        _app.Clock.Advance(AccessTokenLife);

        ada.Browser.Cookies.Close();

        Assert.Equal(isRemembered, await ada.IsSignedInAsync());
    }

    [Fact]
    public async Task A_sign_out_ends_the_session_in_a_copy_of_the_cookies_too()
    {
        var ada = await _app.SignInAsync(Ada);
        var copy = _app.NewVisitor(ada.Browser.Copy());
        Assert.True(await copy.IsSignedInAsync());

        await ada.OpenAsync("/");
        await ada.SubmitAsync("/Identity/Account/Logout");

        Assert.Contains("Login", ada.Text, StringComparison.Ordinal);
        Assert.False(await ada.IsSignedInAsync());
        Assert.False(await copy.IsSignedInAsync());
    }

    [Fact]
    public async Task A_wrong_password_and_a_locked_account_sign_in_nobody()
    {
        var ada = await _app.RegisterAsync(Ada);
        await ada.LogInAsync(Ada, password: "wrong");
        Assert.Contains("Invalid login attempt", ada.Text, StringComparison.Ordinal);
        Assert.False(await ada.IsSignedInAsync());
    }

    [Fact]
    public async Task A_user_who_has_forgotten_the_password_sets_another_by_the_link_of_the_mail()
    {
        const string Another = "Another-horse-8";
        var ada = await _app.SignInAsync(Ada, isRemembered: true);
        var owner = _app.NewVisitor();
        await owner.OpenAsync("/Identity/Account/ForgotPassword");
        await owner.SubmitAsync("<form", ("Input.Email", Ada));

        await owner.OpenAsync(_app.LastLink(Ada));
        await owner.SubmitAsync("<form", ("Input.Email", Ada), ("Input.Password", Another), ("Input.ConfirmPassword", Another));

        Assert.Contains("Your password has been reset", owner.Text, StringComparison.Ordinal);
        Assert.False(await ada.IsSignedInAsync());
        await owner.LogInAsync(Ada, password: Another);
        Assert.True(await owner.IsSignedInAsync());
    }

    public void Dispose() => _app.Dispose();
}
