using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Only an access token that Pawl has accepted shows a key of the device. Another scheme asks for no proof by the key it names.
/// </summary>
public sealed class ForeignProofClaimTests
{
    [Theory]
    [InlineData("cnf", """{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""")]
    [InlineData(DeviceProofClaim.Name, "253402300799")]
    public async Task A_claim_of_another_scheme_is_no_proof_of_a_device(string type, string value)
    {
        await using var app = await TestApp.StartAsync(
            services: services =>
                services.AddAuthentication().AddScheme<OtherOptions, OtherHandler>("Other", o => o.Claim = new Claim(type, value)),
            map: static app =>
            {
                app.MapGet("/bound", () => "bound")
                    .RequireAuthorization(static policy => policy.AddAuthenticationSchemes("Other").RequireDeviceBound());
                app.MapGet("/proved", () => "proved")
                    .RequireAuthorization(static policy =>
                        policy.AddAuthenticationSchemes("Other").RequireFreshDeviceProof(TimeSpan.FromMinutes(2))
                    );
            }
        );
        var browser = app.NewBrowser();
        Assert.Equal(403, (await browser.GetAsync("/bound")).Status);
        Assert.Equal(403, (await browser.GetAsync("/proved")).Status);
    }

    private sealed class OtherOptions : AuthenticationSchemeOptions
    {
        public Claim? Claim { get; set; }
    }

    private sealed class OtherHandler(IOptionsMonitor<OtherOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<OtherOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ada"), Options.Claim!], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name)));
        }
    }
}
