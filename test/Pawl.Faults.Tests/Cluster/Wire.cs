using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pawl.Faults.Tests;

/// <summary>
/// The network between a node and its store. It can be cut: nothing arrives any more, and nobody is told, as when a cable is pulled. It
/// can lead elsewhere, as when another server takes over an address.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly CancellationTokenSource _gone = new();
    private volatile TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _target;
    private bool _isGone;

    public Wire(int target)
    {
        _target = target;
        _whole.SetResult();
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was on its way arrives now.</summary>
    public void Mend() => _whole.TrySetResult();

    /// <summary>Leads to another server from here on; connections to the one before are gone.</summary>
    public void LeadTo(int target)
    {
        _target = target;
        foreach (var socket in _sockets.Keys)
            socket.Dispose();
        Mend();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_gone.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            _sockets[near] = _sockets[far] = true;
            try
            {
                await _whole.Task.WaitAsync(_gone.Token);
                await far.ConnectAsync(IPAddress.Loopback, _target, _gone.Token);
                // When one side has gone, so has the other.
                await await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Both ends learn of it.
            }
            _sockets.TryRemove(near, out _);
            _sockets.TryRemove(far, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, _gone.Token) is > 0 and var count)
        {
            await _whole.Task.WaitAsync(_gone.Token);
            await to.SendAsync(buffer.AsMemory(0, count), _gone.Token);
        }
        // That the other side has closed does not get through either.
        await _whole.Task.WaitAsync(_gone.Token);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGone, true))
            return;
        _gone.Cancel();
        _listener.Dispose();
        foreach (var socket in _sockets.Keys)
            socket.Dispose();
        _gone.Dispose();
    }
}
