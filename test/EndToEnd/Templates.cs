using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Pawl.AspNetCore.Tests;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>What <c>dotnet new</c> makes from the template package works as it is, with the packages as users get them.</summary>
public sealed class Templates(World world, NewApps apps) : IClassFixture<NewApps>
{
    private const string Password = "Correct-horse-7";

    [Theory]
    [InlineData(NewApps.Spa)]
    [InlineData(NewApps.Pages)]
    [InlineData(NewApps.Api)]
    public async Task The_tests_of_a_new_app_pass(string name)
    {
        using var shell = await apps.OpenAsync(name);
        await shell.RunAsync("dotnet test --project tests --no-build");
    }

    [Fact]
    public async Task The_page_of_a_new_app_creates_an_account_signs_in_and_signs_out_another_device()
    {
        using var shell = await apps.RunAsync(NewApps.Spa);
        await using var here = await OpenAsync(NewApps.Spa);
        await using var there = await OpenAsync(NewApps.Spa);
        await FillAsync(here.Pages[0], "ada@example.com", "short");
        await here.Pages[0].ClickAsync("[name=register]");
        await Assertions.Expect(here.Pages[0].GetByRole(AriaRole.Status)).ToContainTextAsync("Passwords must be at least");

        await FillAsync(here.Pages[0], "ada@example.com", Password);
        await here.Pages[0].ClickAsync("[name=register]");
        await Assertions.Expect(here.Pages[0].Locator("#notes")).ToContainTextAsync("The notes of");
        await FillAsync(there.Pages[0], "ada@example.com", Password);
        await there.Pages[0].ClickAsync("[name=login]");
        await Assertions.Expect(there.Pages[0].Locator("#devices li")).ToHaveCountAsync(2);
        await there.Pages[0].ClickAsync("#devices button");
        await Assertions.Expect(there.Pages[0].Locator("#devices li")).ToHaveCountAsync(1);
        await here.Pages[0].ReloadAsync();
        await Assertions.Expect(here.Pages[0].Locator("#guest")).ToBeVisibleAsync();
        await there.Pages[0].ClickAsync("#out");
        await Assertions.Expect(there.Pages[0].Locator("#guest")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_pages_of_a_new_app_create_an_account_and_sign_out()
    {
        using var shell = await apps.RunAsync(NewApps.Pages);
        await using var browser = await OpenAsync(NewApps.Pages);
        var page = browser.Pages[0];
        await FillAsync(page, "ada@example.com", Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Listitem)).ToContainTextAsync("this one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await FillAsync(page, "ada@example.com", "guess");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The e-mail address or the password is wrong.");
        await FillAsync(page, "ada@example.com", Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Listitem)).ToContainTextAsync("this one");
    }

    [Fact]
    public async Task A_new_API_gives_tokens_refreshes_them_and_takes_them_back()
    {
        using var shell = await apps.RunAsync(NewApps.Api);
        using var client = new HttpClient { BaseAddress = apps.AddressOf(NewApps.Api) };
        var user = new { email = "ada@example.com", password = Password };
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsJsonAsync("/register", user, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/register", user, Cancel)).StatusCode);
        var tokens = await client.PostAsJsonAsync("/login", user, Cancel);
        var refreshed = await client.PostAsync("/auth/token", RefreshOf(await ReadAsync(tokens)), Cancel);
        var latest = await ReadAsync(refreshed);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            latest.GetProperty("access_token").GetString()
        );
        Assert.Contains("The notes of", await client.GetStringAsync("/notes", Cancel), StringComparison.Ordinal);
        using var revoked = new FormUrlEncodedContent([new("token", latest.GetProperty("access_token").GetString())]);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/revoke", revoked, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/notes", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_new_app_says_in_one_sentence_that_its_port_is_taken()
    {
        using var running = await apps.RunAsync(NewApps.Api);
        using var second = await apps.OpenAsync(NewApps.Api);
        var address = apps.AddressOf(NewApps.Api);
        Assert.Equal(
            $"Failed to bind to address http://127.0.0.1:{address.Port}: address already in use; "
                + "choose another address, for example: dotnet run --urls http://localhost:5081",
            await FailAsync(second, "dotnet run --no-build")
        );
        Assert.Contains(
            "choose another address",
            await FailAsync(second, "dotnet run --no-build --urls http://localhost:99999"),
            StringComparison.Ordinal
        );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The line that a program writes to its error output before it fails.
    private static async Task<string> FailAsync(Shell shell, string command) =>
        Assert.Single(
            (await shell.RunAsync($"if {command} 2>&1 >/dev/null; then exit 1; fi")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );

    private async Task<IBrowserContext> OpenAsync(string name)
    {
        var browser = await world.BrowserAsync(Browser.Chromium);
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(apps.AddressOf(name).ToString());
        return context;
    }

    private static async Task FillAsync(IPage page, string email, string password)
    {
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", password);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static FormUrlEncodedContent RefreshOf(JsonElement tokens) =>
        new([new("grant_type", "refresh_token"), new("refresh_token", tokens.GetProperty("refresh_token").GetString())]);
}
