using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Pawl.Server.Tests;

/// <summary>Somebody who keeps cookies and comes from one address.</summary>
internal sealed class Client : IDisposable
{
    public const string Password = "Correct-Horse-7-Battery";

    private readonly HttpClient _http;
    private readonly ServerProcess _server;

    /// <param name="server">Whom to ask.</param>
    /// <param name="address">Where from.</param>
    /// <param name="door">What stands before it, where something does.</param>
    public Client(ServerProcess server, string address, Uri? door = null)
    {
        _server = server;
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                ConnectCallback = (context, cancel) => ConnectAsync(context, address, cancel),
            }
        )
        {
            BaseAddress = door ?? server.Address,
        };
    }

    public Dictionary<string, string> Cookies { get; private init; } = [];

    /// <summary>The same browser at another address.</summary>
    public Client MovedTo(string address) => new(_server, address) { Cookies = new(Cookies) };

    /// <summary>The same browser, which a load balancer sends to another node.</summary>
    public Client At(ServerProcess node, Uri? door = null) => new(node, "127.0.0.1", door) { Cookies = new(Cookies) };

    public async Task RegisterAsync(string email, string password = Password) =>
        Assert.Equal(
            (200, "{}"),
            await PostAsync("/auth/register", new { email, password }) is var answer ? (answer.Status, answer.Body) : default
        );

    public Task<Answer> LoginAsync(string email, string password = Password) => PostAsync("/auth/login", new { email, password });

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, [("Sec-Fetch-Site", "same-origin"), .. headers]);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, [("Sec-Fetch-Site", "same-origin")]);

    /// <summary>As a service or a native client does, which is no browser.</summary>
    public Task<Answer> PostFormAsync(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers) =>
        SendAsync(
            HttpMethod.Post,
            path,
            new FormUrlEncodedContent(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))),
            headers
        );

    private async Task<Answer> SendAsync(HttpMethod method, string path, object? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : body as HttpContent ?? JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (Cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(static c => $"{c.Key}={c.Value}")));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var all = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(static h => h.Key, static h => string.Join('\n', h.Value), StringComparer.OrdinalIgnoreCase);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            Cookies[pair[0]] = pair[1];
            if (pair[1].Length == 0)
                Cookies.Remove(pair[0]);
        }
        return new((int)response.StatusCode, all, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        string address,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An answer of the server's.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string? Code =>
        Body.StartsWith('{') && JsonDocument.Parse(Body).RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>All of it that an onlooker could compare, but for the time of day.</summary>
    public string Look
    {
        get
        {
            var headers = Headers.Where(static h => h.Key != "Date").OrderBy(static h => h.Key).Select(static h => $"{h.Key}: {h.Value}");
            return $"{Status} {Body}\n{string.Join('\n', headers)}";
        }
    }
}
