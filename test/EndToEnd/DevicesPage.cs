using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd;

/// <summary>The list of one's devices, and the three ways to sign out from it.</summary>
public sealed class DevicesPage(World world) : BrowserTest(world)
{
    [Fact]
    public async Task Both_devices_are_listed_and_this_one_is_marked()
    {
        var (here, there, _) = await TwoDevicesAsync();

        await here.LoadAsync();

        await Expect(here.Devices).ToHaveCountAsync(2);
        await Expect(here.Devices.Filter(new() { HasText = "this device" })).ToHaveCountAsync(1);
        await Expect(here.Devices.First).ToContainTextAsync(new Regex("Chrome.*Linux|signed in"));
        Assert.Empty(here.Complaints);
        Assert.Empty(there.Complaints);
    }

    [Fact]
    public async Task Signing_out_the_other_device_ends_it_there_and_not_here()
    {
        var (here, there, user) = await TwoDevicesAsync();
        await here.LoadAsync();
        await Expect(here.Devices).ToHaveCountAsync(2);

        await here.Devices.Filter(new() { HasNotText = "this device" }).GetByRole(AriaRole.Button).ClickAsync();

        await Expect(here.Devices).ToHaveCountAsync(1);
        await EndedAsync(there, "This device was signed out from another device.");
        await here.SeesUserAsync(user);
        Assert.Empty(here.Complaints);
    }

    [Fact]
    public async Task Signing_out_this_device_ends_it_here_and_not_there()
    {
        var (here, there, user) = await TwoDevicesAsync();
        await here.LoadAsync();

        await here.Devices.Filter(new() { HasText = "this device" }).GetByRole(AriaRole.Button).ClickAsync();

        await here.SeesSignInAsync();
        await there.LoadAsync();
        await there.SeesUserAsync(user);
        await Expect(there.Devices).ToHaveCountAsync(1);
        Assert.Empty(here.Complaints);
        Assert.Empty(there.Complaints);
    }

    [Fact]
    public async Task Signing_out_the_others_leaves_this_one()
    {
        var (here, there, user) = await TwoDevicesAsync();
        await here.LoadAsync();
        await Expect(here.Devices).ToHaveCountAsync(2);

        await here.Button("Sign out the others").ClickAsync();

        await Expect(here.Devices).ToHaveCountAsync(1);
        await Expect(here.Button("Sign out the others")).ToBeDisabledAsync();
        await EndedAsync(there, "This device was signed out from another device.");
        await here.SeesUserAsync(user);
        Assert.Empty(here.Complaints);
    }

    [Fact]
    public async Task Signing_out_everywhere_leaves_none()
    {
        var (here, there, _) = await TwoDevicesAsync();

        await here.Button("Sign out everywhere").ClickAsync();

        await here.SeesSignInAsync();
        await EndedAsync(there, "This device was signed out from another device.");
        Assert.Empty(here.Complaints);
    }

    [Requirement("SES-05")]
    [Fact]
    public async Task A_new_password_signs_the_other_devices_out()
    {
        var (here, there, user) = await TwoDevicesAsync();
        await here.Page.GetByText("Change the password").ClickAsync();
        await here.Page.GetByLabel("Current password").FillAsync(user.Password);
        await here.Page.GetByLabel("New password").FillAsync("Another-Horse-9-Charger");

        await here.Button("Change it, and sign out the other devices").ClickAsync();

        await Expect(here.Log).ToContainTextAsync("password changed");
        await EndedAsync(there, "the password was changed on another device");
        await here.SeesUserAsync(user);
        Assert.Empty(here.Complaints);
    }

    [Requirement("XS-11", "LOG-04")]
    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\"><script>alert(1)</script>")]
    public async Task What_a_device_calls_itself_is_text_and_nothing_else(string device)
    {
        var here = await VisitAsync(ServerSettings.Default);
        var there = await VisitAsync(ServerSettings.Default);
        var screen = await Screen.OpenAsync(here);
        var user = User.New();
        await screen.SignUpAsync(user);
        var tab = await there.OpenAsync();
        Assert.Equal(
            200,
            await tab.RunAsync<int>(
                "async (body) => (await session.signIn('login', body)).status",
                new
                {
                    email = user.Email,
                    password = user.Password,
                    device,
                }
            )
        );

        await screen.LoadAsync();

        await Expect(screen.Devices).ToHaveCountAsync(2);
        await Expect(screen.Devices.Filter(new() { HasText = device })).ToHaveCountAsync(1);
        Assert.Empty(screen.Complaints);
    }

    private async Task<(Screen Here, Screen There, User User)> TwoDevicesAsync()
    {
        var user = User.New();
        var here = await Screen.OpenAsync(await VisitAsync(ServerSettings.Default));
        await here.SignUpAsync(user);
        var there = await Screen.OpenAsync(await VisitAsync(ServerSettings.Default));
        await there.SignInAsync(user);
        return (here, there, user);
    }

    /// <summary>The device finds out with whatever it asks next, and says why.</summary>
    private static async Task EndedAsync(Screen there, string why)
    {
        await there.Button("Send a request").ClickAsync();
        await there.SeesSignInAsync();
        await Expect(there.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = why })).ToBeVisibleAsync();
    }
}
