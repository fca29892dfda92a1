namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Two-factor sign-ins by the pages of Microsoft.AspNetCore.Identity.UI. The cookies between the two factors are Identity's own.
/// </summary>
public sealed class IdentityUiTwoFactorTests : IDisposable
{
    private const string Ada = "ada@example.com";
    private const string Between = "Identity.TwoFactorUserId";
    private const string Remembers = "Identity.TwoFactorRememberMe";

    private readonly IdentityUi _app = new();

    [Fact]
    public async Task A_session_starts_after_the_second_factor_and_not_before()
    {
        var key = await EnableAsync();
        var ada = _app.NewVisitor();
        await ada.LogInAsync(Ada);
        Assert.StartsWith("/Identity/Account/LoginWith2fa", ada.Address, StringComparison.Ordinal);
        Assert.Contains(Between, ada.Browser.Cookies.Names);
        Assert.Null(ada.Browser.RefreshToken);
        var form = ada.Address;
        await ada.SubmitAsync("LoginWith2fa", ("Input.TwoFactorCode", "000000"));
        Assert.Null(ada.Browser.RefreshToken);
        await ada.OpenAsync(form);

        await ada.SubmitAsync("LoginWith2fa", ("Input.TwoFactorCode", Authenticator.Code(key)));

        Assert.Contains($"Hello {Ada}!", ada.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Between, ada.Browser.Cookies.Names);
        Assert.Equal(
            ["mfa"],
            AccessTokens.Claims(ada.Browser.AccessToken!).GetProperty("amr").EnumerateArray().Select(static m => m.GetString())
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_remembered_machine_is_not_asked_again(bool isRemembered)
    {
        var key = await EnableAsync();
        var ada = _app.NewVisitor();
        await ada.LogInAsync(Ada);
        await ada.SubmitAsync(
            "LoginWith2fa",
            ("Input.TwoFactorCode", Authenticator.Code(key)),
            ("Input.RememberMachine", isRemembered ? "true" : "false")
        );
        Assert.Equal(isRemembered, ada.Browser.Cookies.Names.Contains(Remembers));
        await ada.OpenAsync("/");
        await ada.SubmitAsync("/Identity/Account/Logout");

        await ada.LogInAsync(Ada);

        Assert.Equal(isRemembered, await ada.IsSignedInAsync());
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once()
    {
        await EnableAsync();
        var code = _codes[0];
        foreach (var isAccepted in new[] { true, false })
        {
            var ada = _app.NewVisitor();
            await ada.LogInAsync(Ada);
            await ada.ClickAsync("LoginWithRecoveryCode");
            await ada.SubmitAsync("<form method=\"post\"", ("Input.RecoveryCode", code));
            Assert.Equal(isAccepted, await ada.IsSignedInAsync());
        }
    }

    private string[] _codes = [];

    // The session that turns two-factor sign-ins on stays; it changes the security stamp.
    private async Task<string> EnableAsync()
    {
        var ada = await _app.SignInAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage/EnableAuthenticator");
        var key = ada.Read("<kbd>([^<]*)</kbd>").Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        await ada.SubmitAsync("send-code", ("Input.Code", Authenticator.Code(key)));
        _codes =
        [
            .. System
                .Text.RegularExpressions.Regex.Matches(ada.Page.Body, "<code class=\"recovery-code\">([^<]*)<")
                .Select(static m => m.Groups[1].Value),
        ];
        Assert.NotEmpty(_codes);
        Assert.True(await ada.IsSignedInAsync());
        return key;
    }

    public void Dispose() => _app.Dispose();
}
