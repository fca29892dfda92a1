using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>A program that signs in by <c>POST /login</c> of <c>MapIdentityApi</c> in bearer mode, and keeps the tokens itself.</summary>
internal sealed class BearerClient(TestApp app)
{
    private readonly HttpClient _client = app.NewClient();

    public string AccessToken { get; set; } = "";

    public string RefreshToken { get; set; } = "";

    public string Sid => AccessTokens.Claims(AccessToken).GetProperty("sid").GetString()!;

    /// <summary>A thief with a copy of the tokens.</summary>
    public BearerClient Copy() => new(app) { AccessToken = AccessToken, RefreshToken = RefreshToken };

    public static async Task<BearerClient> SignInAsync(TestApp app, string email)
    {
        var client = new BearerClient(app);
        Assert.Equal(200, (await client.LoginAsync(email)).Status);
        return client;
    }

    public Task<Answer> LoginAsync(string email, string? password = null, object? json = null) =>
        TakeAsync(PostAsync("/login", json ?? new { email, password = password ?? IdentityApp.Password }, sendsToken: false));

    public Task<Answer> RefreshAsync() => TakeAsync(PostAsync("/refresh", new { refreshToken = RefreshToken }, sendsToken: false));

    /// <summary>A refresh whose response does not arrive.</summary>
    public Task<Answer> LoseRefreshAsync() => PostAsync("/refresh", new { refreshToken = RefreshToken }, sendsToken: false);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, sendsToken: true, headers);

    public Task<Answer> PostAsync(string path, object? json = null, bool sendsToken = true, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json is null ? null : JsonContent.Create(json), sendsToken, headers);

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        bool sendsToken,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (sendsToken)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The code and the reason of a 401; otherwise the status.</summary>
    public static async Task<(string Code, string? Reason)> CodeAsync(Task<Answer> sent) =>
        await sent is var answer && answer.Status is 401 ? (answer.Code, answer.Reason) : ($"{answer.Status}", null);

    private async Task<Answer> TakeAsync(Task<Answer> sent)
    {
        var answer = await sent;
        if (answer.Status is 200)
            (AccessToken, RefreshToken) = (answer.Text("accessToken")!, answer.Text("refreshToken")!);
        return answer;
    }
}
