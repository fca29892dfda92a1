using System.Net;
using System.Net.Sockets;

namespace Pawl.EndToEnd.Harness;

/// <summary>Free ports on this machine: below those that the system lends to outgoing connections, so that a server which was stopped gets its own back.</summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;

    public static int Free()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
        throw new InvalidOperationException($"There is no free port from {First} to {Last}.");
    }
}
