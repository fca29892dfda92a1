extern alias IdentitySample;
extern alias Pages;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using IdentityProgram = IdentitySample::Program;
using Members = Pages::Herbarium.Members;

namespace Pawl.AspNetCore.Tests.Testing;

/// <summary>Pawl.Testing with apps that have a sign-in page, that refresh by themselves, or that keep their users in Identity.</summary>
public sealed class SampleAppsTests
{
    [Fact]
    public async Task A_page_refreshes_by_itself_and_leads_to_the_sign_in_page_after_the_end()
    {
        await using var app = new WebApplicationFactory<Members>().WithWebHostBuilder(static host =>
            host.UseContentRoot(Path.Combine(SourceTree.Root, "samples/Pages")).UseMemoryStore()
        );
        using var ada = app.CreateClientAs("ada");
        ada.ExpireAccessToken();
        using var devices = await ada.OpenAsync("/devices", Cancel);
        Assert.Equal("/devices", devices.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("Pawl.Testing", await devices.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        await ada.EndSessionAsync(cancellationToken: Cancel);
        using var ended = await ada.OpenAsync("/devices", Cancel);
        Assert.Equal("/login?ReturnUrl=%2Fdevices&reason=revoked", ended.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task A_user_of_Identity_signs_in_and_no_other_does()
    {
        using var folder = new TestFolder();
        await using var app = new WebApplicationFactory<IdentityProgram>().WithWebHostBuilder(host =>
            host.UseContentRoot(Path.Combine(SourceTree.Root, "samples/Identity"))
                .UseSetting("ConnectionStrings:DefaultConnection", $"Data Source={folder.Path}/users.db")
                .UseMemoryStore()
        );
        Assert.Contains(
            "The app has refused the sign-in: 401 session_ended",
            Assert.Throws<InvalidOperationException>(() => app.CreateClientAs("nobody")).Message,
            StringComparison.Ordinal
        );

        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        var user = new IdentityUser("ada@example.com") { Email = "ada@example.com", EmailConfirmed = true };
        Assert.True((await users.CreateAsync(user, "Hunter2!")).Succeeded);
        using var ada = app.CreateClientAs(user.Id);
        using var account = await ada.OpenAsync("/Identity/Account/Manage", Cancel);
        Assert.Contains("ada@example.com", await account.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        await app.EndSessionsAsync(user.Id, SessionEndReason.CredentialsChanged, TestContext.Current.CancellationToken);
        using var refused = await ada.OpenAsync("/Identity/Account/Manage", Cancel);
        Assert.Equal("/Identity/Account/Login", refused.RequestMessage!.RequestUri!.AbsolutePath);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
