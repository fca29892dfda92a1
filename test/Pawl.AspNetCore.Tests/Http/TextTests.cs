using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in refuses text that a store cannot keep unchanged.</summary>
public sealed class TextTests
{
    private const string Half = "\ud83d";

    public static TheoryData<string> NoSubjects => ["ada" + Half, "\ude00ada", "a\0b", "a\nb", "a\u0085b"];

    [Fact]
    public async Task A_user_agent_that_would_be_cut_within_a_character_signs_in()
    {
        await using var app = await TestApp.StartAsync();
        var ada = new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { UserAgent = new string('x', 255) + "😀" };
        await ada.SignInAsync("ada");
        var listed = (await ada.GetAsync("/auth/sessions")).Json.GetProperty("sessions")[0];
        Assert.Equal(new string('x', 255), listed.GetProperty("device").GetString());
    }

    [Theory]
    [MemberData(nameof(NoSubjects), DisableDiscoveryEnumeration = true)]
    public async Task A_subject_that_is_no_text_starts_no_session(string subject)
    {
        await using var app = await StartAsync([new(ClaimTypes.NameIdentifier, subject)]);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/sign-in"));
        Assert.Contains("new Claim(ClaimTypes.NameIdentifier, userId)", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(app.Store.Calls);
    }

    [Theory]
    [MemberData(nameof(NoSubjects), DisableDiscoveryEnumeration = true)]
    public async Task A_subject_that_is_no_text_is_neither_listed_nor_ended(string subject)
    {
        await using var app = await TestApp.StartAsync();
        app.Store.Forget();
        var sessions = app.Service<SessionManager>();
        await Assert.ThrowsAsync<ArgumentException>(() =>
            sessions.ListAsync(subject, cancellationToken: TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            sessions.EndAllForUserAsync(subject, cancellationToken: TestContext.Current.CancellationToken)
        );
        Assert.Empty(app.Store.Calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Claims_that_are_no_text_start_no_session_and_the_message_says_which(int which)
    {
        var claim = which switch
        {
            0 => new Claim("tenant", "t1" + Half),
            1 => new Claim("tenant" + Half, "t1"),
            2 => new Claim("amr", Half),
            _ => new Claim("AspNet.Identity.SecurityStamp", "STAMP\0"),
        };
        await using var app = await StartAsync([new(ClaimTypes.NameIdentifier, "ada"), claim]);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/sign-in"));
        Assert.Contains(
            which switch
            {
                2 => "'amr'",
                3 => "security stamp",
                _ => "'tenant",
            },
            thrown.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(app.Store.Calls);
    }

    private static Task<TestApp> StartAsync(Claim[] claims) =>
        TestApp.StartAsync(map: app =>
            app.MapPost("/sign-in", () => Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity(claims, "test"))))
        );
}
