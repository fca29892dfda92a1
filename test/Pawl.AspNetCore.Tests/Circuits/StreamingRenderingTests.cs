using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A page with streaming rendering starts its response as soon as one of its components waits. A refresh, a sign-in or a sign-out of the
/// same request loses no cookie by that.
/// </summary>
public sealed class StreamingRenderingTests
{
    [Fact]
    public async Task A_refresh_brings_its_cookies_with_the_headers_and_the_whole_stream_has_the_user()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var open = new TaskCompletionSource();
        app.Service<StreamedWork>().RunAsync = _ => open.Task;

        using var response = await OpenAsync(app, ada);

        response.Headers.GetValues("Set-Cookie").Select(SetCookie.Parse).ToList().ForEach(ada.Cookies.Take);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        open.SetResult();
        var page = await ReadAsync(response);
        Assert.Contains("working", page, StringComparison.Ordinal);
        Assert.Contains("done for ada", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_out_is_complete_before_the_response_starts()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        app.Service<StreamedWork>().RunAsync = context => MeetsTheStartAsync(app, "EnterEnd", context, context.SignOutAsync);

        using var response = await OpenAsync(app, ada);

        Assert.Contains("done for ada", await ReadAsync(response), StringComparison.Ordinal);
        var before = ada.Copy();
        response.Headers.GetValues("Set-Cookie").Select(SetCookie.Parse).ToList().ForEach(ada.Cookies.Take);
        Assert.Null(ada.RefreshToken);
        Assert.Equal("session_ended", (await before.RefreshAsync()).Code);
    }

    [Fact]
    public async Task A_sign_in_is_complete_before_the_response_starts()
    {
        await using var app = await StartAsync();
        var ada = app.NewBrowser($"http://{app.Address.Authority}");
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Service<StreamedWork>().RunAsync = context =>
        {
            // The callbacks of the completion run in reverse order, so this is the last one.
            context.Response.OnCompleted(() =>
            {
                completed.SetResult();
                return Task.CompletedTask;
            });
            return MeetsTheStartAsync(app, "Create", context, () => context.SignInAsync(new Login("ada").ToPrincipal()));
        };

        using var response = await OpenAsync(app, ada);

        Assert.Contains("done for no user", await ReadAsync(response), StringComparison.Ordinal);
        response.Headers.GetValues("Set-Cookie").Select(SetCookie.Parse).ToList().ForEach(ada.Cookies.Take);
        await completed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_sign_out_after_the_start_ends_the_session_and_says_that_the_cookies_stay()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        var open = new TaskCompletionSource();
        app.Service<StreamedWork>().RunAsync = async context =>
        {
            await open.Task;
            await context.SignOutAsync();
        };

        using var response = await OpenAsync(app, ada);
        open.SetResult();

        Assert.Contains("The session has ended, but the response can no longer tell", await ReadAsync(response), StringComparison.Ordinal);
        Assert.Equal("session_ended", (await ada.MeAsync()).Code);
    }

    [Fact]
    public async Task A_page_whose_session_ends_in_another_tab_is_completed_for_its_user()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        var open = new TaskCompletionSource();
        app.Service<StreamedWork>().RunAsync = _ => open.Task;
        using var response = await OpenAsync(app, ada);

        Assert.Equal(204, (await ada.Copy().LogoutAsync()).Status);
        open.SetResult();

        Assert.Contains("done for ada", await ReadAsync(response), StringComparison.Ordinal);
        Assert.Equal("session_ended", (await ada.MeAsync()).Code);
    }

    // The response is about to start when the store is asked.
    private static async Task MeetsTheStartAsync(TestApp app, string call, HttpContext context, Func<Task> runAsync)
    {
        var starting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Store.Before = async name =>
        {
            if (name != call)
                return;
            context.Response.OnStarting(() =>
            {
                starting.SetResult();
                return Task.CompletedTask;
            });
            await starting.Task;
        };
        await runAsync();
        app.Store.Before = null;
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            services: static services =>
            {
                services.AddRazorComponents();
                services.AddSingleton<StreamedWork>();
            },
            map: static app =>
            {
                app.UseAntiforgery();
                app.MapRazorComponents<StreamedRoot>();
            },
            kestrel: true
        );

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = app.NewBrowser($"http://{app.Address.Authority}");
        await browser.SignInAsync("ada");
        return browser;
    }

    private static async Task<HttpResponseMessage> OpenAsync(TestApp app, Browser browser)
    {
        using var client = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/streamed");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (browser.Cookies.Header is { } cookies)
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static Task<string> ReadAsync(HttpResponseMessage response) =>
        response
            .Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
