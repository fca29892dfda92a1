using System.Net;
using System.Net.Sockets;

namespace Pawl.AspNetCore.Tests;

/// <summary>Waits until a program listens.</summary>
internal static class Listening
{
    public static async Task AtAsync(int port, Action check) =>
        await Eventually.TrueAsync(
            async () =>
            {
                check();
                using var socket = new TcpClient();
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            $"a program listens on port {port}"
        );
}
