using System.Net.WebSockets;
using System.Text;

namespace Parlour;

/// <summary>A WebSocket that gets each line of the room.</summary>
internal static class RoomSocket
{
    public static async Task RunAsync(HttpContext context, Room room)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var closing = WaitForCloseAsync(socket, over);
        try
        {
            await foreach (var line in room.ListenAsync(context.User, over.Token))
                await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, over.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException) { }
        await closing;
    }

    // The page sends nothing but its close. If the connection is cut, as at the end of the session, there is no close.
    private static async Task WaitForCloseAsync(WebSocket socket, CancellationTokenSource over)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], over.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, over.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException) { }
        await over.CancelAsync();
    }
}
