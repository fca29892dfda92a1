using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An endpoint may ask for a bound session, or for a proof of the device that is young.</summary>
public sealed class FreshDeviceProofTests
{
    private static Task<TestApp> StartAsync(DeviceBinding binding = DeviceBinding.Required) =>
        TestApp.StartAsync(
            options => options.DeviceBinding = binding,
            map: static app =>
            {
                app.MapGet("/bound", () => "bound").RequireDeviceBound();
                app.MapGet("/proved", () => "proved").RequireFreshDeviceProof(TimeSpan.FromMinutes(2));
                app.MapPost("/proved", (Note note) => note.Text).RequireFreshDeviceProof(TimeSpan.FromMinutes(2));
            }
        );

    private sealed record Note(string Text);

    [Requirement("POP-03")]
    [Fact]
    public async Task A_bound_session_is_asked_for_and_an_unbound_one_refused()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.OfferAsync(app);
        foreach (var path in new[] { "/bound", "/proved" })
        {
            var answer = await ada.Pages.GetAsync(path);
            Assert.Equal((403, "device_binding_required"), (answer.Status, answer.Code));
        }
        Assert.Equal(401, (await app.NewBrowser().GetAsync("/bound")).Status);
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
        Assert.Equal("bound", (await ada.GetAsync("/bound")).Body);
        Assert.Equal("proved", (await ada.GetAsync("/proved")).Body);
    }

    [Fact]
    public async Task A_proof_that_is_too_old_is_renewed_before_the_request_is_repeated()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("bound", (await ada.GetAsync("/bound")).Body);
        var asked = await ada.GetAsync("/proved?a=1");
        Assert.Equal((307, "/proved?a=1"), (asked.Status, asked["Location"]));
        Assert.False(ada.Pages.IsFresh);
        Assert.Equal("proved", (await ada.GetAsync("/proved?a=1")).Body);
    }

    [Fact]
    public async Task A_post_is_repeated_with_its_body()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(307, (await ada.Pages.PostAsync("/proved", new Note("hello"))).Status);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("hello", (await ada.Pages.PostAsync("/proved", new Note("hello"))).Body);
    }

    [Fact]
    public async Task A_websocket_is_refused_once_and_the_browser_refreshes_before_the_page_opens_it_again()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        var refused = await ada.Pages.GetAsync("/proved", ("Upgrade", "websocket"));
        Assert.Equal((401, "device_proof_required"), (refused.Status, refused.Code));
        Assert.False(ada.Pages.IsFresh);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("proved", (await ada.Pages.GetAsync("/proved", ("Upgrade", "websocket"))).Body);
    }

    [Fact]
    public async Task An_event_stream_follows_the_redirect()
    {
        await using var app = await StartAsync();
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(307, (await ada.Pages.GetAsync("/proved", ("Accept", "text/event-stream"))).Status);
    }

    [Theory]
    [InlineData(DeviceBinding.Required, 401, "reauthentication_required")]
    [InlineData(DeviceBinding.Preferred, 403, "device_binding_required")]
    public async Task A_browser_that_does_not_refresh_is_not_asked_twice(DeviceBinding binding, int status, string code)
    {
        await using var app = await StartAsync(binding);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(307, (await ada.Pages.GetAsync("/proved")).Status);
        var answer = await ada.Pages.GetAsync("/proved");
        Assert.Equal((status, code), (answer.Status, answer.Code));
        var skipped = await ada.Pages.GetAsync("/proved", ("Secure-Session-Skipped", "unreachable"));
        Assert.Equal((503, "device_proof_delayed"), (skipped.Status, skipped.Code));
    }

    [Fact]
    public async Task A_session_that_goes_on_without_its_key_does_not_count_as_bound()
    {
        await using var app = await StartAsync(DeviceBinding.Preferred);
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await ada.Pages.RefreshAsync()).Status);
        Assert.Equal("device_binding_required", (await ada.Pages.GetAsync("/bound")).Code);
    }

    [Fact]
    public async Task A_renewal_of_the_claims_keeps_the_time_of_the_proof()
    {
        await using var app = await TestApp.StartAsync(BoundBrowser.SetUp, map: static app =>
        {
            app.MapPost("/renew", static (ClaimsPrincipal me) => Results.SignIn(me));
            app.MapGet("/bound", () => "bound").RequireDeviceBound();
            app.MapGet("/proved", () => "proved").RequireFreshDeviceProof(TimeSpan.FromMinutes(2));
        });
        using var ada = await BoundBrowser.SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(200, (await ada.Pages.PostAsync("/renew")).Status);
        Assert.EndsWith(".b", ada.Pages.Cookies["__Host-pawl-session"], StringComparison.Ordinal);
        Assert.Equal("bound", (await ada.GetAsync("/bound")).Body);
        Assert.Equal(307, (await ada.Pages.GetAsync("/proved")).Status);
    }

    [Fact]
    public async Task The_claims_of_a_provider_are_no_proof()
    {
        await using var app = await StartAsync();
        var claims = new Dictionary<string, string> { ["pawl_device_proof"] = "1772366400", ["cnf"] = "x" };
        var ada = await app.SignInAsync("ada", new Login("ada") { Provider = "https://provider.example", Claims = claims });
        Assert.Equal("device_binding_required", (await ada.GetAsync("/bound")).Code);
    }

    [Fact]
    public async Task A_native_client_proves_its_key_with_each_request()
    {
        await using var app = await TestApp.StartAsync(DpopDevice.SetUp, map: static app =>
            app.MapGet("/proved", () => "proved").RequireFreshDeviceProof(TimeSpan.FromSeconds(5))
        );
        using var device = await DpopDevice.BindAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("proved", (await device.GetAsync("/proved")).Body);
    }

    [Fact]
    public void Less_than_five_seconds_is_refused_because_the_request_would_be_repeated_for_ever() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuthorizationPolicyBuilder().RequireFreshDeviceProof(TimeSpan.FromSeconds(4)));
}
