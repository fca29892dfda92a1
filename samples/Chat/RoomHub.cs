using Microsoft.AspNetCore.SignalR;

namespace Parlour;

/// <summary>The connections of SignalR, to which <see cref="Room"/> sends each line.</summary>
internal sealed class RoomHub : Hub
{
    public override Task OnConnectedAsync() => Clients.Caller.SendAsync("line", Room.Greet(Context.User!));
}
