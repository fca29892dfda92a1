namespace Pawl.AspNetCore.Tests;

/// <summary>A gateway that all tests of a class share.</summary>
public abstract class GatewayServer : IAsyncLifetime
{
    private Gateway? _gateway;

    internal abstract string? Program { get; }

    internal abstract Task<Gateway> StartAsync(Func<string, string>? change);

    public async ValueTask InitializeAsync() => _gateway = Program is null ? null : await StartAsync(null);

    /// <summary>The gateway, as no test has used it before.</summary>
    internal Gateway Begin()
    {
        Assert.SkipUnless(_gateway is not null, "The gateway's program is not installed.");
        _gateway.Upstream.Requests.Clear();
        _gateway.Upstream.SetCookies = [];
        return _gateway;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }
}
