using System.Net;
using System.Net.Sockets;

namespace Pawl.Server.Tests;

/// <summary>
/// Stands between a node and its database, and is the network: it lets through, turns away, or swallows everything without a word.
/// </summary>
internal sealed class TcpDoor : IDisposable
{
    private enum State
    {
        Open,
        Shut,
        Silent,
    }

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<Socket> _sockets = [];
    private volatile State _state;

    public TcpDoor(int target)
    {
        Target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The port that new connections lead to.</summary>
    public int Target { get; set; }

    /// <summary>Everything is cut, and nobody gets in.</summary>
    public void Shut() => Set(State.Shut);

    /// <summary>
    /// Connections stay, and new ones are taken, but nothing arrives any more, and nobody is told so: a network that was cut in the middle.
    /// </summary>
    public void FallSilent() => _state = State.Silent;

    /// <summary>All is well again, for new connections: what was sent meanwhile is lost, and the old ones with it.</summary>
    public void Open() => Set(State.Open);

    private void Set(State state)
    {
        _state = state;
        lock (_sockets)
        {
            foreach (var socket in _sockets)
                socket.Close(0);
            _sockets.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                if (_state is State.Shut)
                {
                    client.Close(0);
                    continue;
                }
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                lock (_sockets)
                    _sockets.UnionWith([client, server]);
                _ = ServeAsync(client, server);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target);
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side has gone.
        }
        client.Close(0);
        server.Close(0);
        lock (_sockets)
            _sockets.ExceptWith([client, server]);
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        from.NoDelay = to.NoDelay = true;
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer) is > 0 and var length)
        {
            if (_state is State.Open)
                await to.SendAsync(buffer.AsMemory(0, length));
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Set(State.Shut);
    }
}
