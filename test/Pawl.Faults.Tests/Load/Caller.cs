using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Pawl.Faults.Tests;

/// <summary>An answer; null for <paramref name="Status"/> if the connection broke or nobody waited any longer.</summary>
internal sealed record Answer(int? Status, JsonElement Body, TimeSpan RetryAfter)
{
    public string? this[string member] =>
        Body.ValueKind is JsonValueKind.Object && Body.TryGetProperty(member, out var value) ? value.ToString() : null;

    public string? Code => this["code"];

    /// <summary>The two words that mean signed out (docs/clients.md), and nothing else does.</summary>
    public bool IsTerminal => Code is "session_ended" or "refresh_token_invalid";

    /// <summary>Nothing has been decided: ask again.</summary>
    public bool IsTransient => Status is null or 429 or 503;

    public override string ToString() => $"{Status?.ToString() ?? "no answer"} {Code} {this["reason"]}".TrimEnd();
}

/// <summary>Sends requests, counts what comes of them, and notices what should not be.</summary>
internal sealed class Caller(Counts counts, CancellationToken cancellationToken) : IDisposable
{
    // As docs/clients.md says; but whether the answer does come is watched for longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
    )
    {
        Timeout = Hang,
    };

    public Counts Counts => counts;

    public Task<Answer> RefreshAsync(Node node, string refreshToken) =>
        SendAsync(node, "/auth/token", new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)]));

    public Task<Answer> RevokeAsync(Node node, string token) =>
        SendAsync(node, "/auth/revoke", new FormUrlEncodedContent([new("token", token)]));

    public Task<Answer> PostAsync(Node node, string path, object body, string? accessToken = null) =>
        SendAsync(node, path, JsonContent.Create(body), accessToken);

    public Task<Answer> GetMeAsync(Node node, string accessToken) => SendAsync(node, "/api/me", null, accessToken);

    private async Task<Answer> SendAsync(Node node, string path, HttpContent? content, string? accessToken = null)
    {
        counts.Asked();
        var sending = SendToTheEndAsync(node, path, content, accessToken);
        if (await Task.WhenAny(sending, Task.Delay(Patience, cancellationToken)) == sending)
            return await sending;
        cancellationToken.ThrowIfCancellationRequested();
        counts.Broke();
        return new(null, default, default);
    }

    private async Task<Answer> SendToTheEndAsync(Node node, string path, HttpContent? content, string? accessToken)
    {
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, new Uri(node.Address, path))
        {
            Content = content,
        };
        if (accessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var answer = new Answer((int)response.StatusCode, Read(text), response.Headers.RetryAfter?.Delta ?? default);
            Judge(path, answer);
            return answer;
        }
        catch (HttpRequestException)
        {
            counts.Broke();
            return new(null, default, default);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            counts.Unfit.Enqueue($"{path} was not answered within {Hang.TotalSeconds} s");
            return new(null, default, default);
        }
    }

    private void Judge(string path, Answer answer)
    {
        if (answer.Status is 503 && answer.RetryAfter > TimeSpan.Zero)
            counts.Refused();
        else if (answer.Status is not (200 or 204 or 400 or 401 or 429))
            counts.Unfit.Enqueue($"{path} was answered {answer}");
    }

    private static JsonElement Read(string text)
    {
        if (!text.StartsWith('{'))
            return default;
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public void Dispose() => _http.Dispose();
}
