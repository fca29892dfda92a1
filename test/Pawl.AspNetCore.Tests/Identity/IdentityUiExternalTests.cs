using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>External sign-ins by the pages of Microsoft.AspNetCore.Identity.UI.</summary>
public sealed class IdentityUiExternalTests : IDisposable
{
    private const string Ada = "ada@example.com";

    private readonly FakeProvider _provider = new();
    private readonly IdentityUi _app;

    public IdentityUiExternalTests() => _app = new(services => services.AddAuthentication().AddOpenIdConnect(_provider.Configure));

    [Fact]
    public async Task A_user_of_a_provider_registers_and_signs_in_there()
    {
        var ada = _app.NewVisitor();
        await SignInAsync(ada);
        Assert.StartsWith("/Identity/Account/ExternalLogin", ada.Address, StringComparison.Ordinal);
        await ada.SubmitAsync("handler=Confirmation", ("Input.Email", Ada));
        await ada.OpenAsync(_app.LastLink(Ada));

        await SignInAsync(ada);

        Assert.Contains($"Hello {Ada}!", ada.Text, StringComparison.Ordinal);
        Assert.True(await ada.IsSignedInAsync());
        // The cookie between the provider and the session is Identity's own, and gone.
        Assert.DoesNotContain(IdentityConstants.ExternalScheme, ada.Browser.Cookies.Names);
    }

    [Fact]
    public async Task A_signed_in_user_links_an_account_of_a_provider_and_signs_in_with_it_elsewhere()
    {
        var ada = await _app.SignInAsync(Ada);
        await ada.OpenAsync("/Identity/Account/Manage/ExternalLogins");
        await ada.SubmitAsync("link-login-form", ("provider", OpenIdConnectDefaults.AuthenticationScheme));
        await ReturnAsync(ada);
        Assert.Contains("The external login was added", ada.Text, StringComparison.Ordinal);

        var elsewhere = _app.NewVisitor();
        await SignInAsync(elsewhere);

        Assert.Contains($"Hello {Ada}!", elsewhere.Text, StringComparison.Ordinal);
        Assert.True(await ada.IsSignedInAsync());
    }

    private async Task SignInAsync(PageVisitor visitor)
    {
        await visitor.OpenAsync("/Identity/Account/Login");
        await visitor.SubmitAsync("external-account", ("provider", OpenIdConnectDefaults.AuthenticationScheme));
        await ReturnAsync(visitor);
    }

    private async Task ReturnAsync(PageVisitor visitor) =>
        await visitor.ShowAsync(await _provider.ReturnAsync(visitor.Browser, visitor.Page["Location"]!, "ada"));

    public void Dispose()
    {
        _app.Dispose();
        _provider.Dispose();
    }
}
