using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;

namespace Parlour;

/// <summary>Passes each line on to all who listen, by whatever connection.</summary>
internal sealed class Room(IHubContext<RoomHub> hub)
{
    private readonly ConcurrentDictionary<Channel<string>, bool> _listeners = [];

    public async Task SayAsync(ClaimsPrincipal user, string text)
    {
        var line = $"{user.Identity!.Name}: {text}";
        foreach (var listener in _listeners.Keys)
            listener.Writer.TryWrite(line);
        await hub.Clients.All.SendAsync("line", line);
    }

    /// <summary>The first line says whose connection it is.</summary>
    public async IAsyncEnumerable<string> ListenAsync(ClaimsPrincipal user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A client that reads too slowly misses lines.
        var listener = Channel.CreateBounded<string>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[listener] = true;
        try
        {
            yield return Greet(user);
            await foreach (var line in listener.Reader.ReadAllAsync(cancellationToken))
                yield return line;
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
        }
    }

    public static string Greet(ClaimsPrincipal user) => $"Hello, {user.Identity!.Name}.";
}
