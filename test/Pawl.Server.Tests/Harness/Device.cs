namespace Pawl.Server.Tests;

/// <summary>A device that somebody is signed in on, and its access token, which anybody may show anywhere.</summary>
internal sealed class Device : IDisposable
{
    private const string Access = "__Host-Http-pawl-access";
    private const string Refresh = "__Host-Http-pawl-refresh";

    private Device(Client client) => Client = client;

    public Client Client { get; }

    public string AccessToken => Client.Cookies[Access];

    public string RefreshToken => Client.Cookies[Refresh];

    public string Sid => Client.Cookies["__Host-pawl-session"].Split('.')[0];

    public (string, string) Bearer => ("Authorization", $"Bearer {AccessToken}");

    public static async Task<Device> SignInAsync(ServerProcess node, string email)
    {
        var client = node.From();
        Assert.Equal(200, (await client.LoginAsync(email)).Status);
        return new(client);
    }

    /// <summary>The same with the cookies of now.</summary>
    public Device Copy(ServerProcess node) => new(Client.At(node));

    public void Dispose() => Client.Dispose();
}
