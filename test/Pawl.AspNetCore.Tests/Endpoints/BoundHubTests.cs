using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>The .NET client of SignalR over a session that is bound to a key. A hub takes tickets, which need no proof.</summary>
public sealed class BoundHubTests
{
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_bound_session_connects_by_tickets_and_not_by_its_token(HttpTransportType transport)
    {
        await using var app = await HubApp.StartAsync(DpopDevice.SetUp);
        // The port is known by now, and no proof has been made.
        app.Service<IOptionsMonitor<PawlOptions>>().Get(PawlDefaults.AuthenticationScheme).Issuer = $"http://{app.Address.Authority}";
        var options = new PawlSessionOptions { Server = app.Address, TimeProvider = app.Clock };
        options.UseDpop();
        using var session = new PawlSession(options);
        await session.SignInAgainAsync();
        Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(TestContext.Current.CancellationToken)).IsBound);
        using var client = new HttpClient(new PawlSessionHandler(session) { InnerHandler = new SocketsHttpHandler() });

        await using (var refused = Connect(session.GetAccessTokenAsync))
            await Assert.ThrowsAsync<InvalidOperationException>(() => refused.StartAsync(TestContext.Current.CancellationToken));
        await using var connection = Connect(TakeTicketAsync);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await connection.InvokeAsync<string>("WhoAmI", TestContext.Current.CancellationToken));

        HubConnection Connect(Func<Task<string?>> token) =>
            new HubConnectionBuilder()
                .WithUrl(new Uri(app.Address, "/hub"), hub => (hub.Transports, hub.AccessTokenProvider) = (transport, token))
                .Build();

        async Task<string?> TakeTicketAsync()
        {
            using var response = await client.PostAsync(new Uri(app.Address, "/auth/ticket"), null, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            var json = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            return json.GetProperty("ticket").GetString();
        }
    }
}
